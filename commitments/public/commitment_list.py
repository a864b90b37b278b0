"""The list: filters with the number that each choice would give, search, sort, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any

import django_tables2 as tables
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from commitments.domain.choices import Level, Side, Status
from commitments.models import Commitment
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.tallies import level_links
from commitments.query import standing
from commitments.query.facets import FacetResult, count_choices
from commitments.query.filters import CommitmentFilter, list_params
from commitments.query.forms import PER_PAGE
from commitments.query.list_rows import list_rows
from commitments.web.links import keep_params, replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import Page
from commitments.web.rate_limits import limit_search

PAGE_SIZES = (10, 25, 50, 100)
MAX_CHOICES = 15  # of one filter whose choices grow with the record: the most frequent are shown
WHOLE_UP_TO = 60  # a list of so many stands on one page, unless another length is asked for
# The panel, in this order; what is open stands open, the rest only where something is asked of it. `checked`, which
# links of ours use, has no boxes: its chip takes it away.
PANEL = (
    *("status", "delivered", "side", "area", "schedule", "late", "evidence", "freshness", "silent"),
    *("owner", "partner", "kind", "level", "release", "repeated"),
)
OPEN = ("status", "delivered", "side", "area")
IN_THEIR_ORDER = ("area", "release")  # the others that grow: the most frequent first
# How the panel offers to sort, beside what was asked for: the heads of the columns do the rest.
PANEL_SORTS = ("", "-last_news", "last_news", "deadline", "title", "status")
# The marks of choices, as the rows have them; and what a choice is called in the panel, where its word alone misleads.
ROLES: dict[str, dict[str, str]] = {
    "status": {status.value: status.role for status in Status if status != Status.COMPLETED},
    "delivered": {"announced": standing.ANNOUNCED, "since": standing.DONE},
    "late": {"yes": standing.LATE},
}
LABELS = {("status", Status.COMPLETED.value): gettext_lazy("delivered, or done when announced")}
# Shown only where one of them has something.
RARE_SIDES = (Side.BOTH, Side.NATIONAL, Side.OTHER)


@cache_public
def commitment_list(request: HttpRequest) -> HttpResponse:
    """The list. An impossible question is answered 400 with what is wrong beside its field, and no table."""
    filterset = CommitmentFilter(request.GET, localdate())
    is_valid = filterset.is_valid()
    page = Page(request, filterset.day, filterset.as_of)
    if not is_valid:
        return page.render("commitments", status=400, **filter_panel(filterset, {}))
    limit_search(request)
    cleaned_data = filterset.form.cleaned_data
    facets = count_choices(filterset)
    size = cleaned_data["per_page"] or (PER_PAGE if facets.total > WHOLE_UP_TO else WHOLE_UP_TO)
    number, last = cleaned_data["page"] or 1, max(1, ceil(facets.total / size))
    rows = page_rows(filterset, facets.references((number - 1) * size, number * size)) if number <= last else []
    if number > last:
        filterset.form.add_error("page", _("There is no page %(page)s: see the first page.") % {"page": number})
        return page.render("commitments", status=400, **filter_panel(filterset, {}))
    return page.render(
        "commitments",
        rows=rows,
        headers=column_headers(CommitmentTable(rows), filterset),
        total=facets.total,
        summary=count_levels(filterset, facets),
        last_checked_on=facets.last_checked_on,
        number=number,
        last=last,
        previous=replace_params(filterset.data, page=number - 1),
        next=replace_params(filterset.data, page=number + 1),
        chips=filter_chips(filterset),
        question=list_query(filterset),
        reported=report_query(filterset),
        **filter_panel(filterset, facets.counts),
    )


def count_levels(filterset: CommitmentFilter, facets: FacetResult) -> SafeString:
    """Of what the rows are, so that their number can be held against those of the overview, which counts pledges."""
    numbers = {level.value: facets.count("level", level) for level in Level}
    parts = level_links(numbers, lambda level: replace_params(filterset.data, level=level.value, page=None))
    sentences = (
        pgettext("how many of each sort", "{}."),
        pgettext("how many of each sort", "{} and {}."),
        pgettext("how many of each sort", "{}, {} and {}."),
    )
    return format_html(sentences[len(parts) - 1], *parts) if parts else SafeString("")


def list_query(filterset: CommitmentFilter) -> str:
    """The query string of the same list elsewhere: exports and feeds know no names but ours, and show no pages."""
    meaningful = [name for name in list_params() if name not in ("page", "per_page")]
    return replace_params(keep_params(filterset.data, meaningful)).removeprefix(".")


def report_query(filterset: CommitmentFilter) -> str:
    """The query string of the report on the same commitments, up to the day that is shown."""
    day = filterset.as_of.isoformat() if filterset.as_of else None
    return replace_params(keep_params(filterset.data, filterset.filters), to=day).removeprefix(".")


def page_rows(filterset: CommitmentFilter, references: list[str]) -> list[Commitment]:
    """The commitments with these references, in this order, each as of the day."""
    rows = rows_as_of(filterset.day).in_bulk(references, field_name="reference")
    return [rows[reference] for reference in references]


@lru_cache(maxsize=8)
def rows_as_of(day: date) -> CommitmentQuerySet:
    """The query for rows of a table, kept because building it takes longer than running it. It is never run itself."""
    return list_rows(Commitment.objects.as_of(day))


def column_headers(table: CommitmentTable, filterset: CommitmentFilter) -> list[dict[str, Any]]:
    """The table's headers: title, the address that sorts by it, and how it is sorted now."""
    sort = filterset.form.cleaned_data["sort"] or "reference"
    return [
        {
            "title": column.header,
            "name": column.name,
            "address": replace_params(filterset.data, sort=next_sort(column.name, sort), page=None)
            if column.orderable
            else None,
            "sorted": {column.name: "ascending", f"-{column.name}": "descending"}.get(sort),
        }
        for column in table.columns
    ]


