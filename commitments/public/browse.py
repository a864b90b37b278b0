"""The list: filters with the number that each choice would give, search, sort, pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments import facets
from commitments.filters import PER_PAGE, CommitmentFilter, known_names
from commitments.keeping import for_everybody
from commitments.limits import searching
from commitments.models import Commitment
from commitments.public.links import narrowed, replaced
from commitments.public.pages import page
from commitments.public.tables import CommitmentTable
from commitments.querysets import CommitmentQuerySet

PAGE_SIZES = (10, 25, 50, 100)
MOST_CHOICES = 15  # of one filter whose choices grow with the record: the most frequent are shown


@for_everybody
def commitments(request: HttpRequest) -> HttpResponse:
    """The list. An impossible question is answered 400 with what is wrong beside its field, and no table."""
    today = localdate()
    found = CommitmentFilter(request.GET, today)
    if not found.is_valid():
        return page(request, "commitments", found.day, as_of=found.as_of, status=400, **panel(found, {}))
    searching(request)
    asked = found.form.cleaned_data
    size = asked["per_page"] or PER_PAGE
    counted = facets.of(found)
    number, last = asked["page"] or 1, max(1, ceil(counted.total / size))
    shown = rows(found, counted.references((number - 1) * size, number * size)) if number <= last else []
    if number > last:
        found.form.add_error("page", _("There is no page %(page)s: see the first page.") % {"page": number})
        return page(request, "commitments", found.day, as_of=found.as_of, status=400, **panel(found, {}))
    return page(
        request,
        "commitments",
        found.day,
        as_of=found.as_of,
        rows=shown,
        headers=headers(CommitmentTable(shown), found),
        total=counted.total,
        number=number,
        last=last,
        previous=replaced(found.data, page=number - 1),
        next=replaced(found.data, page=number + 1),
        chips=chips(found),
        question=question(found),
        reported=reported(found),
        **panel(found, counted.counts),
    )


def question(found: CommitmentFilter) -> str:
    """The query string of the same list elsewhere: exports and feeds know no names but ours, and show no pages."""
    meaningful = [name for name in known_names() if name not in ("page", "per_page")]
    return replaced(narrowed(found.data, meaningful)).removeprefix(".")


def reported(found: CommitmentFilter) -> str:
    """The query string of the report on the same commitments, up to the day that is shown."""
    day = found.as_of.isoformat() if found.as_of else None
    return replaced(narrowed(found.data, found.filters), to=day).removeprefix(".")


def rows(found: CommitmentFilter, references: list[str]) -> list[Commitment]:
    """The commitments with these references, in this order, each as of the day."""
    rows = rows_on(found.day).in_bulk(references, field_name="reference")
    return [rows[reference] for reference in references]


@lru_cache(maxsize=8)
def rows_on(day: date) -> CommitmentQuerySet:
    """What rows of a table are asked by, never asked itself: to put the question together takes longer than to ask."""
    return Commitment.objects.as_of(day).for_rows()


def headers(table: CommitmentTable, found: CommitmentFilter) -> list[dict[str, Any]]:
    """The table's headers: title, the address that sorts by it, and how it is sorted now."""
    sort = found.form.cleaned_data["sort"] or "reference"
    return [
        {
            "title": column.header,
            "name": column.name,
            "address": replaced(found.data, sort=f"-{column.name}" if sort == column.name else column.name, page=None)
            if column.orderable
            else None,
            "sorted": {column.name: "ascending", f"-{column.name}": "descending"}.get(sort),
        }
        for column in table.columns
    ]


@dataclass(frozen=True, slots=True)
class Choice:
    """One box of the filter panel."""

    value: str
    label: str
    count: int | None
    ticked: bool


def panel(found: CommitmentFilter, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """The filter panel: each filter that is ticked, with its choices; counts are missing where a question is wrong."""
    size = getattr(found.form, "cleaned_data", {}).get("per_page") or PER_PAGE
    groups = [(found.form[name], choices(found, name, counts.get(name))) for name in found.ticked]
    return {
        "form": found.form,
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
        "asked": sum(name in found.filters for name in found.data),
    }


def choices(found: CommitmentFilter, name: str, counts: dict[str, int] | None) -> list[Choice]:
    """The choices of one filter. A vocabulary is shown whole; of what grows, what would give rows, most first."""
    asked = found.data.getlist(name)
    listed = [
        Choice(str(value), str(label), counts.get(str(value), 0) if counts is not None else None, str(value) in asked)
        for value, label in found.form.fields[name].choices
    ]
    if counts is None or name not in found.growing:
        return listed
    useful = sorted((one for one in listed if one.count or one.ticked), key=lambda one: -(one.count or 0))
    shown = {one.value for one in useful[:MOST_CHOICES]}
    return [one for one in useful if one.value in shown or one.ticked]


def chips(found: CommitmentFilter) -> list[dict[str, str]]:
    """What is filtered, in words: each with the address of the list without it."""
    made = []
    for name in found.filters:
        labels = {str(value): label for value, label in getattr(found.form.fields[name], "choices", ())}
        for value in dict.fromkeys(found.data.getlist(name)):
            others = [one for one in found.data.getlist(name) if one != value]
            made.append(
                {
                    "name": str(found.form[name].label),
                    "value": str(labels.get(value, value)),
                    "address": replaced(found.data, **{name: others or None}, page=None),
                }
            )
    return made
