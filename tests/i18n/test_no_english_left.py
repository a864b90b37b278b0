"""Every public page in Chinese, read as its readers do: no English but names, quotes, addresses and codes."""

import re
from html.parser import HTMLParser

import pytest

from commitments.domain.choices import Level, Relation, Status
from commitments.i18n.languages import CHINESE, path_in_language
from commitments.query.filters import DELIVERED, LATE, REPEATED, SILENT
from tests.browser.pages import PAGES, WRONG

LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")  # two letters and more
# Attributes that are read out or shown.
SHOWN = ("title", "alt", "aria-label", "placeholder", "data-label", "content", "value")
# What is for programs, or for a reader who copies it.
PASSED_OVER = ("script", "style", "code", "pre")
VOID = ("meta", "link", "input", "br", "img", "hr", "col", "wbr", "source")
# What may stand in Latin letters in a Chinese text, each taken out whole before anything is looked for.
ALLOWED = {
    "addresses": r"https?://\S+|file:///\S*|[\w.+-]+@[\w-]+\.[\w.-]+|/[\w/.-]+"
    r"|(?:[a-z0-9-]+\.)+(?:com|cn|edu|gov|hk|org|us)",
    "references and digests": r"[A-Z]{2,4}-\d{2,6}|[0-9a-f]{16}|CB\(1\)\d+/\d\d-\d\d\(\d\d\)",
    "formats": "JSON lines|JSON Schema|Data Package|CSV|Excel|JSON|API|Atom|UTF-8|OpenAPI|CC BY|UTC",
    "software": "Chromium|axe|JavaScript|Python|python3 check.py|check.py|WCAG|AA|Unicode|SHA-256|cookie|rem",
    "what programs write": r"verify_ledger|null|true|false|X-Ledger-Head|X-Row-Count|ETag|If-None-Match|Retry-After"
    r"|Link|content_digest|content|head|\?per_page=1|per_page|count|next|as_of|zh-hant|zh-hans|UpdateWithEvidence"
    r"|datapackage.json|\{reference\}|\{entry\}|\{slug\}|organisation/hksarg",
    "values of fields and filters": "|".join(
        sorted(
            {*Status.values, *Level.values, *Relation.values, *DELIVERED, *LATE, *SILENT, *REPEATED},
            key=len,
            reverse=True,
        )
    ),
    "the release's own words": "it is estimated that|is planning to|will|Hong Kong In",
    "names": "PressReader|FILMART|InnoEX|ETF|SMG",
    "news sources that call themselves so": r"SHINE|City News Service|ALB China|am730|asialaw|Blockchain\.News"
    r"|Cointelegraph|finews\.asia|Fintech News Hong Kong|FinTV|Healthcare Asia|Hellenic Shipping News",
    "what was asked for": "nothing-is-called-this|week|foo",
}
TAKEN_OUT = re.compile("|".join(f"(?<![A-Za-z])(?:{words})(?![A-Za-z])" for words in ALLOWED.values()))


class Page(HTMLParser):
    """What a reader of Chinese is shown or told as Chinese: texts and attributes outside what has another language."""

    def __init__(self, html):
        super().__init__()
        self.open, self.texts = [], []
        self.feed(html)

    @property
    def silent(self):
        return any(passed for _tag, passed in self.open)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        foreign = "lang" in given and not given["lang"].startswith("zh")
        shown = not self.silent and not foreign and (tag != "meta" or given.get("name") == "description")
        if shown and not (tag in ("input", "option", "button", "meter") and given.get("type") != "submit"):
            self.texts += [given[name] for name in SHOWN if given.get(name) and tag != "link"]
        if tag not in VOID:
            self.open.append((tag, tag in PASSED_OVER or foreign))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self.silent:
            self.texts.append(data)


def english(text):
    """Each run of Latin letters that is not allowed, with what stands around it."""
    left = TAKEN_OUT.sub(" ", text)
    return [left[max(0, match.start() - 20) : match.end() + 20].strip() for match in LATIN.finditer(left)]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PAGES, *WRONG])
def test_no_english_is_left(release, client, name):
    for language in CHINESE:
        answer = client.get(path_in_language(language, (PAGES | WRONG)[name]))
        texts = Page(answer.content.decode()).texts
        assert any("\u4e00" <= character <= "\u9fff" for text in texts for character in text)
        assert [word for text in texts for word in english(text)] == [], language


def test_the_reader_would_notice():
    page = '<p>期限<span lang="en-GB">Deadline</span></p><p title="No report">CU-06</p><code>status</code>'
    assert [word for text in Page(page).texts for word in english(text)] == ["No report", "No report"]
