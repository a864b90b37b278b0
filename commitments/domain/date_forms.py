"""The forms in which people and programs write dates, one rule for each: what it reads, and what it asks.

A rule says which notations of `partial_dates` a text may stand for; of these the calendar may have some, one or none.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.partial_dates import PartialDateError, parse_partial_date
from commitments.domain.stated_dates import MONTH_NUMBERS, ORDINALS

CENTURY_TURNS = 69  # a year of two digits from here on is one of the last century
SPREADSHEET_EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets, for days after February 1900
LENGTH_OF_A_DAY = 8  # figures of a day that is written without anything between them
LENGTH_OF_A_YEAR = 4
DAYS_OF_A_MONTH = {f"{day:02}" for day in range(1, 32)}

TWO_WAYS = _("“%(text)s” can be read in several ways.")
FISCAL_YEAR = _("“%(text)s” looks like a fiscal year, which is no date here.")
SPAN = _("“%(text)s” is a span of years and no date. Its end may be what is meant.")
NO_YEAR = _("“%(text)s” does not say in which year.")
INEXACT = _("“%(text)s” says a date only roughly.")
RELATIVE = _("“%(text)s” depends on the day on which it is read.")
SERIAL = _("“%(text)s” is how spreadsheets count days.")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text may stand for, and why somebody must be asked although it is no more than one; else empty."""

    notations: tuple[str, ...]
    question: str | Promise = ""


ReadMatch = Callable[[re.Match[str]], Reading | None]


def first_reading(plain: str) -> Reading | None:
    """What the first rule that fits the whole of a text makes of it; None where none does.

    `plain`: in half width and lower case, with figures for Chinese numbers, hyphens for dashes and single blanks.
    """
    for pattern, read in RULES:
        if (match := pattern.fullmatch(plain)) and (reading := read(match)):
            return reading
    return None


def _year(match: re.Match[str]) -> str:
    """A year, in full where it has two digits."""
    groups = match.groupdict()
    return groups.get("year") or _full_year(groups["short"].strip("'"))


def _full_year(digits: str) -> str:
    return f"{19 if int(digits) >= CENTURY_TURNS else 20}{digits}"


def _month_number(match: re.Match[str]) -> int:
    return MONTH_NUMBERS.get(match["month"]) or int(match["month"])


def _whole_year(match: re.Match[str]) -> Reading:
    return Reading((match["year"],))


def _month(match: re.Match[str]) -> Reading:
    return Reading((f"{_year(match)}-{_month_number(match):02}",))


def _day(match: re.Match[str]) -> Reading:
    return Reading((f"{_year(match)}-{_month_number(match):02}-{int(match['day']):02}",))


def _part(letter: str, last: int) -> ReadMatch:
    """A half-year or a quarter, of which a year has `last`."""

    def read(match: re.Match[str]) -> Reading:
        words = match["number"]
        number = last if words == "last" else ORDINALS.get(words) or int(words.strip("hq"))
        return Reading((f"{_year(match)}-{letter}{number}",))

    return read


def _month_with_number(match: re.Match[str]) -> Reading:
    """A name and two figures: "Nov-18", as spreadsheets show a month, is one; "Nov 18" may be a day of any year."""
    digits = match["short"].strip("'")
    is_year = match["between"].strip() or digits != match["short"] or digits not in DAYS_OF_A_MONTH
    return Reading(_month(match).notations, "" if is_year else NO_YEAR)


def _two_numbers_and_year(match: re.Match[str]) -> Reading:
    """The day or the month first; a year of two figures may also be the first of the three."""
    first, second, year = match["first"].zfill(2), match["second"].zfill(2), _year(match)
    notations = [f"{year}-{second}-{first}", f"{year}-{first}-{second}"]
    if match["short"] and match["first"] == first and match["second"] == second:
        notations.append(f"{_full_year(first)}-{second}-{match['short']}")
    return Reading(tuple(notations))


def _year_and_number(match: re.Match[str]) -> Reading:
    """A month as "2018/11"; "2018-19" is a fiscal year, and "2011/12" may be either."""
    year, number = int(match["year"]), match["month"]
    if number == f"{(year + 1) % 100:02}":
        fiscal = _fiscal_year(match)
        return Reading((f"{year}-{number}", *fiscal.notations), FISCAL_YEAR)
    return Reading((f"{year}-{int(number):02}",))


