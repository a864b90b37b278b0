"""The small timeline of one commitment: what is drawn on its axis, each mark with its name, and the same in words.

Pure but for the language of the moment. Places along the axis are percentages, heights are pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.domain.choices import ANNOUNCED, DeadlineBasis, EntryKind, Schedule, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.collation import HAN
from commitments.i18n.phrases import join_list, join_sentences
from commitments.models import Commitment, Update
from commitments.models.commitment import status_role
from commitments.public.charts import A_MONTH, Axis, axis_for
from commitments.query.standing import LATE, NONE, STANDINGS

ROW, FIRST_ROW = 17, 14  # from one label to the next, and where the first of them stands
MIN_ROWS = 3  # so many rows of labels there is always room for: the pages of an area keep their places
ABOVE_LINE, BELOW_LINE = 22, 34  # from the last label to the line, and from the line to the axis
MAX_LABELS = 8  # of reports; of more the last ones have their names
NARROWEST = 288  # pixels: the axis on the narrowest phone, on which every label must fit
LETTER, CHARACTER = 6.6, 12.5  # pixels of a letter and of a Chinese character
MIDDLE = 50  # per cent
ROOM_FOR_CHECK = 30  # per cent of the axis before a mark, free of others, in which its name can stand beside it


@dataclass(frozen=True, slots=True)
class StoryMark:
    """A shape at a place: `m-done` and so on are in `_story_shapes.html`."""

    shape: str
    at: float


@dataclass(frozen=True, slots=True)
class StoryRun:
    """A part of the line: whole (`run`), dotted (`run open`), late (`run late`), or a report's own length (`reach`)."""

    look: str
    first: float
    last: float


@dataclass(slots=True)
class StoryLabel:
    """The name of a mark: its place, where it is anchored there, and the height at which it stands."""

    at: float
    text: str
    role: str = ""
    y: int = 0

    @property
    def look(self) -> str:
        return f"label said role-{self.role}" if self.role else "label"

    @property
    def anchored_at(self) -> float:
        """At its mark, or in the middle of the axis where it would stand out at either side."""
        return MIDDLE if self.anchor == "middle" else self.at

    @property
    def anchor(self) -> str:
        """On which side of its mark it stands: to the right in the left half, if it fits there on a phone."""
        width = sum(CHARACTER if HAN.match(character) else LETTER for character in self.text) + 5
        room = {"start": (100 - self.at) * NARROWEST / 100, "end": self.at * NARROWEST / 100}
        preferred = ("start", "end") if self.at < MIDDLE else ("end", "start")
        return next((side for side in preferred if room[side] >= width), "middle")

    @property
    def dx(self) -> int:
        """How far it stands from its mark's line."""
        return {"start": 5, "end": -5, "middle": 0}[self.anchor]

    @property
    def line_top(self) -> int:
        """Where its line begins."""
        return self.y - 10


@dataclass(frozen=True, slots=True)
class StoryDeadline:
    """The time that was named: where it lies, how it looks, and its name."""

    first: float
    last: float
    look: str
    label: StoryLabel | None

    @property
    def width(self) -> float:
        return self.last - self.first


@dataclass(slots=True)
class Story:
    """All that is drawn, the lowest first; `words` says the same."""

    axis: Axis
    now: StoryLabel
    deadlines: list[StoryDeadline] = field(default_factory=list)
    runs: list[StoryRun] = field(default_factory=list)
    dots: list[StoryMark] = field(default_factory=list)
    marks: list[StoryMark] = field(default_factory=list)
    labels: list[StoryLabel] = field(default_factory=list)
    beside: StoryLabel | None = None
    words: str = ""
    rows: int = MIN_ROWS

    @property
    def line(self) -> int:
        """The height of the line on which the marks stand."""
        return FIRST_ROW + (self.rows - 1) * ROW + ABOVE_LINE

    @property
    def heights(self) -> dict[str, int]:
        """Every other height, from the line's."""
        line, axis = self.line, self.line + BELOW_LINE
        offsets = {"due": -11, "due_end": 11, "due_label": 24, "label_end": -9, "beside": 4}
        return {name: line + offset for name, offset in offsets.items()} | {
            "line": line,
            "axis": axis,
            "years": axis + 14,
            "all": axis + 18,
        }


def story_of(
    commitment: Commitment, updates: Iterable[Update], again: Iterable[date], *, day: date, today: date
) -> Story:
    """The story of a commitment as of a day. `updates`: all until then; `again`: days of later promises."""
    drawn = _Drawing(commitment, [update for update in updates if update.stands], sorted(again), day)
    story = Story(drawn.axis, StoryLabel(drawn.at_day(day), _("today") if day == today else str(date_format(day))))
    story.deadlines, story.runs = list(drawn.deadlines()), list(drawn.runs())
    story.dots, story.marks = drawn.dots(), list(drawn.marks())
    story.labels = sorted(drawn.labels(), key=lambda label: label.at)
    _place_check(story, drawn)
    _place_labels(story)
    story.words = join_sentences(drawn.words())
    return story


