"""Agreements that a text reports as signed: one for each party, and what each is to serve."""

import re
from dataclasses import replace

from commitments.domain.reading.english_clauses import (
    cut_tail,
    is_aim,
    split_parties,
    split_verbs,
)
from commitments.domain.reading.english_triggers import MODAL
from commitments.domain.reading.english_words import (
    SIGNED,
    WERE_SIGNED,
)
from commitments.domain.reading.source_text import trim
from commitments.domain.reading.spans import LIKELY, SURE, Span
from commitments.domain.reading.tokens import Token
from commitments.domain.reading.verbs import (
    GERUNDS,
)

NOT_NOW = re.compile(r"\b(?:had|in (?:19|20)\d\d|previously|since)\b")


def read_agreements(copy: str, tokens: list[Token], words: str) -> list[Span]:
    """Agreements that a text reports as signed; their purposes are what was agreed, and count as aims."""
    start, end = tokens[0].start, tokens[-1].end
    matches = list(SIGNED.finditer(words))
    passive = WERE_SIGNED.search(words)
    if not matches and passive:
        return _were_signed(copy, tokens, passive)
    if not matches or NOT_NOW.search(words, 0, matches[0].start()) or MODAL.search(words, 0, matches[0].start()):
        return []
    spans: list[Span] = []
    cuts = [_clause_before(words, match.start(), number) for number, match in enumerate(matches)]
    subject = trim(copy, start + cuts[0], start + matches[0].start())
    for number, match in enumerate(matches):
        stop = cuts[number + 1] if number + 1 < len(matches) else end - start
        a, b = trim(copy, start + cuts[number], start + stop)
        b = a + len(re.sub(r"[\s,]+and\s*$", "", copy[a:b]))
        span = Span(
            a,
            b,
            "signed",
            SURE,
            "statement",
            "agreement",
            match["verb"].lower(),
            start + match.start(),
            subject,
            sentence=(start, end),
        )
        spans += _agreement_parts(copy, span)
    return spans


def _clause_before(words: str, at: int, number: int) -> int:
    if number == 0:
        opening = re.match(
            r"(?:In view of|Following|After|To|In order to|As part of|During|At|In|On)\b[^,]*,\s+", words[:at]
        )
        return opening.end() if opening else 0
    return at


DEED = re.compile(
    r",\s+(?P<deed>(?:\w+ly\s+)?(?:entrusting|committing|requiring|granting|providing|setting|establishing|"
    r"agreeing|undertaking))\b"
)


def _agreement_parts(copy: str, span: Span) -> list[Span]:
    cut, tail = cut_tail(copy, span)
    *parts, last = split_parties(copy, cut)
    parts += _last_parts(copy, last)
    if tail and is_aim(copy, tail):
        start, end = tail
        aim = replace(span, start=start, end=end, why="aim", sure=LIKELY, kind="continuing", force="promise")
        parts.append(replace(aim, level="aim", verb_start=start))
    return parts


def _last_parts(copy: str, last: Span) -> list[Span]:
    """What follows the last agreement: a deed of its own, several verbs, or something "as well as" it."""
    words = copy[last.start : last.end].replace("\n", " ")
    promise = replace(last, force="promise", sure=LIKELY)
    if deed := DEED.search(words):
        start, verb = last.start + deed.start("deed"), GERUNDS.get(deed["deed"].lower(), "")
        part = replace(promise, start=start, why="part", kind="action", verb=verb, verb_start=start)
        return [replace(last, end=last.start + deed.start()), part]
    aims = split_verbs(copy, replace(last, verb_start=max(last.verb_start, last.start)))
    if len(aims) > 1:
        return [aims[0], *(replace(aim, why="part", kind="action", force="promise", sure=LIKELY) for aim in aims[1:])]
    if also := re.search(r",\s+as well as\s+", words):
        end = last.start + also.start()
        another = replace(promise, start=last.start + also.end(), why="list", kind="continuing", lead=(last.start, end))
        return [replace(last, end=end), another]
    return [last]


def _were_signed(copy: str, tokens: list[Token], match: re.Match[str]) -> list[Span]:
    start, end = tokens[0].start, tokens[-1].end
    tail = re.search(r",\s+(?:including|among them|such as)\b", copy[start + match.end() : end])
    stop = start + match.end() + tail.start() if tail else end
    a, b = trim(copy, start, stop)
    return [
        Span(
            a,
            b,
            "signed",
            LIKELY,
            "statement",
            "agreement",
            match["verb"].lower(),
            start + match.start("verb"),
            sentence=(start, end),
        )
    ]