def next_sort(column: str, sort: str) -> str:
    """How the head of a column sorts: forwards first, news the latest first, and then the other way round."""
    first, then = (f"-{column}", column) if column == "last_news" else (column, f"-{column}")
    return then if sort == first else first


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One box of the filter panel. `role`: of the mark beside its words, if it has one."""

    value: str
    label: str
    count: int | None
    ticked: bool
    role: str = ""


@dataclass(frozen=True, slots=True)
class FilterGroup:
    """One filter of the panel."""

    field: BoundField
    choices: list[FilterChoice]
    is_open: bool


def filter_panel(filterset: CommitmentFilter, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """The filter panel: each filter that is ticked, with its choices; counts are missing where a question is wrong."""
    asked_size = getattr(filterset.form, "cleaned_data", {}).get("per_page")
    groups = [
        FilterGroup(
            filterset.form[name],
            filter_choices(filterset, name, counts.get(name)),
            name in OPEN or bool(filterset.form[name].data),
        )
        for name in PANEL
    ]
    swapped = ("#announcement:innerHTML", "#show", "#to-filters", "#sorting", "#languages")
    return {
        "form": filterset.form,
        "groups": groups,
        "sorts": sort_choices(filterset),
        "parts": ",".join([*swapped, *(f"#facet_{group.field.name}" for group in groups)]),
        "sizes": sorted({*PAGE_SIZES, asked_size or PER_PAGE}),
        "size": asked_size,
        "usual": PER_PAGE,
        "whole": WHOLE_UP_TO,
        "asked": sum(name in filterset.filters for name in filterset.data),
    }


def sort_choices(filterset: CommitmentFilter) -> list[tuple[str, str]]:
    """How the panel offers to sort; what was asked for among it."""
    asked = filterset.form["sort"].value() or ""
    choices = dict(filterset.form.fields["sort"].choices)
    return [(value, str(choices[value])) for value in dict.fromkeys([*PANEL_SORTS, asked]) if value in choices]


def filter_choices(filterset: CommitmentFilter, name: str, counts: dict[str, int] | None) -> list[FilterChoice]:
    """The choices of one filter. A vocabulary is shown whole; of what grows, what would give rows, the most of them."""
    ticked_values, roles = filterset.data.getlist(name), ROLES.get(name, {})
    choices = [
        FilterChoice(
            str(value),
            str(LABELS.get((name, str(value)), label)),
            counts.get(str(value), 0) if counts is not None else None,
            str(value) in ticked_values,
            roles.get(str(value), ""),
        )
        for value, label in filterset.form.fields[name].choices
    ]
    if name == "side":
        choices = [choice for choice in choices if choice.count or choice.ticked or choice.value not in RARE_SIDES]
    if counts is None or name not in filterset.data_driven_filters:
        return choices
    useful = [choice for choice in choices if choice.count or choice.ticked]
    most = sorted(useful, key=lambda choice: -(choice.count or 0))
    shown_values = {choice.value for choice in most[:MAX_CHOICES]}
    in_order = useful if name in IN_THEIR_ORDER else most
    return [choice for choice in in_order if choice.value in shown_values or choice.ticked]


def filter_chips(filterset: CommitmentFilter) -> list[dict[str, str]]:
    """What is filtered, in words: each with the address of the list without it."""
    chips = []
    for name in filterset.filters:
        labels = {str(value): label for value, label in getattr(filterset.form.fields[name], "choices", ())}
        for value in dict.fromkeys(filterset.data.getlist(name)):
            other_values = [other for other in filterset.data.getlist(name) if other != value]
            chips.append(
                {
                    "name": str(filterset.form[name].label),
                    "value": str(labels.get(value, value)),
                    "address": replace_params(filterset.data, **{name: other_values or None}, page=None),
                }
            )
    return chips


class CommitmentTable(tables.Table):
    """Reference, title, who must deliver, status, by when, and the latest news. The filterset has sorted the rows."""

    reference = tables.Column(verbose_name=gettext_lazy("Ref."))
    title = tables.Column(verbose_name=gettext_lazy("Pledge"))
    owners = tables.Column(verbose_name=gettext_lazy("Who must deliver"), orderable=False)
    status = tables.Column(verbose_name=gettext_lazy("Status"), accessor="state__status")
    deadline = tables.Column(verbose_name=gettext_lazy("Due"), accessor="state__deadline")
    last_news = tables.Column(verbose_name=gettext_lazy("Latest news"), accessor="state__last_news_on")

    class Meta:
        # Drawn by our template, so that status is word, shape and colour, and phones get cards.
        model = Commitment
        fields = ("reference", "title", "owners", "status", "deadline", "last_news")
