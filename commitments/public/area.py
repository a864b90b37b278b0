"""An area's page: how its commitments stand."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from commitments.models import Area, Commitment, Section
from commitments.public.tallies import legend, sum_tallies, tally_by
from commitments.query.entity_changes import changes_of
from commitments.query.list_rows import list_rows
from commitments.web.pages import Page, day_page

MAX_ROWS = 100  # commitments on the page of an area or organisation; the list has the rest


@day_page
def area_page(page: Page, slug: str) -> HttpResponse:
    """Progress of one area."""
    area = get_object_or_404(Area.objects.public(localdate()), slug=slug)
    rows = Commitment.objects.as_of(page.day).filter(area=area)
    tally = sum_tallies(tally_by(rows, "area_id"))
    return page.render(
        "area",
        area=area,
        changes=changes_of(area),
        sections=Section.objects.filter(area=area, release__public_from__lte=page.day).select_related("release"),
        legend=legend(tally, page.links, area=slug),
        rows=list_rows(rows).order_by("reference_key")[:MAX_ROWS],
        tally=tally,
        shown=MAX_ROWS,
    )
