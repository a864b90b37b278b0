"""The report between two days as a page, which prints as it stands: what `query.period` gathers, with its links."""

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
from commitments.i18n.site_name import site_name
from commitments.models import Area, Commitment, Organisation
from commitments.public.commitment_list import filter_chips
from commitments.query import standing
from commitments.query.expressions import to_partial_date
from commitments.query.filters import PeriodFilter, period_params
from commitments.query.forms import BREAKDOWNS
from commitments.query.localized import localize
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
from commitments.query.verdicts import Verdict, verdict_of
from commitments.web.links import DayLinks, keep_params, replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import Page
from commitments.web.rate_limits import limit_search

# The headings of the breakdowns.
BREAKDOWN_HEADINGS = {
    "area": gettext_lazy("What changed, by area"),
    "owner": gettext_lazy("What changed, by owner"),
    "side": gettext_lazy("What changed, by side"),
}
# Of what moved and of what nobody reported on, the verdict would say again what stands beside it.
WITHOUT_VERDICT = (Change.DEADLINE_MOVED, Change.NO_REPORT)
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
    """A commitment in a section: its line, and how it stands against its deadline at the end. Days are not signed.

    `late_by`: how long it is late, in words. `verdict`: what became of it by the end, where more than a change is told.
    """

    line: PeriodLine
    owners: list[str]
    schedule: Schedule
    late_by: str
    days_moved: int
    evidence: list[str]
    verdict: Verdict | None


@cache_public
def progress_report(request: HttpRequest) -> HttpResponse:
    """The report. An impossible question is answered 400 with what is wrong beside its field, and no report."""
    today = localdate()
    filterset = PeriodFilter(request.GET, today)
    if not filterset.is_valid():
        return Page(request, today).render("progress_report", status=400, **form_context(filterset))
    limit_search(request)
    organisations = {str(organisation.pk): organisation for organisation in Organisation.objects.all()}
    by = filterset.form.cleaned_data["by"] or "area"
    lines = iter_lines(filterset.qs, filterset.first, filterset.day)
    report = build_report(lines, filterset.day, breakdown_keys(by, organisations))
    then = DayLinks(filterset.day if filterset.day < today else None)
    context = form_context(filterset) | {
        "first": filterset.first,
        "last": filterset.day,
        "title": period_title(filterset.first, filterset.day),
        "printed_as": with_label(site_name(), period_title(filterset.first, filterset.day)),
        "printed_address": request.build_absolute_uri(replace_params(keep_params(filterset.data, period_params()))),
        "then": then,
        "report": report,
        "total": ReportCell(report.total, pledges_address(filterset, filterset.day)),
        "tiles": summary_tiles(filterset, report),
        "announced": ReportCell(report.announced_before, announced_before_address(filterset)),
        "matrix": status_matrix(filterset, report),
        "parts": breakdown_rows(filterset, report, by, organisations),
        "by": dict(BREAKDOWNS)[by],
        "parts_heading": BREAKDOWN_HEADINGS[by],
        "overdue": ReportCell(report.overdue, overdue_address(filterset)),
        "statuses": Status,
        "changes": Change,
        "sections": report_sections(report, organisations, filterset.day),
    }
    return Page(request, today).render("progress_report", **context)


def form_context(filterset: PeriodFilter) -> dict[str, Any]:
    """The form, with what it keeps of the question, and the addresses of the same question elsewhere."""
    return {
        "form": filterset.form,
        "kept": [(name, value) for name in filterset.filters for value in filterset.data.getlist(name)],
        "chips": filter_chips(filterset),
        "cleared": reverse("progress_report") + replace_params(filterset.data, **dict.fromkeys(filterset.filters)),
        "question": replace_params(keep_params(filterset.data, ["from", "to", *filterset.filters])),
        "to_filter": list_address(filterset, None),
    }


