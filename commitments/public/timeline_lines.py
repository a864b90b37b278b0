"""One line of the timeline for each commitment: what is drawn of it, the words on it, and the same in sentences.

Pure but for one query: places are percentages of the line's width, as SVG attributes have them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from unicodedata import east_asian_width

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.domain.choices import UPDATE_KINDS, DeadlineBasis, EntryKind, Schedule, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.phrases import join_list
from commitments.models import Commitment, Update
from commitments.models.commitment import status_role
from commitments.public.charts import A_MONTH, Axis, Mark, percent
from commitments.query.localized import localize
from commitments.query.standing import ANNOUNCED, DONE, LATE, NONE, UNREAD, late_words, lateness, standing

# Pixels. Labels stand on the lines from 64rem on: the track is then at least so wide.
NARROWEST_TRACK = 700
LATIN, CAPITAL, HAN = 6.8, 8.4, 12.2  # a character of 12 px type, in bold, of a wide font; a figure is as a capital
GAP, MARK = 11, 16
WHOLE = 100  # percent: the right end of the axis
HALF = WHOLE * MARK / NARROWEST_TRACK / 2  # of a mark
FAINT = ("around", "searched")  # what words may cover before they cover a mark
A_BIT = 0.01  # percent: what rounding may add


@dataclass(frozen=True, slots=True)
class TimelineUpdate:
    """An update that counts on the day. `again`: it says of something done once more that it is done."""

    kind: str
    status: str
    dated: PartialDate
    again: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the line, from one place to another."""

    shape: str
    x1: str
    x2: str


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the line, right of their mark or left of it; `whole`: all of them, for beside the name."""

    text: str
    role: str
    x: str
    whole: str
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A commitment: from the lowest to the topmost bars, edges, runs and points; its label; the same in sentences."""

    commitment: Commitment
    name: SafeString
    bars: list[Mark]
    edges: list[str]
    runs: list[Run]
    points: list[Mark]
    label: Label | None
    words: list[str]

    @property
    def shapes(self) -> Iterator[str]:
        """What is drawn, for the key: names of classes, and of marks with "m-" before them."""
        yield from (bar.shape for bar in self.bars)
        yield from (run.shape for run in self.runs)
        yield from (f"m-{point.shape}" for point in self.points)


def timeline_lines(
    rows: Iterable[Commitment], updates: dict[int, list[TimelineUpdate]], axis: Axis
) -> list[TimelineLine]:
    """The lines of some commitments as of a day."""
    return [timeline_line(row, updates.get(row.pk, []), axis) for row in rows]


def timeline_line(row: Commitment, updates: list[TimelineUpdate], axis: Axis) -> TimelineLine:
    """All of one commitment."""
    reports = [update for update in updates if update.kind == EntryKind.REPORT]
    bars = deadline_bars(row, axis)
    points = [*update_points(row, updates, axis), *end_points(row, axis)]
    return TimelineLine(
        commitment=row,
        name=localize(row, "short_title" if row.short_title else "title").marked,
        bars=bars,
        edges=deadline_edges(row, axis),
        runs=[*spread_runs(row, updates, axis), *open_runs(row, reports, axis), *slip_runs(row, axis)],
        points=points,
        label=line_label(row, axis, bars, points),
        words=line_description(row, updates),
    )


def updates_by_commitment(rows: list[Commitment], day: date) -> dict[int, list[TimelineUpdate]]:
    """The updates of each commitment that count on the day, in the order in which they count. One query."""
    counting = Update.objects.filter(counting_updates(day), commitment__in=[row.pk for row in rows])
    values = counting.order_by("commitment", "effective_on", "entry")
    by_commitment: defaultdict[int, list[TimelineUpdate]] = defaultdict(list)
    status_before: dict[int, str] = {}
    for commitment, kind, status, dated in values.values_list("commitment_id", "kind", "status", "date"):
        if dated is None:  # never, by the query; the column may be empty
            continue
        again = status == Status.COMPLETED == status_before.get(commitment)
        if kind == EntryKind.REPORT:
            status_before[commitment] = status
        by_commitment[commitment].append(TimelineUpdate(kind, status, dated, again))
    return by_commitment


def counting_updates(day: date, prefix: str = "") -> Q:
    """Which updates, or `prefix` a relation to them, count on the day: reports, background and checks.

    They are neither retracted nor removed whole (then not even the date is left).
    """
    conditions = {"kind__in": UPDATE_KINDS, "retracted_by": None, "date_first__isnull": False, "effective_on__lte": day}
    return Q(**{prefix + name: value for name, value in conditions.items()})


