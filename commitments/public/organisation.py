"""An organisation's page: what it owns and what it takes part in."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from commitments.domain.choices import Level, OrganisationKind, Side
from commitments.models import Commitment, Organisation
from commitments.models.commitment import CommitmentQuerySet
from commitments.public.area import MAX_ROWS
from commitments.public.tallies import legend, sum_tallies, tally_by
from commitments.query.entity_changes import changes_of
from commitments.query.list_rows import list_rows
from commitments.web.links import DayLinks
from commitments.web.pages import Page, day_page


@day_page
def organisation_page(page: Page, slug: str) -> HttpResponse:
    """What one organisation owns, and what it takes part in; a government's page shows both sides."""
    organisation = get_object_or_404(Organisation.objects.public(localdate()), slug=slug)
    rows = Commitment.objects.as_of(page.day)
    tally = sum_tallies(tally_by(rows.owned_by([organisation]), "level"))
    return page.render(
        "organisation",
        organisation=organisation,
        changes=changes_of(organisation),
        owned=first_rows(rows.owned_by([organisation])),
        joined=first_rows(rows.joined_by([organisation])),
        pledges=tally.total,
        not_counted=tally.not_counted,
        legend=legend(tally, page.links, owner=slug),
        sides=side_tallies(rows, page.links) if organisation.kind == OrganisationKind.GOVERNMENT else [],
        shown=MAX_ROWS,
    )


def first_rows(rows: CommitmentQuerySet) -> dict[str, Any]:
    """The first rows, and how many there are in all."""
    return {"rows": list_rows(rows).order_by("reference_key")[:MAX_ROWS], "total": rows.count()}


def side_tallies(rows: CommitmentQuerySet, links: DayLinks) -> list[dict[str, Any]]:
    """How the pledges of each side stand; what both must deliver counts for both."""
    return [
        {
            "side": side,
            "tally": tally,
            "legend": legend(tally, links, side=side),
            "address": links.commitments(level=Level.PRIMARY, side=side),
        }
        for side in (Side.HONG_KONG, Side.SHANGHAI)
        for tally in [sum_tallies(tally_by(rows.of_side([side]), "level"))]
    ]