def list_address(filterset: PeriodFilter, as_of: date | None, **values: str | list[str]) -> str:
    """The address of the list with the filters of the question, on a day."""
    day = as_of.isoformat() if as_of and as_of < filterset.today else None
    query = replace_params(keep_params(filterset.data, filterset.filters), as_of=day, **values)
    return reverse("commitments") + query.removeprefix(".")


def pledges_address(filterset: PeriodFilter, day: date, **values: str | list[str]) -> str:
    """The address of the list of the pledges of the report on a day."""
    return list_address(filterset, day, level=Level.PRIMARY.value, **values)


def pledges_address_at_start(filterset: PeriodFilter, **values: str | list[str]) -> str:
    """The same on the first day; nothing where a filter says of that day something else than of the last."""
    lasting = {name for name in filterset.filters if name in filterset.data} <= LASTING_FILTERS
    return pledges_address(filterset, filterset.first, **values) if lasting else ""


def overdue_address(filterset: PeriodFilter) -> str:
    """The list of what is unfinished past its deadline on the last day; nothing where the question has schedules."""
    if "schedule" in filterset.data:
        return ""
    return pledges_address(filterset, filterset.day, schedule=Schedule.OVERDUE.value)


def announced_before_address(filterset: PeriodFilter) -> str:
    """The list of what was done when it was announced, before the first day or on it."""
    if "kind" in filterset.data:
        return ""
    return pledges_address_at_start(filterset, status=Status.COMPLETED.value, kind=[kind.value for kind in ANNOUNCED])


def breakdown_keys(by: str, organisations: OrganisationsByKey) -> Callable[[PeriodLine], Iterable[Any]]:
    """Under which values a line counts: its area, each owner, or the sides of its owners; None where it has none."""
    if by == "area":
        return lambda line: (line.area_id,)
    if by == "owner":
        return lambda line: line.owners.split(",") if line.owners else (None,)
    return lambda line: {organisations[key].side for key in line.owners.split(",")} if line.owners else (None,)


def summary_tiles(filterset: PeriodFilter, report: PeriodReport) -> list[CountRow]:
    """The numbers of the summary, each with its list or section."""
    numbers: list[tuple[str | Promise, Change, int | None]] = [
        (Change.NEWLY_PROMISED.label, Change.NEWLY_PROMISED, None),
        (Change.COMPLETED.label, Change.COMPLETED, None),
        (_("of them late"), Change.COMPLETED, report.late),
        (Change.STARTED.label, Change.STARTED, None),
        (_("slipped"), Change.DEADLINE_MOVED, report.slipped),
        (Change.STOPPED.label, Change.STOPPED, None),
        (Change.NO_REPORT.label, Change.NO_REPORT, None),
    ]
    return [
        CountRow(
            _("pledges at the start"), [ReportCell(report.before, pledges_address_at_start(filterset) or "#matrix")]
        ),
        *(
            CountRow(
                label, [ReportCell(report.sections[change].pledges if number is None else number, section_id(change))]
            )
            for label, change, number in numbers
        ),
    ]


def status_matrix(filterset: PeriodFilter, report: PeriodReport) -> list[CountRow]:
    """Pledges by status at the start, a row each, and at the end, a cell each; then the sum. The last row sums up."""
    starts = (NOT_YET_PROMISED, *Status)
    by_start = []
    for start in starts:
        cells = [ReportCell(report.matrix[start, end], section_address(start, end)) for end in Status]
        label, address = _("not yet promised"), section_address(start)
        if start != NOT_YET_PROMISED:
            label, address = str(Status(start).label), pledges_address_at_start(filterset, status=str(start))
        total = ReportCell(sum(cell.count for cell in cells), address)
        by_start.append(CountRow(label, [*cells, total], status=start))
    sums = [
        ReportCell(
            sum(report.matrix[start, end] for start in starts),
            pledges_address(filterset, filterset.day, status=end.value),
        )
        for end in Status
    ]
    return [
        *by_start,
        CountRow(_("at the end"), [*sums, ReportCell(report.total, pledges_address(filterset, filterset.day))]),
    ]


