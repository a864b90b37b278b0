"""Publishing draft commitments, one or many, and correcting them: what that puts on record may take four eyes.

The rules of the ledger itself are in `ledger.validation`. Everything runs in one transaction, and a refusal names the
commitment that stopped it.
"""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.ledger.append import EntryRefusedError, append_entries, lock_head, new_correction, new_publication
from commitments.ledger.contents import PARTIES
from commitments.ledger.new_entries import NewEntry
from commitments.models import Commitment, LedgerEntry
from commitments.workflow.actors import actor_for
from commitments.workflow.draft_edits import authors_of_commitments
from commitments.workflow.entity_proposals import first_recorded_with, refuse_own_entities
from commitments.workflow.second_person import SecondPerson, refused_as


class PublicationRefusedError(ValidationError):
    """A commitment cannot be published, so none of those asked for was. `commitment` says which."""

    def __init__(self, commitment: Commitment, problem: ValidationError) -> None:
        super().__init__(problem)
        self.commitment = commitment


def publish_commitments(commitments: Sequence[Commitment], user: User) -> list[LedgerEntry]:
    """Publish drafts, each after what it is part of, all or none. Raises PublicationRefusedError."""
    with transaction.atomic():
        lock_head()
        stored = Commitment.objects.filter(pk__in=[commitment.pk for commitment in commitments])
        drafts = in_order_of_parts(list(stored.select_related("release", "area", "part_of").prefetch_related(*PARTIES)))
        new_entries = [new_publication(draft, actor_for(user)) for draft in drafts]
        _refuse_same_person(drafts, user)
        for draft, new_entry in zip(drafts, new_entries, strict=True):
            with refused_as(PublicationRefusedError, draft):
                refuse_own_entities([new_entry], user)
        return _append_publications(drafts, new_entries)


def check_publishable(commitment: Commitment, user: User) -> None:
    """Raise ValidationError, by field, where the user could not publish the draft now. Stores nothing."""
    with transaction.atomic():
        try:
            publish_commitments([commitment], user)
        finally:
            transaction.set_rollback(True)


def correction_by(commitment: Commitment, values: dict[str, Any], reason: str, user: User) -> NewEntry:
    """The entry that puts public fields right: field to new value, as a form gives them. ValidationError, by field."""
    correction = new_correction(commitment, values, reason, actor_for(user))
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


def _refuse_same_person(drafts: Sequence[Commitment], user: User) -> None:
    """With four eyes, raise PublicationRefusedError for a draft in which the user had a hand, or is barred for now."""
    if not settings.FOUR_EYES:
        return
    second_person, authors = SecondPerson(user), authors_of_commitments(drafts)
    own_message = _("You wrote, changed or translated a part of it, and here somebody else must publish it.")
    for draft in drafts:
        with refused_as(PublicationRefusedError, draft):
            second_person.refuse_same(authors[draft.pk], own_message)


def _append_publications(drafts: Sequence[Commitment], new_entries: Sequence[NewEntry]) -> list[LedgerEntry]:
    try:
        return append_entries(new_entries)
    except EntryRefusedError as refusal:
        refused = refusal.entry.commitment or _naming(refusal.entry.entity, drafts, new_entries)
        raise PublicationRefusedError(refused, refusal) from refusal


def _naming(entity: str, drafts: Sequence[Commitment], new_entries: Sequence[NewEntry]) -> Commitment:
    """The first draft with which something would be put on record: that has no commitment of its own."""
    for draft, new_entry in zip(drafts, new_entries, strict=True):
        if entity in {row.entity for row in first_recorded_with([new_entry])}:
            return draft
    return drafts[0]
