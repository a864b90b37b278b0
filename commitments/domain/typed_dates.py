"""Dates as people and programs write them: "12 November 2026", "Nov-18", "30/6/2022", 「2018年十一月」.

One reader for the forms of staff, their imports and whatever else takes a date from outside. It has no clock and
guesses nothing: what says one date is read, what says several, or less than one, is a question back. Libraries that
read dates fill in what is missing from today's, know no half-year and take one of two readings, so none is used.

The ledger and the addresses of the site know the notation of `partial_dates` alone.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from commitments.domain.date_forms import LENGTH_OF_A_YEAR, TWO_WAYS, Reading, first_reading
from commitments.domain.partial_dates import PartialDate, PartialDateError, parse_partial_date, unreadable_message
from commitments.domain.stated_dates import CHINESE_DIGITS

MAX_LENGTH = 80  # characters of anything that is read as a date
HONG_KONG = timezone(timedelta(hours=8))
HOURS, MINUTES = 24, 60
WRONG_WEEKDAY = gettext_lazy("“%(text)s” names another day of the week than that date has.")


class DateQuestionError(PartialDateError):
    """What is written says several dates, or less than one. The message asks, and says what to write.

    `why`: the question alone. `suggestions`: the dates that may be meant, each in the notation that is stored.
    """

    def __init__(self, text: str, why: str | Promise, suggestions: tuple[PartialDate, ...]) -> None:
        self.why = str(why) % {"text": text[:40]}
        self.suggestions = suggestions
        super().__init__(_question(self.why, suggestions))


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What a text comes to: the dates that it may say, and why it must be asked which, where it must."""

    dates: tuple[PartialDate, ...] = ()
    question: str | Promise = ""


def read_date(text: str) -> PartialDate:
    """The one date that a text says.

    Raises DateQuestionError where it says several or less than one, PartialDateError where it says none.
    """
    interpretation = _interpret(text.strip())
    if interpretation.question:
        raise DateQuestionError(text.strip(), interpretation.question, interpretation.dates)
    if not interpretation.dates:
        raise PartialDateError(unreadable_message(text))
    return interpretation.dates[0]


def possible_dates(text: str) -> tuple[PartialDate, ...]:
    """Every date that the words themselves may say: none, one or, where the day may stand first or second, several."""
    interpretation = _interpret(text.strip())
    return interpretation.dates if interpretation.question in ("", TWO_WAYS) else ()


def is_notation(text: str) -> bool:
    """Whether a text is a date as it is stored, in whatever width its figures are: there is nothing to understand."""
    return _in_notation(text) is not None


def span_label(partial_date: PartialDate) -> str:
    """A day, or a span with its end: "the whole of 2018", "November 2018, until 30 November 2018"."""
    if partial_date.first == partial_date.last:
        return partial_date.label
    if len(partial_date.text) == LENGTH_OF_A_YEAR:
        return pgettext("a date", "the whole of %(year)s") % {"year": partial_date.text}
    form = pgettext("a span of days and its end", "%(date)s, until %(day)s")
    return form % {"date": partial_date.label, "day": date_format(partial_date.last, "DATE_FORMAT")}


def deadline_label(partial_date: PartialDate) -> str:
    """Until when a deadline runs: "until 30 June 2022"."""
    return pgettext("a deadline", "until %(day)s") % {"day": date_format(partial_date.last, "DATE_FORMAT")}


def _question(why: str, suggestions: Iterable[PartialDate]) -> str:
    form = pgettext("a date as it is written here, and what it means", "%(notation)s (%(label)s)")
    options = [form % {"notation": date, "label": span_label(date)} for date in suggestions]
    if options:
        listed = pgettext("between the words of a list", ", ").join(options)
        advice = _("Write what is meant: %(options)s.") % {"options": listed}
    else:
        advice = _("Write a year (2019), half-year (2018-H1), quarter (2018-Q3), month (2018-11) or day (2018-11-05).")
    return pgettext("two sentences", "%(first)s %(second)s") % {"first": why, "second": advice}


@lru_cache(maxsize=4096)
def _interpret(text: str) -> Interpretation:
    if len(text) > MAX_LENGTH:
        return Interpretation()
    if notation := _in_notation(text):
        return Interpretation((notation,))
    plain, weekday = _split_weekday(_plain(text))
    moment = MOMENT.fullmatch(plain)
    reading = _read_moment(moment) if moment else first_reading(plain)
    if reading is None:
        return Interpretation()
    dates = _dates(reading.notations)
    if reading.question:
        return Interpretation(dates, reading.question)
    if len(dates) > 1:
        return Interpretation(dates, TWO_WAYS)
    if weekday is not None and dates and dates[0].first == dates[0].last and dates[0].first.weekday() != weekday:
        return Interpretation(dates, WRONG_WEEKDAY)
    return Interpretation(dates)


