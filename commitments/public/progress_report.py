"""The report between two days as a page, which prints as it stands: what `query.period` gathers, with its links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.domain.choices import ANNOUNCED, Change, Level, Schedule, Side, Status
from commitments.i18n.phrases import with_label
from commitments.models import Area, Organisation
from commitments.public.commitment_list import filter_chips
from commitments.query.filters import BREAKDOWNS, PeriodFilter
from commitments.query.localized import guess_language, localize, shorten
from commitments.query.period import (
    NOT_YET_PROMISED,
    PeriodLine,
    PeriodReport,
    ReportSection,
    build_report,
    classify_changes,
    iter_lines,
    period_title,
)
from commitments.web.links import DayLinks, keep_params, replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import render_page
from commitments.web.rate_limits import limit_search

MAX_EVIDENCE = 3  # pages of evidence linked from a row; its own page has them all
MAX_NOTE_WORDS = 30  # of a note in a row
# The headings of the breakdowns.
BREAKDOWN_HEADINGS = {
    "area": gettext_lazy("What changed, by area"),
    "owner": gettext_lazy("What changed, by owner"),
    "side": gettext_lazy("What changed, by side"),
}
# Filters that say the same of a commitment on any day: only with these has the first day a list to link to.
LASTING_FILTERS = {"area", "owner", "partner", "side", "kind", "level"}
OrganisationsByKey = Mapping[str, Organisation]


@dataclass(frozen=True, slots=True)
class ReportCell:
    """A number of a table, and the list or section that it counts, where there is one."""

    count: int
    address: str = ""

    @property
    def linked(self) -> SafeString:
        """The number, as a link where it has an address and counts anything."""
        shown = number_format(self.count, force_grouping=True)
        return format_html('<a href="{}">{}</a>', self.address, shown) if self.count and self.address else escape(shown)


@dataclass(frozen=True, slots=True)
class CountRow:
    """A row of numbers under a heading."""

    label: str | Promise
    cells: list[ReportCell]
    address: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A commitment in a section: its line, and how it stands against its deadline at the end. Days are not signed."""

    line: PeriodLine
    note: SafeString
    owners: list[str]
    schedule: Schedule
    days_late: int | None
    days_moved: int
    evidence: list[str]


@cache_public
def progress_report(request: HttpRequest) -> HttpResponse:
    """The report. An impossible question is answered 400 with what is wrong beside its field, and no report."""
    today = localdate()
    found = PeriodFilter(request.GET, today)
    if not found.is_valid():
        return render_page(request, "progress_report", today, status=400, **form_context(found))
    limit_search(request)
    bodies = {str(body.pk): body for body in Organisation.objects.all()}
    by = found.form.cleaned_data["by"] or "area"
    made = build_report(iter_lines(found.qs, found.first, found.day), breakdown_keys(by, bodies))
    then = DayLinks(found.day if found.day < today else None)
    context = form_context(found) | {
        "first": found.first,
        "last": found.day,
        "title": period_title(found.first, found.day),
        "printed_as": with_label(_("Public commitments"), period_title(found.first, found.day)),
        "then": then,
        "report": made,
        "total": ReportCell(made.total, pledges_address(found, found.day)),
        "tiles": summary_tiles(found, made),
        "announced": ReportCell(made.announced_before, announced_before_address(found)),
        "matrix": status_matrix(found, made),
        "parts": breakdown_rows(found, made, by, bodies),
        "by": dict(BREAKDOWNS)[by],
        "parts_heading": BREAKDOWN_HEADINGS[by],
        "statuses": Status,
        "changes": Change,
        "sections": report_sections(made, bodies, found.day),
    }
    return render_page(request, "progress_report", today, **context)


def form_context(found: PeriodFilter) -> dict[str, Any]:
    """The form, with what it keeps of the question, and the addresses of the same question elsewhere."""
    return {
        "form": found.form,
        "kept": [(name, value) for name in found.filters for value in found.data.getlist(name)],
        "chips": filter_chips(found),
        "cleared": reverse("progress_report") + replace_params(found.data, **dict.fromkeys(found.filters)),
        "question": replace_params(keep_params(found.data, ["from", "to", *found.filters])),
        "to_filter": list_address(found, None),
    }


def list_address(found: PeriodFilter, as_of: date | None, **values: str | list[str]) -> str:
    """The address of the list with the filters of the question, on a day."""
    day = as_of.isoformat() if as_of and as_of < found.today else None
    query = replace_params(keep_params(found.data, found.filters), as_of=day, **values)
    return reverse("commitments") + query.removeprefix(".")


def pledges_address(found: PeriodFilter, day: date, **values: str | list[str]) -> str:
    """The address of the list of the pledges of the report on a day."""
    return list_address(found, day, level=Level.PRIMARY.value, **values)


def pledges_address_at_start(found: PeriodFilter, **values: str | list[str]) -> str:
    """The same on the first day; nothing where a filter says of that day something else than of the last."""
    lasting = {name for name in found.filters if name in found.data} <= LASTING_FILTERS
    return pledges_address(found, found.first, **values) if lasting else ""


def announced_before_address(found: PeriodFilter) -> str:
    """The list of what was done when it was announced, before the first day or on it."""
    if "kind" in found.data:
        return ""
    return pledges_address_at_start(found, status=Status.COMPLETED.value, kind=[kind.value for kind in ANNOUNCED])


