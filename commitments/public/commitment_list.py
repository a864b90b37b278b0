"""The list: filters with the number that each choice would give, search, sort, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any

import django_tables2 as tables
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from commitments.models import Commitment
from commitments.models.commitment import CommitmentQuerySet
from commitments.query.facets import count_choices
from commitments.query.filters import CommitmentFilter, list_params
from commitments.query.forms import PER_PAGE
from commitments.query.list_rows import list_rows
from commitments.web.links import keep_params, replace_params
from commitments.web.page_cache import cache_public
from commitments.web.pages import render_page
from commitments.web.rate_limits import limit_search

PAGE_SIZES = (10, 25, 50, 100)
MAX_CHOICES = 15  # of one filter whose choices grow with the record: the most frequent are shown


@cache_public
def commitment_list(request: HttpRequest) -> HttpResponse:
    """The list. An impossible question is answered 400 with what is wrong beside its field, and no table."""
    today = localdate()
    filterset = CommitmentFilter(request.GET, today)
    if not filterset.is_valid():
        return render_page(
            request, "commitments", filterset.day, as_of=filterset.as_of, status=400, **filter_panel(filterset, {})
        )
    limit_search(request)
    cleaned_data = filterset.form.cleaned_data
    size = cleaned_data["per_page"] or PER_PAGE
    facets = count_choices(filterset)
    number, last = cleaned_data["page"] or 1, max(1, ceil(facets.total / size))
    rows = page_rows(filterset, facets.references((number - 1) * size, number * size)) if number <= last else []
    if number > last:
        filterset.form.add_error("page", _("There is no page %(page)s: see the first page.") % {"page": number})
        return render_page(
            request, "commitments", filterset.day, as_of=filterset.as_of, status=400, **filter_panel(filterset, {})
        )
    return render_page(
        request,
        "commitments",
        filterset.day,
        as_of=filterset.as_of,
        rows=rows,
        headers=column_headers(CommitmentTable(rows), filterset),
        total=facets.total,
        number=number,
        last=last,
        previous=replace_params(filterset.data, page=number - 1),
        next=replace_params(filterset.data, page=number + 1),
        chips=filter_chips(filterset),
        question=list_query(filterset),
        reported=report_query(filterset),
        **filter_panel(filterset, facets.counts),
    )


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
            "address": replace_params(
                filterset.data, sort=f"-{column.name}" if sort == column.name else column.name, page=None
            )
            if column.orderable
            else None,
            "sorted": {column.name: "ascending", f"-{column.name}": "descending"}.get(sort),
        }
        for column in table.columns
    ]


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """One box of the filter panel."""

    value: str
    label: str
    count: int | None
    ticked: bool


def filter_panel(filterset: CommitmentFilter, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """The filter panel: each filter that is ticked, with its choices; counts are missing where a question is wrong."""
    size = getattr(filterset.form, "cleaned_data", {}).get("per_page") or PER_PAGE
    groups = [
        (filterset.form[name], filter_choices(filterset, name, counts.get(name)))
        for name in filterset.multi_choice_filters
    ]
    return {
        "form": filterset.form,
        "groups": groups,
        "parts": ",".join(
            [
                "#announcement:innerHTML",
                "#show",
                "#to-filters",
                "#sorting",
                "#languages",
                *(f"#facet_{field.name}" for field, _c in groups),
            ]
        ),
        "sizes": sorted({*PAGE_SIZES, size}),
        "size": size,
        "usual": PER_PAGE,
        "asked": sum(name in filterset.filters for name in filterset.data),
    }


def filter_choices(filterset: CommitmentFilter, name: str, counts: dict[str, int] | None) -> list[FilterChoice]:
    """The choices of one filter. A vocabulary is shown whole; of what grows, what would give rows, most first."""
    ticked_values = filterset.data.getlist(name)
    choices = [
        FilterChoice(
            str(value),
            str(label),
            counts.get(str(value), 0) if counts is not None else None,
            str(value) in ticked_values,
        )
        for value, label in filterset.form.fields[name].choices
    ]
    if counts is None or name not in filterset.data_driven_filters:
        return choices
    useful = sorted(
        (choice for choice in choices if choice.count or choice.ticked), key=lambda choice: -(choice.count or 0)
    )
    shown_values = {choice.value for choice in useful[:MAX_CHOICES]}
    return [choice for choice in useful if choice.value in shown_values or choice.ticked]


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
    """Reference, title, owners, deadline, status and the last entry. The filterset has put the rows in order."""

    reference = tables.Column(verbose_name=gettext_lazy("Reference"))
    title = tables.Column(verbose_name=gettext_lazy("Commitment"))
    owners = tables.Column(verbose_name=gettext_lazy("Owners"), orderable=False)
    deadline = tables.Column(verbose_name=gettext_lazy("Deadline"), accessor="state__deadline")
    status = tables.Column(verbose_name=gettext_lazy("Status"), accessor="state__status")
    last_entry = tables.Column(verbose_name=gettext_lazy("Last entry"), accessor="state__last_entry_on")

    class Meta:
        """Drawn by our template, so that status is word, shape and colour, and phones get cards."""

        model = Commitment
        fields = ("reference", "title", "owners", "deadline", "status", "last_entry")
