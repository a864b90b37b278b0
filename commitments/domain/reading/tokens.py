"""Words and signs of a sentence with their places, and the sentences of a block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import icu

from commitments.domain.reading.source_text import is_chinese

TOKEN = re.compile(r"[A-Za-z][A-Za-z'-]*(?:\.[A-Za-z]\.)*|\d[\d,.]*\d%?|\d%?|[^\sA-Za-z\d]")
# After these a full stop ends no sentence.
ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|Nos|Art|Arts|para|paras|Sec|Secs|Ch|Fig|Figs|vs|cf|e\.g|i\.e|viz|al|Hon|Gen|"
    r"Gov|Sen"
    r"|Rep|Jr|Sr|Ltd|Inc|Corp|Co|approx|est|ca|pp?|Vol|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z]"
    r"|\bU\.S|\bU\.K|\bU\.N|\bE\.U)\.\s*$"
)
RUN_ON = re.compile(r"(?:(?<=[.;:])|(?<=; and)|(?<=; or))\s+\((?:[a-z]|[ivx]{1,4}|\d{1,2})\)\s+(?=\w)")
CHINESE_END = re.compile(r"[。！？；!?;]+[”’」』)）]*|\n")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign; `low` is the word in small letters."""

    start: int
    end: int
    text: str
    low: str


def tokenize(copy: str, start: int, end: int) -> list[Token]:
    """The words and signs of a span."""
    return [Token(match.start(), match.end(), match[0], match[0].lower()) for match in TOKEN.finditer(copy, start, end)]


@cache
def _english_sentences() -> icu.BreakIterator:
    return icu.BreakIterator.createSentenceInstance(icu.Locale("en"))


def split_sentences(copy: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a block, without white space at their ends; Chinese ones end at a semicolon, too."""
    if is_chinese(copy[start:end]):
        yield from _chinese(copy, start, end)
    else:
        yield from _english(copy, start, end)


def _english(copy: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """By ICU, and before each "(a)" of a list that runs on within a line."""
    at = start
    for match in RUN_ON.finditer(copy, start, end):
        yield from _sentences(copy, at, match.start())
        at = match.end()
    yield from _sentences(copy, at, end)


def _sentences(copy: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = copy[start:end].replace("\n", " ")
    breaks = _english_sentences()
    breaks.setText(words)
    begin = 0
    for stop in breaks:
        piece = words[begin:stop]
        if stop < len(words) and (ABBREVIATED.search(piece) or words[stop : stop + 1].islower()):
            continue
        if piece.strip():
            lead = len(piece) - len(piece.lstrip())
            yield start + begin + lead, start + begin + len(piece.rstrip())
        begin = stop


def _chinese(copy: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in CHINESE_END.finditer(copy, start, end):
        if copy[at : match.end()].strip():
            yield at, match.end()
        at = match.end()
    if copy[at:end].strip():
        yield at, end
