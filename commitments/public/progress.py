"""The report between two days as a page, which prints as it stands: what `reports.period` gathers, with its links."""

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

from commitments.choices import ANNOUNCED, Change, Level, Schedule, Side, Status
from commitments.filters import BREAKDOWNS, PeriodFilter
from commitments.keeping import for_everybody
from commitments.limits import searching
from commitments.models import Area, Organisation
from commitments.public.browse import chips
from commitments.public.links import Links, narrowed, replaced
from commitments.public.pages import page
from commitments.reports.period import NOT_YET_PROMISED, Line, Report, Section, changes, lines, report, title
from commitments.translations import guessed, said, shortened
from commitments.wording import labelled

EVIDENCE = 3  # pages of evidence linked from a row; its own page has them all
WORDS = 30  # of a note in a row
# The headings of the breakdowns.
PARTS = {
    "area": gettext_lazy("What changed, by area"),
    "owner": gettext_lazy("What changed, by owner"),
    "side": gettext_lazy("What changed, by side"),
}
# Filters that say the same of a commitment on any day: only with these has the first day a list to link to.
LASTING = {"area", "owner", "partner", "side", "kind", "level"}
Bodies = Mapping[str, Organisation]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table, and the list or section that it counts, where there is one."""

    count: int
    address: str = ""

    @property
    def linked(self) -> SafeString:
        """The number, as a link where it has an address and counts anything."""
        shown = number_format(self.count, force_grouping=True)
        return format_html('<a href="{}">{}</a>', self.address, shown) if self.count and self.address else escape(shown)


@dataclass(frozen=True, slots=True)
class Counts:
    """A row of numbers under a heading."""

    label: str | Promise
    cells: list[Cell]
    address: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A commitment in a section: its line, and how it stands against its deadline at the end. Days are not signed."""

    line: Line
    note: SafeString
    owners: list[str]
    schedule: Schedule
    days_late: int | None
    days_moved: int
    evidence: list[str]


@for_everybody
def progress(request: HttpRequest) -> HttpResponse:
    """The report. An impossible question is answered 400 with what is wrong beside its field, and no report."""
    today = localdate()
    found = PeriodFilter(request.GET, today)
    if not found.is_valid():
        return page(request, "progress", today, status=400, **asked(found))
    searching(request)
    bodies = {str(body.pk): body for body in Organisation.objects.all()}
    by = found.form.cleaned_data["by"] or "area"
    made = report(lines(found.qs, found.first, found.day), keys_of(by, bodies))
    then = Links(found.day if found.day < today else None)
    context = asked(found) | {
        "first": found.first,
        "last": found.day,
        "title": title(found.first, found.day),
        "printed_as": labelled(_("Public commitments"), title(found.first, found.day)),
        "then": then,
        "report": made,
        "total": Cell(made.total, listed(found, found.day)),
        "tiles": tiles(found, made),
        "announced": Cell(made.announced_before, announced_before(found)),
        "matrix": matrix(found, made),
        "parts": breakdown(found, made, by, bodies),
        "by": dict(BREAKDOWNS)[by],
        "parts_heading": PARTS[by],
        "statuses": Status,
        "changes": Change,
        "sections": sections(made, bodies, found.day),
    }
    return page(request, "progress", today, **context)


def asked(found: PeriodFilter) -> dict[str, Any]:
    """The form, with what it keeps of the question, and the addresses of the same question elsewhere."""
    return {
        "form": found.form,
        "kept": [(name, value) for name in found.filters for value in found.data.getlist(name)],
        "chips": chips(found),
        "cleared": reverse("progress") + replaced(found.data, **dict.fromkeys(found.filters)),
        "question": replaced(narrowed(found.data, ["from", "to", *found.filters])),
        "to_filter": of_the_list(found, None),
    }


def of_the_list(found: PeriodFilter, as_of: date | None, **values: str | list[str]) -> str:
    """The address of the list with the filters of the question, on a day."""
    day = as_of.isoformat() if as_of and as_of < found.today else None
    query = replaced(narrowed(found.data, found.filters), as_of=day, **values)
    return reverse("commitments") + query.removeprefix(".")


def listed(found: PeriodFilter, day: date, **values: str | list[str]) -> str:
    """The address of the list of the pledges of the report on a day."""
    return of_the_list(found, day, level=Level.PRIMARY.value, **values)


def listed_at_the_start(found: PeriodFilter, **values: str | list[str]) -> str:
    """The same on the first day; nothing where a filter says of that day something else than of the last."""
    lasting = {name for name in found.filters if name in found.data} <= LASTING
    return listed(found, found.first, **values) if lasting else ""


