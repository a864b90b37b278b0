"""What changed between two days: which changes a commitment has, and how many there are of each.

Page and files are made from the same lines, which one query streams: a commitment as it stood on both days.
Counts are of pledges; aims and umbrellas are listed beside them. Pure but for the query: days are passed in.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db.models.fields.json import KeyTransform
from django.utils.formats import date_format
from django.utils.translation import gettext

from commitments.domain import assessment
from commitments.domain.assessment import assess_schedule
from commitments.domain.choices import ANNOUNCED, Change, EntryKind, Level, Schedule, Status
from commitments.i18n.languages import RECORD_LANGUAGE, current_language
from commitments.models import Update
from commitments.models.commitment import CommitmentQuerySet
from commitments.query.expressions import (
    BATCH_SIZE,
    CURRENT_DEADLINE,
    ORIGINAL_DEADLINE,
    OWNER_KEYS,
    as_text,
    to_partial_date,
)

NOT_YET_PROMISED = "not_yet_promised"  # the status at the start of what was announced later
MAX_LINES = 200  # lines of a section on the page; the files have all
NOT_BEGUN_STATUSES = (NOT_YET_PROMISED, Status.NO_REPORT, Status.NOT_STARTED)


def classify_changes(start: str, end: str, kind: str, slip_days: int | None) -> list[Change]:
    """Every change that applies, in the order of a report. Whatever changed its status has one at least.

    `start` and `end`: the status on both days, at the start perhaps NOT_YET_PROMISED. `slip_days`: by how
    many days the deadline moved; None without one. What a release reports as done when it is announced
    is newly promised, and no progress.
    """
    new = start == NOT_YET_PROMISED
    changed = start != end
    applies = {
        Change.COMPLETED: changed and end == Status.COMPLETED and not done_when_announced(start, end, kind),
        Change.STARTED: end == Status.IN_PROGRESS and start in NOT_BEGUN_STATUSES,
        Change.DEADLINE_MOVED: bool(slip_days),
        Change.STOPPED: changed and end == Status.STOPPED,
        Change.NEWLY_PROMISED: new,
        Change.NO_REPORT: start == end == Status.NO_REPORT,
    }
    explained = any(
        applies[change] for change in (Change.COMPLETED, Change.STARTED, Change.STOPPED, Change.NEWLY_PROMISED)
    )
    applies[Change.OTHER] = changed and not explained
    return [change for change in Change if applies[change]]


def done_when_announced(start: str, end: str, kind: str) -> bool:
    """Whether it was announced after the start as something that is done already."""
    return start == NOT_YET_PROMISED and end == Status.COMPLETED and kind in ANNOUNCED


class PeriodLine(NamedTuple):
    """One commitment on both days. Days and partial dates are text in their notation, "" or None where there is none.

    The names of the columns that a file shares with the list's exports are the same.
    """

    first: str
    slips: tuple[DeadlineRevision, ...]
    pk: int
    reference: str
    title: str
    release: str
    issued_on: str
    area_id: int | None
    area: str | None
    kind: str
    level: str
    owners: str | None
    parties_as_stated: str
    deadline_basis: str
    target: str | None
    unit: str
    status_then: str
    status_then_on: str
    deadline_then: str
    achieved_start: str | None
    status_end: str
    status_on: str
    completed_on: str
    stop_reason: str
    deadline_end: str
    original_deadline: str
    achieved_end: str | None
    note: str
    evidence_urls: str | None

    @property
    def newly_promised(self) -> bool:
        """Whether its release was issued after the first day."""
        return self.issued_on > self.first

    @property
    def status_start(self) -> str:
        """Its status on the first day, or NOT_YET_PROMISED."""
        return NOT_YET_PROMISED if self.newly_promised else self.status_then

    @property
    def deadline_start(self) -> str:
        """Its deadline on the first day; its first deadline where it was promised later."""
        return self.original_deadline if self.newly_promised else self.deadline_then

    @property
    def slip_days(self) -> int | None:
        """By how many days its deadline moved between the days; None where it had none on one of them."""
        start, end = self.deadline_start, self.deadline_end
        return (
            assessment.slip_days(to_partial_date(start), to_partial_date(end)) if start != end else (0 if end else None)
        )

    @property
    def changes(self) -> list[Change]:
        """Every change that applies."""
        return classify_changes(self.status_start, self.status_end, self.kind, self.slip_days)

    @property
    def slip_reasons(self) -> list[str]:
        """Why its deadline moved, as often as it did."""
        return [slip.reason for slip in self.slips if slip.reason]

    @property
    def counted(self) -> bool:
        """Whether it is a pledge."""
        return self.level == Level.PRIMARY

    def schedule(self, last: date) -> Schedule:
        """How it stands against its deadline on the last day."""
        return assess_schedule(
            self.status_end, to_partial_date(self.deadline_end), to_partial_date(self.completed_on), last
        )

    def in_language(self, translations: Mapping[str, str]) -> PeriodLine:
        """The same line in the language of its translations; what has none is left as it is on record."""
        texts = {name: translations.get(text, text) for name in TEXT_FIELDS if (text := getattr(self, name))}
        slips = (slip._replace(reason=translations.get(slip.reason, slip.reason)) for slip in self.slips)
        return self._replace(slips=tuple(slips), **texts)


class DeadlineRevision(NamedTuple):
    """A report that set a deadline: what it is dated, the deadline, why. Dates as text."""

    dated: str
    deadline: str
    reason: str


TEXT_FIELDS = ("title", "parties_as_stated", "unit", "note")  # what of a line is words
# Where each value of a line comes from: its fields from `pk` on.
LINE_SOURCES = (
    "pk",
    "reference",
    "title",
    "release__slug",
    as_text("release__issued_on"),
    "area_id",
    "area__slug",
    "kind",
    "level",
    OWNER_KEYS,
    "parties_as_stated",
    "deadline_basis",
    as_text("target"),
    "unit",
    "then__status",
    as_text("then__status_on"),
    as_text("then__deadline"),
    as_text("then__achieved"),
    "state__status",
    as_text("state__status_on"),
    as_text("state__completed_on"),
    "state__stop_reason",
    CURRENT_DEADLINE,
    ORIGINAL_DEADLINE,
    as_text("state__achieved"),
    "state__note",
    "state__evidence_urls",
)


def iter_lines(commitments: CommitmentQuerySet, first: date, last: date) -> Iterator[PeriodLine]:
    """Each commitment found as of the last day, as it stood on both. One query streams them, one is before it.

    Its texts are in the language of the moment.
    """
    slips, start, language = deadline_revisions(first, last), first.isoformat(), current_language()
    translation_column = () if language == RECORD_LANGUAGE else (KeyTransform(language, "translated"),)
    for row in commitments.since(first).values_list(*LINE_SOURCES, *translation_column).iterator(chunk_size=BATCH_SIZE):
        line = PeriodLine(start, tuple(slips.get(row[0], ())), *row[: len(LINE_SOURCES)])
        yield line.in_language(row[-1] or {}) if translation_column else line


def deadline_revisions(first: date, last: date) -> Mapping[int, list[DeadlineRevision]]:
    """The deadlines set after the first day and by the last, in their order, by commitment."""
    updates = Update.objects.filter(effective_on__gt=first, effective_on__lte=last, retracted_by=None)
    reports = updates.filter(kind=EntryKind.REPORT).exclude(deadline="").order_by("effective_on", "entry")
    revisions: defaultdict[int, list[DeadlineRevision]] = defaultdict(list)
    for pk, *values in reports.values_list("commitment", as_text("date"), as_text("deadline"), "deadline_reason"):
        revisions[pk].append(DeadlineRevision(*values))
    return revisions


@dataclass(slots=True)
class ReportSection:
    """The commitments with one change: how many pledges, how many in all, and the first of them as lines."""

    change: Change
    pledges: int = 0
    total: int = 0
    lines: list[PeriodLine] = field(default_factory=list)

    def add(self, line: PeriodLine) -> None:
        self.pledges += line.counted
        self.total += 1
        if len(self.lines) < MAX_LINES:
            self.lines.append(line)

    @property
    def more(self) -> int:
        """How many it has beside those that it shows."""
        return self.total - len(self.lines)

    @property
    def minor(self) -> int:
        """How many of them are no pledges."""
        return self.total - self.pledges


@dataclass(slots=True)
class PeriodReport:
    """All that the page says, gathered line by line, so that memory does not grow with the record.

    `matrix[start, end]`: pledges by their status on both days. `parts[key]`: pledges by change, with `None`
    counting all, for each value that the report is broken down by. `slipped`: pledges with a later deadline. `late`:
    those delivered between the days and late, whether or not their deadline moved; `overdue`: those unfinished past
    theirs on the last day. `announced` and `announced_before`: those that were done when they were announced, after
    the first day and before.
    """

    last: date
    keys: Callable[[PeriodLine], Iterable[Any]]
    sections: dict[Change, ReportSection] = field(
        default_factory=lambda: {change: ReportSection(change) for change in Change}
    )
    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)
    parts: defaultdict[Any, Counter[Change | None]] = field(default_factory=lambda: defaultdict(Counter))
    slipped: int = 0
    late: int = 0
    overdue: int = 0
    announced: int = 0
    announced_before: int = 0

    def add(self, line: PeriodLine) -> None:
        changes = line.changes
        for change in changes:
            self.sections[change].add(line)
        if not line.counted:
            return
        start, end, kind = line.status_start, line.status_end, line.kind
        self.matrix[start, end] += 1
        self.slipped += (line.slip_days or 0) > 0
        if line.deadline_end:
            schedule = line.schedule(self.last)
            self.late += schedule == Schedule.MET_LATE and Change.COMPLETED in changes
            self.overdue += schedule == Schedule.OVERDUE
        self.announced += done_when_announced(start, end, kind)
        self.announced_before += start == Status.COMPLETED and kind in ANNOUNCED
        for key in self.keys(line):
            self.parts[key].update([None, *changes])

    @property
    def total(self) -> int:
        """Pledges at the end."""
        return self.matrix.total()

    @property
    def before(self) -> int:
        """Pledges at the start."""
        return self.total - self.sections[Change.NEWLY_PROMISED].pledges


def build_report(lines: Iterable[PeriodLine], last: date, keys: Callable[[PeriodLine], Iterable[Any]]) -> PeriodReport:
    """Everything at once. `keys`: under which values a line counts in the breakdown."""
    report = PeriodReport(last, keys)
    for line in lines:
        report.add(line)
    return report


def period_title(first: date, last: date) -> str:
    """Both days, in words."""
    days = {"first": date_format(first), "last": date_format(last)}
    return gettext("Progress from %(first)s to %(last)s") % days
