"""The desk, which the admin opens with: what waits for whoever signs in, each a count and the list that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.admin.base import may_publish, reach
from commitments.admin.listing import MINE, MISSING
from commitments.choices import CLOSED, DraftState, FeedbackState, Freshness, Schedule
from commitments.languages import CHINESE, names, suffix
from commitments.models import Affiliation, DraftUpdate, ErrorReport, LedgerEntry, Organisation, RedactionRequest
from commitments.querysets import CommitmentQuerySet

LATEST = 8  # ledger entries shown
OPEN = tuple(state for state in FeedbackState if state not in CLOSED)


@dataclass(frozen=True, slots=True)
class Tile:
    """A count, its words, and where it leads."""

    count: int
    label: str
    address: str


def desk(request: HttpRequest) -> dict[str, Any]:
    """What the page shows. The number of queries does not depend on how much there is."""
    affiliation = Affiliation.objects.filter(user=request.user.pk).select_related("organisation").first()
    works = request.user.has_perm("commitments.view_commitment")
    lost = works and affiliation is None and is_contributor(request)
    return {
        "organisation": affiliation.organisation if affiliation else None,
        "unaffiliated": lost,
        "commitments": of_commitments(request, affiliation, localdate()) if works and not lost else [],
        "drafts": of_drafts(request) if request.user.has_perm("commitments.view_draftupdate") else [],
        "others": of_others(request),
        "returned": returned(request),
        "latest": latest(request) if works else [],
    }


def is_contributor(request: HttpRequest) -> bool:
    """Whether the user works for one organisation alone."""
    return not request.user.has_perm("commitments.work_for_all")


def listed(model: str, **asked: str) -> str:
    """A list's address with filters."""
    return reverse(f"admin:commitments_{model}_changelist") + (f"?{urlencode(asked)}" if asked else "")


def of_commitments(request: HttpRequest, affiliation: Affiliation | None, day: date) -> list[Tile]:
    """Published commitments that the user works on, by what they need."""
    found = reach(request).as_of(day)
    tiles = []
    if affiliation:
        own = {} if is_contributor(request) else {"owner": MINE}
        count = found.owned_by([affiliation.organisation_id]).count()
        tiles.append(Tile(count, _("of my organisation"), listed("commitment", public="yes", **own)))
    needs: list[tuple[CommitmentQuerySet, str, dict[str, str]]] = [
        (found.past_deadline(), _("past their deadline"), {"schedule": "past"}),
        (found.due_soon(), _("due soon"), {"schedule": Schedule.DUE_SOON}),
        (found.due_for_review(day), _("due for review"), {"freshness": "review"}),
        (found.stale(), _("stale"), {"freshness": Freshness.STALE}),
        *(
            (found.filter(**{f"untranslated{suffix(language)}__gt": 0}), words, {"translation": language})
            for language, words in lacking().items()
        ),
    ]
    return tiles + [Tile(some.count(), words, listed("commitment", **asked)) for some, words, asked in needs]


def lacking() -> dict[str, str]:
    """What commitments lack of which a text is not translated, by language."""
    missing = _("with texts not yet translated: %(language)s")
    return {language: missing % {"language": names()[language]} for language in CHINESE}


def of_drafts(request: HttpRequest) -> list[Tile]:
    """Drafts of one's own, and those that wait for a decision."""
    within = DraftUpdate.objects.filter(commitment__in=reach(request))
    counts = within.aggregate(
        own=Count("pk", filter=Q(author=request.user.pk) & ~Q(state=DraftState.PUBLISHED)),
        waiting=Count("pk", filter=Q(state=DraftState.WAITING)),
    )
    waiting = _("drafts wait for you to publish them") if may_publish(request) else _("drafts wait for publishing")
    return [
        Tile(counts["own"], _("drafts of mine"), listed("draftupdate", state=MINE)),
        Tile(counts["waiting"], waiting, listed("draftupdate", state=DraftState.WAITING)),
    ]


def of_others(request: HttpRequest) -> list[Tile]:
    """What readers reported, redactions that wait for a second administrator, and names that are not translated."""
    tiles = []
    if request.user.has_perm("commitments.view_errorreport"):
        reports = ErrorReport.objects.filter(state__in=OPEN).count()
        tiles.append(Tile(reports, _("open reports from the public"), listed("errorreport", state__in=",".join(OPEN))))
    if request.user.has_perm("commitments.redact"):
        asked = RedactionRequest.objects.filter(decided_at=None).count()
        waiting = listed("redactionrequest", decided_at__isnull="True")
        tiles.append(Tile(asked, _("redactions for a second administrator to decide"), waiting))
    if request.user.has_perm("commitments.change_organisation"):
        unnamed = Organisation.objects.filter(Q(name_zh_hant="") | Q(name_zh_hans="")).count()
        address = listed("organisation", translation=MISSING)
        tiles.append(Tile(unnamed, _("organisations without a Chinese name"), address))
    return tiles


def returned(request: HttpRequest) -> list[DraftUpdate]:
    """One's own drafts that a publisher sent back, with the reason."""
    own = DraftUpdate.objects.filter(author=request.user.pk, state=DraftState.RETURNED, commitment__in=reach(request))
    return list(own.select_related("commitment")[:LATEST])


def latest(request: HttpRequest) -> list[LedgerEntry]:
    """What was recorded last of the commitments that the user works on."""
    entries = LedgerEntry.objects.exclude(commitment=None).select_related("commitment")
    if is_contributor(request):
        entries = entries.filter(commitment__in=reach(request))
    return list(entries.order_by("-sequence")[:LATEST])
