"""By when a clause promises: the very words, the date that they write out, and a doubt where there is one.

A date is only what the text gives: "by June 2021", "this year" where the text dates itself, "within 90 days after
issuance of this directive" of a dated directive. "Within two years" has words and a doubt, and no date.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.partial_dates import PartialDateError, parse_partial_date
from commitments.domain.reading.outline import Block
from commitments.domain.reading.source_text import is_chinese
from commitments.domain.reading.spans import DOUBTFUL, LIKELY, SURE, Span
from commitments.domain.stated_dates import MONTHS, stated_dates
from commitments.domain.typed_dates import read_date

_MONTH = rf"(?:{'|'.join(month.title() for month in MONTHS)}|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?"
_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_PART = r"(?:first|second|third|fourth|1st|2nd|3rd|4th|last)\s+(?:half|quarter)"
_SEASON = (
    r"(?:early|mid|late|spring|summer|autumn|fall|winter|mid-year|the middle|the beginning|the start|the end|end|"
    r"year-end|close)"
)
_WHEN = (
    rf"(?:{_DAY}\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}|{_MONTH}\s+{_DAY},?\s+{_YEAR}|(?:the\s+)?{_PART}(?:\s+of|\s+in|"
    rf",)?\s+(?:{_YEAR}|this year|next year)|"
    rf"[QH][1-4]\s+(?:of\s+)?{_YEAR}|{_YEAR}\s*-?\s*[QH][1-4]|{_MONTH}(?:\s+of|,)?\s+(?:{_YEAR}|this year|next year)|"
    rf"{_YEAR}-\d\d-\d\d|"
    rf"{_YEAR}|this year|next year)"
)
_BEFORE = rf"(?:the\s+)?(?:{_SEASON}[\s-]+(?:of\s+|in\s+)?(?:the\s+)?(?:year\s+)?)*"
ENGLISH_DATE = re.compile(
    rf"(?P<words>\b(?P<how>by|before|no later than|not later than|in|on|during|from|starting(?: in| from)?|as of|at|"
    rf"within|until|till|through|since|for|of|"
    rf"between|over|to)\s+{_BEFORE}(?P<date>{_WHEN}))\b(?P<after>(?:\s*[-/–—]\s*\d{{2,4}}\b|\s+(?:and|"
    rf"to)\s+{_YEAR}\b)?)",
    re.IGNORECASE,
)
LATER_THIS_YEAR = re.compile(r"\b(?:later |by the end of |early |during )?(?:this|next) year\b", re.IGNORECASE)
ABOVE = _("It stands above the list.")
SAME_DAY = re.compile(
    r"\b(?:today|after the (?:meeting|session|talks|conference)|at the (?:end|close) of the (?:meeting|session|visit|"
    r"conference))\b|会后|会上签|今[日天](?=[^年]{0,20}签)",
    re.I,
)
BARE_YEAR = re.compile(r"\b(?:later |early |late )?(?:this|next) year\b(?!')", re.IGNORECASE)
SETS_A_TERM = ("by", "before", "no later than", "not later than")
ON_A_DATE = ("in", "on", "during", "from", "starting", "starting in", "starting from", "as of", "at", "within")
_NUMBER = (
    r"(?P<number>\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|eighteen|thirty|sixty|ninety|a|"
    r"the next|the coming)"
)
_DOCUMENT = (
    r"(?:directive|order|memorand(?:um|a)|policy|act|plan|agreement|strategy|circular|notice|proclamation|report|"
    r"statement|communique|letter)"
)
RELATIVE = re.compile(
    rf"(?P<words>\b(?:within|at|in|not later than|no later than|by)\s+(?:the\s+(?:next|coming|first)\s+)?{_NUMBER}\s+"
    rf"(?:calendar\s+|working\s+|business\s+)?(?P<unit>day|week|month|year)s?'?"
    rf"(?P<from>\s+(?:(?:after|from|of|following)\s+)?(?:(?:the\s+)?(?:issuance|date|publication|signing|signature|"
    rf"adoption|release|effective date)\s+"
    rf"(?:of\s+)?)?(?:(?:of\s+)?(?:this|the)\s+{_DOCUMENT}\b)?)?)",
    re.IGNORECASE,
)
UNDATED = re.compile(
    rf"\b(?:within|over|in|during)\s+(?:the\s+)?(?:next|coming|following|"
    rf"first)\s+(?:{_NUMBER.replace('?P<number>', '?:')}\s+)?(?:days?|weeks?|months?|years?|decade)\b|"
    r"\b(?:every|each)\s+(?:\d+\s+|second\s+)?(?:calendar\s+)?(?:days?|weeks?|months?|quarter|years?)\b|"
    r"\b(?:annually|monthly|quarterly|biennially|"
    r"immediately|shortly|as soon as (?:possible|practicable)|in due course|in the (?:near|short|medium|"
    r"long) (?:future|term)|in the coming (?:weeks|"
    rf"months|years)|on an (?:annual|ongoing) basis|(?:by|before|from|in)\s+{_MONTH})\b",
    re.IGNORECASE,
)
NAMED_YEAR = re.compile(
    rf"{_YEAR}\s+(?:Act|Agenda|Budget|Plan|Work|Strategy|Vision|Spending|Review|Census|Paris|Games|Olympic|Agreement|"
    rf"Declaration|"
    rf"Framework|Report|levels?|baseline|legislative|programme|program|prices|edition)\b"
)
PAST_WORD = re.compile(
    r"(?<!\bbe )\b(?:signed|introduced|established|launched|published|announced|adopted|agreed|enacted|created|"
    r"opened|held|set up|began|released|"
    r"issued|made|compared (?:to|with)|levels?|since|versus|below|above|relative to)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
OCCASION = re.compile(
    r"\b(?:competition|expo|exhibition|games|summit|conference|session|election|anniversary|festival|championships?|"
    r"forum|congress|meeting)\b",
    re.IGNORECASE,
)
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "twelve": 12,
    "eighteen": 18,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "a": 1,
}
_CHINESE_WHEN = (
    r"(?:(?:(?:19|20)\d\d|[二〇零一二三四五六七八九]{4})\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?|\s*[上下]半年|"
    r"\s*第?[一二三四1-4]季度?)?|"
    r"(?:今年|本年|明年|翌年)(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?|\s*[上下]半年|\s*第?[一二三四1-4]季度?)?)"
)
CHINESE_DATE = re.compile(
    rf"(?P<words>(?P<how>到|至|在|于|争取|力争|最迟|不迟于|预计|计划|将|会|拟|须|"
    rf"要)?\s*(?P<date>{_CHINESE_WHEN})(?P<tail>年?[底末]之?前?|[初内]|"
    rf"之?以?前|"
    r"年中|起|期间)?)"
)
CHINESE_NOT = re.compile(r"(?:自|从|由|比|较|截至|截止|根据|按照|参照|《[^》]*)\s*$")
CHINESE_NOT_AFTER = re.compile(
    r"\s*(?:[-—–~至到]\s*(?:\d{4}|\d{1,2}年)|的|版|修订|以来|以后|印发|发布|度|施政|财政|《|〕|\])"
)
CHINESE_UNDATED = re.compile(
    r"[一二两三四五六七八九十\d]+\s*(?:年|个月|月|周|天|日)(?:之?内|以内)|未来[一二两三四五六七八九十\d]+年|"
    r"每[一二两三四\d]*(?:年|月|季度?|周)|尽快|尽早|立即|"
    r"(?:年内|年底前|年底|本年度内|下半年|上半年|近期|短期内|适时|陆续|“?十[一二三四五六]五”?(?:期间|期末|末))"
)
THIS_YEAR = re.compile(r"(?<![\d一二三四五六七八九十两几多数今明本每半])年(?:内|底前|底)|本年度内")
CHINESE_DAY = re.compile(r"[二〇零一三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日")
LONGEST_DATELINE, MOST_WORDS_BESIDE = 70, 8  # characters, and words beside the date
NO_DOUBT = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """`words` as the copy has them, `date` a partial date or None, `basis` as `DeadlineBasis` has it.

    `at`: where the words begin in the text, -1 while that is not known.
    """

    words: str
    date: str | None
    reason: str | Promise
    sure: float
    doubt: str | Promise = NO_DOUBT
    basis: str = "stated"
    at: int = -1


def find_dateline(copy: str, blocks: list[Block]) -> date | None:
    """The day on which a text says of itself that it was issued: alone on a line near its beginning or its end."""
    near = [*blocks[:5], *blocks[-6:]]
    for block in near:
        for raw in copy[block.start : block.end].split("\n"):
            line = raw.strip(" ()（）*_#")
            days = [found for found in stated_dates(line, date(1900, 1, 1)) if found.first == found.last]
            rest = re.sub(r"[\d年月日号二〇零一三四五六七八九十,./:-]", "", line)
            if (
                len(days) == 1
                and len(line) <= LONGEST_DATELINE
                and len(rest.split()) <= MOST_WORDS_BESIDE
                and not re.search(r"[.;。；]$|\b(?:will|by|on)\b", line)
            ):
                return days[0].first
            if CHINESE_DAY.fullmatch(line):
                with suppress(PartialDateError):
                    return read_date(line).first
    return None


def read_deadline(copy: str, span: Span, leads: list[tuple[int, int]], issued_on: date | None) -> Deadline | None:
    """The deadline of a span: in its own words, in those of the clause that it shares, or of the list's lead.

    `leads`: the spans of what stands above it, nearest first.
    """
    own = copy[span.start : span.end].replace("\n", " ")
    if found := deadline_in(own, issued_on, verb=max(0, span.verb_start - span.start)):
        return _placed(found, own, span.start)
    sentence = copy[span.sentence[0] : span.start].replace("\n", " ")
    if sentence and span.why != "aim":
        opening = deadline_in(sentence, issued_on, verb=0)
        if opening and _governs(sentence, opening.words):
            shared = replace(opening, reason=_("The sentence begins with it."), sure=min(opening.sure, LIKELY))
            return _placed(shared, sentence, span.sentence[0])
    for start, end in leads:
        lead = copy[start:end].replace("\n", " ")
        above = _last_term(lead) if span.why == "goal" else deadline_in(lead, issued_on, verb=0)
        if above:
            inherited = replace(above, reason=ABOVE, sure=min(above.sure, LIKELY))
            return _placed(inherited, lead, start)
    return None


def _placed(deadline: Deadline, words: str, start: int) -> Deadline:
    """The same with the place of its words in the text."""
    at = words.rfind(deadline.words) if deadline.reason is ABOVE else words.find(deadline.words)
    return replace(deadline, at=start + at if at >= 0 else -1)


def signing_day(copy: str, span: Span, block: Block, issued_on: date | None) -> Deadline | None:
    """The day of a signing that a text reports as of its own day: "after the meeting", "today"."""
    match = SAME_DAY.search(copy, block.start, block.end)
    if match is None or issued_on is None or span.level != "primary" or not span.verb.startswith("sign"):
        return None
    reason = _("The signing is reported as of the day on which the text was issued.")
    return Deadline(
        match[0], issued_on.isoformat(), reason, DOUBTFUL, _("the day of the text, not of its words"), at=match.start()
    )


def _last_term(words: str) -> Deadline | None:
    """The last year that is named among aims before: "到2020年, …; …"."""
    matches = [match for match in CHINESE_DATE.finditer(words) if match["how"] in ("到", "至") or match["tail"]]
    return _chinese(matches[-1]["words"], None) if matches else None


def _governs(sentence: str, words: str) -> bool:
    """Such as "By 2020, we will …, and …": words at the beginning hold for all that follows."""
    return sentence.strip().lower().startswith(words.strip().lower()[:12]) or is_chinese(words)


def deadline_in(words: str, issued_on: date | None, *, verb: int) -> Deadline | None:
    """The deadline that a clause's words state."""
    if is_chinese(words):
        return _chinese(words, issued_on)
    return _relative(words, issued_on) or _english(words, issued_on, verb) or _undated(words, UNDATED)


