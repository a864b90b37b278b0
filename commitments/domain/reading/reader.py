"""A text and what is on record in; proposals out, each with where it stands, what it says and how sure that is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.reading import chinese, english
from commitments.domain.reading.areas import AreaGuess, guess_area
from commitments.domain.reading.deadlines import Deadline, find_dateline, read_deadline, signing_day
from commitments.domain.reading.outline import HEADING, ITEM, Block, heading_words, read_outline
from commitments.domain.reading.parties import Parties, Party, PartyReader
from commitments.domain.reading.phrasing import done_when, kind_of, quote_of, title_of
from commitments.domain.reading.sections import ACTIONS, ASIDE, BACKGROUND, quoted_spans, section_kind
from commitments.domain.reading.source_text import HAN, is_chinese, readable_copy
from commitments.domain.reading.spans import Passed, Span
from commitments.domain.reading.targets import Target, read_target

FEW_WORDS = 8  # Latin words, names and abbreviations, that a Chinese block may hold
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
MIXED_END = re.compile(r"[。！？；]|(?<=[A-Za-z)])[.!?]\s")
# Why a span is taken for a pledge, and why a sentence is not, by the names that the rules have.
WHY: dict[str, str | Promise] = {
    "modal": _("It says “will”, “shall” or the like of somebody."),
    "lexical": _("It says that somebody plans, agrees or commits to do it."),
    "demand": _("It says what must be done, among actions or by a day."),
    "would": _("It says “we would”, without a condition."),
    "progress": _("It says that whoever speaks is doing it."),
    "announced": _("Whoever speaks announces it."),
    "estimate": _("It is estimated or expected, with a number or a completion."),
    "signed": _("It is reported as signed."),
    "imperative": _("It begins with a verb that says what to do."),
    "gerund": _("It is an item that begins with what is being done."),
    "act_as_thing": _("It is an item that names an act: “introduction of …”."),
    "headline": _("It is an item in the style of a headline, among others that say what to do."),
    "item": _("It is an item of a list whose first words promise."),
    "list": _("It is one of several things that the clause before promises together."),
    "part": _("It is a part of the pledge before, with a deed of its own."),
    "aim": _("It is what an agreement is to serve."),
    "order": _("It says what to do, without saying who."),
    "goal": _("It stands among the aims for a year."),
}
WHY_NOT: dict[str, str | Promise] = {
    "nothing_promised": _("Nothing in it promises."),
    "background": _("It stands in a part that gives the background."),
    "principles": _("It stands in a part on principles."),
    "quoted": _("A speaker says it."),
    "question": _("It asks."),
    "boilerplate": _("It says how the document itself is to be understood."),
    "umbrella": _("It only leads on to its list."),
    "responsible": _("It says who is to see to what stands before."),
    "past": _("It tells of a year before the text."),
    "endless": _("It goes on for thousands of characters without an end, and was not taken apart."),
    "figures": _("It has no words."),
}


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record to compare with. `areas`: slugs with the names of each, a line each."""

    parties: tuple[Party, ...] = ()
    areas: Mapping[str, str] | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One pledge as it was read. `start` and `end` are character offsets into the text; `sure` is from 0 to 1.

    `aim_of`: the place in the list of the pledge that an aim hangs on. `paragraph`: counted under its heading.
    """

    start: int
    end: int
    words: str
    quote: str
    title: str
    title_sure: float
    why: str
    sure: float
    kind: str
    kind_sure: float
    force: str
    level: str
    aim_of: int | None
    deadline: Deadline | None
    target: Target | None
    parties: Parties
    area: AreaGuess
    paragraph: int
    done_when: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text promises, in its order; the sentences that were passed over; the headings; the day it was issued."""

    proposals: list[Proposal]
    passed: list[Passed]
    headings: list[str]
    issued_on: date | None


