"""The dashboard (“Desk”), which the admin opens with: what waits for whoever signs in, as counts that lead to lists."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.accounts.kept_forms import waiting_forms
from commitments.admin.base import accessible_commitments, may_publish, staff_user
from commitments.admin.list_filters import MINE, MINE_WAITING, MISSING
from commitments.domain.choices import CLOSED_STATES, DraftState, ErrorReportState, Freshness, ProposalState, Schedule
from commitments.i18n.languages import CHINESE, column_suffix, language_names
from commitments.models import (
    Affiliation,
    Commitment,
    DraftCommitment,
    DraftUpdate,
    EntityProposal,
    EntryProposal,
    ErrorReport,
    Intake,
    LedgerEntry,
    LinkCheck,
    Organisation,
    RedactionRequest,
)
from commitments.models.commitment import CommitmentQuerySet
from commitments.query.entries import with_retractions
from commitments.workflow.draft_states import ReturnedDraft, returned_drafts

MAX_LATEST = 8  # ledger entries shown
DECIDED_LATELY = timedelta(days=30)  # for so long the author of a proposal is told what became of it
OPEN_STATES = tuple(state for state in ErrorReportState if state not in CLOSED_STATES)


@dataclass(frozen=True, slots=True)
class Card:
    """A count, its words, and where it leads."""

    count: int
    label: str
    address: str


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """What the page shows. The number of queries does not depend on how much there is."""
    affiliation = Affiliation.objects.filter(user=request.user.pk).select_related("organisation").first()
    may_view = request.user.has_perm("commitments.view_commitment")
    assigned = Commitment.objects.assigned_to_staff(request.user)
    unaffiliated = may_view and is_contributor(request) and not (affiliation or assigned.exists())
    return {
        "organisation": affiliation.organisation if affiliation else None,
        "unaffiliated": unaffiliated,
        "commitments": commitment_cards(request, affiliation, localdate()) if may_view and not unaffiliated else [],
        "drafts": draft_cards(request) if request.user.has_perm("commitments.view_draftupdate") else [],
        "others": [*proposal_cards(request), *other_cards(request)],
        "typed": waiting_forms(request),
        "returned": drafts_returned_to(request),
        "proposals": decided_proposals(request),
        "latest": latest_ledger_entries(request) if may_view else [],
    }


def is_contributor(request: HttpRequest) -> bool:
    """Whether the user works for one organisation alone."""
    return not request.user.has_perm("commitments.work_for_all")


def list_url(model: str, **filters: str) -> str:
    """A list's address with filters."""
    return reverse(f"admin:commitments_{model}_changelist") + (f"?{urlencode(filters)}" if filters else "")


def commitment_cards(request: HttpRequest, affiliation: Affiliation | None, day: date) -> list[Card]:
    """Published commitments that the user works on, by what they need."""
    commitments = accessible_commitments(request).as_of(day)
    cards = []
    if affiliation:
        count = commitments.owned_by([affiliation.organisation_id]).count()
        cards.append(Card(count, _("of my organisation"), list_url("commitment", public="yes", owner=MINE)))
    if assigned := Commitment.objects.assigned_to_staff(request.user).count():
        cards.append(Card(assigned, _("assigned to me or my office"), list_url("commitment", assigned=MINE)))
    needs: list[tuple[CommitmentQuerySet, str, dict[str, str]]] = [
        (commitments.past_deadline(), _("past their deadline"), {"schedule": "past"}),
        (commitments.due_soon(), _("due soon"), {"schedule": Schedule.DUE_SOON}),
        (commitments.due_for_review(day), _("due for review"), {"freshness": "review"}),
        (commitments.stale(), _("no news for over a year"), {"freshness": Freshness.STALE}),
        *(
            (commitments.filter(**{f"untranslated{column_suffix(language)}__gt": 0}), label, {"translation": language})
            for language, label in missing_translation_labels().items()
        ),
    ]
    return cards + [
        Card(queryset.count(), label, list_url("commitment", **filters)) for queryset, label, filters in needs
    ]


def missing_translation_labels() -> dict[str, str]:
    """What commitments lack of which a text is not translated, by language."""
    missing = _("with texts not yet translated: %(language)s")
    return {language: missing % {"language": language_names()[language]} for language in CHINESE}


def draft_cards(request: HttpRequest) -> list[Card]:
    """Drafts of one's own, and those that wait for a decision; draft commitments for those who may draft them."""
    drafts = DraftUpdate.objects.filter(commitment__in=accessible_commitments(request))
    updates = count_drafts(request, drafts.exclude(state=DraftState.PUBLISHED))
    waiting_label = (
        _("drafts wait for you to publish them") if may_publish(request) else _("drafts wait for publishing")
    )
    cards = [
        Card(updates["own"], _("drafts of mine"), list_url("draftupdate", state=MINE)),
        Card(updates["waiting"], waiting_label, list_url("draftupdate", state=DraftState.WAITING)),
    ]
    if not request.user.has_perm("commitments.change_commitment"):
        return cards
    commitments = count_drafts(request, DraftCommitment.objects.filter(commitment__published_at=None))
    waiting_label = (
        _("draft commitments wait for you to publish them")
        if may_publish(request)
        else _("draft commitments wait for publishing")
    )
    return [
        *cards,
        Card(commitments["own"], _("draft commitments of mine"), list_url("commitment", draft=MINE)),
        Card(commitments["waiting"], waiting_label, list_url("commitment", draft=DraftState.WAITING)),
    ]