def announced_before(found: PeriodFilter) -> str:
    """The list of what was done when it was announced, before the first day or on it."""
    if "kind" in found.data:
        return ""
    return listed_at_the_start(found, status=Status.COMPLETED.value, kind=[kind.value for kind in ANNOUNCED])


def keys_of(by: str, bodies: Bodies) -> Callable[[Line], Iterable[Any]]:
    """Under which values a line counts: its area, each owner, or the sides of its owners; None where it has none."""
    if by == "area":
        return lambda line: (line.area_id,)
    if by == "owner":
        return lambda line: line.owners.split(",") if line.owners else (None,)
    return lambda line: {bodies[key].side for key in line.owners.split(",")} if line.owners else (None,)


def tiles(found: PeriodFilter, made: Report) -> list[Counts]:
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
        Counts(_("pledges at the start"), [Cell(made.before, listed_at_the_start(found) or "#matrix")]),
        *(
            Counts(label, [Cell(made.sections[change].pledges if number is None else number, section_id(change))])
            for label, change, number in numbers
        ),
    ]


def matrix(found: PeriodFilter, made: Report) -> list[Counts]:
    """Pledges by status at the start, a row each, and at the end, a cell each; then the sum. The last row sums up."""
    starts = (NOT_YET_PROMISED, *Status)
    by_start = []
    for start in starts:
        cells = [Cell(made.matrix[start, end], section_of(start, end)) for end in Status]
        address = section_of(start) if start == NOT_YET_PROMISED else listed_at_the_start(found, status=str(start))
        total = Cell(sum(cell.count for cell in cells), address)
        by_start.append(Counts(label_of(start), [*cells, total], status=start))
    sums = [
        Cell(sum(made.matrix[start, end] for start in starts), listed(found, found.day, status=end.value))
        for end in Status
    ]
    return [*by_start, Counts(_("at the end"), [*sums, Cell(made.total, listed(found, found.day))])]


def label_of(start: str) -> str | Promise:
    """The words for a status at the start."""
    return _("not yet promised") if start == NOT_YET_PROMISED else Status(start).label


def section_of(start: str, end: str = "") -> str:
    """The section in which the pledges of a cell stand; nothing for what did not change."""
    if start == NOT_YET_PROMISED:
        return section_id(Change.NEWLY_PROMISED)
    found = changes(start, end, "", None)
    return section_id(found[0]) if found else ""


def section_id(change: Change) -> str:
    """Where a section stands on the page."""
    return f"#{change.value}"


def breakdown(found: PeriodFilter, made: Report, by: str, bodies: Bodies) -> list[Counts]:
    """Pledges at the end and by change, a row for each area, owner or side, in their order; those without one last."""
    rows = []
    for key, label, value in values_of(by, bodies):
        if key in made.parts:
            # Beside an owner asked for stand those who share a pledge with it: the list of theirs would be longer.
            whole = value and (by not in found.data or value in found.data.getlist(by))
            address = listed(found, found.day, **{by: value}) if whole else ""
            rows.append(Counts(label, numbers(made, key, address), address))
    return rows


def numbers(made: Report, key: Any, address: str) -> list[Cell]:
    """The numbers of one row of the breakdown."""
    counted = made.parts[key]
    return [Cell(counted[None], address), *(Cell(counted[change]) for change in Change)]


def values_of(by: str, bodies: Bodies) -> list[tuple[Any, str | Promise, str]]:
    """What a report may be broken down into: key, words, and the value of the list's filter."""
    if by == "area":
        areas = [(area.pk, said(area, "name").text, area.slug) for area in Area.objects.all()]
        return [*areas, (None, _("Outside the areas"), "")]
    named = [(key, said(body, "name").text, body.slug) for key, body in bodies.items()] if by == "owner" else []
    sides = [(side, side.label, side.value) for side in Side] if by == "side" else []
    return [*named, *sides, (None, _("No owner named"), "")]


def sections(made: Report, bodies: Bodies, last: date) -> list[dict[str, Any]]:
    """The sections in their order; other changes only where there are any."""
    shown = [one for change, one in made.sections.items() if one.total or change != Change.OTHER]
    return [{"section": one, "rows": rows(one, bodies, last)} for one in shown]


def rows(section: Section, bodies: Bodies, last: date) -> list[Row]:
    """The commitments that a section shows."""
    return [
        Row(
            line,
            shortened(guessed(line.note), WORDS).marked,
            sorted(said(bodies[key], "label").text for key in (line.owners or "").split(",") if key),
            line.schedule(last),
            line.days_late(last),
            abs(line.slip_days or 0),
            (line.evidence_urls or "").split()[:EVIDENCE],
        )
        for line in section.lines
    ]
