"""A text and what is on record in; proposals out, each with where it stands, what it says and how sure that is."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.reading import chinese, english
from commitments.domain.reading.areas import AreaGuess, guess_area
from commitments.domain.reading.deadlines import ABOVE, Deadline, find_dateline, read_deadline, signing_day
from commitments.domain.reading.outline import HEADING, ITEM, PARAGRAPH, Block, heading_words, read_outline
from commitments.domain.reading.parties import Parties, Party, PartyReader
from commitments.domain.reading.phrasing import done_when, kind_of, quote_of, title_of
from commitments.domain.reading.sections import ACTIONS, ASIDE, BACKGROUND, quoted_spans, section_kind
from commitments.domain.reading.source_text import HAN, is_chinese, readable_copy
from commitments.domain.reading.spans import LIKELY, SURE, Passed, Span
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
    "measure": _("It says what should or would be done, among a manifesto’s measures."),
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
    "chosen": _("Somebody chose these words."),
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
class TextPart:
    """A part of a text, from a heading to the next. Paragraphs without a heading that are of another area are one, too.

    `joins_above`: its heading names no area, and that of the part before it does.
    """

    start: int
    end: int
    heading: str
    area: AreaGuess
    joins_above: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text promises, in its order; the sentences that were passed over; its parts; the day it was issued."""

    proposals: list[Proposal]
    passed: list[Passed]
    headings: list[str]
    parts: list[TextPart]
    issued_on: date | None


def read_text(text: str, record: Record | None = None) -> Reading:
    """Read a text; raise `ReadingError` where that cannot be done."""
    return _TextReader(text, record or Record()).read()


def read_spans(text: str, record: Record, spans: Sequence[tuple[int, int]]) -> list[Proposal]:
    """What can be read from spans that somebody chose, each a start and an end within one paragraph of the text."""
    reader = _TextReader(text, record)
    return [reader.read_chosen(start, end) for start, end in spans]


