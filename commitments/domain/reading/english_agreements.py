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


def _agreement_parts(copy: str, span: Span) -> list[Span]:
    cut, tail = cut_tail(copy, span)
    parts = split_parties(copy, cut)
    last = parts[-1]
    words = copy[last.start : last.end].replace("\n", " ")
    deed = re.search(
        r",\s+(?P<deed>(?:\w+ly\s+)?(?:entrusting|committing|requiring|granting|providing|setting|establishing|"
        r"agreeing|undertaking))\b",
        words,
    )
    aims = split_verbs(copy, replace(last, verb_start=max(last.verb_start, last.start)))
    if deed:
        parts[-1] = replace(last, end=last.start + deed.start())
        parts.append(
            replace(
                last,
                start=last.start + deed.start("deed"),
                why="part",
                kind="action",
                force="promise",
                sure=LIKELY,
                verb=GERUNDS.get(deed["deed"].lower(), ""),
                verb_start=last.start + deed.start("deed"),
            )
        )
    elif len(aims) > 1:
        parts[-1:] = [
            aims[0],
            *(replace(aim, why="part", kind="action", force="promise", sure=LIKELY) for aim in aims[1:]),
        ]
    elif also := re.search(r",\s+as well as\s+", words):
        parts[-1] = replace(last, end=last.start + also.start())
        parts.append(
            replace(
                last,
                start=last.start + also.end(),
                why="list",
                kind="continuing",
                force="promise",
                sure=LIKELY,
                lead=(last.start, last.start + also.start()),
            )
        )
    if tail and is_aim(copy, tail):
        parts.append(
            replace(
                span,
                start=tail[0],
                end=tail[1],
                why="aim",
                sure=LIKELY,
                kind="continuing",
                force="promise",
                level="aim",
                verb_start=tail[0],
            )
        )
    return parts


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
