"""The timeline: what was announced, due and reported over the years, a line for each commitment.

Above some number of lines nobody reads them: then each area is one strip, which leads to its own lines.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from commitments.domain.choices import Level, Status
from commitments.i18n.phrases import join_list, join_sentences
from commitments.models import Area, Commitment, Occasion, Release
from commitments.public.charts import Axis, axis_for, percent
from commitments.public.commitment_list import filter_chips
from commitments.public.tallies import level_links, linked_count
from commitments.public.timeline_lines import (
    GAP,
    NARROWEST_TRACK,
    WHOLE,
    TimelineLine,
    text_width,
    timeline_lines,
    updates_by_commitment,
)
from commitments.public.timeline_strips import year_strips
from commitments.query.filters import CommitmentFilter
from commitments.query.localized import localize
from commitments.query.overview_sentences import NAMED_A_DATE
from commitments.query.standing import ANNOUNCED, DONE, LATE, MOVING, NONE, UNREAD
from commitments.web.links import replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import Page
from commitments.web.rate_limits import limit_search

# So many lines are still read and still light; above, areas stand for them.
MAX_LINES = 600
# The shapes that the key names where they are drawn, in its order.
KEY = {
    "announced-on": gettext_lazy("announced"),
    MOVING: gettext_lazy("progress reported"),
    Status.NOT_STARTED.role: gettext_lazy("reported not started"),
    DONE: gettext_lazy("delivered"),
    LATE: gettext_lazy("delivered late"),
    Status.STOPPED.role: gettext_lazy("stopped"),
    "again": gettext_lazy("confirmed again"),
    ANNOUNCED: gettext_lazy("already done when announced"),
    NONE: gettext_lazy("no evidence to this day"),
    UNREAD: gettext_lazy("not searched for yet"),
    "around": gettext_lazy("background news"),
    "searched": gettext_lazy("searched, nothing new found"),
    "earlier": gettext_lazy("earlier than these years"),
    "later": gettext_lazy("later than these years"),
}


@dataclass(frozen=True, slots=True)
class Band:
    """The lines of an area, how many of them are pledges, and the list of these."""

    area: Area | None
    lines: list[TimelineLine]
    pledges: int
    list_address: str


@dataclass(frozen=True, slots=True)
class HeadLabel:
    """The name of a day over the axis: right of its line, or left of it."""

    text: str
    x: str
    is_left: bool = False


@cache_public
def timeline(request: HttpRequest) -> HttpResponse:
    """Deadlines, reports and slips over the years; the list's filters apply."""
    filterset = CommitmentFilter(request.GET, localdate())
    is_valid = filterset.is_valid()
    page = Page(request, filterset.day, filterset.as_of)
    if not is_valid:
        return page.render("timeline", status=400, form=filterset.form)
    limit_search(request)
    extent = measure(filterset)
    context: dict[str, Any] = {"chips": filter_chips(filterset), "total": extent["total"]}
    issued = Release.objects.public(filterset.day)
    context |= draw(filterset, extent) if extent["total"] else {"issued": issued.exists()}
    return page.render("timeline", **context)


def measure(filterset: CommitmentFilter) -> dict[str, Any]:
    """How much there is to draw, by level; how many pledges name a date or have no evidence; and over which days."""
    extent: dict[str, Any] = filterset.qs.order_by().aggregate(
        total=Count("pk"),
        **{level.value: Count("pk", filter=Q(level=level)) for level in Level},
        with_deadline=Count("state__deadline_last", filter=Q(level=Level.PRIMARY)),
        without_report=Count("pk", filter=Q(level=Level.PRIMARY, state__status=Status.NO_REPORT)),
        first=Min("release__issued_on"),
        last=Max("state__deadline_last"),
        was_last=Max("state__original_deadline_last"),
    )
    return extent


def draw(filterset: CommitmentFilter, extent: dict[str, Any]) -> dict[str, Any]:
    """What is drawn: the axis with the days that are marked on it, and lines or strips by area."""
    last = max(filter(None, (extent["last"], extent["was_last"])), default=None)
    axis = axis_for(extent["first"], filterset.day, last)
    occasions = list(Occasion.objects.on_record().filter(day__gte=axis.first, day__lte=filterset.day))
    now = axis.middle(filterset.day, filterset.day)
    context = {
        "summary": summary(filterset, extent),
        "axis": axis,
        "now": percent(now),
        "occasions": [(occasion, percent(axis.middle(occasion.day, occasion.day))) for occasion in occasions],
    }
    if extent["total"] > MAX_LINES:
        labels = head_labels(filterset, axis, occasions, [extent["first"]])
        strips = year_strips(filterset, axis, partial(list_address, filterset), MAX_LINES)
        return context | {"strips": strips, "max_lines": MAX_LINES, "head": labels}
    bands = list(area_bands(filterset, axis))
    lines = [line for band in bands for line in band.lines]
    drawn = {shape for line in lines for shape in line.shapes}
    issued = sorted({line.commitment.release.issued_on for line in lines})
    return context | {
        "bands": bands,
        "drawn": drawn,
        "key": [(shape, words) for shape, words in KEY.items() if f"m-{shape}" in drawn],
        "head": head_labels(filterset, axis, occasions, issued),
    }


