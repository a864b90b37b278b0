"""The spans of an English block that promise, and the sentences that were passed over."""

import re
from dataclasses import dataclass

from commitments.domain.reading.english_agreements import read_agreements
from commitments.domain.reading.english_clauses import (
    cut_clauses,
    cut_tail,
    split_gerund_parts,
    split_listed,
    split_passive_subjects,
    split_verbs,
)
from commitments.domain.reading.english_items import is_bare_lead, item_of_lead, read_imperative, starts_with_order
from commitments.domain.reading.english_triggers import Trigger, find_measures, find_triggers
from commitments.domain.reading.english_words import (
    BOILERPLATE,
)
from commitments.domain.reading.outline import ITEM, PARAGRAPH, Block, leads_on
from commitments.domain.reading.spans import LONGEST_SENTENCE, SURE, Passed, Span
from commitments.domain.reading.tokens import Token, split_sentences, tokenize

LABEL = re.compile(r"[A-Z][\w/&-]*(?:[ ][\w/&-]+){0,3}:\s+(?=\S)")
ABOUT = re.compile(
    r"(?:lead|owner|responsible|responsibility|partners?|agency|timeline|timeframe|timing|deadline|due|status|budget|cost|"
    r"funding|contact|source|note|media|date|venue)\b",
    re.IGNORECASE,
)  # of a line that says who, when and for how much
OPENING = 200  # characters of a paragraph in which an order shows
FEWEST_ORDERS, SHARE_OF_ORDERS = 3, 0.2  # of the paragraphs of a manifesto
CLOSING = 2  # signs behind a quotation that close its sentence


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a block stands. `demands`: among a directive's actions; `quoted`: what speakers say.

    `manifesto`: in a text whose own measures are put as orders, "should" and "would" promise, too.
    """

    demands: bool = False
    manifesto: bool = False
    background: bool = False
    quoted: tuple[tuple[int, int], ...] = ()


def read_block(copy: str, block: Block, setting: Setting) -> tuple[list[Span], list[Passed]]:
    """The spans of a paragraph or an item."""
    spans: list[Span] = []
    passed: list[Passed] = []
    for number, (start, end) in enumerate(split_sentences(copy, block.start, block.end)):
        found, why = _read_sentence(copy, start, end, block, setting, first=number == 0)
        spans += found
        if not found:
            passed.append(Passed(start, end, why))
    return spans, passed


def _read_sentence(
    copy: str, start: int, end: int, block: Block, setting: Setting, *, first: bool
) -> tuple[list[Span], str]:
    """The spans of a sentence, and why there are none."""
    label = LABEL.match(copy, start, end)
    if label and ABOUT.match(label[0]):
        return [], "responsible"
    start = label.end() if label else start
    tokens = tokenize(copy, start, end)
    words = copy[start:end].replace("\n", " ")
    if why := _why_not(tokens, words, setting):
        return [], why
    leads = bool(block.items) and leads_on(copy, block) and end >= block.end - CLOSING
    if (leads or words.endswith(":")) and is_bare_lead(words, tokens):
        return [], "umbrella"
    spans = read_agreements(copy, tokens, words)
    if not spans:
        said = [token for token in tokens if not any(a <= token.start < b for a, b in setting.quoted)]
        triggers = find_triggers(copy, said, demands=setting.demands)
        if not triggers and setting.manifesto:
            triggers = find_measures(copy, said)
        spans = _promised(copy, said, triggers)
    if not spans and first and block.kind == ITEM:
        spans = item_of_lead(copy, tokens, block)
    spans = spans or read_imperative(copy, tokens, block, first=first)
    if setting.background:
        return [span for span in spans if span.sure >= SURE], "background"
    return spans, "nothing_promised"


def _why_not(tokens: list[Token], words: str, setting: Setting) -> str:
    """What tells at once that a sentence promises nothing; empty where nothing does."""
    if not any(token.low[0].isalpha() for token in tokens):
        return "figures"
    start, end = tokens[0].start, tokens[-1].end
    if any(a <= start and end <= b + CLOSING for a, b in setting.quoted):
        return "quoted"
    if tokens[-1].low == "?":
        return "question"
    if len(words) > LONGEST_SENTENCE:
        return "endless"
    return "boilerplate" if BOILERPLATE.search(words) else ""


def _promised(copy: str, tokens: list[Token], triggers: list[Trigger]) -> list[Span]:
    spans: list[Span] = []
    for span, trigger in zip(cut_clauses(copy, tokens, triggers), triggers, strict=False):
        cut, _tail = cut_tail(copy, span)
        pieces = split_passive_subjects(copy, cut, trigger)
        pieces = [part for piece in pieces for part in split_gerund_parts(copy, piece)]
        pieces = [part for piece in pieces for part in _split(copy, piece, splits_to=trigger.splits_to)]
        pieces = [part for piece in pieces for part in split_listed(copy, piece)]
        spans += pieces
    return spans


def _split(copy: str, span: Span, *, splits_to: bool) -> list[Span]:
    return [span] if span.why in ("part", "list") else split_verbs(copy, span, splits_to=splits_to)


def is_manifesto(copy: str, blocks: list[Block]) -> bool:
    """Whether many paragraphs begin with an order ("Replace council tax with …"), as a manifesto's measures do."""
    paragraphs = [block for block in blocks if block.kind == PARAGRAPH]
    orders = 0
    for block in paragraphs:
        tokens = tokenize(copy, block.start, min(block.end, block.start + OPENING))
        orders += bool(tokens) and starts_with_order(tokens)
    return orders >= FEWEST_ORDERS and orders >= SHARE_OF_ORDERS * len(paragraphs)
