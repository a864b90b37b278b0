"""An area's page: how its commitments stand."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from commitments.models import Area, Commitment, Section
from commitments.public.tallies import legend, sum_tallies, tally_by
from commitments.query.entity_changes import changes_of
from commitments.query.list_rows import list_rows
from commitments.web.links import DayLinks
from commitments.web.pages import day_page, render_page

MAX_ROWS = 100  # commitments on the page of an area or organisation; the list has the rest


@day_page
def area_page(request: HttpRequest, day: date, as_of: date | None, slug: str) -> HttpResponse:
    """Progress of one area."""
    area = get_object_or_404(Area.objects.public(localdate()), slug=slug)
    rows = Commitment.objects.as_of(day).filter(area=area)
    tally = sum_tallies(tally_by(rows, "area_id"))
    return render_page(
        request,
        "area",
        day,
        as_of=as_of,
        area=area,
        changes=changes_of(area),
        sections=Section.objects.filter(area=area, release__public_from__lte=day).select_related("release"),
        legend=legend(tally, DayLinks(as_of), area=slug),
        rows=list_rows(rows).order_by("reference_key")[:MAX_ROWS],
        tally=tally,
        shown=MAX_ROWS,
    )
