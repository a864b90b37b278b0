"""The page of a commitment that was put on record by mistake: it says so, on whatever day it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpResponse

from commitments.models import Commitment, LedgerEntry, Update
from commitments.web.pages import Page


def retracted_page(
    page: Page,
    commitment: Commitment,
    retraction: LedgerEntry,
    updates: Iterable[Update],
    at_entry: LedgerEntry | None = None,
) -> HttpResponse:
    """What was said, struck through; when and why it was taken back. `retraction`: the entry that did so."""
    return page.render(
        "retracted",
        at_entry=at_entry,
        noindex=True,
        commitment=commitment,
        retraction=retraction,
        updates=updates,
    )
