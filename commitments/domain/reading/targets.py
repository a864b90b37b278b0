"""The number that a clause promises to reach, with what it counts."""

import re
from dataclasses import dataclass

from commitments.domain.partial_dates import FIRST_YEAR, LAST_YEAR
from commitments.domain.reading.source_text import is_chinese
from commitments.domain.reading.spans import DOUBTFUL, LIKELY
from commitments.domain.reading.word_lists import words

_SCALE = r"(?:\s*(?P<scale>hundred|thousand|million|billion|trillion|m|bn|k)\b)?"
ENGLISH = re.compile(
    rf"(?P<about>\b(?:about|around|approximately|some|nearly|almost|over|more than|at least|up to|no fewer than|"
    rf"no less than|not less than|roughly|"
    rf"an additional|a further|another|a total of)\s+)?(?P<money>[£$€¥]|HK\$|US\$|A\$|NZ\$|S\$|C\$|RMB|HKD|USD)?\s?"
    rf"(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<percent>\s?%|\s+per\s?cent\b|"
    rf"\s+percent\b)?{_SCALE}"
    rf"(?P<unit>(?:\s+(?:new|additional|more|extra|full-time|affordable|social|public|local|young|electric|small|"
    rf"trained|qualified|hospital|square)){{0,2}}"
    rf"\s+[a-z][a-z-]+)?",
)
_CHINESE_UNIT = (
    r"(?:万|亿|千|百)?\s*(?:个|家|名|人次|人|间|套|户|亩|公里|平方公里|平方米|公顷|项|次|所|座|处|条|元|美元|港元|"
    r"港币|吨|千瓦时|千瓦|兆瓦|张|位|辆|架|宗|伙|单位|场|种|批|例|"
    r"件)"
)
CHINESE = re.compile(
    rf"(?P<about>约|大约|逾|超过|至少|不少于|不低于|近|最多|不超过|左右|增至|达到?|"
    rf"共)?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*(?P<unit>%|个百分点|"
    rf"{_CHINESE_UNIT})"
    r"(?P<things>[\u4e00-\u9fff]{0,6})"
)
APPROXIMATE = words("about around approximately some nearly almost over roughly 约 大约 逾 近 左右") | {"more than"}
NO_UNIT = words("""
and or of in on by to for the a an per from with at is are will year years month months day days week weeks calendar
working percent as than which that this january february march april may june july august september october november
december
""")
SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "k": 1_000,
    "million": 10**6,
    "m": 10**6,
    "billion": 10**9,
    "bn": 10**9,
    "trillion": 10**12,
}
BEFORE_A_NAME = re.compile(
    r"(?:\b(?:article|section|paragraph|chapter|phase|stage|part|no|number|annex|action|commitment|table|figure|"
    r"version|step|level|tier|"
    r"category|class|option|grade|age|aged|the|g|goal|resolution|directive|year|in|by|since|before|until|from|scope|"
    r"band)\.?|[-/.–])\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Target:
    """`words` as they stand; `number` in plain digits; `unit`: what it counts; `approximate`: "around 40"."""

    words: str
    number: str
    unit: str
    approximate: bool
    sure: float


def read_target(words: str, deadline: str = "") -> Target | None:
    """The first number of a clause that counts something; none of its dates, articles and phases."""
    words = words.replace("\n", " ")
    if deadline:
        words = words.replace(deadline, " " * len(deadline))
    return _chinese(words) if is_chinese(words) else _english(words)


def _without_zeros(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _english(words: str) -> Target | None:
    for match in ENGLISH.finditer(words):
        before = words[: match.start("number")]
        counted = (match["unit"] or "").strip()
        if match["money"]:
            unit = match["money"].strip()
        elif match["percent"]:
            unit = "%"
        elif (
            counted
            and counted.split()[-1] not in NO_UNIT
            and (counted.endswith("s") or match["scale"] or counted.split()[-1] in ("people", "staff", "children"))
        ):
            unit = counted
        else:
            continue
        if not match["about"] and not match["money"] and BEFORE_A_NAME.search(before):
            continue
        number = float(match["number"].replace(",", "")) * SCALES.get((match["scale"] or "").lower(), 1)
        if (
            not match["money"]
            and not match["percent"]
            and FIRST_YEAR <= number <= LAST_YEAR
            and "," not in match["number"]
        ):
            continue
        about = (match["about"] or "").strip().lower()
        text = (
            match[0].strip()
            if unit == counted
            else match[0][: match.start("unit") - match.start()].strip()
            if match["unit"]
            else match[0].strip()
        )
        return Target(
            text, _without_zeros(number), unit, about in APPROXIMATE, LIKELY if about or match["percent"] else DOUBTFUL
        )
    return None


def _chinese(words: str) -> Target | None:
    for match in CHINESE.finditer(words):
        if words[: match.start("number")].endswith(("第", "附件", "年", "月")) or match["unit"].startswith("年"):
            continue
        about = match["about"] or ("左右" if match["things"].startswith("左右") else "")
        return Target(
            match[0][: match.end("unit") - match.start()].strip(),
            match["number"].replace(",", ""),
            match["unit"].strip(),
            about in APPROXIMATE,
            LIKELY,
        )
    return None