def count_drafts(request: HttpRequest, unpublished: QuerySet[Any]) -> dict[str, int]:
    """How many are one's own, and how many wait."""
    return unpublished.aggregate(
        own=Count("pk", filter=Q(author=request.user.pk)), waiting=Count("pk", filter=Q(state=DraftState.WAITING))
    )


def proposal_cards(request: HttpRequest) -> list[Card]:
    """Proposed changes of names and descriptions that wait, and one's own among them."""
    if not request.user.has_perm("commitments.view_entityproposal"):
        return []
    waiting = EntityProposal.objects.filter(state=ProposalState.WAITING)
    counts = waiting.aggregate(own=Count("pk", filter=Q(author=request.user.pk)), waiting=Count("pk"))
    label = (
        _("changes of names and descriptions wait for you to put them on record")
        if may_publish(request)
        else _("changes of names and descriptions wait for a publisher")
    )
    return [
        *entry_proposal_cards(request),
        Card(counts["waiting"], label, list_url("entityproposal", state=ProposalState.WAITING)),
        Card(counts["own"], _("of these I proposed"), list_url("entityproposal", state=MINE_WAITING)),
    ]


def entry_proposal_cards(request: HttpRequest) -> list[Card]:
    """Corrections, retractions and translations that wait for a second publisher: where it takes one, or took one."""
    if not request.user.has_perm("commitments.view_entryproposal"):
        return []
    waiting = EntryProposal.objects.filter(state=ProposalState.WAITING).count()
    label = _("corrections, retractions and translations wait for a second publisher")
    card = Card(waiting, label, list_url("entryproposal", state=ProposalState.WAITING))
    return [card] if waiting or settings.FOUR_EYES else []


def other_cards(request: HttpRequest) -> list[Card]:
    """What readers reported, redactions that wait for a second administrator, and names that are not translated."""
    cards = []
    if request.user.has_perm("commitments.view_errorreport"):
        report_count = ErrorReport.objects.filter(state__in=OPEN_STATES).count()
        cards.append(
            Card(
                report_count,
                _("open reports from the public"),
                list_url("errorreport", state__in=",".join(OPEN_STATES)),
            )
        )
    if request.user.has_perm("commitments.change_intake"):
        label = _("releases being read, with sentences that are not decided")
        cards.append(Card(Intake.objects.undecided().count(), label, list_url("intake")))
    if request.user.has_perm("commitments.redact"):
        request_count = RedactionRequest.objects.filter(decided_at=None).count()
        address = list_url("redactionrequest", decided_at__isnull="True")
        cards.append(Card(request_count, _("redactions for a second administrator to decide"), address))
    if request.user.has_perm("commitments.view_linkcheck"):
        address = list_url("linkcheck", outcome="failed")
        cards.append(Card(LinkCheck.objects.failed().count(), _("pages of evidence that answer no more"), address))
    if request.user.has_perm("commitments.change_organisation"):
        unnamed_count = Organisation.objects.filter(Q(name_zh_hant="") | Q(name_zh_hans="")).count()
        address = list_url("organisation", translation=MISSING)
        cards.append(Card(unnamed_count, _("organisations without a Chinese name"), address))
    return cards


def drafts_returned_to(request: HttpRequest) -> list[ReturnedDraft]:
    """One's own drafts that a publisher sent back, with the reason."""
    returned = returned_drafts([staff_user(request)])
    named = {draft.commitment.pk for draft in returned}
    within_reach = set(accessible_commitments(request).filter(pk__in=named).values_list("pk", flat=True))
    return [draft for draft in returned if draft.commitment.pk in within_reach][:MAX_LATEST]


def decided_proposals(request: HttpRequest) -> list[EntityProposal]:
    """What became of one's own proposals of late: on record, or declined with the reason."""
    decided_since = timezone.now() - DECIDED_LATELY
    proposals = EntityProposal.objects.filter(author=request.user.pk, decided_at__gte=decided_since)
    return list(proposals.select_related("published_as").order_by("-decided_at")[:MAX_LATEST])


def latest_ledger_entries(request: HttpRequest) -> list[LedgerEntry]:
    """What was recorded last of the commitments that the user works on, and of names and descriptions."""
    entries = with_retractions(LedgerEntry.objects.exclude(commitment=None, entity="").select_related("commitment"))
    if is_contributor(request):
        entries = entries.filter(commitment__in=accessible_commitments(request))
    return list(entries.order_by("-sequence")[:MAX_LATEST])
