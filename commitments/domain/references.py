"""References of commitments: as people type them, and those of which a spreadsheet makes a date."""

import re
import unicodedata
from datetime import timedelta

from django.utils.translation import gettext as _

from commitments.domain.stated_dates import MONTH_NUMBERS
from commitments.domain.typed_dates import possible_dates

MONTHS_IN_A_YEAR, A_MONTH = 12, timedelta(days=31)

# Letters and digits of half and of full width, and what is typed for a hyphen or left out.
SPELLING = "[A-Za-zＡ-Ｚａ-ｚ]{2,4}[-‐‑‒–—―−－﹣ ]?[0-9０-９]{2,6}"
PARTS = re.compile(r"([A-Z]+)[^A-Z0-9]*([0-9]+)")
MONTH_NAMES = tuple(name.upper() for name in MONTH_NUMBERS if len(name) <= 4)  # noqa: PLR2004  (as a reference has)
# What spreadsheets show of MAR-01, or of "1 March", once they have taken it for a day without a year.
WITHOUT_YEAR = (
    re.compile(r"(?P<number>\d\d?)[- ](?P<month>[a-z]{3,9})"),
    re.compile(r"(?P<month>[a-z]{3,9})[- ](?P<number>\d\d?)"),
    re.compile(r"(?P<month>\d\d?)月(?P<number>\d\d?)日"),
    re.compile(r"(?P<month>\d\d?)[-/](?P<number>\d\d?)"),
    re.compile(r"(?P<number>\d\d?)[-/](?P<month>\d\d?)"),
)


def canonical_reference(spelling: str) -> str:
    """The reference that is meant: "CU-06" for "cu06"; the spelling must fit SPELLING."""
    return PARTS.sub(r"\1-\2", unicodedata.normalize("NFKC", spelling).upper())


def spelled_reference(text: str) -> str:
    """The same of any text; one that is no spelling of a reference stays as it is."""
    return canonical_reference(text) if re.fullmatch(SPELLING, text) else text


def is_taken_for_date(reference: str) -> bool:
    """Whether spreadsheets make a date of a reference, as of MAR-01; none is given that is."""
    return reference.partition("-")[0] in MONTH_NAMES


def dated_reference_message(reference: str) -> str:
    """What is said of a reference that spreadsheets take for a date."""
    message = _(
        "Spreadsheets make a date of “%(reference)s”, so no such reference is given. Begin it with other letters."
    )
    return message % {"reference": reference[:20]}


def months_and_numbers(text: str) -> frozenset[tuple[int, int]]:
    """The months, each with a number, of which a spreadsheet may have made this date: of MAR-01 3 and 1.

    The number is that of a day or, where it took it for one, the last two figures of a year.
    """
    found = set()
    for pattern in WITHOUT_YEAR:
        if match := pattern.fullmatch(text.strip().lower()):
            month = MONTH_NUMBERS.get(match["month"]) or (int(match["month"]) if match["month"].isdecimal() else 0)
            found.add((month, int(match["number"])))
    for date in possible_dates(text):
        if date.first == date.last:
            found.add((date.first.month, date.first.day))
        if date.first.day == 1 and date.last - date.first < A_MONTH:
            found.add((date.first.month, date.first.year % 100))
    return frozenset((month, number) for month, number in found if 1 <= month <= MONTHS_IN_A_YEAR)
