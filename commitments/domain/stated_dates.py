"""Which dates a release's own words say: "in the first half of 2018" says 2018-H1, "今年11月" in 2018 says 2018-11.

Only what is written out is read. Words that depend on something else ("after the meeting", "within two years") say no
date here: nothing is guessed.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from commitments.domain.partial_dates import PartialDate, PartialDateError, parse_partial_date

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH_NUMBERS = {name[:length]: n for n, name in enumerate(MONTHS, 1) for length in (3, len(name))} | {"sept": 9}
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTH_NUMBERS, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
ORDINALS |= {"last": 4, "一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}
_ORDINAL = r"(?P<number>first|second|third|fourth|1st|2nd|3rd|4th)"
_OF = r"\s*(?:of|in|,)?\s*(?:the year\s+)?"
# A year that is said by where the release stands in time, and how many years after its own it is.
_RELATIVE_YEARS = {r"\bthis year\b": 0, r"\bnext year\b": 1, "今年|本年": 0, "明年|翌年|下一年": 1}
CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def _half(match: re.Match[str]) -> str:
    return f"{match['year']}-H{_number(match)}"


def _quarter(match: re.Match[str]) -> str:
    return f"{match['year']}-Q{_number(match)}"


def _number(match: re.Match[str]) -> int:
    return ORDINALS.get(match["number"]) or int(match["number"])


def _month(match: re.Match[str]) -> str:
    return f"{match['year']}-{_month_number(match):02}"


def _day(match: re.Match[str]) -> str:
    return f"{match['year']}-{_month_number(match):02}-{int(match['day']):02}"


def _month_number(match: re.Match[str]) -> int:
    return MONTH_NUMBERS.get(match["month"]) or int(match["month"])


# The longer first: what one has read, no other reads again.
FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern), write)
    for pattern, write in (
        (rf"{_YEAR}-(?P<month>\d\d?)-(?P<day>\d\d?)\b", _day),
        (rf"{_YEAR}\s*年\s*(?P<month>\d\d?)\s*月\s*(?P<day>\d\d?)\s*[日號号]", _day),
        (rf"\b{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}\b", _day),
        (rf"\b{_MONTH}\s+{_DAY},?\s+{_YEAR}\b", _day),
        (rf"\b{_ORDINAL}\s+half{_OF}{_YEAR}\b", _half),
        (rf"\b(?:h(?P<number>[12])){_OF}{_YEAR}\b", _half),
        (rf"\b{_YEAR}\s*-?\s*h(?P<number>[12])\b", _half),
        (rf"{_YEAR}\s*年?\s*(?P<number>[上下])半年", _half),
        (rf"\b{_ORDINAL}\s+quarter{_OF}{_YEAR}\b", _quarter),
        (rf"\bq(?P<number>[1-4]){_OF}{_YEAR}\b", _quarter),
        (rf"\b{_YEAR}\s*-?\s*q(?P<number>[1-4])\b", _quarter),
        (rf"{_YEAR}\s*年?\s*第?(?P<number>[1-4一二三四])季度?", _quarter),
        (rf"\b{_MONTH}{_OF}{_YEAR}\b", _month),
        (rf"{_YEAR}\s*年\s*(?P<month>\d\d?)\s*月", _month),
        (rf"\b{_YEAR}-(?P<month>\d\d)\b", _month),
        (rf"(?<!\d){_YEAR}(?!\d)", lambda match: match["year"]),
    )
)


def stated_dates(words: str, issued_on: date) -> list[PartialDate]:
    """The dates that a release's words write out, in no order. `issued_on`: by which "this year" is counted."""
    text = unicodedata.normalize("NFKC", words).lower()
    text = re.sub(r"[〇零一二三四五六七八九]{4}(?=年)", lambda match: match[0].translate(CHINESE_DIGITS), text)
    for words_for_year, years in _RELATIVE_YEARS.items():
        year_mark = "" if words_for_year.isascii() else "年"
        text = re.sub(words_for_year, f"{issued_on.year + years}{year_mark}", text)
    dates: list[PartialDate] = []
    for pattern, write in FORMS:
        for match in pattern.finditer(text):
            try:
                dates.append(parse_partial_date(write(match)))
            except PartialDateError:  # 31 November: no date, and no year either
                continue
        text = pattern.sub(" ", text)
    return list(dict.fromkeys(dates))