def _english(words: str, issued_on: date | None, verb: int) -> Deadline | None:
    best: tuple[int, Deadline] | None = None
    for match in ENGLISH_DATE.finditer(words):
        how = match["how"].lower()
        if how not in SETS_A_TERM + ON_A_DATE or NAMED_YEAR.match(words, match.start("date")):
            continue
        before = words[: match.start()]
        if how in ON_A_DATE and (
            PAST_WORD.search(before[max(0, verb + 1) :] if verb < len(before) else "") or how == "at"
        ):
            continue
        if match["after"].strip():
            found = Deadline(
                match[0].strip(), None, _("The words give a span of years."), DOUBTFUL, _("a span of time, not a day")
            )
        else:
            found = _dated(match, words, issued_on)
        rank = 0 if how in SETS_A_TERM else 1
        if best is None or rank < best[0]:
            best = (rank, found)
    if best is None and (year := BARE_YEAR.search(words)):
        return _relative_year(year[0], issued_on)
    return best[1] if best else None


def _relative_year(phrase: str, issued_on: date | None) -> Deadline:
    """Such as "Later this year", without a preposition."""
    dates = stated_dates(phrase, issued_on) if issued_on else []
    if len(dates) != 1:
        return Deadline(
            phrase, None, _("The words count from a day that the text does not give."), DOUBTFUL, _("no year is given")
        )
    return Deadline(phrase, dates[0].text, _("Counted from the day on which the text was issued."), LIKELY)


