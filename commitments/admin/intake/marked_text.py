"""A part of a release's text with its spans in it, and the parts with how much of each is decided."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils.translation import gettext as _

from commitments.domain.choices import IntakeDecision
from commitments.domain.quotes import CHINESE_CHARACTER
from commitments.models import Intake, IntakeSection, IntakeSpan

# What ends are moved by: a word, or a Chinese character.
STEP = re.compile(rf"{CHINESE_CHARACTER.pattern}|(?:(?!{CHINESE_CHARACTER.pattern})\S)+")
JOINT = re.compile(r"(?<=[,;，；、])\s*(?=\S)|\s(?=and\b)|(?=[及和并])")
WORDS_BEFORE_SPLIT = 4  # that show where a span would be split


@dataclass(frozen=True, slots=True)
class Segment:
    """Words in a row from a place of the text on, with the span that they are of; None between spans."""

    start: int
    words: str
    span: IntakeSpan | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class PartProgress:
    """A part of the text, how much of it is decided, and where the work in it goes on."""

    section: IntakeSection
    decided: int
    total: int
    first: int | None
    is_current: bool

    @property
    def label(self) -> str:
        """Its heading; where it has none, its area or what else can be said of it."""
        area = self.section.area
        return self.section.heading or (area.in_language("name") if area else _("without a heading"))


def part_of_text(sections: Sequence[IntakeSection], place: int) -> IntakeSection:
    """The part in which a place of the text is."""
    starts = [section.start for section in sections]
    return sections[max(0, bisect_right(starts, place) - 1)]


def segments(intake: Intake, section: IntakeSection, spans: Sequence[IntakeSpan], current: int) -> list[Segment]:
    """The part's text in order. Words of two spans are of the shorter one."""
    inside = [span for span in spans if span.start < section.end and span.end > section.start]
    cuts = {section.start, section.end}
    for span in inside:
        cuts |= {max(section.start, span.start), min(section.end, span.end)}
    found: list[Segment] = []
    for start, end in pairwise(sorted(cuts)):
        covering = [span for span in inside if span.start <= start and span.end >= end]
        shortest = min(covering, key=lambda span: span.end - span.start, default=None)
        is_current = shortest is not None and shortest.pk == current
        found.append(Segment(start, intake.text[start:end], shortest, is_current))
    return found


def parts_progress(
    sections: Sequence[IntakeSection], spans: Sequence[IntakeSpan], current: IntakeSection
) -> list[PartProgress]:
    """Each part with spans; its first undecided one is where its link leads."""
    rows = []
    for section in sections:
        inside = [span for span in spans if section.start <= span.start < section.end]
        undecided = [span for span in inside if span.decision == IntakeDecision.UNDECIDED]
        first = next((span.pk for span in [*undecided, *inside]), None)
        rows.append(PartProgress(section, len(inside) - len(undecided), len(inside), first, section == current))
    return [row for row in rows if row.total]


def moved(text: str, start: int, end: int, act: str) -> tuple[int, int]:
    """The ends of a span after one of them was moved by a word: `start_earlier`, `end_later` and the like."""
    steps = [match.span() for match in STEP.finditer(text)]
    starts, ends = [step[0] for step in steps], [step[1] for step in steps]
    first = bisect_right(starts, start) - 1
    last = next((place for place, step_end in enumerate(ends) if step_end >= end), len(ends) - 1)
    if act == "start_earlier":
        return starts[max(0, first - 1)], end
    if act == "start_later":
        return starts[min(len(starts) - 1, first + 1)], end
    if act == "end_earlier":
        return start, ends[max(0, last - 1)]
    return start, ends[min(len(ends) - 1, last + 1)]


def split_places(span: IntakeSpan) -> list[tuple[int, str]]:
    """Where a span can be split: before each of its words but the first, with the words that show the place."""
    steps = [match.start() for match in STEP.finditer(span.words)]
    places = []
    for number, place in enumerate(steps[1:], 1):
        begin = steps[max(0, number - WORDS_BEFORE_SPLIT)]
        last = steps[number + WORDS_BEFORE_SPLIT] if number + WORDS_BEFORE_SPLIT < len(steps) else len(span.words)
        before, after = " ".join(span.words[begin:place].split()), " ".join(span.words[place:last].split())
        places.append((span.start + place, f"{before} | {after}"))
    return places


def likely_split(span: IntakeSpan) -> int | None:
    """The place that is offered first: behind a comma or before an “and”, the nearest to the middle; else any there."""
    places = [match.end() for match in JOINT.finditer(span.words) if match.end()]
    places = places or [match.start() for match in STEP.finditer(span.words)][1:]
    return span.start + min(places, key=lambda place: abs(place - len(span.words) / 2)) if places else None
