"""Which words of a release's Chinese text say what words of its English text say.

Clauses are paired in their order, as Gale and Church (1993) pair sentences: two of a fitting length are likely to say
the same, and some have no counterpart, or are two in one language and one in the other. Figures, days, Latin words and
names that are on record weigh in where both hold them. How sure a pair is: its share of all ways to pair the clauses,
each way weighed by how well its pairs fit.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

from commitments.domain.reading.source_text import normal, simplified_characters
from commitments.domain.reading.spans import DOUBTFUL

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
CHINESE_NUMBER = re.compile("[二两三四五六七八九十]+")
LATIN = re.compile(r"[a-z][a-z\d&-]+")
MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
MONTH = re.compile(rf"\d\s+({'|'.join(MONTHS)})\b|\b({'|'.join(MONTHS)})\s+\d")
COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
DIGITS = {character: digit for digit, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
SHORTEST_NAME = 2  # characters
# How many clauses of English and of Chinese are one pair, and how likely that is.
SHAPES: Mapping[tuple[int, int], float] = {(1, 1): 0.85, (1, 0): 0.04, (0, 1): 0.04, (1, 2): 0.035, (2, 1): 0.015}
LIKELIHOODS = {shape: math.log(share) for shape, share in SHAPES.items()}
SPREAD = 0.6  # variance of the characters of Chinese, for each of English
FITTING, LEAST_FITTING = 1.5, -4.0  # logarithms of how much a length makes a pair likelier, or less likely
RARE, FEW = 2, 5  # clauses that hold a mark, of both texts
MARK_WEIGHTS = (3.0, 1.5, 0.5)  # of a rare mark that both hold, of one in few clauses, of others
NUMBER_MISSED, MOST_MISSED = 1.2, 3.6  # a number that only one of the two holds; all of them
BOTH_PROMISE, ONE_PROMISES = 0.5, -1.0
WINDOW = 30  # clauses of Chinese, before and behind the place that the proportion says
SAME_AREA, OTHER_AREA, PART_SKIPPED = 4.0, -6.0, -0.5


@dataclass(frozen=True, slots=True)
class Clause:
    """Some words of a text, from `start` to `end` of it. `marks`: what is the same in every language (`marks_of`)."""

    start: int
    end: int
    words: str
    promises: bool
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """The clauses below a heading, in their order. `area`: the slug of the area that it names; "" where it is none."""

    area: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Words of both texts, by start and end, that say the same; `sure` is from 0 to 1.

    `DOUBTFUL` at most where Chinese says in one clause what English says in two.
    """

    english: tuple[int, int]
    chinese: tuple[int, int]
    sure: float


