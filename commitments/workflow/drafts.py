"""Drafts of updates: what they would say on record, and publishing or returning them, which may take four eyes.

The rules of the ledger itself are in `ledger.validation`; here is who may bring what to it. Everything runs in one
transaction, and a refusal names the draft that stopped it.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from commitments.domain.assessment import Assessment, assess
from commitments.domain.choices import DraftState, EntryKind
from commitments.ledger.append import EntryRefusedError, append_entries, check_entries, hypothetical_update, lock_head
from commitments.ledger.contents import KINDS_WITH_EVIDENCE, UPDATE_FIELDS, Content, update_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.projection import to_counted_update
from commitments.models import Commitment, DraftEvidence, DraftUpdate, LedgerEntry
from commitments.workflow.actors import actors_for
from commitments.workflow.draft_edits import authors_of_drafts
from commitments.workflow.draft_states import mark_returned, mark_waiting
from commitments.workflow.notices import SentBack, tell_authors, tell_of_waiting
from commitments.workflow.second_person import SecondPerson, may_publish_work_of, refused_as

T = TypeVar("T")
DraftWithEvidence = tuple[DraftUpdate, Sequence[DraftEvidence]]


class DraftRefusedError(ValidationError):
    """A draft cannot be published, so none of those asked for was. `draft` says which."""

    def __init__(self, draft: DraftUpdate, problem: ValidationError) -> None:
        super().__init__(problem)
        self.draft = draft


def draft_content(draft: DraftUpdate, evidence: Iterable[DraftEvidence]) -> Content:
    """What the ledger would say if the draft were on record."""
    values = vars(draft) | {"reply_of": draft.reply_of_id}
    return update_content(draft.kind, values, [vars(row) for row in evidence])


def assess_with_draft(
    draft: DraftUpdate, evidence: Iterable[DraftEvidence], day: date
) -> tuple[Assessment, Assessment]:
    """How the draft's commitment stands on a day, and how it would stand if the draft were on record.

    Reads `commitment.updates` and their evidence: prefetch them for many. The same for a draft that is not
    complete enough to be put on record.
    """
    commitment = draft.commitment
    facts = [
        to_counted_update(update, list(update.evidence.all())) for update in commitment.updates.all() if update.stands
    ]
    before = assess(commitment.deadline, facts, day)
    if draft.date is None or (draft.kind == EntryKind.REPORT and not draft.status):
        return before, before
    draft_update = hypothetical_update(NewEntry(draft.kind, draft_content(draft, evidence)))
    return before, assess(commitment.deadline, [*facts, draft_update], day)


def may_publish_draft(draft: DraftUpdate | None, user: User) -> bool:
    """Whether the user may publish a draft; None for one that the user is about to write."""
    if draft is None or draft.pk is None:
        return may_publish_work_of(user, lambda: {user.pk})
    return may_publish_work_of(user, lambda: authors_of_drafts([draft])[draft.pk])


def publish_drafts(drafts: Sequence[DraftUpdate], user: User) -> list[LedgerEntry]:
    """Record drafts, the earliest date first, all or none. Raises DraftRefusedError."""
    with transaction.atomic():
        locked = _stored_drafts(drafts, lock=True)
        _refuse_unpublishable(locked, user)
        actor = actors_for(user, [draft.commitment for draft in locked])
        entries = _with_entries(_with_evidence(locked), actor, append_entries)
        for draft, entry in zip(locked, entries, strict=True):
            draft.published_as, draft.state = entry, DraftState.PUBLISHED
        DraftUpdate.objects.bulk_update(locked, ["published_as", "state"], batch_size=200)
    return entries


def check_publishable(drafts: Sequence[DraftUpdate]) -> None:
    """Raise DraftRefusedError where one of them, as it is stored, could not be published, by whomever. Only reads."""
    check_contents(_with_evidence(_stored_drafts(drafts)))


def check_contents(drafts: Sequence[DraftWithEvidence]) -> None:
    """The same of drafts that need not be stored yet, each with its evidence."""
    _with_entries(drafts, lambda _commitment: Actor(), check_entries)


def check_publication(drafts: Sequence[DraftUpdate], user: User) -> None:
    """Raise DraftRefusedError where the user could not publish the drafts together, as they are stored. Only reads."""
    stored = _stored_drafts(drafts)
    _refuse_unpublishable(stored, user)
    check_contents(_with_evidence(stored))


def refusals_by_draft(drafts: Sequence[DraftUpdate], user: User) -> dict[int, DraftRefusedError]:
    """What is wrong with each that this user could not publish by itself, by its key."""
    refusals: dict[int, DraftRefusedError] = {}
    for draft in drafts:
        try:
            _refuse_same_person([draft], user)
            check_publishable([draft])
        except DraftRefusedError as refusal:
            refusals[draft.pk] = refusal
    return refusals


def _stored_drafts(drafts: Sequence[DraftUpdate], *, lock: bool = False) -> list[DraftUpdate]:
    """The drafts as they are stored, in the order in which they are to be recorded.

    `lock`: held until the transaction ends.
    """
    stored = DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts])
    if lock:
        lock_head()
        stored = stored.select_for_update(of=("self",))
    stored = stored.select_related("commitment", "published_as").prefetch_related("evidence")
    return sorted(stored, key=lambda draft: (str(draft.date_first or ""), draft.pk))


def _with_evidence(drafts: Sequence[DraftUpdate]) -> list[DraftWithEvidence]:
    return [(draft, list(draft.evidence.all())) for draft in drafts]


def _with_entries(
    drafts: Sequence[DraftWithEvidence], actor: Callable[[Commitment], Actor], use: Callable[[list[NewEntry]], T]
) -> T:
    """What `use` makes of the drafts' entries. DraftRefusedError where it refuses one."""
    new_entries = [_draft_entry(draft, evidence, actor(draft.commitment)) for draft, evidence in drafts]
    try:
        return use(new_entries)
    except EntryRefusedError as refusal:
        pairs = zip(drafts, new_entries, strict=True)
        refused = next(draft for (draft, _evidence), entry in pairs if entry is refusal.entry)
        raise DraftRefusedError(refused, refusal) from refusal


