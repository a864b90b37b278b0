"""Which pages of evidence are asked again, and what is kept of the answers."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from commitments.models import Evidence, LinkCheck
from commitments.models.link_check import FAILED


def urls_to_check(now: datetime, max_age: timedelta) -> list[str]:
    """The pages that standing evidence rests on, without those that were asked within `max_age`."""
    lately = LinkCheck.objects.filter(url=OuterRef("url"), checked_at__gt=now - max_age)
    standing = Evidence.objects.standing().filter(~Exists(lately))
    return list(standing.order_by("url").values_list("url", flat=True).distinct())


def store_link_check(check: LinkCheck) -> None:
    """Keep what came of asking for a page, and since when it fails."""
    before = LinkCheck.objects.filter(url=check.url).first()
    if check.outcome in FAILED:
        check.failing_since = (before and before.failing_since) or check.checked_at
    check.pk = before.pk if before else None
    check.save()


def references_by_url(urls: Iterable[str]) -> dict[str, list[str]]:
    """The commitments whose standing evidence a page is."""
    rows = Evidence.objects.standing().filter(url__in=list(urls))
    references: dict[str, list[str]] = {}
    named = rows.order_by("update__commitment__reference").values_list("url", "update__commitment__reference")
    for url, reference in named.distinct():
        references.setdefault(url, []).append(reference)
    return references
