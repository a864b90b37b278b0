"""Corrections, retractions and translations of what is public: at once, or with four eyes once a second one agrees.

The rules of the ledger itself are in `ledger.validation` and `ledger.translations`; here is who may bring what to it.
Everything runs in one transaction.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.domain.choices import ProposalState, ProposedAct
from commitments.ledger.append import append_entries, dry_run, lock_head
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.translations import (
    NewTranslation,
    check_translation,
    latest_translations,
    places_of_texts,
    record_translations,
)
from commitments.models import Commitment, EntryProposal, LedgerEntry
from commitments.workflow.actors import actor_for, translator_for
from commitments.workflow.entity_proposals import check_decline_reason, refuse_own_entities
from commitments.workflow.notices import SentBack, tell_authors, tell_of_waiting
from commitments.workflow.second_person import SecondPerson


def record_or_propose(new_entry: NewEntry, user: User) -> LedgerEntry | EntryProposal:
    """Record a correction or retraction; with four eyes ask another publisher to. ValidationError where refused."""
    with transaction.atomic():
        lock_head()
        if not settings.FOUR_EYES:
            return append_entries([new_entry])[0]
        if new_entry.commitment is None:
            raise LookupError(new_entry.kind)
        proposal = EntryProposal(
            act=ProposedAct(new_entry.kind),
            commitment=new_entry.commitment,
            target=new_entry.target,
            content=new_entry.content,
            author=user,
        )
        if _waits_already(proposal):
            raise ValidationError(_("The same waits for a publisher already."))
        dry_run([new_entry])
        proposal.save()
        tell_of_waiting(user)
        return proposal


def bring_translations(new_translations: Sequence[NewTranslation], user: User) -> tuple[int, int]:
    """Record translations, all or none; with four eyes, those of what is public wait. Raises ValidationError.

    Gives how many were recorded and how many wait now: of both, those that say something new.
    """
    with transaction.atomic():
        lock_head()
        for new_translation in new_translations:
            check_translation(new_translation)  # what waits, too: nobody should agree to what cannot be kept
        waiting = _public_changes(new_translations) if settings.FOUR_EYES else []
        kept = {id(translation) for translation, _before in waiting}
        at_once = [translation for translation in new_translations if id(translation) not in kept]
        recorded = record_translations(at_once, translator_for(user))
        proposed = _propose_translations(waiting, user)
        if proposed:
            tell_of_waiting(user)
        return recorded, proposed


def proposed_entry(proposal: EntryProposal, by: Actor) -> NewEntry:
    """The entry that a proposed correction or retraction would become."""
    key = f"entry-proposal/{proposal.pk}"
    return NewEntry(proposal.act, proposal.content, proposal.commitment, proposal.target, by, key)


def record_proposal(proposal: EntryProposal, user: User) -> EntryProposal:
    """Put it on record as the second person. ValidationError where the user is none, or the record has changed."""
    with transaction.atomic():
        stored = _lock_proposal(proposal)
        refuse_same_person(stored, user)
        if stored.act == ProposedAct.TRANSLATION:
            record_translations(_translations_as_proposed(stored), translator_for(user))
        else:
            new_entry = proposed_entry(stored, actor_for(user, stored.commitment))
            refuse_own_entities([new_entry], user)
            stored.published_as = append_entries([new_entry])[0]
        stored.decide(ProposalState.RECORDED, user)
        stored.save()
        return stored


def decline_proposal(proposal: EntryProposal, reason: str, user: User) -> None:
    """Decline it, or take back one's own; its author reads the reason."""
    check_decline_reason(reason)
    with transaction.atomic():
        stored = _lock_proposal(proposal)
        stored.declined_because = reason
        stored.decide(ProposalState.DECLINED, user)
        stored.save()
        sent_back = SentBack(str(stored), reason, "entryproposal", stored.pk, stored.commitment)
        tell_authors([(sent_back, {stored.author_id})], user)


def refuse_same_person(proposal: EntryProposal, user: User) -> None:
    """Raise ValidationError where the user is no second person for whoever proposed it."""
    own_message = _("You proposed it, and here somebody else must put it on record.")
    SecondPerson(user).refuse_same([proposal.author_id], own_message)


def _lock_proposal(proposal: EntryProposal) -> EntryProposal:
    """As it is stored, held until the transaction ends; ValidationError where somebody has decided on it."""
    lock_head()
    stored = EntryProposal.objects.select_for_update(of=("self",)).select_related("commitment", "target")
    locked = stored.get(pk=proposal.pk)
    if locked.state != ProposalState.WAITING:
        raise ValidationError(_("Somebody has decided on it already."))
    return locked


def _waits_already(proposal: EntryProposal) -> bool:
    same = {"act": proposal.act, "commitment": proposal.commitment, "target": proposal.target}
    waiting = EntryProposal.objects.filter(state=ProposalState.WAITING, **same)
    return any(other.content == proposal.content for other in waiting)


def _public_changes(new_translations: Sequence[NewTranslation]) -> list[tuple[NewTranslation, str]]:
    """Those that would change what the public reads now, each with what it says now."""
    changes: list[tuple[NewTranslation, str]] = []
    by_commitment = sorted(new_translations, key=lambda translation: translation.commitment.pk)
    latest = latest_translations(translation.commitment.pk for translation in new_translations)
    for key, group in groupby(by_commitment, key=lambda translation: translation.commitment.pk):
        changed = [
            (translation, before)
            for translation in group
            if (before := latest.get((key, translation.language, translation.source), "")) != translation.text
        ]
        if changed and (commitment := Commitment.objects.filter(pk=key, published_at__isnull=False).first()):
            places = places_of_texts(commitment)
            on_record = {text for text, found in places.items() if any(place.entry for place in found)}
            changes += [pair for pair in changed if pair[0].source in on_record]
    return changes


def _propose_translations(changes: Sequence[tuple[NewTranslation, str]], user: User) -> int:
    """One proposal for each commitment; gives how many translations wait now that did not before."""
    number = 0
    for key, group in groupby(changes, key=lambda change: change[0].commitment.pk):
        rows: list[dict[str, Any]] = [
            {"language": new.language, "source": new.source, "before": before, "text": new.text}
            for new, before in group
        ]
        commitment = Commitment.objects.get(pk=key)
        content = {"translations": rows}
        proposal = EntryProposal(act=ProposedAct.TRANSLATION, commitment=commitment, content=content, author=user)
        if not _waits_already(proposal):
            proposal.save()
            number += len(rows)
    return number


def _translations_as_proposed(proposal: EntryProposal) -> list[NewTranslation]:
    """What was proposed; ValidationError where one of them says something else by now."""
    rows = proposal.content["translations"]
    latest = latest_translations([proposal.commitment_id])
    if any(latest.get((proposal.commitment_id, row["language"], row["source"]), "") != row["before"] for row in rows):
        message = _("This has changed since the change was proposed. Decline it, and propose anew what is still right.")
        raise ValidationError(message)
    return [NewTranslation(proposal.commitment, row["language"], row["source"], row["text"]) for row in rows]