def breakdown_keys(by: str, bodies: OrganisationsByKey) -> Callable[[PeriodLine], Iterable[Any]]:
    """Under which values a line counts: its area, each owner, or the sides of its owners; None where it has none."""
    if by == "area":
        return lambda line: (line.area_id,)
    if by == "owner":
        return lambda line: line.owners.split(",") if line.owners else (None,)
    return lambda line: {bodies[key].side for key in line.owners.split(",")} if line.owners else (None,)


def summary_tiles(found: PeriodFilter, made: PeriodReport) -> list[CountRow]:
    """The numbers of the summary, each with its list or section."""
    numbers = [
        (_("newly promised"), Change.NEWLY_PROMISED, None),
        (_("completed"), Change.COMPLETED, None),
        (_("started"), Change.STARTED, None),
        (_("slipped"), Change.DEADLINE_MOVED, made.slipped),
        (_("stopped"), Change.STOPPED, None),
        (_("still without a report"), Change.NO_REPORT, None),
    ]
    return [
        CountRow(_("pledges at the start"), [ReportCell(made.before, pledges_address_at_start(found) or "#matrix")]),
        *(
            CountRow(
                label, [ReportCell(made.sections[change].pledges if number is None else number, section_id(change))]
            )
            for label, change, number in numbers
        ),
    ]


def status_matrix(found: PeriodFilter, made: PeriodReport) -> list[CountRow]:
    """Pledges by status at the start, a row each, and at the end, a cell each; then the sum. The last row sums up."""
    starts = (NOT_YET_PROMISED, *Status)
    by_start = []
    for start in starts:
        cells = [ReportCell(made.matrix[start, end], section_address(start, end)) for end in Status]
        address = (
            section_address(start) if start == NOT_YET_PROMISED else pledges_address_at_start(found, status=str(start))
        )
        total = ReportCell(sum(cell.count for cell in cells), address)
        by_start.append(CountRow(start_label(start), [*cells, total], status=start))
    sums = [
        ReportCell(
            sum(made.matrix[start, end] for start in starts), pledges_address(found, found.day, status=end.value)
        )
        for end in Status
    ]
    return [*by_start, CountRow(_("at the end"), [*sums, ReportCell(made.total, pledges_address(found, found.day))])]


def start_label(start: str) -> str | Promise:
    """The words for a status at the start."""
    return _("not yet promised") if start == NOT_YET_PROMISED else Status(start).label


def section_address(start: str, end: str = "") -> str:
    """The section in which the pledges of a cell stand; nothing for what did not change."""
    if start == NOT_YET_PROMISED:
        return section_id(Change.NEWLY_PROMISED)
    found = classify_changes(start, end, "", None)
    return section_id(found[0]) if found else ""


def section_id(change: Change) -> str:
    """Where a section stands on the page."""
    return f"#{change.value}"


def breakdown_rows(found: PeriodFilter, made: PeriodReport, by: str, bodies: OrganisationsByKey) -> list[CountRow]:
    """Pledges at the end and by change, a row for each area, owner or side, in their order; those without one last."""
    rows = []
    for key, label, value in breakdown_values(by, bodies):
        if key in made.parts:
            # Beside an owner asked for stand those who share a pledge with it: the list of theirs would be longer.
            whole = value and (by not in found.data or value in found.data.getlist(by))
            address = pledges_address(found, found.day, **{by: value}) if whole else ""
            rows.append(CountRow(label, breakdown_cells(made, key, address), address))
    return rows


def breakdown_cells(made: PeriodReport, key: Any, address: str) -> list[ReportCell]:
    """The numbers of one row of the breakdown."""
    counted = made.parts[key]
    return [ReportCell(counted[None], address), *(ReportCell(counted[change]) for change in Change)]


def breakdown_values(by: str, bodies: OrganisationsByKey) -> list[tuple[Any, str | Promise, str]]:
    """What a report may be broken down into: key, words, and the value of the list's filter."""
    if by == "area":
        areas = [(area.pk, localize(area, "name").text, area.slug) for area in Area.objects.all()]
        return [*areas, (None, _("Outside the areas"), "")]
    named = [(key, localize(body, "name").text, body.slug) for key, body in bodies.items()] if by == "owner" else []
    sides = [(side, side.label, side.value) for side in Side] if by == "side" else []
    return [*named, *sides, (None, _("No owner named"), "")]


def report_sections(made: PeriodReport, bodies: OrganisationsByKey, last: date) -> list[dict[str, Any]]:
    """The sections in their order; other changes only where there are any."""
    shown = [one for change, one in made.sections.items() if one.total or change != Change.OTHER]
    return [{"section": one, "rows": section_rows(one, bodies, last)} for one in shown]


def section_rows(section: ReportSection, bodies: OrganisationsByKey, last: date) -> list[ReportRow]:
    """The commitments that a section shows."""
    return [
        ReportRow(
            line,
            shorten(guess_language(line.note), MAX_NOTE_WORDS).marked,
            sorted(localize(bodies[key], "label").text for key in (line.owners or "").split(",") if key),
            line.schedule(last),
            line.days_late(last),
            abs(line.slip_days or 0),
            (line.evidence_urls or "").split()[:MAX_EVIDENCE],
        )
        for line in section.lines
    ]