def section_address(start: str, end: str = "") -> str:
    """The section in which the pledges of a cell stand; nothing for what did not change."""
    if start == NOT_YET_PROMISED:
        return section_id(Change.NEWLY_PROMISED)
    changes = classify_changes(start, end, "", None)
    return section_id(changes[0]) if changes else ""


def section_id(change: Change) -> str:
    """Where a section stands on the page."""
    return f"#{change.value}"


def breakdown_rows(
    filterset: PeriodFilter, report: PeriodReport, by: str, organisations: OrganisationsByKey
) -> list[CountRow]:
    """Pledges at the end and by change, a row for each area, owner or side, in their order; those without one last."""
    rows = []
    for key, label, value in breakdown_values(by, organisations):
        if key in report.parts:
            # Beside an owner asked for stand those who share a pledge with it: the list of theirs would be longer.
            whole = value and (by not in filterset.data or value in filterset.data.getlist(by))
            address = pledges_address(filterset, filterset.day, **{by: value}) if whole else ""
            rows.append(CountRow(label, breakdown_cells(report, key, address), address))
    return rows


def breakdown_cells(report: PeriodReport, key: Any, address: str) -> list[ReportCell]:
    """The numbers of one row of the breakdown."""
    counts = report.parts[key]
    return [ReportCell(counts[None], address), *(ReportCell(counts[change]) for change in Change)]


def breakdown_values(by: str, organisations: OrganisationsByKey) -> list[tuple[Any, str | Promise, str]]:
    """What a report may be broken down into: key, words, and the value of the list's filter."""
    if by == "area":
        areas = [(area.pk, localize(area, "name").text, area.slug) for area in Area.objects.all()]
        return [*areas, (None, _("Outside the areas"), "")]
    owners = (
        [(key, localize(organisation, "name").text, organisation.slug) for key, organisation in organisations.items()]
        if by == "owner"
        else []
    )
    sides = [(side, side.label, side.value) for side in Side] if by == "side" else []
    return [*owners, *sides, (None, _("No owner named"), "")]


def report_sections(report: PeriodReport, organisations: OrganisationsByKey, last: date) -> list[dict[str, Any]]:
    """The sections in their order; other changes only where there are any."""
    sections = [section for change, section in report.sections.items() if section.total or change != Change.OTHER]
    verdicts = verdicts_by_key(sections, last)
    return [{"section": section, "rows": section_rows(section, organisations, verdicts, last)} for section in sections]


def verdicts_by_key(sections: list[ReportSection], last: date) -> dict[int, Verdict]:
    """The verdict on each commitment of the sections that tell what became of it, on the last day. One query."""
    keys = {line.pk for section in sections if section.change not in WITHOUT_VERDICT for line in section.lines}
    commitments = Commitment.objects.as_of(last).filter(pk__in=keys) if keys else ()
    return {commitment.pk: verdict_of(commitment) for commitment in commitments}


def section_rows(
    section: ReportSection, organisations: OrganisationsByKey, verdicts: Mapping[int, Verdict], last: date
) -> list[ReportRow]:
    """The commitments that a section shows."""
    return [
        ReportRow(
            line,
            sorted(localize(organisations[key], "name").text for key in (line.owners or "").split(",") if key),
            line.schedule(last),
            lateness_of(line, last),
            abs(line.slip_days or 0),
            (line.evidence_urls or "").split(),
            None if section.change in WITHOUT_VERDICT else verdicts.get(line.pk),
        )
        for line in section.lines
    ]


def lateness_of(line: PeriodLine, last: date) -> str:
    """How long it is late on the last day, in words, where that is certain; else nothing."""
    deadline, completed_on = to_partial_date(line.deadline_end), to_partial_date(line.completed_on)
    length = standing.late_by(line.schedule(last), deadline, completed_on, last)
    return standing.late_words(length) if length else ""
