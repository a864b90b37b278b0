"""Redactions take two people: one administrator asks for one, another carries it out or declines.

Which words of an entry may go is a rule of the ledger: `REDACTABLE_FIELDS` in `ledger.redaction_rules`.
"""

from dataclasses import replace

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.choices import ProposalState, Role
from commitments.ledger.append import append_entries, dry_run, lock_head, new_redaction
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import rows_for_entities, split_entity
from commitments.ledger.entity_validation import recorded_entity_fields
from commitments.ledger.new_entries import NewEntry
from commitments.models import Commitment, DraftUpdate, EntityProposal, EntryProposal, LedgerEntry, RedactionRequest
from commitments.workflow.actors import actor_for
from commitments.workflow.notices import REDACT, tell_of_waiting
from commitments.workflow.removed_words import clear_log, drop_kept_work, removed_words
from commitments.workflow.second_person import SecondPerson


def request_redaction(entry: LedgerEntry, remaining: Content | None, reason: str, user: User) -> RedactionRequest:
    """Ask another administrator to remove text; ValidationError where the ledger would refuse it."""
    with transaction.atomic():
        lock_head()
        if RedactionRequest.objects.filter(entry=entry, decided_at=None).exists():
            raise ValidationError(_("A redaction of this entry is asked for already, and waits for a decision."))
        dry_run([redaction_by(entry, remaining, reason, user)])
        asked = RedactionRequest.objects.create(entry=entry, remaining=remaining, reason=reason, asked_by=user)
        tell_of_waiting(user, REDACT)
        return asked


def decide_redaction(request: RedactionRequest, user: User, *, granted: bool) -> None:
    """Carry out what somebody else asked for, or decline it; whoever asked may only withdraw it."""
    with transaction.atomic():
        lock_head()
        stored = RedactionRequest.objects.select_for_update(of=("self",)).select_related("entry").get(pk=request.pk)
        if stored.decided_at:
            raise ValidationError(_("Somebody has decided on it already."))
        if granted:
            refuse_same_administrator(stored, user)
        stored.decided_by, stored.decided_at, stored.granted = user, timezone.now(), granted
        stored.save()
        if granted:
            entity = stored.entry.subject.entity
            recorded = recorded_entity_fields([entity]) if entity else {}
            words = removed_words(stored.entry.data or {}, stored.remaining)
            append_entries([redaction_by(stored.entry, stored.remaining, stored.reason, user)])
            _clear_staff_copies(stored.entry, words, user)
            if entity:
                _bring_proposals_up_to_date(entity, recorded[entity])


def refuse_same_administrator(request: RedactionRequest, user: User) -> None:
    """Raise ValidationError where the user is no second administrator for whoever asked for it."""
    own_message = _("You asked for it yourself. A redaction takes a second administrator.")
    SecondPerson(user).refuse_same([request.asked_by_id], own_message, carries_out=True)


def redaction_by(entry: LedgerEntry, remaining: Content | None, reason: str, user: User) -> NewEntry:
    """The entry that removes words, as an administrator records it."""
    by = actor_for(user, entry.subject.commitment)
    return new_redaction(entry, remaining, reason, replace(by, role=Role.ADMINISTRATOR))


def _clear_staff_copies(entry: LedgerEntry, words: set[str], user: User) -> None:
    """Take the removed words out of what staff keep beside the ledger: earlier requests, the admin's log, and so on."""
    RedactionRequest.objects.filter(entry__in=[entry, entry.subject]).exclude(decided_at=None).update(remaining=None)
    log_entries = LogEntry.objects.filter(content_type__app_label="commitments")
    drafts = DraftUpdate.objects.filter(published_as__in=[entry, entry.subject]).values_list("pk", flat=True)
    clear_log(log_entries.filter(content_type__model="draftupdate", object_id__in=map(str, drafts)), words)
    drop_kept_work(entry.subject.commitment, words)
    if commitment := entry.subject.commitment:
        commitment_log = log_entries.filter(content_type__model="commitment", object_id=str(commitment.pk))
        clear_log(commitment_log, words, commitment.reference)
        _clear_entry_proposals(commitment, user)
    if entity := entry.subject.entity:
        _clear_copies_of_entity(entity, words)


def _clear_entry_proposals(commitment: Commitment, user: User) -> None:
    """What was proposed of its words is emptied, and what still waits declined: it would say what was removed."""
    proposals = EntryProposal.objects.filter(commitment=commitment)
    reason = _("Words of this commitment were redacted meanwhile. Propose anew what is still right.")
    proposals.exclude(state=ProposalState.WAITING).exclude(declined_because="").update(declined_because="–")
    waiting = proposals.filter(state=ProposalState.WAITING)
    waiting.update(state=ProposalState.DECLINED, declined_because=reason, decided_by=user, decided_at=timezone.now())
    proposals.update(content={})


def _clear_copies_of_entity(entity: str, words: set[str]) -> None:
    """What was proposed of it and is decided, for a later proposal says what an earlier one said; and its log."""
    kind, slug = split_entity(entity)
    proposals = EntityProposal.objects.filter(kind=kind, slug=slug)
    proposals.exclude(state=ProposalState.WAITING).update(changes={}, reason="", declined_because="")
    keys = [str(key) for key in proposals.values_list("pk", flat=True)]
    log_entries = LogEntry.objects.filter(content_type__app_label="commitments")
    clear_log(log_entries.filter(content_type__model="entityproposal", object_id__in=keys), words, entity)
    for row in rows_for_entities([entity]).values():
        log = log_entries.filter(content_type__model=row._meta.model_name, object_id=str(row.pk))
        clear_log(log, words, entity)


def _bring_proposals_up_to_date(entity: str, recorded: Content) -> None:
    """What waits was proposed upon words that are removed now: it says what is left of them, and can be recorded."""
    kind, slug = split_entity(entity)
    now = recorded_entity_fields([entity])[entity]
    for proposal in EntityProposal.objects.filter(kind=kind, slug=slug, state=ProposalState.WAITING):
        for name, change in proposal.changes.items():
            if change["before"] == recorded.get(name, ""):
                change["before"] = now.get(name, "")
        proposal.save(update_fields=["changes"])
