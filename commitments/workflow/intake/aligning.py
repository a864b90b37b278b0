"""What the Chinese text of a release says where its English text promises something."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import override

from commitments.domain.reading.aligning import Clause, Match, Part, align, marks_of
from commitments.domain.reading.reader import Proposal, Reading, Record, read_spans, read_text
from commitments.domain.reading.source_text import ReadingError, simplified_characters
from commitments.domain.reading.spans import LIKELY
from commitments.i18n.languages import CHINESE, RECORD_LANGUAGE
from commitments.models import Intake, IntakeSpan
from commitments.workflow.intake.deciding import area_at, section_areas
from commitments.workflow.intake.record import read_record

TRADITIONAL, SIMPLIFIED = CHINESE


@dataclass(frozen=True, slots=True)
class AlignedWords:
    """Words of the Chinese text that say what a span says, and what can be read from them; `sure` is from 0 to 1."""

    words: str
    sure: float
    title: str
    deadline_as_stated: str

    @property
    def is_likely(self) -> bool:
        """Whether it is sure enough to be filled in."""
        return self.sure >= LIKELY


def form_of(text: str) -> str:
    """The language whose characters a Chinese text has; empty where they are of both forms alike."""
    traditional = simplified_characters()
    simplified = set(map(ord, traditional.values())) - traditional.keys()
    counts = [sum(ord(character) in form for character in text) for form in (traditional, simplified)]
    return "" if counts[0] == counts[1] else TRADITIONAL if counts[0] > counts[1] else SIMPLIFIED


def aligned_words(intake: Intake, spans: Iterable[IntakeSpan]) -> dict[int, AlignedWords]:
    """By the key of each span what the Chinese text says there. Nothing where there is none, or it was deleted."""
    text = intake.chinese_text
    if not text.strip():
        return {}
    record = read_record(intake.release.issued_on)
    names = {party.slug: party.names for party in record.parties}
    try:
        with override(RECORD_LANGUAGE):
            reading = read_text(text, record)
            matches = {match.english: match for match in align(_english(intake, names), _chinese(text, reading, names))}
            found = {span.pk: matches[span.start, span.end] for span in spans if (span.start, span.end) in matches}
            return dict(zip(found, _read(text, record, reading, [*found.values()]), strict=True))
    except ReadingError:  # it was readable when it was kept, by the limits of that day
        return {}


def _english(intake: Intake, names: Mapping[str, Iterable[str]]) -> list[Part]:
    """The parts of the English text as staff have outlined it, with all of their spans."""
    areas = section_areas(intake)
    places = [section.start for section, _slug in areas]
    clauses: dict[int, list[Clause]] = {place: [] for place in places or [0]}
    for span in intake.spans.order_by("start", "end"):
        place = max((place for place in clauses if place <= span.start), default=min(clauses))
        marks = marks_of(span.words, names)
        clauses[place].append(Clause(span.start, span.end, span.words, span.promises, marks))
    return [Part(area_at(areas, place), tuple(rows)) for place, rows in clauses.items()]


def _chinese(text: str, reading: Reading, names: Mapping[str, Iterable[str]]) -> list[Part]:
    """The parts of the Chinese text as they were read."""
    ends = {(row.start, row.end): False for row in reading.passed if row.end > row.start}
    ends |= {(proposal.start, proposal.end): True for proposal in reading.proposals}
    clauses = [
        Clause(start, end, text[start:end], promises, marks_of(text[start:end], names))
        for (start, end), promises in sorted(ends.items())
    ]
    return [
        Part(part.area.slug or "", tuple(clause for clause in clauses if part.start <= clause.start < part.end))
        for part in reading.parts
    ]


def _read(text: str, record: Record, reading: Reading, matches: list[Match]) -> list[AlignedWords]:
    """What was read of these words when the whole text was read; of words that were no proposal, what can be read."""
    known = {(proposal.start, proposal.end): proposal for proposal in reading.proposals}
    others = [match.chinese for match in matches if match.chinese not in known]
    if others:
        known |= dict(zip(others, read_spans(text, record, others), strict=True))
    return [_aligned(text, match, known[match.chinese]) for match in matches]


def _aligned(text: str, match: Match, proposal: Proposal) -> AlignedWords:
    start, end = match.chinese
    words = " ".join(text[start:end].split())
    return AlignedWords(
        words=words,
        sure=match.sure,
        title=proposal.title,
        deadline_as_stated=_deadline_in(words, proposal.deadline.words if proposal.deadline else ""),
    )


def _deadline_in(words: str, deadline: str) -> str:
    """A deadline as the words state it, with what makes "by" of a day; empty where it stands elsewhere."""
    found = re.search(re.escape(deadline) + "(?:或之前|之前|或以前|以前|前|止)?", words) if deadline else None
    return found[0] if found else ""
