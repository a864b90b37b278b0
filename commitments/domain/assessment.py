"""The computed rules: what recorded facts mean on a day. Pure; the day is passed in, no rule reads the clock.

The about page tells readers the same rules. `models/annotations.py` repeats `assess_schedule` and `assess_freshness` in
SQL, because lists filter and sort by them; a property test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile

from commitments.domain.choices import EntryKind, EvidenceLevel, Freshness, Relation, Schedule, Source, Status
from commitments.domain.partial_dates import PartialDate

DUE_SOON_WITHIN = timedelta(days=90)
FRESH_WITHIN = timedelta(days=180)
AGEING_WITHIN = timedelta(days=365)
UNFINISHED_STATUSES = (Status.NOT_STARTED, Status.IN_PROGRESS)
SETTLED_STATUSES = (Status.COMPLETED, Status.STOPPED)


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """One piece of evidence, as the rules see it."""

    url: str
    relation: str
    source: str


@dataclass(frozen=True, slots=True)
class CountedUpdate:
    """One update that counts (not retracted, not removed), as the rules see it."""

    sequence: int
    kind: str
    dated: PartialDate
    effective_on: date
    status: str = ""
    stop_reason: str = ""
    achieved: Decimal | None = None
    deadline: PartialDate | None = None
    note: str = ""
    supports: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the facts up to a day say. Dates are None where nothing says one."""

    status: str = Status.NO_REPORT
    stop_reason: str = ""
    status_on: PartialDate | None = None
    completed_on: PartialDate | None = None
    achieved: Decimal | None = None
    deadline: PartialDate | None = None
    original_deadline: PartialDate | None = None
    last_entry_on: date | None = None
    searched_on: date | None = None
    note: str = ""
    supports: tuple[EvidenceRef, ...] = ()

    @property
    def evidence(self) -> EvidenceLevel:
        """Whose word the current status rests on: the best source among everything that supports it."""
        sources = {support.source for support in self.supports}
        if Source.INDEPENDENT in sources:
            return EvidenceLevel.INDEPENDENT
        return EvidenceLevel.PARTY if sources else EvidenceLevel.NONE


def effective_on(date_of_fact: PartialDate, recorded_on: date) -> date:
    """The day from which an update counts: the last day of its date, or the day of recording if that is earlier."""
    return min(date_of_fact.last, recorded_on)


def in_counting_order(facts: Iterable[CountedUpdate]) -> list[CountedUpdate]:
    """The order in which facts count: by the day from which they count, then as they were recorded."""
    return sorted(facts, key=lambda fact: (fact.effective_on, fact.sequence))


def assess(stated_deadline: PartialDate | None, facts: Iterable[CountedUpdate], day: date) -> Assessment:
    """How a commitment stands at the end of `day`, by the facts that count by then."""
    *_before, (_first, assessment) = takewhile(lambda span: span[0] <= day, assess_in_turn(stated_deadline, facts))
    return assessment


def assess_in_turn(
    stated_deadline: PartialDate | None, facts: Iterable[CountedUpdate]
) -> Iterator[tuple[date, Assessment]]:
    """How a commitment stands from each day on which facts begin to count; first from the beginning of time."""
    day, assessment = date.min, Assessment(deadline=stated_deadline, original_deadline=stated_deadline)
    for fact in in_counting_order(facts):
        if fact.effective_on != day:
            yield day, assessment
        day, assessment = fact.effective_on, _apply(assessment, fact)
    yield day, assessment


def _apply(assessment: Assessment, fact: CountedUpdate) -> Assessment:
    """How it stands after one more fact."""
    if fact.kind == EntryKind.CHECK:
        return replace(assessment, last_entry_on=fact.effective_on, searched_on=fact.effective_on)
    if fact.kind == EntryKind.REPORT:
        return _apply_report(assessment, fact)
    return replace(assessment, last_entry_on=fact.effective_on)


def _apply_report(assessment: Assessment, report: CountedUpdate) -> Assessment:
    """Status, figures and deadline after one more report. A report that repeats a status adds its evidence."""
    repeated = assessment.status == report.status and assessment.stop_reason == report.stop_reason
    completed = report.status == Status.COMPLETED
    return Assessment(  # every field, because `replace` takes four times as long
        last_entry_on=report.effective_on,
        searched_on=assessment.searched_on,
        status=report.status,
        stop_reason=report.stop_reason,
        status_on=report.dated,
        # The first report of an unbroken run says when it was completed; later ones only confirm it.
        completed_on=(assessment.completed_on if repeated else report.dated) if completed else None,
        achieved=assessment.achieved if report.achieved is None else report.achieved,
        deadline=report.deadline or assessment.deadline,
        original_deadline=assessment.original_deadline or report.deadline,
        note=report.note,
        supports=(assessment.supports if repeated else ()) + supporting_evidence(report.status, report.supports),
    )


def supporting_evidence(status: str, supports: Sequence[EvidenceRef]) -> tuple[EvidenceRef, ...]:
    """The evidence that may move a status: direct evidence, and context too where the status is `stopped`."""
    relations = (Relation.DIRECT, Relation.CONTEXT) if status == Status.STOPPED else (Relation.DIRECT,)
    return tuple(support for support in supports if support.relation in relations)


def assess_schedule(status: str, deadline: PartialDate | None, completed_on: PartialDate | None, day: date) -> Schedule:
    """How it stands against its deadline on `day`. Late is said only where it is certain."""
    if status == Status.STOPPED:
        return Schedule.ENDED
    if deadline is None:
        return Schedule.NO_DEADLINE
    if status == Status.COMPLETED:
        late = completed_on is not None and completed_on.first > deadline.last
        return Schedule.MET_LATE if late else Schedule.MET
    if day > deadline.last:
        return Schedule.OVERDUE if status in UNFINISHED_STATUSES else Schedule.UNREPORTED
    return Schedule.DUE_SOON if deadline.last - day <= DUE_SOON_WITHIN else Schedule.UPCOMING


def assess_freshness(status: str, last_entry_on: date | None, day: date) -> Freshness:
    """How long ago, on `day`, anything was last recorded of its progress."""
    if status in SETTLED_STATUSES:
        return Freshness.SETTLED
    if last_entry_on is None:
        return Freshness.NEVER
    age = day - last_entry_on
    if age <= FRESH_WITHIN:
        return Freshness.FRESH
    return Freshness.AGEING if age <= AGEING_WITHIN else Freshness.STALE


def is_review_due(freshness: str, last_entry_on: date | None, review_on: date | None, day: date) -> bool:
    """Whether somebody should look again: its review day has come with nothing recorded since, or it went stale."""
    if freshness in (Freshness.SETTLED, Freshness.STALE):
        return freshness == Freshness.STALE
    return review_on is not None and review_on <= day and (last_entry_on is None or last_entry_on < review_on)


def slip_days(original: PartialDate | None, current: PartialDate | None) -> int | None:
    """Days from the first deadline's end to the current one's; None without a deadline, negative if brought forward."""
    if original is None or current is None:
        return None
    return (current.last - original.last).days


def days_late(status: str, deadline: PartialDate | None, completed_on: PartialDate | None, day: date) -> int | None:
    """Days after the deadline: to the first possible day of completion, or to `day` while overdue; else None."""
    schedule = assess_schedule(status, deadline, completed_on, day)
    if deadline is None or schedule not in (Schedule.MET_LATE, Schedule.OVERDUE):
        return None
    until = completed_on.first if schedule == Schedule.MET_LATE and completed_on else day
    return (until - deadline.last).days