def _draft_entry(draft: DraftUpdate, evidence: Sequence[DraftEvidence], by: Actor) -> NewEntry:
    with refused_as(DraftRefusedError, draft):
        refuse_unsupported_fields(draft, evidence)
    content = draft_content(draft, evidence)
    return NewEntry(draft.kind, content, draft.commitment, by=by, key=f"draft/{draft.pk}" if draft.pk else None)


def _refuse_unpublishable(drafts: Sequence[DraftUpdate], user: User) -> None:
    """Raise DraftRefusedError for one that is published already, or that this user must leave to somebody else."""
    for draft in drafts:
        refuse_published(draft)
    _refuse_same_person(drafts, user)


def _refuse_same_person(drafts: Sequence[DraftUpdate], user: User) -> None:
    """With four eyes, raise DraftRefusedError for a draft in which the user, or an account of theirs, had a hand."""
    if not settings.FOUR_EYES:
        return
    second_person, authors = SecondPerson(user), authors_of_drafts(drafts)
    own_message = _("You drafted or changed it, and here somebody else must publish it. Send it for publishing.")
    for draft in drafts:
        with refused_as(DraftRefusedError, draft):
            second_person.refuse_same(authors[draft.pk], own_message)


def refuse_published(draft: DraftUpdate) -> None:
    """Raise DraftRefusedError for a draft that is on record: nothing more is decided on it."""
    if draft.published_as_id:
        message = _("It is on record already, as entry %(entry)s.") % {"entry": draft.published_as_id}
        raise DraftRefusedError(draft, ValidationError(message))


def refuse_unsupported_fields(draft: DraftUpdate, evidence: Sequence[DraftEvidence]) -> None:
    """Raise ValidationError beside each box that was filled in and that an update of this kind does not hold."""
    message = _("An update of this kind does not hold this. Empty the box, or choose another kind.")
    names = {name for names in UPDATE_FIELDS.values() for name in names} - {"basis", *UPDATE_FIELDS[draft.kind]}
    problems: dict[str, Any] = {name: message for name in names if getattr(draft, name) not in ("", None)}
    if evidence and draft.kind not in KINDS_WITH_EVIDENCE:
        problems["evidence"] = _("A check holds no evidence. Take it out, or choose another kind.")
    if problems:
        raise ValidationError(problems)


def submit(drafts: Sequence[DraftUpdate], user: User | None) -> None:
    """Ask the publishers to decide on drafts. DraftRefusedError where they could not publish them."""
    check_publishable(drafts)
    mark_waiting(DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts]))
    tell_of_waiting(user)


def return_drafts(drafts: Sequence[DraftUpdate], reason: str, user: User | None) -> None:
    """Return drafts to those who wrote them, with the reason; what is published stays."""
    unpublished = DraftUpdate.objects.filter(pk__in=[draft.pk for draft in drafts], published_as=None)
    mark_returned(unpublished, reason)
    returned = list(unpublished.select_related("commitment").order_by("commitment__reference_key", "pk"))
    authors = authors_of_drafts(returned)
    sent_back = [
        (SentBack(str(draft), reason, "draftupdate", draft.pk, draft.commitment), authors[draft.pk])
        for draft in returned
    ]
    tell_authors(sent_back, user)