def _place_check(story: Story, drawn: _Drawing) -> None:
    """The last check, with its name beside it where there is room on the line, and among the others where not."""
    if drawn.checked_on is None:
        return
    at = drawn.at_day(drawn.checked_on)
    label = StoryLabel(at, _("last checked"))
    taken = [mark.at for mark in (*story.marks, *story.dots)]
    story.marks.append(StoryMark("m-searched", at))
    if at >= ROOM_FOR_CHECK and not any(at - ROOM_FOR_CHECK < other < at for other in taken):
        story.beside = label
    else:
        story.labels = sorted([*story.labels, label], key=lambda one: one.at)


def _place_labels(story: Story) -> None:
    """One row each, stepping down along the axis; the name of the day itself has the first row where it would cross."""
    number = len(story.labels)
    crosses = number >= MIN_ROWS and story.labels[0].at > 100 - ROOM_FOR_CHECK - 10
    story.rows = max(MIN_ROWS, number + crosses)
    for row, label in enumerate(story.labels, start=story.rows - number):
        label.y = FIRST_ROW + row * ROW


class _Drawing:
    """What there is of one commitment to draw and to say."""

    def __init__(self, commitment: Commitment, updates: list[Update], again: list[date], day: date) -> None:
        self.commitment, self.state, self.day, self.again = commitment, commitment.state, day, again
        self.schedule = Schedule(commitment.schedule)
        updates = sorted(updates, key=lambda update: (update.effective_on, update.pk))
        self.reports = [update for update in updates if update.kind == EntryKind.REPORT]
        self.background = [update for update in updates if update.kind == EntryKind.CONTEXT]
        settled = self.state.status in (Status.COMPLETED, Status.STOPPED)
        self.checked_on = None if settled or self.reports else self.state.last_checked_on
        self.deadline: PartialDate | None = self.state.deadline
        dates = [update.date for update in updates if update.date]
        first = min([commitment.release.issued_on, *(dated.first for dated in dates)])
        self.axis = axis_for(first, day, self.deadline.last if self.deadline else None)

    # Places

    def at_day(self, day: date) -> float:
        return self.axis.at(day, share=0.5)

    def at(self, dated: PartialDate) -> float:
        """The middle of the days that a date may mean, as far as they have come."""
        return (self.axis.at(dated.first) + self.axis.at(max(dated.first, min(dated.last, self.day)), share=1)) / 2

    @property
    def issued(self) -> float:
        return self.at_day(self.commitment.release.issued_on)

    @property
    def due_end(self) -> float:
        return self.axis.at(self.deadline.last, share=1) if self.deadline else 0.0

    @property
    def announced_done(self) -> bool:
        return self.state.status == Status.COMPLETED and self.commitment.kind in ANNOUNCED

    # Shapes

    def role(self, report: Update) -> str:
        """A report's role: late where what it reports as done certainly was."""
        role = status_role(report.status, self.commitment.kind)
        is_late = self.schedule == Schedule.MET_LATE and report.status == Status.COMPLETED and not self.announced_done
        return LATE if is_late else role

    def deadlines(self) -> Iterator[StoryDeadline]:
        """The time that was named; the first one too where it was moved, only outlined."""
        first, current = self.state.original_deadline, self.deadline
        if current is None:
            return
        if first and first != current:
            yield StoryDeadline(self.axis.at(first.first), self.axis.at(first.last, share=1), "due was", None)
        start = self.axis.at(current.first)
        look = "due of-event" if self.commitment.deadline_basis == DeadlineBasis.EVENT else "due"
        label = StoryLabel(start if start < MIDDLE else self.due_end, self.deadline_name(current, first))
        yield StoryDeadline(start, self.due_end, look, label)

    def deadline_name(self, current: PartialDate, first: PartialDate | None) -> str:
        if self.commitment.deadline_basis == DeadlineBasis.EVENT:
            return _("event %(date)s") % {"date": current.label}
        if first and first != current:
            return _("due %(date)s, at first %(first)s") % {"date": current.label, "first": first.label}
        return _("due %(date)s") % {"date": current.label}

    def runs(self) -> Iterator[StoryRun]:
        """The line: whole as long as reports go, dotted where nobody reported, late past the time that was named."""
        for report in self.reports:
            if report.date and report.date.last - report.date.first >= A_MONTH:
                until = max(report.date.first, min(report.date.last, self.day))
                yield StoryRun("reach", self.axis.at(report.date.first), self.axis.at(until, share=1))
        if self.announced_done:
            return
        end, is_settled = self.end()
        is_late = self.schedule in (Schedule.MET_LATE, Schedule.OVERDUE)
        late_from = max(self.issued, self.due_end) if is_late else end
        known = [self.at(report.date) for report in self.reports if report.date]
        if is_late and is_settled:
            known = [place for place in known if place <= late_from]
        known_to = min(max([self.issued, *known]), late_from)
        runs = (("run", self.issued, known_to), ("run open", known_to, late_from), ("run late", late_from, end))
        yield from (StoryRun(look, first, last) for look, first, last in runs if last > first)

    def end(self) -> tuple[float, bool]:
        """Where the line ends, and whether because the matter is settled."""
        settled = {Status.COMPLETED: self.state.completed_on, Status.STOPPED: self.state.status_on}
        dated = settled.get(Status(self.state.status))
        return (self.at(dated), True) if dated else (self.at_day(self.day), False)

    def dots(self) -> list[StoryMark]:
        return [StoryMark("m-around", self.at(update.date)) for update in self.background if update.date]

    def marks(self) -> Iterator[StoryMark]:
        """The promises, and the reports over them."""
        yield StoryMark("m-announced-on", self.issued)
        yield from (StoryMark("m-announced-on", self.at_day(day)) for day in self.again)
        yield from (StoryMark(f"m-{self.role(report)}", self.at(report.date)) for report in self.reports if report.date)

    # Names

    def labels(self) -> Iterator[StoryLabel]:
        """The name of each mark, once for a run of the same."""
        yield StoryLabel(self.issued, _("announced"))
        yield from (StoryLabel(self.at_day(day), _("promised again")) for day in self.again[-2:])
        yield from list(self.report_labels())[-MAX_LABELS:]
        if self.schedule in (Schedule.UNREPORTED, Schedule.OVERDUE):
            role = NONE if self.schedule == Schedule.UNREPORTED else LATE
            yield StoryLabel(min(self.due_end, self.at_day(self.day)), str(self.schedule.label), role)

    def report_labels(self) -> Iterator[StoryLabel]:
        """Where a status begins; and the last report, where it is another one and the matter is not settled."""
        runs = [list(run) for _status, run in groupby(self.reports, key=lambda report: report.status)]
        for run in runs:
            [first, last] = run[0], run[-1]
            role = self.role(first)
            if first.date:
                yield StoryLabel(self.at(first.date), _name_of_report(role, first.date), role)
            if run is runs[-1] and last is not first and last.status != Status.COMPLETED and last.date:
                yield StoryLabel(self.at(last.date), _("last report %(date)s") % {"date": last.date.month_label}, role)

    # Words

    def words(self) -> Iterator[str]:
        """The same in sentences."""
        yield _("Announced %(day)s.") % {"day": date_format(self.commitment.release.issued_on)}
        yield from self.deadline_words()
        for _status, run in groupby(self.reports, key=lambda report: report.status):
            reports = list(run)
            status = capfirst(str(STANDINGS[self.role(reports[0])].label))
            yield _("%(status)s: %(dates)s.") % {"status": status, "dates": _dates(reports)}
        if self.schedule in (Schedule.UNREPORTED, Schedule.OVERDUE):
            yield _("%(status)s.") % {"status": capfirst(str(self.schedule.label))}
        if not self.reports and self.checked_on:
            values = {"status": capfirst(str(Status.NO_REPORT.label)), "day": date_format(self.checked_on)}
            yield _("%(status)s; last checked %(day)s.") % values
        elif not self.reports:
            yield _("Not searched for yet.")
        if self.again:
            yield _("Promised again: %(dates)s.") % {"dates": join_list(str(date_format(day)) for day in self.again)}
        if self.background:
            yield _("Background: %(dates)s.") % {"dates": _dates(self.background)}

    def deadline_words(self) -> Iterator[str]:
        first, current = self.state.original_deadline, self.deadline
        if current is None:
            return
        if self.commitment.deadline_basis == DeadlineBasis.EVENT:
            yield _("The date of the event: %(date)s.") % {"date": current.label}
        else:
            yield _("Due: %(date)s.") % {"date": current.label}
        if first and first != current:
            yield _("Due at first: %(date)s.") % {"date": first.label}


def _dates(updates: Iterable[Update]) -> str:
    return join_list(dict.fromkeys(update.date.label for update in updates if update.date))


def _name_of_report(role: str, dated: PartialDate) -> str:
    """What a report's mark is called: what settles the matter with its whole date."""
    date_shown = dated.label if role in ("done", LATE, "ended", "announced") else dated.month_label
    names = {"status": STANDINGS[role].label, "date": date_shown}
    return pgettext("a mark on a line of years", "%(status)s %(date)s") % names