# What is drawn, the lowest first


def deadline_bars(row: Commitment, axis: Axis) -> list[Mark]:
    """The time that was named, as an interval; before it the one that was named first, where that was another."""
    first, current = row.state.original_deadline, row.state.deadline
    if current is None:
        return []
    shape = "due of-event" if row.deadline_basis == DeadlineBasis.EVENT else "due"
    bars = [axis.span(shape, current.first, current.last)]
    if first and first != current:
        bars.insert(0, axis.span("due named-first", first.first, first.last))
    return [bar for bar in bars if bar.width]


def deadline_edges(row: Commitment, axis: Axis) -> list[str]:
    """Where the time that was named is over. An event's is no edge: nothing falls due on it."""
    deadline = row.state.deadline
    if deadline is None or row.deadline_basis == DeadlineBasis.EVENT or not axis.first <= deadline.last <= axis.last:
        return []
    return [percent(axis.at(deadline.last, share=1))]


def slip_runs(row: Commitment, axis: Axis) -> list[Run]:
    """From the end of the time that was named first to that of the current one."""
    first, current = row.state.original_deadline, row.state.deadline
    if first is None or current is None or first == current:
        return []
    return [Run("slip", percent(axis.at(first.last, share=1)), percent(axis.at(current.last, share=1)))]


def spread_runs(row: Commitment, updates: list[TimelineUpdate], axis: Axis) -> list[Run]:
    """Behind the shape of what is known no better than to a time longer than a month, that time."""
    runs = []
    for update in updates:
        first, last = update.dated.first, min(update.dated.last, row.day)
        if last - first >= A_MONTH:
            runs.append(Run("spread", percent(axis.at(first)), percent(axis.at(last, share=1))))
    return runs


def open_runs(row: Commitment, reports: list[TimelineUpdate], axis: Axis) -> list[Run]:
    """The line while it was open: drawn out as far as reports reach, dotted without news, thick while late."""
    if row.role == ANNOUNCED:
        return []
    start = axis.middle(row.release.issued_on, row.release.issued_on)
    settled, deadline = settled_on(row), row.state.deadline
    end = place(row, settled, axis) if settled else axis.middle(row.day, row.day)
    is_late = deadline is not None and row.schedule in (Schedule.OVERDUE, Schedule.MET_LATE)
    due = max(start, axis.at(deadline.last, share=1)) if is_late and deadline else end
    reported = [x for x in (place(row, report.dated, axis) for report in reports) if start <= x <= due]
    stops = [("", start), ("", max(reported, default=start)), ("open", due), ("late", end)]
    return [
        Run(shape, percent(before), percent(after))
        for (_shape, before), (shape, after) in pairwise(stops)
        if percent(before) != percent(after) and after > before
    ]


def settled_on(row: Commitment) -> PartialDate | None:
    """When it was completed or stopped; None while it is open."""
    return {Status.COMPLETED: row.state.completed_on, Status.STOPPED: row.state.status_on}.get(Status(row.state.status))


def place(row: Commitment, dated: PartialDate, axis: Axis) -> float:
    """Where the mark of a date stands: in its middle, and never after the day that is shown."""
    return axis.middle(min(dated.first, row.day), min(dated.last, row.day))


def update_points(row: Commitment, updates: list[TimelineUpdate], axis: Axis) -> list[Mark]:
    """The background, the checks, the day of the announcement, and above them the reports."""
    marks: dict[str, dict[Mark, None]] = {kind: {} for kind in UPDATE_KINDS}  # each once: two on one day are one dot
    for update in updates:
        first, last = min(update.dated.first, row.day), min(update.dated.last, row.day)
        marks[update.kind][axis.point(update_shape(row, update), first, last)] = None
    issued = row.release.issued_on
    announced = [] if row.role == ANNOUNCED else [axis.point("announced-on", issued, issued)]
    checks = visible_checks(row, marks[EntryKind.CHECK], axis)
    return [*marks[EntryKind.CONTEXT], *checks, *announced, *marks[EntryKind.REPORT]]


def visible_checks(row: Commitment, checks: Iterable[Mark], axis: Axis) -> list[Mark]:
    """The checks, but for those that the shape of "no evidence to this day" would cover: it says the same."""
    if row.state.status != Status.NO_REPORT:
        return list(checks)
    covered = axis.middle(row.day, row.day) - 2 * HALF
    return [mark for mark in checks if as_number(mark.x) < covered]


