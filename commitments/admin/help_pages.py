"""What staff read under Help: the Markdown of docs/staff/ as pages, in three languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from struct import unpack

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

from commitments.i18n.languages import RECORD_LANGUAGE, path_in_language

FOLDER: Path = settings.BASE_DIR / "docs" / "staff"
PAGES = ("first-day", "contributor", "editor", "publisher", "administrator")
LINK = re.compile(r"(?P<name>[a-z-]+)\.md(?P<part>#[a-z0-9-]+)?")  # to another page, as a forge follows it
# Tags in a file are shown as they are typed: nothing but Markdown becomes HTML.
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands below a heading of the second level."""

    anchor: str
    heading: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """A page: its title, the first paragraph as text, and everything below the title as HTML."""

    name: str
    title: str
    lead: str
    parts: tuple[Part, ...]
    html: SafeString


@cache
def help_page(language: str, name: str) -> HelpPage:
    """One of PAGES, read once for each process. ValueError for a link that leads nowhere or a picture that is none."""
    tokens = _tokens(language, name)
    title, body = tokens[1].content, tokens[3:]
    lead = "".join(" " if one.type == "softbreak" else one.content for one in body[1].children or ())
    headings = [body[at + 1] for at in _headings(body)]
    for at, anchor in zip(_headings(body), _anchors(name), strict=True):
        body[at].attrSet("id", anchor)
    for token in body:
        for child in token.children or ():
            _lead_to_pages(child, language)
    parts = tuple(Part(*pair) for pair in zip(_anchors(name), (one.content for one in headings), strict=True))
    # Made from files of ours by a renderer that escapes every tag in them.
    return HelpPage(name, title, lead, parts, mark_safe(MARKDOWN.renderer.render(body, MARKDOWN.options, {})))  # noqa: S308


@cache
def _anchors(name: str) -> tuple[str, ...]:
    """Those of the English headings, in every language: an address of a part is the same in all three."""
    tokens = _tokens(RECORD_LANGUAGE, name)
    return tuple(slugify(tokens[at + 1].content) for at in _headings(tokens))


def _tokens(language: str, name: str) -> list[Token]:
    folder = FOLDER if language == RECORD_LANGUAGE else FOLDER / language
    return MARKDOWN.parse((folder / f"{name}.md").read_text(encoding="utf-8"))


def _headings(tokens: list[Token]) -> Iterator[int]:
    """Where those of the second level begin."""
    return (at for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2")


def _lead_to_pages(token: Token, language: str) -> None:
    """Turn an address as the files have it into that of the page or picture that is served."""
    if token.type == "link_open":
        token.attrSet("href", _address(str(token.attrGet("href")), language))
    elif token.type == "image":
        picture = FOLDER / "pictures" / Path(str(token.attrGet("src"))).name
        width, height = _size(picture)
        token.attrs |= {"src": static(f"help/{picture.name}"), "width": width, "height": height}


def _address(href: str, language: str) -> str:
    if href.startswith("#"):
        return href
    if href.startswith("/admin/"):
        return path_in_language(language, href)
    found = LINK.fullmatch(href)
    if not found or found["name"] not in PAGES:
        raise ValueError(f"{href} leads to no page of the help.")
    return path_in_language(language, reverse("admin:help_page", args=[found["name"]])) + (found["part"] or "")


def _size(picture: Path) -> tuple[int, int]:
    """Width and height in pixels, which stand in a PNG right after its signature and the head of its first chunk."""
    with picture.open("rb") as file:
        head = file.read(24)
    if head[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{picture.name} is no PNG.")
    width, height = unpack(">II", head[16:])
    return width, height