def read_text(text: str, record: Record | None = None) -> Reading:
    """Read a text; raise `ReadingError` where that cannot be done."""
    record = record or Record()
    copy = readable_copy(text)
    blocks = read_outline(copy)
    issued_on = record.issued_on or find_dateline(copy, blocks)
    quoted = quoted_spans(copy)
    parties = PartyReader(list(record.parties))
    proposals: list[Proposal] = []
    passed: list[Passed] = []
    paragraphs: dict[tuple[int, ...], int] = {}
    for block in blocks:
        if block.kind == HEADING:
            continue
        spans, others = _spans(copy, block, quoted, issued_on.year if issued_on else None)
        passed += others
        section = tuple(heading.start for heading in block.path)
        paragraphs[section] = paragraphs.get(section, 0) + 1
        area = guess_area(copy, block, record.areas or {})
        first = len(proposals)
        for span in spans:
            proposals.append(_proposal(copy, text, span, block, parties, area, paragraphs[section], issued_on, first))
    headings = [heading_words(copy, block) for block in blocks if block.kind == HEADING]
    return Reading(proposals, passed, headings, issued_on)


def _spans(
    copy: str, block: Block, quoted: tuple[tuple[int, int], ...], year: int | None
) -> tuple[list[Span], list[Passed]]:
    kind = section_kind(copy, block)
    if kind == ASIDE:
        return [], [Passed(block.start, block.end, "background")]
    spans: list[Span] = []
    passed: list[Passed] = []
    for part in _by_language(copy, block):
        found, others = _spans_of_part(copy, part, kind, quoted, year)
        spans += found
        passed += others
    return spans, passed


def _by_language(copy: str, block: Block) -> list[Block]:
    """The block, or its sentences where English and Chinese stand in it side by side."""
    words = copy[block.start : block.end]
    if not HAN.search(words) or len(LATIN_WORD.findall(words)) < FEW_WORDS:
        return [block]
    cuts = [block.start, *(block.start + match.end() for match in MIXED_END.finditer(words)), block.end]
    return [replace(block, start=start, end=end) for start, end in pairwise(cuts) if copy[start:end].strip()]


def _spans_of_part(
    copy: str, block: Block, kind: str, quoted: tuple[tuple[int, int], ...], year: int | None
) -> tuple[list[Span], list[Passed]]:
    if is_chinese(copy[block.start : block.end]):
        return chinese.read_block(copy, block, kind, quoted, year)
    setting = english.Setting(demands=kind == ACTIONS, background=kind == BACKGROUND, quoted=quoted)
    return english.read_block(copy, block, setting)


def _leads(block: Block, span: Span) -> list[tuple[int, int]]:
    """What stands above a span and may date it: the leads of its list; of an aim for a year, the aims before it."""
    leads = [(block.start, span.start)] if span.why == "goal" else []
    lead = block.lead
    while lead is not None:
        leads.append((lead.start, lead.end))
        lead = lead.lead
    return leads


def _proposal(
    copy: str,
    text: str,
    span: Span,
    block: Block,
    parties: PartyReader,
    area: AreaGuess,
    paragraph: int,
    issued_on: date | None,
    first: int,
) -> Proposal:
    deadline = read_deadline(copy, span, _leads(block, span), issued_on)
    if deadline is None and span.kind == "agreement" and block.kind != ITEM:
        deadline = signing_day(copy, span, block, issued_on)
    if deadline and deadline.at >= 0:
        deadline = replace(deadline, words=text[deadline.at : deadline.at + len(deadline.words)])
    if span.subject is None and block.lead is not None and span.lead is None:
        span = replace(span, lead=(block.lead.start, block.lead.end))
    target = read_target(copy[span.start : span.end], deadline.words if deadline else "")
    kind, kind_sure = kind_of(span, dated=bool(deadline and deadline.date), counted=target is not None)
    title, title_sure = title_of(copy, text, span, deadline.words if deadline else "")
    return Proposal(
        start=span.start,
        end=span.end,
        words=text[span.start : span.end],
        quote=quote_of(text, span),
        title=title,
        title_sure=title_sure,
        why=span.why,
        sure=span.sure,
        kind=kind,
        kind_sure=kind_sure,
        force=span.force,
        level=span.level,
        aim_of=first if span.level == "aim" else None,
        deadline=deadline,
        target=target,
        parties=parties.read(copy, span),
        area=area,
        paragraph=paragraph,
        done_when=done_when(title, kind, span),
    )
