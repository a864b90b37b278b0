"""The three languages: their codes, their addresses, and how Chinese is found and sorted.

English is the language of the record. Each other language has its own prefix in addresses, and nothing but the
address says in which language an answer is: what a browser would rather have is at most suggested.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

import icu
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language

RECORD = "en-gb"
CHINESE = ("zh-hant", "zh-hans")
# As `lang` says it, by which browsers choose glyphs; and as `hreflang` does, for a language's readers anywhere.
TAGS = {"en-gb": "en-GB", "zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans-CN"}
HREFLANGS = {"en-gb": "en", "zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}
# What stands before an address that is not English. Each alternative is a whole part of a path.
PREFIX = re.compile(rf"/({'|'.join(CHINESE)})(?=/)")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
KEY_LENGTH = 240  # of a sort key: some forty Chinese characters; the reference settles ties


class Language(LocaleMiddleware):
    """The language of an address. Not by Django's last step, which would have caches keep a copy for each browser."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say which it is."""
        response.headers.setdefault("Content-Language", TAGS[current()])
        return response


def current() -> str:
    """The code of the language of the moment."""
    language = get_language()
    return language if language in TAGS else RECORD


def suffix(language: str) -> str:
    """How columns in this language end: `_zh_hant`; nothing for English."""
    return "" if language == RECORD else f"_{language.replace('-', '_')}"


def bare(path: str) -> str:
    """The path without the prefix of its language."""
    return PREFIX.sub("", path, count=1) if PREFIX.match(path) else path


def path_in(language: str, path: str) -> str:
    """The same page's path in another language."""
    return bare(path) if language == RECORD else f"/{language}{bare(path)}"


def names() -> dict[str, str]:
    """What each language calls itself, by code."""
    return dict(settings.LANGUAGES)


def of_page(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in each language, with its whole question: filter, sort, day and page."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""

    def address(code: str) -> str:
        return escape_leading_slashes(escape_uri_path(path_in(code, request.path)))

    return [
        {
            "code": code,
            "name": name,
            "tag": TAGS[code],
            "hreflang": HREFLANGS[code],
            "address": address(code) + query,
            "absolute": request.build_absolute_uri(address(code)),
            "shown": code == current(),
        }
        for code, name in names().items()
    ]


def has_han(text: str) -> bool:
    """Whether a text has a Chinese character."""
    return HAN.search(text) is not None


def folded(text: str) -> str:
    """A text as searches compare it: both forms of Chinese alike, each character twice.

    Twice, because PostgreSQL's index knows groups of three characters, and most Chinese words have two.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_simplified())
    return "".join([character * 2 for character in plain])


def findable(*texts: str) -> str:
    """What of some texts a search in Chinese looks through: those that have a Chinese character."""
    return "\n".join(folded(text) for text in dict.fromkeys(texts) if has_han(text))


@cache
def _simplified() -> dict[int, str]:
    """From each traditional character to its simplified one, as ICU has them. One by one: a word has no context."""
    simplify = icu.Transliterator.createInstance("Traditional-Simplified").transliterate
    characters = (chr(code) for first, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(first, end))
    return {ord(one): made for one in characters if (made := simplify(one)) != one and len(made) == 1}


@cache
def _collator(language: str) -> icu.Collator:
    collator = icu.Collator.createInstance(icu.Locale(TAGS[language]))
    collator.setStrength(icu.Collator.PRIMARY)
    return collator


@lru_cache(maxsize=4096)
def sort_key(text: str, language: str) -> str:
    """By which texts sort as readers expect: by strokes in Traditional, by pinyin in Simplified Chinese."""
    return str(_collator(language).getSortKey(text).hex())[:KEY_LENGTH]


def place_of(text: str, language: str) -> str:
    """By which a text stands in its place among others: as it is written in English, by its sort key in Chinese."""
    return text if language == RECORD else f"{sort_key(text, language)} {text}"
