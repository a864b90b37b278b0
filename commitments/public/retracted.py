"""The page of a commitment that was put on record by mistake: it says so, on whatever day it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localdate

from commitments.models import Commitment, LedgerEntry, Update
from commitments.web.pages import render_page


def retracted_page(
    request: HttpRequest,
    commitment: Commitment,
    retraction: LedgerEntry,
    updates: Iterable[Update],
    *,
    as_of: date | None = None,
    at_entry: LedgerEntry | None = None,
) -> HttpResponse:
    """What was said, struck through; when and why it was taken back. `retraction`: the entry that did so."""
    return render_page(
        request,
        "retracted",
        as_of or localdate(),
        as_of=as_of,
        at_entry=at_entry,
        noindex=True,
        commitment=commitment,
        retraction=retraction,
        updates=updates,
    )