def _fiscal_year(match: re.Match[str]) -> Reading:
    year = int(_year(match))
    return Reading((str(year), str(year + 1), f"{year + 1}-03-31"), FISCAL_YEAR)


def _two_years(match: re.Match[str]) -> Reading:
    if int(match["last"]) == int(match["year"]) + 1:
        return _fiscal_year(match)
    return Reading((match["last"],), SPAN)


def _figures_alone(match: re.Match[str]) -> Reading:
    """Eight or six figures, in each order that people and programs write."""
    text = match["figures"]
    if len(text) == LENGTH_OF_A_DAY:
        return Reading(
            (
                f"{text[:4]}-{text[4:6]}-{text[6:]}",
                f"{text[4:]}-{text[2:4]}-{text[:2]}",
                f"{text[4:]}-{text[:2]}-{text[2:4]}",
            )
        )
    first, second, third = text[:2], text[2:4], text[4:]
    return Reading(
        (
            f"{text[:4]}-{third}",
            f"{_full_year(third)}-{second}-{first}",
            f"{_full_year(third)}-{first}-{second}",
            f"{_full_year(first)}-{second}-{third}",
        )
    )


def _serial_number(match: re.Match[str]) -> Reading:
    return Reading(((SPREADSHEET_EPOCH + timedelta(days=int(match["serial"]))).isoformat(),), SERIAL)


def _roughly(match: re.Match[str]) -> Reading | None:
    """Around a date: that date is offered, and for the end of a year or month its last part as well."""
    around = first_reading(match["rest"].strip(" ,-"))
    if around is None:
        return None
    notations: list[str] = []
    for notation in around.notations:
        if ENDS.search(match["word"]):
            notations += _last_part(notation)
        notations.append(notation)
    return Reading(tuple(notations), INEXACT)


def _last_part(notation: str) -> list[str]:
    try:
        last = parse_partial_date(notation).last.isoformat()
    except PartialDateError:
        return []
    return [last[:7] if len(notation) == LENGTH_OF_A_YEAR else last]


def _ask(why: Promise) -> ReadMatch:
    return lambda _match: Reading((), why)


