"""What the site is called, by the settings: its name in the page's language, how it is set, and its seal."""

import re
from typing import NamedTuple

from django.conf import settings

from commitments.i18n.languages import RECORD_LANGUAGE, current_language

# 滬港承諾錄: four characters, with or without a fifth that says what it is. A longer name has no sensible half.
SEALED_NAME = re.compile(r"([\u4e00-\u9fff]{4})[\u4e00-\u9fff]?")
PLACES = re.compile(r"(?P<places>\S.*?[–—]\S*)\s+(?P<rest>\S.*)")


class NamePlate(NamedTuple):
    """A name as the masthead sets it: one line strong, and one under it, which may be empty."""

    first: str
    second: str


def site_name(language: str = "") -> str:
    """The name of the site in the page's language, or in another one."""
    names: dict[str, str] = settings.SITE_NAMES
    return names[language or current_language()]


def name_plate() -> NamePlate:
    """The name in the page's language on two lines: broken behind two places with a dash between them; else whole.

    In Chinese the English name stands under it.
    """
    name = site_name()
    if current_language() != RECORD_LANGUAGE:
        english = site_name(RECORD_LANGUAGE)
        return NamePlate(name, "" if english == name else english)
    parts = PLACES.fullmatch(name)
    return NamePlate(parts["places"], parts["rest"]) if parts else NamePlate(name, "")


def seal_lines() -> list[str]:
    """The seal's two lines of two characters, out of the Traditional Chinese name; none where that gives none."""
    sealed = SEALED_NAME.fullmatch(site_name("zh-hant"))
    return [sealed[1][:2], sealed[1][2:]] if sealed else []