def update_shape(row: Commitment, update: TimelineUpdate) -> str:
    """The shape of an update: that of the status that it reports."""
    if update.kind != EntryKind.REPORT:
        return "around" if update.kind == EntryKind.CONTEXT else "searched"
    role = status_role(update.status, row.kind)
    if update.again:
        return "again"
    is_completion = role == DONE and update.dated == row.state.completed_on
    return LATE if is_completion and row.schedule == Schedule.MET_LATE else role


def end_points(row: Commitment, axis: Axis) -> list[Mark]:
    """A deadline beyond the axis, as an arrow; of what nobody reported on, a hollow shape on the day that is shown."""
    role, deadline = standing(row).role, row.state.deadline
    due = [axis.span("due", deadline.first, deadline.last)] if deadline else []
    points = [mark for mark in due if not mark.width]
    return [*points, axis.point(role, row.day, row.day)] if role in (NONE, UNREAD) else points


# The label


def line_label(row: Commitment, axis: Axis, bars: list[Mark], points: list[Mark]) -> Label | None:
    """The words on the line and their place; None for what the shapes and the key say alone."""
    deadline, role, text = row.state.deadline, standing(row).role, ""
    if deadline and row.schedule == Schedule.OVERDUE:
        role, text = "overdue", _("overdue by %(length)s") % {"length": lateness(row)}
    elif deadline and row.schedule == Schedule.UNREPORTED:
        text = str(Schedule.UNREPORTED.label)
    if text and deadline:
        return place_label(text, role, axis.at(deadline.last, share=1), bars, points)
    text, few, dated = status_label(row)
    return place_label(text, role, place(row, dated, axis), bars, points, few=few) if dated else None


def status_label(row: Commitment) -> tuple[str, str, PartialDate | None]:
    """What was reported last, the same in fewer words, and the date at which they stand; None for nothing to say."""
    state = row.state
    if state.status == Status.COMPLETED and row.role != ANNOUNCED and state.completed_on:
        if length := lateness(row):
            return _("delivered at least %(length)s late") % {"length": length}, late_words(length), state.completed_on
        few = state.completed_on.month_label
        return _("delivered %(date)s") % {"date": few}, few, state.completed_on
    forms = {
        Status.IN_PROGRESS: _("last progress %(date)s"),
        Status.NOT_STARTED: _("not started, %(date)s"),
        Status.STOPPED: _("stopped %(date)s"),
    }
    form = forms.get(Status(state.status))
    if form is None or state.status_on is None:
        return "", "", None
    few = state.status_on.month_label
    return form % {"date": few}, few, state.status_on


def place_label(text: str, role: str, x: float, bars: list[Mark], points: list[Mark], *, few: str = "") -> Label:
    """Beside its mark and what the mark stands on, in fewer words where there is no room; else beyond other marks."""
    left, right = x, x
    marks = [extent(mark) for mark in points if mark.shape not in FAINT and abs(as_number(mark.x) - x) > A_BIT]
    dots = [extent(mark) for mark in points if mark.shape in FAINT]
    anchors = [(False, end - HALF) for _start, end in marks if end > x]
    anchors += [(True, start + HALF) for start, _end in marks if start < x]
    for start, end in map(extent, bars):
        if start - A_BIT <= x <= end + A_BIT:
            left, right = min(left, start), max(right, end)
        else:
            marks.append((start, end))
            anchors.append((False, end) if end > x else (True, start))

    def cost(candidate: tuple[str, bool, float]) -> tuple[float, int, int, bool, int]:
        """How far it reaches out, how many marks it covers and how many lie between, if it is cut, the dots covered."""
        words, is_left, start = candidate
        width = WHOLE * (GAP + text_width(words)) / NARROWEST_TRACK
        first, last = (start - width, start) if is_left else (start, start + width)
        outside = round(max(0, width - (start if is_left else WHOLE - start)), 2)
        between = sum(min(x, start) <= sum(mark) / 2 <= max(x, start) for mark in marks)
        covered = (overlaps(extents, first, last, start) for extents in (marks, dots))
        return outside, next(covered), between, words != text, next(covered)

    sides = [(False, right), (True, left)]
    candidates = [(text, *anchor) for anchor in (*sides, *anchors)] + [(few, *side) for side in sides if few]
    words, is_left, start = min(candidates, key=cost)
    return Label(words, role, percent(start), text, is_left)