def _dated(match: re.Match[str], words: str, issued_on: date | None) -> Deadline:
    phrase = match["words"]
    relative = LATER_THIS_YEAR.search(phrase)
    if relative and issued_on is None:
        return Deadline(
            phrase, None, _("The words count from a day that the text does not give."), DOUBTFUL, _("no year is given")
        )
    dates = stated_dates(match["date"], issued_on or date(1900, 1, 1))
    if len(dates) != 1:
        return Deadline(phrase, None, _("The words give no date that exists."), DOUBTFUL, _("no date that exists"))
    how = match["how"].lower()
    occasion = how not in SETS_A_TERM and OCCASION.search(words[max(0, match.start() - 60) : match.start()])
    if occasion:
        return Deadline(
            phrase,
            dates[0].text,
            _("The words date an occasion that it serves."),
            LIKELY,
            _("the date of an event"),
            "event",
        )
    if relative:
        return Deadline(phrase, dates[0].text, _("Counted from the day on which the text was issued."), LIKELY)
    return Deadline(phrase, dates[0].text, _("The words write it out."), SURE if how in SETS_A_TERM else LIKELY)


def _relative(words: str, issued_on: date | None) -> Deadline | None:
    for match in RELATIVE.finditer(words):
        number = NUMBERS.get(match["number"].lower(), 0) or (int(match["number"]) if match["number"].isdigit() else 0)
        origin = (match["from"] or "").lower()
        itself = re.search(rf"\b(?:this|the)\s+{_DOCUMENT}\b", origin) or re.search(
            r"\b(?:issuance|publication)\s*(?:of\s*)?$", origin
        )
        phrase = match["words"].strip()
        if number and itself and issued_on:
            reason = _("Counted from the day on which the text was issued.")
            return Deadline(phrase, _later(issued_on, number, match["unit"].lower()).isoformat(), reason, LIKELY)
        if match["words"].lower().startswith(("within", "not later", "no later")) or itself:
            return Deadline(
                phrase,
                None,
                _("The words count from a day that the text does not give."),
                DOUBTFUL,
                _("it is not said from when"),
            )
    return None


