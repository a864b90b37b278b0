"""The timeline: what was announced, due and reported over the years, a line for each commitment.

Above some number of commitments an area is one strip of counts by year, counted by the database, so that
the page stays light with any number on record.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, TypeVar

from django.db.models import Count, F, FilteredRelation, Max, Min, Q
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from commitments.domain.choices import DeadlineBasis, EntryKind, Schedule, Status
from commitments.domain.partial_dates import PartialDate
from commitments.i18n.phrases import join_clauses
from commitments.models import Area, Commitment, Occasion, Release, Update
from commitments.models.commitment import status_role
from commitments.public.charts import Axis, Mark, axis_for, bar_height, percent
from commitments.public.commitment_list import filter_chips
from commitments.query.filters import CommitmentFilter
from commitments.web.links import replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import render_page
from commitments.web.rate_limits import limit_search

# So many lines keep the page within its weight. One area asked for may have more: it stands alone.
MOST, MOST_OF_AN_AREA = 150, 300
STRIP_HEIGHT = 56  # pixels, the height of the highest bar
ONE_DAY = timedelta(days=1)
WITH_DEADLINE = {"deadline_from": "1900"}  # the list's filter that whatever has a deadline passes

Key = TypeVar("Key")
Counts = defaultdict[int | None, Counter[Key]]  # by area, None for those under no area


@dataclass(frozen=True, slots=True)
class TimelineReport:
    """One report that counts on the day, cut at the day: nothing later is drawn."""

    status: Status
    role: str
    dated: PartialDate

    @property
    def words(self) -> str:
        """Status and date."""
        status = _("done when announced") if self.role == "announced" else self.status.label
        return _("%(status)s, %(date)s") % {"status": status, "date": self.dated.label}


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """A commitment, its marks from the lowest to the topmost, and the same in sentences."""

    commitment: Commitment
    marks: list[Mark]
    words: list[str]


@dataclass(frozen=True, slots=True)
class YearStrip:
    """An area with too many commitments for a line each: bars by year, and the same in sentences."""

    area: Area | None
    total: int
    statuses: list[tuple[Status, int]]
    bars: list[dict[str, Any]]
    words: list[str]
    lines_address: str
    list_address: str


@cache_public
def timeline(request: HttpRequest) -> HttpResponse:
    """Deadlines, reports and slips over the years; the list's filters apply."""
    filterset = CommitmentFilter(request.GET, localdate())
    if not filterset.is_valid():
        return render_page(request, "timeline", filterset.day, as_of=filterset.as_of, status=400, form=filterset.form)
    limit_search(request)
    context = day_extent(filterset) | {"chips": filter_chips(filterset), "list_address": list_address(filterset)}
    context |= draw(filterset, context) if context["total"] else {"issued": any_release(filterset.day)}
    return render_page(request, "timeline", filterset.day, as_of=filterset.as_of, **context)


def day_extent(filterset: CommitmentFilter) -> dict[str, Any]:
    """How many commitments there are to draw, how many with a deadline, and over which days."""
    extent: dict[str, Any] = filterset.qs.order_by().aggregate(
        total=Count("pk"),
        with_deadline=Count("state__deadline_last"),
        first=Min("release__issued_on"),
        last=Max("state__deadline_last"),
        was_last=Max("state__original_deadline_last"),
    )
    return extent


def any_release(day: date) -> bool:
    """Whether anything had been announced by the day."""
    return Release.objects.public(day).exists()


