"""References of commitments: as people type them, and those of which a spreadsheet makes a date."""

import re
import unicodedata

from django.utils.translation import gettext as _

from commitments.domain.stated_dates import MONTH_NUMBERS

# Letters and digits of half and of full width, and what is typed for a hyphen or left out.
SPELLING = "[A-Za-zＡ-Ｚａ-ｚ]{2,4}[-‐‑‒–—―−－﹣ ]?[0-9０-９]{2,6}"
PARTS = re.compile(r"([A-Z]+)[^A-Z0-9]*([0-9]+)")
MONTH_NAMES = tuple(name.upper() for name in MONTH_NUMBERS if len(name) <= 4)  # noqa: PLR2004  (as a reference has)
# What spreadsheets show, or keep, of MAR-01 once they have taken it for a day or a month.
DATES_OF_REFERENCES = (
    re.compile(r"(?P<number>\d\d?)[- ](?P<month>[A-Za-z]{3,4})"),
    re.compile(r"(?P<month>[A-Za-z]{3,4})[- ](?P<number>\d\d?)"),
    re.compile(r"(?P<month>\d\d?)月-?(?P<number>\d\d?)日?"),
    re.compile(r"\d{4}[-/](?P<month>\d\d?)[-/](?P<number>\d\d?)"),
    re.compile(r"\d\d(?P<number>\d\d)-(?P<month>\d\d)"),
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


def month_and_number(text: str) -> tuple[int, int] | None:
    """The month and the number of which a spreadsheet made a date: of MAR-01, "01-Mar" and "3月1日" 3 and 1."""
    for pattern in DATES_OF_REFERENCES:
        if match := pattern.fullmatch(text.strip()):
            month = MONTH_NUMBERS.get(match["month"].lower()) or (
                int(match["month"]) if match["month"].isdecimal() else 0
            )
            return (month, int(match["number"])) if 1 <= month <= len(MONTH_NUMBERS) else None
    return None