def overlaps(extents: list[tuple[float, float]], first: float, last: float, anchor: float) -> int:
    """How many lie between two places; the one at the anchor stands beside the words."""
    return sum(start < last and first < end and not start <= anchor <= end for start, end in extents)


def extent(mark: Mark) -> tuple[float, float]:
    """From where to where a mark reaches."""
    x = as_number(mark.x)
    if mark.width:
        return x, x + as_number(mark.width)
    return x - HALF, x + HALF


def as_number(value: str) -> float:
    """A percentage as a number."""
    return float(value.rstrip("%"))


def text_width(text: str) -> float:
    """About how wide a label is, in pixels."""
    return sum(
        HAN if east_asian_width(character) in "WF" else LATIN if character.islower() or character == " " else CAPITAL
        for character in text
    )


# The same in words


def line_description(row: Commitment, updates: list[TimelineUpdate]) -> list[str]:
    """All that is drawn of a commitment, said: for those who don't see it, and for those who ask."""
    reports = [update for update in updates if update.kind == EntryKind.REPORT]
    sentences = [
        _("Announced %(day)s.") % {"day": date_format(row.release.issued_on)},
        deadline_words(row),
        *report_words(row, reports),
        schedule_words(row),
        "" if reports else nothing_found_words(row),
        dates_of(_("Background: %(dates)s."), updates, EntryKind.CONTEXT),
        checks_words(row, updates),
    ]
    return [sentence for sentence in sentences if sentence]


def deadline_words(row: Commitment) -> str:
    """The time that was named; the first one too where it was moved."""
    first, current = row.state.original_deadline, row.state.deadline
    if current is None:
        return ""
    if first and first != current:
        return _("First due: %(first)s. Now due: %(current)s.") % {"first": first.label, "current": current.label}
    if row.deadline_basis == DeadlineBasis.EVENT:
        return _("Date of the event: %(date)s.") % {"date": current.label}
    return _("Due: %(date)s.") % {"date": current.label}


def report_words(row: Commitment, reports: list[TimelineUpdate]) -> Iterator[str]:
    """The dates of the reports, those of one status after one another in one sentence."""
    for form, group in groupby(reports, key=lambda report: report_form(row, report)):
        yield form % {"dates": join_list(report.dated.label for report in group)}


def report_form(row: Commitment, report: TimelineUpdate) -> str:
    """How dates of a status are said."""
    if report.again:
        return _("Confirmed: %(dates)s.")
    if status_role(report.status, row.kind) == ANNOUNCED:
        return _("Already done when announced: %(dates)s.")
    return {
        Status.NOT_STARTED: _("Not started: %(dates)s."),
        Status.IN_PROGRESS: _("In progress: %(dates)s."),
        Status.COMPLETED: _("Delivered: %(dates)s."),
        Status.STOPPED: _("Stopped: %(dates)s."),
    }[Status(report.status)]


def schedule_words(row: Commitment) -> str:
    """How it stands past the time that was named; nothing where it does not."""
    length = lateness(row)
    if row.schedule == Schedule.UNREPORTED:
        return _("Outcome unknown.")
    if row.schedule == Schedule.OVERDUE:
        return _("Overdue by %(length)s.") % {"length": length}
    if length and row.role != ANNOUNCED:
        return capfirst(late_words(length)) + pgettext("at the end of a sentence", ".")
    return ""


def nothing_found_words(row: Commitment) -> str:
    """That nothing was found, and when somebody looked last."""
    checked = row.state.last_checked_on
    if checked is None:
        return _("No evidence found; not searched for yet.")
    return _("No evidence found; last searched %(day)s.") % {"day": date_format(checked)}


def checks_words(row: Commitment, updates: list[TimelineUpdate]) -> str:
    """The days on which somebody looked, but for the last one where that is said already."""
    said = row.state.last_checked_on if row.state.status == Status.NO_REPORT else None
    others = [update for update in updates if said is None or update.dated.last != said]
    return dates_of(_("Searched, nothing new found: %(dates)s."), others, EntryKind.CHECK)


def dates_of(form: str, updates: list[TimelineUpdate], kind: EntryKind) -> str:
    """A sentence with the dates of the updates of one kind; nothing where there are none."""
    dates = dict.fromkeys(update.dated.label for update in updates if update.kind == kind)
    return form % {"dates": join_list(dates)} if dates else ""