def draw(filterset: CommitmentFilter, extent: dict[str, Any]) -> dict[str, Any]:
    """What is drawn: the axis, the days marked on it, and lines or strips by area."""
    last = max(filter(None, (extent["last"], extent["was_last"])), default=None)
    axis = axis_for(extent["first"], filterset.day, last)
    max_lines = MOST_OF_AN_AREA if len(filterset.data.getlist("area")) == 1 else MOST
    return {
        "axis": axis,
        "now": axis.point("", filterset.day, filterset.day),
        "ahead": axis.span("", filterset.day + ONE_DAY, axis.last) if filterset.day < axis.last else None,
        "occasions": occasions(axis, filterset.day),
        "few_deadlines": extent["with_deadline"] * 2 < extent["total"],
        "due_address": list_address(filterset, **({} if extent["with_deadline"] == extent["total"] else WITH_DEADLINE)),
        **(
            {"areas": timeline_lines(filterset, axis)}
            if extent["total"] <= max_lines
            else {"strips": year_strips(filterset, axis)}
        ),
    }


def list_address(filterset: CommitmentFilter, **filters: str) -> str:
    """The list with the filter of this page, and perhaps one more."""
    query = replace_params(filterset.data, page=None, per_page=None, sort=None, **filters)
    return reverse("commitments") + query.removeprefix(".")


def occasions(axis: Axis, day: date) -> list[tuple[Occasion, Mark]]:
    """The days that readers ask about, up to the day, and where they lie."""
    past_occasions = Occasion.objects.on_record().filter(day__gte=axis.first, day__lte=day)
    return [(occasion, axis.point("", occasion.day, occasion.day)) for occasion in past_occasions]


# A line for each commitment


def timeline_lines(filterset: CommitmentFilter, axis: Axis) -> list[tuple[Area | None, list[TimelineLine]]]:
    """The lines of each area, in the areas' order."""
    rows = filterset.qs.select_related("area", "release")
    rows = list(rows.order_by(F("area__position").asc(nulls_last=True), "area__slug", "reference_key"))
    reports = reports_by_commitment(rows, filterset.day)
    lines = (
        TimelineLine(row, line_marks(row, reports[row.pk], axis), line_description(row, reports[row.pk]))
        for row in rows
    )
    return [(area, list(group)) for area, group in groupby(lines, key=lambda line: line.commitment.area)]


def reports_by_commitment(rows: list[Commitment], day: date) -> defaultdict[int, list[TimelineReport]]:
    """The reports of each commitment that count on the day, in the order in which they count."""
    by_commitment: defaultdict[int, list[TimelineReport]] = defaultdict(list)
    kinds = {row.pk: row.kind for row in rows}
    updates = Update.objects.filter(counting_updates(day), commitment__in=list(kinds))
    values = updates.order_by("effective_on", "entry").values_list("commitment_id", "status", "date")
    for commitment, status, date_of_report in values:
        if date_of_report:  # always, by the query; the column may be empty
            by_commitment[commitment].append(
                TimelineReport(Status(status), status_role(status, kinds[commitment]), date_of_report)
            )
    return by_commitment


def counting_updates(day: date, prefix: str = "") -> Q:
    """Which updates, or `prefix` a relation to them, are reports that count on the day.

    They are neither retracted nor removed whole (then not even the date is left).
    """
    conditions = {"kind": EntryKind.REPORT, "retracted_by": None, "date_first__isnull": False, "effective_on__lte": day}
    return Q(**{prefix + name: value for name, value in conditions.items()})


def line_marks(row: Commitment, reports: list[TimelineReport], axis: Axis) -> list[Mark]:
    """All that is drawn of a commitment, the lowest first."""
    issued = row.release.issued_on
    announced = axis.point("released", issued, issued, announced_words(row))
    shapes = [
        axis.interval(report.role, report.dated.first, min(report.dated.last, row.day), report.words)
        for report in reports
        if report.dated.first <= row.day
    ]
    return [*open_marks(row, axis), *deadline_marks(row, axis), announced, *shapes]


def open_marks(row: Commitment, axis: Axis) -> list[Mark]:
    """A thin line while it was open, and a thick one past its deadline."""
    until = settled_on(row) or row.day
    issued, deadline = row.release.issued_on, row.state.deadline
    late = {Schedule.OVERDUE: "late", Schedule.MET_LATE: "late", Schedule.UNREPORTED: "unreported"}
    shape = late.get(Schedule(row.schedule))
    marks = [axis.span("open", issued, until)] if until > issued else []
    if shape and deadline and until > deadline.last:
        marks.append(axis.span(shape, deadline.last + ONE_DAY, until, schedule_words(row)))
    return marks


