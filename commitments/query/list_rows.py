"""Commitments with all that a row of a table shows."""

from django.db.models import OuterRef, Subquery

from commitments.domain.choices import EntryKind
from commitments.models import Update
from commitments.models.commitment import CommitmentQuerySet


def list_rows(commitments: CommitmentQuerySet) -> CommitmentQuerySet:
    """After `as_of(day)`: with the kind and date of the latest news, and the owners, which take one more query."""
    news = Update.objects.filter(
        commitment=OuterRef("pk"),
        effective_on=OuterRef("state__last_news_on"),
        kind__in=(EntryKind.REPORT, EntryKind.CONTEXT),
        retracted_by=None,
    ).exclude(date="")
    news = news.order_by("-entry")
    dated, kind = Subquery(news.values("date")[:1]), Subquery(news.values("kind")[:1])
    return commitments.annotate(news_dated=dated, news_kind=kind).prefetch_parties("owners")