def marks_of(text: str, names: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The figures, days, Latin words and names in a text. `names`: by slug, as they are said in either language."""
    said = normal(text).translate(simplified_characters())
    marks = {match[0].replace(",", "") for match in NUMBER.finditer(said)}
    marks |= {str(value) for match in CHINESE_NUMBER.finditer(said) if (value := _value(match[0]))}
    marks |= {str(MONTHS.index(match[1] or match[2]) + 1) for match in MONTH.finditer(said)}
    latin = set(LATIN.findall(said))
    marks |= latin | {str(COUNTS[word]) for word in latin & COUNTS.keys()}
    return frozenset(marks | {f"/{slug}" for slug, forms in names.items() if _is_named(said, forms)})


def _value(numeral: str) -> int:
    """二十五 is 25. 0 where it is none of these."""
    tens, ten, ones = numeral.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (DIGITS[tens] if tens else 1) * 10 + DIGITS.get(ones, 0) if ten else DIGITS[ones]


def _is_named(said: str, forms: Iterable[str]) -> bool:
    """Whether one of the names is among the words; Latin ones as words of their own."""
    for name in forms:
        form = normal(name).translate(simplified_characters())
        if len(form) < SHORTEST_NAME or form not in said:
            continue
        if not form.isascii() or re.search(rf"\b{re.escape(form)}\b", said):
            return True
    return False


def align(english: Sequence[Part], chinese: Sequence[Part]) -> list[Match]:
    """For each clause of English the clause of Chinese that most likely says it, if there is one that may.

    Of parts that can be told by their areas, or that are equally many, clauses are paired within their own.
    """
    ratio = _length(chinese) / max(1, _length(english))
    return [
        match
        for left, right in _paired_parts(english, chinese, ratio)
        for match in _Aligner(left, right, ratio).matches()
    ]


def _length(parts: Sequence[Part]) -> int:
    return sum(len(clause.words) for part in parts for clause in part.clauses)


def _paired_parts(
    english: Sequence[Part], chinese: Sequence[Part], ratio: float
) -> list[tuple[list[Clause], list[Clause]]]:
    """Stretches of both texts that belong together, each from one pair of parts to the next."""
    firm = [
        (left, right)
        for left, right in _parts_in_order(english, chinese, ratio)
        if (english[left].area and english[left].area == chinese[right].area) or len(english) == len(chinese)
    ]
    edges = [(0, 0), *(pair for pair in firm if pair != (0, 0)), (len(english), len(chinese))]
    return [
        (_clauses(english[left:left_end]), _clauses(chinese[right:right_end]))
        for (left, right), (left_end, right_end) in pairwise(edges)
    ]


def _clauses(parts: Sequence[Part]) -> list[Clause]:
    return [clause for part in parts for clause in part.clauses]


def _parts_in_order(english: Sequence[Part], chinese: Sequence[Part], ratio: float) -> list[tuple[int, int]]:
    """Which parts are a pair, in their order: those of the same area, and of fitting lengths."""
    best: dict[tuple[int, int], tuple[float, tuple[tuple[int, int], ...]]] = {}
    for left, right in product(range(len(english) + 1), range(len(chinese) + 1)):
        ways: list[tuple[float, tuple[tuple[int, int], ...]]] = [] if left or right else [(0.0, ())]
        steps = [step for step in ((left - 1, right), (left, right - 1)) if step in best]
        ways += [(best[step][0] + PART_SKIPPED, best[step][1]) for step in steps]
        if (before := best.get((left - 1, right - 1))) is not None:
            score = before[0] + _part_score(english[left - 1], chinese[right - 1], ratio)
            ways.append((score, (*before[1], (left - 1, right - 1))))
        best[left, right] = max(ways)
    return list(best[len(english), len(chinese)][1])


def _part_score(english: Part, chinese: Part, ratio: float) -> float:
    if english.area and chinese.area:
        return SAME_AREA if english.area == chinese.area else OTHER_AREA
    lengths = (_length([english]) * ratio + 1) / (_length([chinese]) + 1)
    return 1 - abs(math.log(lengths))


class _Aligner:
    """Two stretches of clauses. Weights of ways are kept as logarithms."""

    def __init__(self, english: Sequence[Clause], chinese: Sequence[Clause], ratio: float) -> None:
        self.english, self.chinese, self.ratio = english, chinese, ratio
        common = _all_marks(english) & _all_marks(chinese)
        telling = {mark for mark in _all_marks([*english, *chinese]) if mark in common or mark[0].isdigit()}
        self.marks = {id(clause): clause.marks & telling for clause in [*english, *chinese]}
        self.held = Counter(mark for marks in self.marks.values() for mark in marks)
        self.window = WINDOW + abs(len(english) - len(chinese))
        self.scores: dict[tuple[int, int, int, int], float] = {}

    def matches(self) -> list[Match]:
        """The likeliest pair of each clause of English, where that has words of Chinese."""
        ahead, behind = self._ahead(), self._behind()
        whole = ahead.get((len(self.english), len(self.chinese)), -math.inf)
        shares: dict[int, dict[tuple[int, int, int], float]] = {left: {} for left in range(len(self.english))}
        for left, right in ahead:
            for rows, columns in SHAPES:
                after = behind.get((left + rows, right + columns))
                if not rows or after is None:
                    continue
                share = math.exp(ahead[left, right] + self._score(left, right, rows, columns) + after - whole)
                for row in range(left, left + rows):
                    shares[row][right, columns, rows] = share
        return [match for left in range(len(self.english)) for match in self._match(left, shares[left])]

    def _match(self, left: int, shares: Mapping[tuple[int, int, int], float]) -> list[Match]:
        (right, columns, rows), share = max(shares.items(), key=lambda item: item[1], default=((0, 0, 1), 0.0))
        if not columns:
            return []
        first, last = self.chinese[right], self.chinese[right + columns - 1]
        sure = min(share, DOUBTFUL) if rows > 1 else share
        clause = self.english[left]
        return [Match((clause.start, clause.end), (first.start, last.end), round(sure, 3))]

    def _places(self) -> list[tuple[int, int]]:
        """Places between clauses that a way may lead over, in order."""
        slope = len(self.chinese) / max(1, len(self.english))
        return [
            (left, right)
            for left in range(len(self.english) + 1)
            for right in range(
                max(0, int(left * slope) - self.window), min(len(self.chinese), int(left * slope) + self.window) + 1
            )
        ]

    def _ahead(self) -> dict[tuple[int, int], float]:
        """By place the weight of all ways that lead there."""
        weights = {(0, 0): 0.0}
        for left, right in self._places()[1:]:
            ways = [
                before + self._score(left - rows, right - columns, rows, columns)
                for rows, columns in SHAPES
                if (before := weights.get((left - rows, right - columns))) is not None
            ]
            if ways:
                weights[left, right] = _sum(ways)
        return weights

    def _behind(self) -> dict[tuple[int, int], float]:
        """By place the weight of all ways from there to the end."""
        places = self._places()
        weights = {places[-1]: 0.0}
        for left, right in reversed(places[:-1]):
            ways = [
                after + self._score(left, right, rows, columns)
                for rows, columns in SHAPES
                if (after := weights.get((left + rows, right + columns))) is not None
            ]
            if ways:
                weights[left, right] = _sum(ways)
        return weights

    def _score(self, left: int, right: int, rows: int, columns: int) -> float:
        """How well so many clauses of English from one on, and so many of Chinese, fit as a pair."""
        key = (left, right, rows, columns)
        if key not in self.scores:
            score = LIKELIHOODS[rows, columns]
            if rows and columns:
                score += self._fit(self.english[left : left + rows], self.chinese[right : right + columns])
            self.scores[key] = score
        return self.scores[key]

    def _fit(self, english: Sequence[Clause], chinese: Sequence[Clause]) -> float:
        length = sum(len(clause.words) for clause in english)
        away = sum(len(clause.words) for clause in chinese) - length * self.ratio
        fit = max(LEAST_FITTING, FITTING - away * away / (2 * SPREAD * max(1, length)))
        promise = any(clause.promises for clause in english) == any(clause.promises for clause in chinese)
        return fit + self._marks(english, chinese) + (BOTH_PROMISE if promise else ONE_PROMISES)

    def _marks(self, english: Sequence[Clause], chinese: Sequence[Clause]) -> float:
        left = self.marks[id(english[0])] | self.marks[id(english[-1])]
        right = self.marks[id(chinese[0])] | self.marks[id(chinese[-1])]
        if not (left or right):
            return 0.0
        missed = sum(NUMBER_MISSED for mark in left ^ right if mark[0].isdigit())
        return sum(map(self._weight, left & right)) - min(missed, MOST_MISSED)

    def _weight(self, mark: str) -> float:
        clauses = self.held[mark]
        return MARK_WEIGHTS[0 if clauses <= RARE else 1 if clauses <= FEW else 2]


def _all_marks(clauses: Sequence[Clause]) -> frozenset[str]:
    return frozenset(mark for clause in clauses for mark in clause.marks)


def _sum(logarithms: Sequence[float]) -> float:
    """The logarithm of the sum of what they are the logarithms of."""
    most = max(logarithms)
    return most + math.log(sum(math.exp(value - most) for value in logarithms))