def settled_on(row: Commitment) -> date | None:
    """The first day on which it may have been completed or stopped, as far as is known."""
    since = {Status.COMPLETED: row.state.completed_on, Status.STOPPED: row.state.status_on}
    settled = since.get(Status(row.state.status))
    return settled.first if settled else None


def deadline_marks(row: Commitment, axis: Axis) -> list[Mark]:
    """The deadline as a bar; the first one too where it slipped, with an arrow from its end to the current one's."""
    first, current = row.state.original_deadline, row.state.deadline
    if current is None:
        return []
    words = deadline_words(row)
    of_event = "-event" if row.deadline_basis == DeadlineBasis.EVENT else ""
    bar = axis.span(f"due{of_event}", current.first, current.last, words)
    if first is None or first == current:
        return [bar]
    first_bar = axis.span("was-due", first.first, first.last, words)
    start, end = sorted((first.last, current.last))
    way = "on" if current.last > first.last else "back"
    return [
        first_bar,
        bar,
        axis.span("slip", start + ONE_DAY, end, words),
        axis_head(axis, f"slip-{way}", current.last, words),
    ]


def axis_head(axis: Axis, shape: str, day: date, words: str) -> Mark:
    """The head of an arrow: its tip touches the day's end."""
    return Mark(shape, percent(axis.at(day, share=1)), "", words)


# The same in words


def line_description(row: Commitment, reports: list[TimelineReport]) -> list[str]:
    """All that is drawn of a commitment, said: for those who don't see it, and for those who ask."""
    sentences = [announced_words(row), deadline_words(row)]
    reports_text = join_clauses(report.words for report in reports)
    sentences.append(_("Reported: %(reports)s.") % {"reports": reports_text} if reports else "")
    sentences.append("" if reports else _("No public report was found."))
    if row.state.completed_on and row.role != "announced":
        sentences.append(_("Completed: %(date)s.") % {"date": row.state.completed_on.label})
    sentences.append(schedule_words(row))
    return [sentence for sentence in sentences if sentence]


def announced_words(row: Commitment) -> str:
    """When it was announced."""
    return _("Announced %(day)s.") % {"day": date_format(row.release.issued_on)}


def deadline_words(row: Commitment) -> str:
    """The deadline; the first one too where it was moved."""
    first, current = row.state.original_deadline, row.state.deadline
    if current is None:
        return _("No deadline stated.")
    if first and first != current:
        return _("First deadline: %(first)s. Current deadline: %(current)s.") % {
            "first": first.label,
            "current": current.label,
        }
    if row.deadline_basis == DeadlineBasis.EVENT:
        return _("Date of the event, no deadline of its own: %(date)s.") % {"date": current.label}
    return _("Deadline: %(date)s.") % {"date": current.label}


def schedule_words(row: Commitment) -> str:
    """How it stands past its deadline; nothing where it does not."""
    if row.schedule == Schedule.UNREPORTED and row.deadline_basis == DeadlineBasis.EVENT:
        return _("The day of the event has passed and no report of the outcome was found.")
    if row.schedule == Schedule.UNREPORTED:
        return _("The deadline has passed and no report of the outcome was found.")
    days = row.days_late
    if not days:
        return ""
    shown = {"days": number_format(days, force_grouping=True)}
    if row.schedule == Schedule.MET_LATE:
        return ngettext("Late by at least %(days)s day.", "Late by at least %(days)s days.", days) % shown
    return ngettext("Overdue by %(days)s day.", "Overdue by %(days)s days.", days) % shown


# A strip for each area


