"""Draft commitments: sent, returned and published, one or many; and corrections. Both may take four eyes.

The rules of the ledger itself are in `ledger.validation`. Everything runs in one transaction, and a refusal names the
commitment that stopped it.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.domain.choices import DraftState
from commitments.ledger.append import (
    EntryRefusedError,
    append_entries,
    check_entries,
    dry_run,
    lock_head,
    new_correction,
    new_publication,
)
from commitments.ledger.contents import PARTIES
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import Commitment, DraftCommitment, LedgerEntry
from commitments.workflow.actors import actor_for, actors_for
from commitments.workflow.draft_edits import authors_of_commitments, begin_drafts
from commitments.workflow.draft_states import mark_returned, mark_waiting
from commitments.workflow.entity_proposals import first_recorded_with, refuse_own_entities
from commitments.workflow.notices import SentBack, tell_authors, tell_of_waiting
from commitments.workflow.second_person import SecondPerson, may_publish_work_of, refused_as

T = TypeVar("T")


class PublicationRefusedError(ValidationError):
    """A commitment cannot be published, so none of those asked for was. `commitment` says which."""

    def __init__(self, commitment: Commitment, problem: ValidationError) -> None:
        super().__init__(problem)
        self.commitment = commitment


def publish_commitments(commitments: Sequence[Commitment], user: User) -> list[LedgerEntry]:
    """Publish drafts, each after what it is part of, all or none. Raises PublicationRefusedError."""
    with transaction.atomic():
        lock_head()
        drafts = _stored_drafts(commitments)
        new_entries = _new_publications(drafts, user)
        entries = _with_entries(drafts, new_entries, append_entries)
        _mark_published(drafts, entries)
        return entries


def check_publishable(commitment: Commitment, user: User) -> None:
    """Raise ValidationError, by field, where the user could not publish the draft now. Stores nothing."""
    attempt_publication([commitment], lambda: None, user)


def attempt_publication(commitments: Sequence[Commitment], look: Callable[[], T], user: User | None = None) -> T:
    """What `look` sees once drafts are public, of which nothing stays. Raises PublicationRefusedError.

    `user`: who is to publish them; without one, whoever may.
    """
    drafts = _stored_drafts(commitments)
    seen: T = _with_entries(drafts, _new_publications(drafts, user), lambda entries: dry_run(entries, look))
    return seen


def send_commitments(commitments: Sequence[Commitment], user: User) -> None:
    """Ask the publishers to decide on drafts. PublicationRefusedError where nobody could publish them together."""
    with transaction.atomic():
        lock_head()
        drafts = _stored_drafts(commitments)
        _with_entries(drafts, _new_publications(drafts), check_entries)
        begin_drafts([draft.pk for draft in drafts], user)
        mark_waiting(DraftCommitment.objects.filter(commitment__in=drafts))
        tell_of_waiting(user)


def return_commitments(commitments: Sequence[Commitment], reason: str, user: User) -> None:
    """Return drafts to those who wrote them, with the reason. ValidationError without one."""
    with transaction.atomic():
        begin_drafts([commitment.pk for commitment in commitments])
        mark_returned(DraftCommitment.objects.filter(commitment__in=commitments), reason)
        authors = authors_of_commitments(commitments)
        sent_back = [
            (SentBack(str(draft), reason, "commitment", draft.pk, draft), authors[draft.pk]) for draft in commitments
        ]
        tell_authors(sent_back, user)


def may_publish_commitment(commitment: Commitment | None, user: User) -> bool:
    """Whether the user may publish a draft; None for one that the user is about to write."""
    if commitment is None or commitment.pk is None:
        return may_publish_work_of(user, lambda: {user.pk})
    return may_publish_work_of(user, lambda: authors_of_commitments([commitment])[commitment.pk])


def correction_by(commitment: Commitment, values: dict[str, Any], reason: str, user: User) -> NewEntry:
    """The entry that puts public fields right: field to new value, as a form gives them. ValidationError, by field."""
    correction = new_correction(commitment, values, reason, actor_for(user, commitment))
    refuse_own_entities([correction], user)
    return correction


def in_order_of_parts(commitments: Sequence[Commitment]) -> list[Commitment]:
    """By reference, but each after what it is part of, where that is among them, too."""
    waiting = sorted(commitments, key=lambda commitment: str(commitment.reference))
    ordered: list[Commitment] = []
    while waiting:
        keys = {commitment.pk for commitment in waiting}
        ready = [commitment for commitment in waiting if commitment.part_of_id not in keys] or waiting
        ordered += ready
        waiting = [commitment for commitment in waiting if commitment not in ready]
    return ordered


def _new_publications(drafts: Sequence[Commitment], user: User | None = None) -> list[NewEntry]:
    """The entries that publish drafts; PublicationRefusedError for one that this user must leave to somebody else."""
    actor = actors_for(user, drafts) if user else None
    new_entries = [new_publication(draft, actor(draft) if actor else Actor()) for draft in drafts]
    if user:
        _refuse_same_person(drafts, user)
        for draft, new_entry in zip(drafts, new_entries, strict=True):
            with refused_as(PublicationRefusedError, draft):
                refuse_own_entities([new_entry], user)
    return new_entries


def _refuse_same_person(drafts: Sequence[Commitment], user: User) -> None:
    """With four eyes, raise PublicationRefusedError for a draft in which the user had a hand, or is barred for now."""
    if not settings.FOUR_EYES:
        return
    second_person, authors = SecondPerson(user), authors_of_commitments(drafts)
    own_message = _("You wrote, changed or translated a part of it, and here somebody else must publish it.")
    for draft in drafts:
        with refused_as(PublicationRefusedError, draft):
            second_person.refuse_same(authors[draft.pk], own_message)


def _stored_drafts(commitments: Sequence[Commitment]) -> list[Commitment]:
    """The drafts as they are stored, with what a publication says, in the order in which they are to be recorded."""
    stored = Commitment.objects.filter(pk__in=[commitment.pk for commitment in commitments])
    return in_order_of_parts(list(stored.select_related("release", "area", "part_of").prefetch_related(*PARTIES)))


def _with_entries(
    drafts: Sequence[Commitment], new_entries: Sequence[NewEntry], use: Callable[[Sequence[NewEntry]], T]
) -> T:
    """What `use` makes of the entries. PublicationRefusedError where it refuses one."""
    try:
        return use(new_entries)
    except EntryRefusedError as refusal:
        refused = refusal.entry.commitment or _naming(refusal.entry.entity, drafts, new_entries)
        raise PublicationRefusedError(refused, refusal) from refusal


def _mark_published(drafts: Sequence[Commitment], entries: Sequence[LedgerEntry]) -> None:
    entries_by_key = {draft.pk: entry for draft, entry in zip(drafts, entries, strict=True)}
    states = list(DraftCommitment.objects.filter(commitment__in=list(entries_by_key)))
    for state in states:
        state.published_as, state.state = entries_by_key[state.pk], DraftState.PUBLISHED
    DraftCommitment.objects.bulk_update(states, ["published_as", "state"], batch_size=200)


def _naming(entity: str, drafts: Sequence[Commitment], new_entries: Sequence[NewEntry]) -> Commitment:
    """The first draft with which something would be put on record: that has no commitment of its own."""
    for draft, new_entry in zip(drafts, new_entries, strict=True):
        if entity in {row.entity for row in first_recorded_with([new_entry])}:
            return draft
    return drafts[0]