class _TextReader:
    """One text on its way: its copy, its outline, and what has been read so far."""

    def __init__(self, text: str, record: Record) -> None:
        self.text, self.record = text, record
        self.copy = readable_copy(text)
        self.blocks = read_outline(self.copy)
        self.issued_on = record.issued_on or find_dateline(self.copy, self.blocks)
        self.quoted = quoted_spans(self.copy)
        self.manifesto = english.is_manifesto(self.copy, self.blocks)
        self.parties = PartyReader(list(record.parties))
        self.proposals: list[Proposal] = []
        self.passed: list[Passed] = []
        self.term: tuple[int, Deadline] | None = None  # the year of the last aims, and where their heading stands

    def read(self) -> Reading:
        paragraphs: Counter[tuple[int, ...]] = Counter()
        for block in self.blocks:
            if block.kind != HEADING:
                section = tuple(heading.start for heading in block.path)
                paragraphs[section] += 1
                self._read_block(block, paragraphs[section])
        headings = [heading_words(self.copy, block) for block in self.blocks if block.kind == HEADING]
        return Reading(self.proposals, self.passed, headings, self._parts(), self.issued_on)

    def _parts(self) -> list[TextPart]:
        """Each from its heading on; the first from the beginning of the text, the last to its end."""
        parts: list[TextPart] = []
        last: tuple[tuple[int, ...], str | None] | None = None
        start: int | None = 0
        for block in self.blocks:
            if block.kind == HEADING:
                start = block.start if start is None else start
                continue
            area = guess_area(self.copy, block, self.record.areas or {})
            path = tuple(heading.start for heading in block.path)
            key = (path, None if path else area.slug)
            if key != last:
                begin = block.start if start is None else start
                own = block.path[-1] if block.path and begin <= block.path[-1].start else None
                words = heading_words(self.copy, own) if own else ""
                joins = bool(parts and words and area.slug and words != area.heading)
                parts.append(TextPart(begin if parts else 0, block.end, self._as_written(own), area, joins))
            else:
                parts[-1] = replace(parts[-1], end=block.end)
            last, start = key, None
        ends = [part.start for part in parts[1:]] + [len(self.text)]
        return [replace(part, end=end) for part, end in zip(parts, ends, strict=True)]

    def _as_written(self, heading: Block | None) -> str:
        """A heading in the words of the text, in one line."""
        return heading_words(self.text, heading) if heading else ""

    def read_chosen(self, start: int, end: int) -> Proposal:
        """As the rules read what they find there, with these ends; as a pledge also where they find none."""
        block = max(
            (block for block in self.blocks if block.kind != HEADING),
            key=lambda block: min(end, block.end) - max(start, block.start),
            default=Block(PARAGRAPH, start, end),
        )
        area = guess_area(self.copy, block, self.record.areas or {})
        spans = [
            span
            for part in _by_language(self.copy, block)
            for span in self._spans(part, section_kind(self.copy, block))[0]
        ]
        nearest = max(spans, key=lambda span: min(end, span.end) - max(start, span.start), default=None)
        if nearest is None or min(end, nearest.end) <= max(start, nearest.start):
            chosen = Span(start, end, "chosen", SURE)
        else:
            chosen = replace(nearest, start=start, end=end, sure=SURE, level="primary", aim_of=None)
        return self._proposal(chosen, block, area, self._paragraph_of(block), first=0)

    def _paragraph_of(self, block: Block) -> int:
        """Its place among those under the same heading, from 1."""
        section = [heading.start for heading in block.path]
        beside = [
            other for other in self.blocks if other.kind != HEADING and [top.start for top in other.path] == section
        ]
        return sum(other.start <= block.start for other in beside) or 1

    def _read_block(self, block: Block, paragraph: int) -> None:
        kind = section_kind(self.copy, block)
        if kind == ASIDE:
            self.passed.append(Passed(block.start, block.end, "background"))
            return
        area = guess_area(self.copy, block, self.record.areas or {})
        first = len(self.proposals)
        for part in _by_language(self.copy, block):
            spans, passed = self._spans(part, kind)
            self.passed += passed
            self.proposals += [self._proposal(span, part, area, paragraph, first=first) for span in spans]

    def _spans(self, block: Block, kind: str) -> tuple[list[Span], list[Passed]]:
        if is_chinese(self.copy[block.start : block.end]):
            year = self.issued_on.year if self.issued_on else None
            return chinese.read_block(self.copy, block, kind, self.quoted, year=year)
        setting = english.Setting(kind == ACTIONS, self.manifesto, kind == BACKGROUND, self.quoted)
        return english.read_block(self.copy, block, setting)

    def _deadline(self, span: Span, block: Block) -> Deadline | None:
        """Its deadline, in the very words of the text."""
        deadline = read_deadline(self.copy, span, _leads(block, span), self.issued_on)
        if span.why == "goal":
            deadline = self._term(deadline, block)
        if deadline is None and span.kind == "agreement" and block.kind != ITEM:
            deadline = signing_day(self.copy, span, block, self.issued_on)
        if deadline and deadline.at >= 0:
            return replace(deadline, words=self.text[deadline.at : deadline.at + len(deadline.words)])
        return deadline

    def _term(self, deadline: Deadline | None, block: Block) -> Deadline | None:
        """An aim's year, or that of the aims before it under the same heading."""
        section = block.path[-1].start if block.path else -1
        if deadline and deadline.date:
            self.term = (section, deadline)
        elif self.term and self.term[0] == section:
            return replace(self.term[1], reason=ABOVE, sure=LIKELY)
        return deadline

    def _proposal(self, span: Span, block: Block, area: AreaGuess, paragraph: int, *, first: int) -> Proposal:
        deadline = self._deadline(span, block)
        words = deadline.words if deadline else ""
        if span.subject is None and block.lead is not None and span.lead is None:
            span = replace(span, lead=(block.lead.start, block.lead.end))
        target = read_target(self.copy[span.start : span.end], words)
        kind, kind_sure = kind_of(span, dated=bool(deadline and deadline.date), counted=target is not None)
        title, title_sure = title_of(self.copy, self.text, span, words, self.parties.places())
        return Proposal(
            start=span.start,
            end=span.end,
            words=self.text[span.start : span.end],
            quote=quote_of(self.text, span),
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
            parties=self.parties.read(self.copy, span),
            area=area,
            paragraph=paragraph,
            done_when=done_when(title, kind, span),
        )


def _by_language(copy: str, block: Block) -> list[Block]:
    """The block, or its sentences where English and Chinese stand in it side by side."""
    words = copy[block.start : block.end]
    if not HAN.search(words) or len(LATIN_WORD.findall(words)) < FEW_WORDS:
        return [block]
    cuts = [block.start, *(block.start + match.end() for match in MIXED_END.finditer(words)), block.end]
    return [replace(block, start=start, end=end) for start, end in pairwise(cuts) if copy[start:end].strip()]


def _leads(block: Block, span: Span) -> list[tuple[int, int]]:
    """What stands above a span and may date it: the leads of its list; of an aim for a year, the aims before it."""
    leads = [(block.start, span.start)] if span.why == "goal" else []
    lead = block.lead
    while lead is not None:
        leads.append((lead.start, lead.end))
        lead = lead.lead
    return leads
