"""Dates that are not days: a year, half-year, quarter, month or day, as a release puts them.

The notation is EDTF (ISO 8601-2) where the sources' readers would recognise it: `2019`, `2018-11`,
`2018-11-05`. EDTF writes half-years and quarters as months 40-41 and 33-36; people write `2018-H1`
and `2018-Q3`. Both are read, the latter is kept and shown in files, `edtf` gives the former.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1900, 2199
NOTATION = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<part>H[12]|Q[1-4]|[0-9]{2})(?:-(?P<day>[0-9]{2}))?)?", re.IGNORECASE)
EDTF_PARTS = {"33": "Q1", "34": "Q2", "35": "Q3", "36": "Q4", "40": "H1", "41": "H2"}


class PartialDateError(ValueError):
    """The text is no partial date. The message says what may be written."""


@dataclass(frozen=True, slots=True)
class PartialDate:
    """An interval of whole days and the text that names it. `first` and `last` both belong to it."""

    text: str
    first: date
    last: date

    def __str__(self) -> str:
        return self.text

    @property
    def edtf(self) -> str:
        """The same in EDTF level 2: `2018-H1` is `2018-40`, `2018-Q3` is `2018-35`."""
        codes = {part: code for code, part in EDTF_PARTS.items()}
        year, _dash, part = self.text.partition("-")
        return f"{year}-{codes[part]}" if part in codes else self.text

    @property
    def label(self) -> str:
        """As people say it, in the language of the moment: "2019", "first half of 2018", "5 November 2018"."""
        return _localized_label(self, get_language())

    @property
    def short_label(self) -> str:
        """In few letters, for tables: "2019", "H1 2018", "5 Nov 2018"; in Chinese as ever."""
        return _short_label(self, get_language())

    @property
    def month_label(self) -> str:
        """The same, a day told by its month: "Nov 2018"."""
        return _short_label(self, get_language(), by_month=True)


@lru_cache(maxsize=4096)
def _short_label(partial_date: PartialDate, _language: str | None, *, by_month: bool = False) -> str:
    """Kept, like the long ones."""
    year, _dash, part = partial_date.text.partition("-")
    if part in EDTF_PARTS.values():
        return _short_part_of_year(part) % {"year": year}
    if not part:
        return _localized_label(partial_date, _language)
    if partial_date.first == partial_date.last and not by_month:
        return date_format(partial_date.first, pgettext("format of a day in few letters", "j M Y"))
    return date_format(partial_date.first, pgettext("format of a month in few letters", "M Y"))


@lru_cache(maxsize=4096)
def _localized_label(partial_date: PartialDate, _language: str | None) -> str:
    """Kept, because a page says a hundred dates."""
    year, _dash, part = partial_date.text.partition("-")
    if not part:
        return pgettext("a year", "%(year)s") % {"year": year}
    if part in EDTF_PARTS.values():
        return _part_of_year(part) % {"year": year}
    return date_format(
        partial_date.first, "DATE_FORMAT" if partial_date.first == partial_date.last else "YEAR_MONTH_FORMAT"
    )


def _part_of_year(part: str) -> str:
    """How a half-year or a quarter is said, with a place for the year."""
    return {
        "H1": _("first half of %(year)s"),
        "H2": _("second half of %(year)s"),
        "Q1": _("first quarter of %(year)s"),
        "Q2": _("second quarter of %(year)s"),
        "Q3": _("third quarter of %(year)s"),
        "Q4": _("fourth quarter of %(year)s"),
    }[part]


def _short_part_of_year(part: str) -> str:
    """The same in few letters."""
    return {
        "H1": pgettext("in few letters", "H1 %(year)s"),
        "H2": pgettext("in few letters", "H2 %(year)s"),
        "Q1": pgettext("in few letters", "Q1 %(year)s"),
        "Q2": pgettext("in few letters", "Q2 %(year)s"),
        "Q3": pgettext("in few letters", "Q3 %(year)s"),
        "Q4": pgettext("in few letters", "Q4 %(year)s"),
    }[part]


@lru_cache(maxsize=4096)
def parse_partial_date(text: str) -> PartialDate:
    """Read one of the five forms, or EDTF's codes for a half-year or quarter; raise PartialDateError."""
    match = NOTATION.fullmatch(text.strip())
    if not match or not FIRST_YEAR <= int(match["year"]) <= LAST_YEAR:
        raise PartialDateError(unreadable_message(text))
    year, part, day = int(match["year"]), (match["part"] or "").upper(), match["day"]
    part = part if day else EDTF_PARTS.get(part, part)
    try:
        first, last = _interval(year, part, day)
    except ValueError as error:  # month 13, 30 February, a day in a half-year
        raise PartialDateError(unreadable_message(text)) from error
    return PartialDate("-".join(filter(None, (match["year"], part, day))), first, last)


def _interval(year: int, part: str, day: str | None) -> tuple[date, date]:
    """First and last day; ValueError where the calendar has no such thing."""
    if day:
        return (single := date(year, int(part), int(day))), single
    if not part:
        first_month, last_month = 1, 12
    elif part[0] in "HQ":
        length = 6 if part[0] == "H" else 3
        last_month = int(part[1]) * length
        first_month = last_month - length + 1
    else:
        first_month = last_month = date(year, int(part), 1).month
    return date(year, first_month, 1), date(year, last_month, monthrange(year, last_month)[1])


def unreadable_message(text: str) -> str:
    """What to say of a text that is no date: what may be written."""
    return _(
        "“%(text)s” is not a date that exists, or not in a form that can be read here. "
        "Write a year (2019), half-year (2018-H1), quarter (2018-Q3), "
        "month (2018-11) or day (2018-11-05)."
    ) % {"text": text[:40]}
