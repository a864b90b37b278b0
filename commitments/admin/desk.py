"""The desk, which the admin opens with: what waits for whoever signs in, each a count and the list that it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.admin.base import may_publish, reach
from commitments.choices import CLOSED, PAST_DEADLINE, DraftState, Freshness, Schedule
from commitments.models import Affiliation, DraftUpdate, ErrorReport, LedgerEntry, RedactionRequest

LATEST = 8  # ledger entries shown


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
    lost = works and affiliation is None and not request.user.has_perm("commitments.work_for_all")
    return {
        "organisation": affiliation.organisation if affiliation else None,
        "unaffiliated": lost,
        "commitments": of_commitments(request, affiliation, localdate()) if works and not lost else [],
        "drafts": of_drafts(request) if request.user.has_perm("commitments.view_draftupdate") else [],
        "others": of_others(request),
        "returned": returned(request),
        "latest": latest(request) if works else [],
    }


def listed(model: str, **asked: str) -> str:
    """A list's address with filters."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return reverse(f"admin:commitments_{model}_changelist") + (f"?{query}" if query else "")


def of_commitments(request: HttpRequest, affiliation: Affiliation | None, day: date) -> list[Tile]:
    """Published commitments that the user works on, by what they need; one query counts them all."""
    found = reach(request).as_of(day)
    review = found.due_for_review(day).order_by().values("pk")
    mine = Q(owners=affiliation.organisation_id) if affiliation else Q(pk=None)
    counts = found.aggregate(
        mine=Count("pk", filter=mine, distinct=True),
        past=Count("pk", filter=Q(schedule__in=PAST_DEADLINE), distinct=True),
        soon=Count("pk", filter=Q(schedule=Schedule.DUE_SOON), distinct=True),
        review=Count("pk", filter=Q(pk__in=review), distinct=True),
        stale=Count("pk", filter=Q(freshness=Freshness.STALE), distinct=True),
    )
    everything = request.user.has_perm("commitments.work_for_all")
    own = {"owner": "mine", "public": "yes"} if everything else {"public": "yes"}
    tiles = [Tile(counts["mine"], _("of my organisation"), listed("commitment", **own))] if affiliation else []
    return [
        *tiles,
        Tile(counts["past"], _("past their deadline"), listed("commitment", schedule="past")),
        Tile(counts["soon"], _("due soon"), listed("commitment", schedule="due_soon")),
        Tile(counts["review"], _("due for review"), listed("commitment", freshness="review")),
        Tile(counts["stale"], _("stale"), listed("commitment", freshness="stale")),
    ]


def of_drafts(request: HttpRequest) -> list[Tile]:
    """Drafts of one's own, and those that wait for a decision."""
    within = DraftUpdate.objects.filter(commitment__in=reach(request))
    counts = within.aggregate(
        own=Count("pk", filter=Q(author=request.user.pk) & ~Q(state=DraftState.PUBLISHED)),
        waiting=Count("pk", filter=Q(state=DraftState.WAITING)),
    )
    waiting = _("drafts wait for you to publish them") if may_publish(request) else _("drafts wait for publishing")
    return [
        Tile(counts["own"], _("drafts of mine"), listed("draftupdate", state="mine")),
        Tile(counts["waiting"], waiting, listed("draftupdate", state="waiting")),
    ]


def of_others(request: HttpRequest) -> list[Tile]:
    """What readers reported, and redactions that wait for a second administrator."""
    tiles = []
    if request.user.has_perm("commitments.view_errorreport"):
        reports = ErrorReport.objects.exclude(state__in=CLOSED).count()
        tiles.append(Tile(reports, _("open reports from the public"), listed("errorreport")))
    if request.user.has_perm("commitments.redact"):
        asked = RedactionRequest.objects.filter(decided_at=None).count()
        tiles.append(Tile(asked, _("redactions wait for a second administrator"), listed("redactionrequest")))
    return tiles


def returned(request: HttpRequest) -> list[DraftUpdate]:
    """One's own drafts that a publisher sent back, with the reason."""
    own = DraftUpdate.objects.filter(author=request.user.pk, state=DraftState.RETURNED)
    return list(own.select_related("commitment")[:LATEST])


def latest(request: HttpRequest) -> list[LedgerEntry]:
    """What was recorded last of the commitments that the user works on."""
    entries = LedgerEntry.objects.filter(commitment__in=reach(request)).select_related("commitment")
    return list(entries.order_by("-sequence")[:LATEST])