def _later(day: date, number: int, unit: str) -> date:
    if unit in ("day", "week"):
        return day + timedelta(days=number * (7 if unit == "week" else 1))
    months = day.month - 1 + number * (12 if unit == "year" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    last = parse_partial_date(f"{year}-{month:02}").last
    return date(year, month, min(day.day, last.day))


def _undated(words: str, pattern: re.Pattern[str]) -> Deadline | None:
    match = pattern.search(words)
    return match and Deadline(match[0], None, _("The words give no date."), DOUBTFUL, _("no date that can be counted"))


def _chinese(words: str, issued_on: date | None) -> Deadline | None:
    for match in CHINESE_DATE.finditer(words):
        before = words[: match.start()]
        if CHINESE_NOT.search(before) or CHINESE_NOT_AFTER.match(words, match.end()):
            continue
        if not (
            match["how"] or match["tail"] or not before.strip(" ，、；并及和在于") or before[-1] in "，、；将会拟并"
        ):
            continue
        relative = re.match(r"今年|本年|明年|翌年", match["date"])
        if relative and issued_on is None:
            return Deadline(
                match["words"],
                None,
                _("The words count from a day that the text does not give."),
                DOUBTFUL,
                _("no year is given"),
            )
        dates = stated_dates(match["date"].replace(" ", ""), issued_on or date(1900, 1, 1))
        if len(dates) == 1:
            sure = SURE if match["how"] in ("到", "至") or match["tail"] else LIKELY
            return Deadline(match["words"].strip(), dates[0].text, _("The words write it out."), sure)
    if issued_on and (year := THIS_YEAR.search(words)):
        return Deadline(year[0], str(issued_on.year), _("Counted from the day on which the text was issued."), LIKELY)
    return _undated(words, CHINESE_UNDATED)