def year_strips(filterset: CommitmentFilter, axis: Axis) -> list[YearStrip]:
    """Counts by area and year, made by the database."""
    statuses, by_year = status_counts(filterset)
    for area, year, number in reports_by_year(filterset):
        by_year[area][int(year), "reports"] = number
    highest = max((number for counts in by_year.values() for number in counts.values()), default=1)
    areas: list[Area | None] = [area for area in Area.objects.all() if area.pk in statuses]
    return [
        year_strip(filterset, area, statuses[pk], by_year[pk], year_bars(by_year[pk], axis, highest))
        for area in (*areas, *([None] if None in statuses else []))
        for pk in [area.pk if area else None]
    ]


def status_counts(filterset: CommitmentFilter) -> tuple[Counts[str], Counts[tuple[int, str]]]:
    """Of each area, how many commitments have each status, and how many were completed and fall due in each year."""
    statuses: Counts[str] = defaultdict(Counter)
    by_year: Counts[tuple[int, str]] = defaultdict(Counter)
    columns = ("area", "state__status", year_of("state__completed_on"), year_of("state__deadline"))
    for area, status, done, due, number in filterset.qs.order_by().values_list(*columns).annotate(number=Count("pk")):
        statuses[area][status] += number
        for what, year in (("done", done), ("due", due)):
            if year:
                by_year[area][int(year), what] += number
    return statuses, by_year


def reports_by_year(filterset: CommitmentFilter) -> Iterable[tuple[int | None, str, int]]:
    """Area, year and number of the reports that count on the day.

    By a join from the commitments: an IN over them took PostgreSQL minutes wherever it had no statistics yet.
    """
    reported = FilteredRelation("updates", condition=counting_updates(filterset.day, "updates__"))
    rows = filterset.qs.order_by().annotate(reported=reported).filter(reported__isnull=False)
    groups = rows.values_list("area", year_of("reported__date")).annotate(number=Count("reported"))
    return ((area, year, number) for area, year, number in groups)


def year_of(column: str) -> Substr:
    """A partial date's year, in SQL: every form of it begins with its year and lies within it."""
    return Substr(column, 1, 4)


def year_strip(
    filterset: CommitmentFilter,
    area: Area | None,
    statuses: Counter[str],
    by_year: Counter[tuple[int, str]],
    bars: list[dict[str, Any]],
) -> YearStrip:
    """One area's strip, with the addresses at which each of its commitments is shown."""
    total = statuses.total()
    lines_address = replace_params(filterset.data, page=None, per_page=None, sort=None, area=area.slug) if area else ""
    years = sorted({year for year, _what in by_year})
    return YearStrip(
        area=area,
        total=total,
        statuses=[(status, statuses[status]) for status in Status if statuses[status]],
        bars=bars,
        words=[year_words(year, by_year) for year in years],
        lines_address=lines_address if total <= MOST_OF_AN_AREA else "",
        list_address=list_address(filterset, area=area.slug) if area else "",
    )


def year_words(year: int, by_year: Counter[tuple[int, str]]) -> str:
    """A year's counts as a sentence."""
    return _("%(year)s: reports %(reports)s, completed %(done)s, deadlines %(due)s.") % {
        "year": year,
        **{what: number_format(by_year[year, what], force_grouping=True) for what in ("reports", "done", "due")},
    }


def year_bars(by_year: Counter[tuple[int, str]], axis: Axis, highest: int) -> list[dict[str, Any]]:
    """Three bars in each year, side by side, as rectangles that stand on the strip’s lower edge."""
    bars = []
    for year in range(axis.first_year, axis.last_year + 1):
        left = axis.at(date(year, 1, 1))
        width = axis.at(date(year, 12, 31), share=1) - left
        for place, what in enumerate(("reports", "done", "due")):
            height = bar_height(by_year[year, what], highest, STRIP_HEIGHT)
            x, bar_width = percent(left + width * (0.1 + 0.27 * place)), percent(width * 0.24)
            bars.append({"what": what, "x": x, "width": bar_width, "height": height})
    return [bar for bar in bars if bar["height"]]
