"""Reading a page of HTML as its readers do."""

import json
import re
from html.parser import HTMLParser

from django.test.html import parse_html

FOUND = re.compile(r'<div class="found"[^>]*>\s*<h1>[^<]*<small[^>]*>([0-9,]+)</small>')
REFERENCE = re.compile(r"\b[A-Z]{2}-[0-9]{2}\b")


def parse_page(answer):
    """The page as a tree, made once for each answer; fails where a tag is left open."""
    if not hasattr(answer, "parsed_page"):
        answer.parsed_page = parse_html(answer.content.decode())
    return answer.parsed_page


def find_all(element, name, /, **attributes):
    """Each element of that name below, in order; with these attributes. `_class` is one of several."""
    elements = []
    for child in element.children:
        if isinstance(child, str):
            continue
        given = dict(child.attributes)
        wanted = {key: value for key, value in attributes.items() if key != "_class"}
        of_class = attributes.get("_class") in (None, *(given.get("class") or "").split())
        if child.name == name and of_class and wanted.items() <= given.items():
            elements.append(child)
        elements += find_all(child, name, **attributes)
    return elements


def visible_text(element):
    """The text of an element, white space evened out."""
    parts = [child if isinstance(child, str) else visible_text(child) for child in element.children]
    return " ".join(" ".join(parts).split()).replace(" ,", ",").replace(" .", ".")


def link_texts(element):
    """Each link below: its address, to its words."""
    return {dict(link.attributes)["href"]: visible_text(link) for link in find_all(element, "a")}


def main_element(answer):
    """What stands between header and footer."""
    return find_all(parse_page(answer), "main")[0]


def table_references(answer):
    """The references in the table's rows."""
    return [
        REFERENCE.search(visible_text(row)).group()
        for body in find_all(parse_page(answer), "tbody")
        for row in find_all(body, "tr")
    ]


def section(answer, name):
    return visible_text(find_all(main_element(answer), "section", **{"aria-labelledby": name})[0])


def listed(client, address):
    """How many commitments the list at this address says that there are."""
    if "per_page=" not in address:  # a tenth of the work, and the same number
        address += f"{'&' if '?' in address else '?'}per_page=1"
    [number] = FOUND.findall(client.get(address).content.decode())
    return int(number.replace(",", ""))


class Head(HTMLParser):
    """What a browser reads of a page's head: titles, metas by name, the canonical link, what stands in scripts."""

    def __init__(self, answer):
        super().__init__()
        self.titles, self.metas, self.canonical, self.scripts = [], {}, [], []
        self._inside, self._body = None, False
        self.feed(answer.content.decode())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self._body = self._body or tag == "body"
        if tag == "meta":
            self.metas[given.get("name") or given.get("property")] = given.get("content")
        if tag == "link" and given.get("rel") == "canonical":
            self.canonical.append(given["href"])
        self._inside = None if self._body else {"title": self.titles, "script": self.scripts}.get(tag)
        if self._inside is not None:
            self._inside.append("")

    def handle_endtag(self, tag):
        self._inside = None

    def handle_data(self, data):
        if self._inside is not None:
            self._inside[-1] += data

    @property
    def data(self):
        """The one block of structured data."""
        [block] = [script for script in self.scripts if script]
        return json.loads(block)