def list_address(filterset: CommitmentFilter, **filters: str) -> str:
    """The list with the filter of this page, and perhaps more."""
    query = replace_params(filterset.data, page=None, per_page=None, sort=None, **filters)
    return reverse("commitments") + query.removeprefix(".")


def head_labels(
    filterset: CommitmentFilter, axis: Axis, occasions: Iterable[Occasion], issued: Iterable[date]
) -> list[HeadLabel]:
    """The names of the days that are marked, the most important first; one that would cover another is left out."""
    day = filterset.day
    wanted = [(day, date_format(day) if filterset.as_of else _("today"), True)]
    wanted += [(issued_on, _("announced"), False) for issued_on in issued]
    wanted += [(occasion.day, localize(occasion, "name").text, False) for occasion in occasions]
    labels: list[HeadLabel] = []
    taken: list[tuple[float, float]] = []
    for label_day, text, prefers_left in wanted:
        x, width = axis.middle(label_day, label_day), 100 * (GAP + text_width(text)) / NARROWEST_TRACK
        for is_left in (prefers_left, not prefers_left):
            left, right = (x - width, x) if is_left else (x, x + width)
            if left >= 0 and right <= WHOLE and all(right <= start or end <= left for start, end in taken):
                taken.append((left, right))
                labels.append(HeadLabel(text, percent(x), is_left))
                break
    return labels


# What the page says of itself


def summary(filterset: CommitmentFilter, extent: dict[str, Any]) -> SafeString:
    """How many lines there are, how many pledges name a date and how many have no evidence; each with its list."""
    total, pledges, dated, silent = (
        extent[name] for name in ("total", Level.PRIMARY, "with_deadline", "without_report")
    )
    form = ngettext("Years run across; {what} runs down.", "Years run across; {what} run down.", total)
    if total > MAX_LINES:
        form = _("Years run across; areas run down, with {what}.")
    levels = level_links(extent, lambda level: list_address(filterset, level=level.value))
    sentences = [format_html(form, what=format_html(join_list(["{}"] * len(levels)), *levels))]
    if not dated and pledges > 1:
        sentences.append(escape(_("No pledge names a date.")))
    elif 0 < dated < pledges:
        form = (
            ngettext(
                'Only <a href="{href}">{number} pledge</a> names a date.',
                'Only <a href="{href}">{number} pledges</a> name a date.',
                dated,
            )
            if 2 * dated < pledges
            else ngettext(
                '<a href="{href}">{number} pledge</a> names a date.',
                '<a href="{href}">{number} pledges</a> name a date.',
                dated,
            )
        )
        sentences.append(linked_count(form, dated, list_address(filterset, level=Level.PRIMARY.value, **NAMED_A_DATE)))
    if silent:
        form = ngettext(
            '<a href="{href}">{number} pledge</a> runs to this day without evidence.',
            '<a href="{href}">{number} pledges</a> run to this day without evidence.',
            silent,
        )
        href = list_address(filterset, level=Level.PRIMARY.value, status=Status.NO_REPORT.value)
        sentences.append(linked_count(form, silent, href))
    return format_html(join_sentences(["{}"] * len(sentences)), *sentences)


# The lines


def area_bands(filterset: CommitmentFilter, axis: Axis) -> Iterable[Band]:
    """The lines of each area, in the areas' order."""
    rows = filterset.qs.select_related("area", "release")
    rows = list(rows.order_by(F("area__position").asc(nulls_last=True), "area__slug", "reference_key"))
    updates = updates_by_commitment(rows, filterset.day)
    for area, group in groupby(rows, key=lambda row: row.area):
        in_area: list[Commitment] = list(group)
        pledges = sum(row.level == Level.PRIMARY for row in in_area)
        address = list_address(filterset, area=area.slug, level=Level.PRIMARY.value) if area else ""
        yield Band(area, timeline_lines(in_area, updates, axis), pledges, address)