_NAMES = "|".join(sorted(MONTH_NUMBERS, key=len, reverse=True))
MONTH = rf"(?P<month>{_NAMES})\.?"
YEAR = r"(?P<year>(?:19|20|21)\d\d)"
SHORT = r"(?P<short>'?\d\d)"
ANY_YEAR = rf"(?:{YEAR}|{SHORT})"
NUMBER = r"(?P<month>\d\d?)"
DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
BETWEEN = r"[\s\-/.,]*"  # between a number and a name
SIGN = r"\s*[-/.]\s*"  # between numbers
ORDINAL = r"(?P<number>first|second|third|fourth|last|1st|2nd|3rd|4th)"
OF = r"[\s,/\-]*(?:(?:of|in) )?(?:the year )?"
ENDS = re.compile("end|late|底|末")
ROUGHLY = (
    "early|mid|middle|late|end|beginning|start|before|after|since|from|about|around|circa|ca?|approximately|roughly|"
    "spring|summer|autumn|winter|fall"
)
ROUGHLY_CHINESE = "底前?|末|初|中|上旬|中旬|下旬|[春夏秋冬][季天]?|前后|前後|之?前|以前|之?[后後]|以[后後]|左右|起"
FISCAL = "年度|财政年度|財政年度|财年|財年"
NEXT_FISCAL = r"(?:\s*[-/至到]\s*(?:\d\d)?\d\d)?"
# The first that fits the whole text, and can read it, decides.
RULES: tuple[tuple[re.Pattern[str], ReadMatch], ...] = tuple(
    (re.compile(pattern), read)
    for pattern, read in (
        (rf"{YEAR}(?:{SIGN}| ){NUMBER}(?:{SIGN}| ){DAY}", _day),
        (rf"{YEAR}\s*年\s*{NUMBER}\s*月份?\s*(?P<day>\d\d?)\s*[日號号]?", _day),
        (rf"{YEAR}{SIGN}{NUMBER}", _year_and_number),
        (rf"{YEAR}\s*年\s*{NUMBER}\s*月份?", _month),
        (rf"(?:fy|fiscal year|financial year|财政年度|財政年度)\s*{ANY_YEAR}{NEXT_FISCAL}", _fiscal_year),
        (rf"{YEAR}{NEXT_FISCAL}\s*(?:{FISCAL})", _fiscal_year),
        (rf"{YEAR}\s*年?\s*(?:[-/至到]|to|and)\s*(?P<last>(?:19|20|21)\d\d)\s*年?", _two_years),
        (rf"{NUMBER}{SIGN}{YEAR}", _month),
        (rf"{NUMBER}\s*月\s*-?\s*{ANY_YEAR}\s*年?", _month),
        (rf"(?P<first>\d\d?){SIGN}(?P<second>\d\d?){SIGN}{ANY_YEAR}", _two_numbers_and_year),
        (rf"{DAY}{BETWEEN}(?:of )?{MONTH}{BETWEEN}{ANY_YEAR}", _day),
        (rf"{MONTH}{BETWEEN}{DAY}[\s,/.\-]+{ANY_YEAR}", _day),
        (rf"{YEAR}{BETWEEN}{MONTH}{BETWEEN}{DAY}", _day),
        (rf"{DAY}{SIGN}{NUMBER}\s*月\s*{SIGN}{ANY_YEAR}", _day),
        (rf"{MONTH}{BETWEEN}(?:of )?{YEAR}", _month),
        (rf"{YEAR}{BETWEEN}{MONTH}", _month),
        (rf"{MONTH}(?P<between>{BETWEEN}){SHORT}", _month_with_number),
        (rf"{ORDINAL} half{OF}{YEAR}", _part("H", 2)),
        (rf"{YEAR}[\s,]*(?:the )?{ORDINAL} half", _part("H", 2)),
        (rf"(?P<number>h[12]|[12]h){OF}{ANY_YEAR}", _part("H", 2)),
        (rf"{YEAR}[\s,/\-]*(?P<number>h[12]|[12]h)", _part("H", 2)),
        (rf"{YEAR}\s*年?\s*(?P<number>[上下])半年", _part("H", 2)),
        (rf"{ORDINAL} quarter{OF}{YEAR}", _part("Q", 4)),
        (rf"{YEAR}[\s,]*(?:the )?{ORDINAL} quarter", _part("Q", 4)),
        (rf"(?P<number>q[1-4]|[1-4]q){OF}{ANY_YEAR}", _part("Q", 4)),
        (rf"{YEAR}[\s,/\-]*(?P<number>q[1-4]|[1-4]q)", _part("Q", 4)),
        (rf"{YEAR}\s*年?\s*第?(?P<number>[1-4一二三四])季度?", _part("Q", 4)),
        (rf"(?:year )?{YEAR}\s*年?", _whole_year),
        (r"(?P<figures>\d{8}|\d{6})", _figures_alone),
        (r"(?P<serial>[2-7]\d{4})(?:\.0+)?", _serial_number),
        (rf"(?:the )?(?P<word>{ROUGHLY})[\s.-]*(?:of |in )?(?:the )?(?P<rest>.*\d.*)", _roughly),
        (rf"(?P<rest>\d.*?)\s*(?P<word>{ROUGHLY_CHINESE})", _roughly),
        (rf"(?:{DAY}{BETWEEN}(?:of )?)?(?:{_NAMES})\.?(?:{BETWEEN}\d\d?(?:st|nd|rd|th)?)?", _ask(NO_YEAR)),
        (r"\d\d?\s*月份?(?:\s*\d\d?\s*[日號号])?|\d\d?[-/.]\d\d?|[hq][1-4]|[1-4][hq]", _ask(NO_YEAR)),
        (r"[上下]半年|第?[1-4一二三四]季度?", _ask(NO_YEAR)),
        (r"(?:the )?(?:first|second|third|fourth|last|1st|2nd|3rd|4th) (?:half|quarter)", _ask(NO_YEAR)),
        (r"today|yesterday|tomorrow|now|(?:this|next|last) (?:day|week|month|quarter|year)", _ask(RELATIVE)),
        (r"[今明昨翌本去後后][天日年月]|[上下]一?[個个]?[月年季]度?|本季度?", _ask(RELATIVE)),
    )
)
