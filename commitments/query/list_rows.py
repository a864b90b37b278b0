"""Commitments with all that a row of a table shows."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from commitments.models import Update
from commitments.models.commitment import CommitmentQuerySet


def list_rows(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """After `as_of(day)`: with the kind and date of the last entry, and the owners, which take one more query."""
    last_update = Update.objects.filter(
        commitment=OuterRef("pk"), effective_on=OuterRef("state__last_entry_on"), retracted_by=None
    ).exclude(date="")
    last_update = last_update.order_by("-entry")
    dated, kind = Subquery(last_update.values("date")[:1]), Subquery(last_update.values("kind")[:1])
    return commitments.annotate(last_dated=dated, last_kind=kind).prefetch_parties("owners")