def _in_notation(text: str) -> PartialDate | None:
    try:
        return parse_partial_date(unicodedata.normalize("NFKC", text))
    except PartialDateError:
        return None


def _dates(notations: Iterable[str]) -> tuple[PartialDate, ...]:
    """Those that the calendar has, each once."""
    return tuple(dict.fromkeys(date for notation in notations if (date := _in_notation(notation))))


DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\u301c~]")
WEEKDAYS = {name: number for number, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
WEEKDAYS |= {name: number for names in ("一二三四五六日", "123456天") for number, name in enumerate(names)}
WEEKDAY = re.compile(
    r"^(?P<english>mon|tue|wed|thu|fri|sat|sun)(?:s|nes|rs|ur)?(?:day)?[.,]?\s+|"
    r"\s*\(?(?:星期|礼拜|禮拜|周|週)(?P<chinese>[1-6一二三四五六日天])\)?\s*$"
)
# Words before a date that leave it what it is.
LEADING = re.compile(
    r"^(?:(?:by|until|till|up to|no later than|not later than|on|in|during|the|dated|due)\s+|截至|不迟于|不遲於|於|于)+"
)
CHINESE_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=\s*年)")
CHINESE_NUMBER = re.compile(r"([一二三]?)(十|廿|卅)?([一二三四五六七八九]?)(?=\s*[月日號号])")
TENS = {"十": 1, "廿": 2, "卅": 3}


def _plain(text: str) -> str:
    """As `date_forms.first_reading` takes it, without the words that stand before a date."""
    plain = unicodedata.normalize("NFKC", text.replace("\u2019", "'").replace("\u2018", "'")).lower()
    plain = CHINESE_YEAR.sub(lambda match: match[0].translate(CHINESE_DIGITS), DASHES.sub("-", plain))
    plain = CHINESE_NUMBER.sub(_in_figures, plain)
    return LEADING.sub("", " ".join(plain.split()).strip(" .,;'\"。，"))


def _in_figures(match: re.Match[str]) -> str:
    """The number of a month or a day: 十一 is 11, 二十五 and 廿五 are 25; what is no such number stays."""
    before, ten, after = match.groups()
    if not ten:
        digits = before + after
        return digits.translate(CHINESE_DIGITS) if len(digits) == 1 else match[0]
    tens = int(before.translate(CHINESE_DIGITS)) if before and ten == "十" else TENS[ten]
    return str(tens * 10 + int(after.translate(CHINESE_DIGITS) or 0))


def _split_weekday(plain: str) -> tuple[str, int | None]:
    match = WEEKDAY.search(plain)
    if not match:
        return plain, None
    return WEEKDAY.sub("", plain), WEEKDAYS[match["english"] or match["chinese"]]


# What programs write: a day with a time, and often with a zone.
MOMENT = re.compile(
    r"(?P<day>.*[\d年月日號号a-z])(?:t|,?\s)\s*(?P<hour>\d\d?):(?P<minute>\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(?P<half>[ap]m)?"
    r"\s*(?P<zone>z|utc|gmt|hkt|[+-]\d\d:?\d\d)?"
)


def _read_moment(moment: re.Match[str]) -> Reading | None:
    """Its day; where it is said in another zone, also the one in Hong Kong at that time, which may be the next."""
    reading, zone = first_reading(moment["day"]), moment["zone"]
    if reading is None or not zone or zone == "hkt":
        return reading
    hour = int(moment["hour"]) % 12 + 12 * (moment["half"] == "pm") if moment["half"] else int(moment["hour"])
    minute = int(moment["minute"])
    offset = _offset(zone)
    if hour >= HOURS or minute >= MINUTES or abs(offset) >= timedelta(hours=HOURS):
        return None
    days = [date.first for date in _dates(reading.notations) if date.first == date.last]
    moments = [datetime(day.year, day.month, day.day, hour, minute, tzinfo=timezone(offset)) for day in days]
    in_hong_kong = [moment.astimezone(HONG_KONG).date().isoformat() for moment in moments]
    return Reading((*reading.notations, *in_hong_kong), reading.question)


def _offset(zone: str) -> timedelta:
    digits = re.sub(r"\D", "", zone)
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) if digits else timedelta()
    return -span if zone.startswith("-") else span
