"""The three languages: their codes, their columns and their addresses.

English is the language of the record. Each other language has its own prefix in addresses, and nothing but the
address says in which language an answer is: what a browser would rather have is at most suggested.
"""

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language

RECORD_LANGUAGE = "en-gb"
CHINESE = ("zh-hant", "zh-hans")
# As `lang` says it, by which browsers choose glyphs; and as `hreflang` does, for a language's readers anywhere.
LANGUAGE_TAGS = {"en-gb": "en-GB", "zh-hant": "zh-Hant-HK", "zh-hans": "zh-Hans-CN"}
HREFLANGS = {"en-gb": "en", "zh-hant": "zh-Hant", "zh-hans": "zh-Hans"}
# How a language is written where there is little room: on a phone the first part alone is seen.
SHORT_NAMES = {"en-gb": ("En", "glish"), "zh-hant": ("繁", "體"), "zh-hans": ("简", "体")}
# What stands before an address that is not English. Each alternative is a whole part of a path.
PREFIX = re.compile(rf"/({'|'.join(CHINESE)})(?=/)")


def current_language() -> str:
    """The code of the language of the moment."""
    language = get_language()
    return language if language in LANGUAGE_TAGS else RECORD_LANGUAGE


def column_suffix(language: str) -> str:
    """How columns in this language end: `_zh_hant`; nothing for English."""
    return "" if language == RECORD_LANGUAGE else f"_{language.replace('-', '_')}"


def strip_language(path: str) -> str:
    """The path without the prefix of its language."""
    return PREFIX.sub("", path, count=1) if PREFIX.match(path) else path


def path_in_language(language: str, path: str) -> str:
    """The same page's path in another language."""
    return strip_language(path) if language == RECORD_LANGUAGE else f"/{language}{strip_language(path)}"


def language_names() -> dict[str, str]:
    """What each language calls itself, by code."""
    return dict(settings.LANGUAGES)


def language_links(request: HttpRequest) -> list[dict[str, Any]]:
    """The same page in each language, with its whole question: filter, sort, day and page."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""

    def address(code: str) -> str:
        return escape_leading_slashes(escape_uri_path(path_in_language(code, request.path)))

    return [
        {
            "code": code,
            "name": name,
            "short": SHORT_NAMES[code],
            "tag": LANGUAGE_TAGS[code],
            "hreflang": HREFLANGS[code],
            "address": address(code) + query,
            "absolute": request.build_absolute_uri(address(code)),
            "shown": code == current_language(),
        }
        for code, name in language_names().items()
    ]
