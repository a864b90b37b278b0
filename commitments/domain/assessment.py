"""The computed rules: what recorded facts mean on a day. Pure; the day is passed in, no rule reads the clock.

The about page tells readers the same rules. `models/annotations.py` repeats `assess_schedule` and `assess_freshness` in
SQL, because lists filter and sort by them; a property test holds the two together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import takewhile
from operator import itemgetter

from commitments.domain.choices import Copy, EntryKind, EvidenceLevel, Freshness, Relation, Schedule, Source, Status
from commitments.domain.partial_dates import PartialDate

DUE_SOON_WITHIN = timedelta(days=90)
FRESH_WITHIN = timedelta(days=180)
AGEING_WITHIN = timedelta(days=365)
CHECKED_WITHIN = timedelta(days=365)
LONG_SILENCE = timedelta(days=1826)  # five years
UNFINISHED_STATUSES = (Status.NOT_STARTED, Status.IN_PROGRESS)
SETTLED_STATUSES = (Status.COMPLETED, Status.STOPPED)


@dataclass(frozen=True, slots=True)
class EvidenceRef:
    """One piece of evidence, as the rules see it."""

    url: str
    relation: str
    source: str
    copy: str = ""


@dataclass(frozen=True, slots=True)
class CountedUpdate:
    """One update that counts (not retracted, not removed), as the rules see it."""

    sequence: int
    kind: str
    dated: PartialDate
    effective_on: date
    recorded_on: date
    status: str = ""
    stop_reason: str = ""
    achieved: Decimal | None = None
    deadline: PartialDate | None = None
    note: str = ""
    is_reply: bool = False
    supports: tuple[EvidenceRef, ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the facts up to a day say. Dates are None where nothing says one.

    `last_news_on`: the day of the last report or context. `last_checked_on`: the day of the last check, or of the
    recording of a report or context if that is later. `background`: context with evidence is on record; its last note
    is `background_note`, but never an owner's reply: those are the owner's words, and not ours to tell.
    """

    status: str = Status.NO_REPORT
    stop_reason: str = ""
    status_on: PartialDate | None = None
    completed_on: PartialDate | None = None
    achieved: Decimal | None = None
    deadline: PartialDate | None = None
    original_deadline: PartialDate | None = None
    last_entry_on: date | None = None
    last_news_on: date | None = None
    last_checked_on: date | None = None
    background: bool = False
    background_note: str = ""
    note: str = ""
    supports: tuple[EvidenceRef, ...] = ()

    @property
    def evidence(self) -> EvidenceLevel:
        """Whose word the current status rests on: the best source among everything that supports it."""
        if self.status == Status.NO_REPORT:
            return EvidenceLevel.BACKGROUND if self.background else EvidenceLevel.NONE
        sources = {support.source for support in self.supports}
        for source in (Source.INDEPENDENT, Source.STATE_MEDIA, Source.PARTY):
            if source in sources:
                return EvidenceLevel(source)
        return EvidenceLevel.NONE


def effective_on(date_of_fact: PartialDate, recorded_on: date) -> date:
    """The day from which an update counts: the last day of its date, or the day of recording if that is earlier."""
    return min(date_of_fact.last, recorded_on)


def assess(stated_deadline: PartialDate | None, facts: Iterable[CountedUpdate], day: date) -> Assessment:
    """How a commitment stands at the end of `day`, by the facts that count by then."""
    *_before, (_first, assessment) = takewhile(lambda span: span[0] <= day, assess_in_turn(stated_deadline, facts))
    return assessment


def assess_in_turn(
    stated_deadline: PartialDate | None, facts: Iterable[CountedUpdate]
) -> Iterator[tuple[date, Assessment]]:
    """How a commitment stands from each day on which something changes; first from the beginning of time."""
    day, assessment = date.min, Assessment(deadline=stated_deadline, original_deadline=stated_deadline)
    for step_day, _after_facts, _sequence, fact in _steps(facts):
        if step_day != day:
            yield day, assessment
        day = step_day
        assessment = _apply(assessment, fact) if fact else replace(assessment, last_checked_on=day)
    yield day, assessment


def _steps(facts: Iterable[CountedUpdate]) -> list[tuple[date, bool, int, CountedUpdate | None]]:
    """The facts in the order in which they count, and each day on which an older one was recorded: somebody looked."""
    facts = list(facts)
    steps: list[tuple[date, bool, int, CountedUpdate | None]] = [
        (fact.effective_on, False, fact.sequence, fact) for fact in facts
    ]
    later = {
        fact.recorded_on for fact in facts if fact.recorded_on > fact.effective_on and fact.kind != EntryKind.CHECK
    }
    steps += [(day, True, 0, None) for day in later]
    return sorted(steps, key=itemgetter(0, 1, 2))


def _apply(assessment: Assessment, fact: CountedUpdate) -> Assessment:
    """How it stands after one more fact."""
    day = fact.effective_on
    if fact.kind == EntryKind.CHECK:
        return replace(assessment, last_entry_on=day, last_checked_on=day)
    if fact.kind == EntryKind.REPORT:
        return _apply_report(assessment, fact)
    return replace(
        assessment,
        last_entry_on=day,
        last_news_on=day,
        last_checked_on=_checked_on(assessment, fact),
        background=assessment.background or bool(fact.supports),
        background_note=fact.note if fact.supports and not fact.is_reply else assessment.background_note,
    )


def _checked_on(assessment: Assessment, fact: CountedUpdate) -> date | None:
    """When somebody last looked: that day, if the fact was recorded on it; else `_steps` has the day of recording."""
    return fact.effective_on if fact.recorded_on == fact.effective_on else assessment.last_checked_on


def _apply_report(assessment: Assessment, report: CountedUpdate) -> Assessment:
    """Status, figures and deadline after one more report. A report that repeats a status adds its evidence."""
    repeated = assessment.status == report.status and assessment.stop_reason == report.stop_reason
    completed = report.status == Status.COMPLETED
    return Assessment(  # every field, because `replace` takes four times as long
        last_entry_on=report.effective_on,
        last_news_on=report.effective_on,
        last_checked_on=_checked_on(assessment, report),
        background=assessment.background,
        background_note=assessment.background_note,
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
    """The evidence that may move a status: direct, for `stopped` context too; a mirror never."""
    relations = (Relation.DIRECT, Relation.CONTEXT) if status == Status.STOPPED else (Relation.DIRECT,)
    return tuple([support for support in supports if support.relation in relations and support.copy != Copy.MIRROR])


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


def assess_freshness(status: str, last_news_on: date | None, day: date) -> Freshness:
    """How old, on `day`, the last news of it is."""
    if status in SETTLED_STATUSES:
        return Freshness.SETTLED
    if last_news_on is None:
        return Freshness.NEVER
    age = day - last_news_on
    if age <= FRESH_WITHIN:
        return Freshness.FRESH
    return Freshness.AGEING if age <= AGEING_WITHIN else Freshness.STALE


def review_due_on(status: str, last_checked_on: date | None, published_on: date, review_on: date | None) -> date | None:
    """From when on somebody should look again: its review day, or when nobody has looked for a year.

    The review day counts until somebody looked on it or later. What was never looked at is counted from its
    publication. None for what is completed or stopped: it is settled.
    """
    if status in SETTLED_STATUSES:
        return None
    unchecked_on = (last_checked_on or published_on) + CHECKED_WITHIN + timedelta(days=1)
    if review_on is not None and (last_checked_on is None or last_checked_on < review_on):
        return min(review_on, unchecked_on)
    return unchecked_on


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
