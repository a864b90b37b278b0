"""What is public of organisations, areas, releases and the like: proposed by staff, recorded by a publisher.

The rules of the ledger itself are in `ledger.entity_validation`; here is who may bring what to it (R5a), which may take
four eyes. Everything runs in one transaction, and a refusal names the proposal that stopped it.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.domain.choices import EntryKind, ProposalState
from commitments.domain.text_lengths import length_problem
from commitments.i18n.phrases import in_quotes, join_list
from commitments.ledger.append import EntryRefusedError, append_entries, dry_run, lock_head, new_entity_entry
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import (
    changed_fields,
    coming_release,
    make_entity_content,
    rows_for_entities,
    without_blanks,
)
from commitments.ledger.entity_validation import recorded_entity_fields
from commitments.ledger.named_entities import with_named_entities
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import EntityProposal, LedgerEntry, Release
from commitments.models.entity import Entity
from commitments.workflow.actors import actor_for
from commitments.workflow.notices import SentBack, tell_authors, tell_of_waiting
from commitments.workflow.second_person import SecondPerson, refused_as

Changes = dict[str, dict[str, Any]]  # by field: {"before": …, "after": …}, as contents of the ledger say them


class ProposalRefusedError(ValidationError):
    """A proposal cannot be put on record, so none of those asked for was. `proposal` says which."""

    def __init__(self, proposal: EntityProposal, problem: ValidationError) -> None:
        super().__init__(problem)
        self.proposal = proposal


def may_record_changes(user: User) -> bool:
    """Whether what the user changes of something on record is an entry at once. Anybody else proposes it."""
    return user.has_perm("commitments.publish") and not settings.FOUR_EYES


def changes_on_record(row: Entity, fields: Content) -> Changes:
    """What would change if the row said these fields: by field, before and after."""
    changed = changed_fields(row.entity_kind, recorded_entity_fields([row.entity])[row.entity], fields)
    return {change["field"]: {"before": change["before"], "after": change["after"]} for change in changed}


def change_entry(row: Entity, changes: Changes, reason: str, by: Actor) -> NewEntry:
    """The entry that changes some fields of what is on record."""
    recorded = recorded_entity_fields([row.entity])[row.entity]
    return _change_entry(row.entity, _with_changes(recorded, changes), reason, by)


def record_change(row: Entity, changes: Changes, reason: str, user: User) -> LedgerEntry:
    """Put a change on record at once. ValidationError, by field, where a rule forbids it."""
    with transaction.atomic():
        lock_head()
        if not may_record_changes(user):
            raise ValidationError(_("Here somebody else must put it on record: propose the change."))
        return append_entries([change_entry(row, changes, reason, actor_for(user))])[0]


def propose_change(row: Entity, changes: Changes, reason: str, user: User) -> EntityProposal:
    """Ask the publishers to decide on a change. ValidationError, by field, where the ledger would refuse it."""
    with transaction.atomic():
        lock_head()
        dry_run([change_entry(row, changes, reason, Actor())])
        proposal = EntityProposal.objects.create(
            kind=row.entity_kind, slug=row.slug, changes=changes, reason=reason, author=user
        )
        tell_of_waiting(user)
        return proposal


def put_on_record(row: Entity, user: User) -> LedgerEntry:
    """Append the first entry of something that no commitment need name. ValidationError where that is forbidden."""
    with transaction.atomic():
        lock_head()
        stored: Entity = type(row)._default_manager.get(pk=row.pk)
        if stored.published_at:
            raise ValidationError(_("“%(name)s” is on record already.") % {"name": stored})
        entry = new_entity_entry(stored, actor_for(user))
        refuse_own_entities([entry], user)
        return append_entries([entry])[0]


def proposal_entry(proposal: EntityProposal, by: Actor) -> NewEntry:
    """The entry that a proposal would become upon what is on record now. ValidationError where that has changed."""
    return _proposal_entries([proposal], by)[proposal.pk]


def record_proposals(proposals: Sequence[EntityProposal], user: User) -> list[LedgerEntry]:
    """Record proposals, the earliest first, all or none. Raises ProposalRefusedError."""
    with transaction.atomic():
        locked = _lock_proposals(proposals)
        for proposal in locked:
            _refuse_unrecordable(proposal, user)
        new_entries = _proposal_entries(locked, actor_for(user))
        for proposal in locked:
            with refused_as(ProposalRefusedError, proposal):
                refuse_own_entities([new_entries[proposal.pk]], user)
        entries = _append_proposals(locked, new_entries)
        for proposal, entry in zip(locked, entries, strict=True):
            proposal.published_as = entry
            proposal.decide(ProposalState.RECORDED, user)
        EntityProposal.objects.bulk_update(locked, ["published_as", "state", "decided_by", "decided_at"])
    return entries


def decline_proposals(proposals: Sequence[EntityProposal], reason: str, user: User) -> None:
    """Decline proposals, all or none; their authors read the reason."""
    check_decline_reason(reason)
    with transaction.atomic():
        locked = _lock_proposals(proposals)
        for proposal in locked:
            refuse_decided(proposal)
            proposal.declined_because = reason
            proposal.decide(ProposalState.DECLINED, user)
            proposal.save()
        sent_back = [(SentBack(str(one), reason, "entityproposal", one.pk), {one.author_id}) for one in locked]
        tell_authors(sent_back, user)


def check_decline_reason(reason: str) -> None:
    """Raise ValidationError, by field, where the author of a proposal could not read why it is declined."""
    problem = length_problem(reason) if reason.strip() else _("Say why. The author reads it.")
    if problem:
        raise ValidationError({"reason": problem})


def refuse_decided(proposal: EntityProposal) -> None:
    """Raise ProposalRefusedError for a proposal that somebody has decided on."""
    if proposal.state != ProposalState.WAITING:
        raise ProposalRefusedError(proposal, ValidationError(_("Somebody has decided on it already.")))


def refuse_own_entities(new_entries: Sequence[NewEntry], user: User) -> None:
    """With four eyes, raise ValidationError where entries would put on record what the user wrote or changed.

    That is each organisation, area or release, and whatever else has its first entry with them; Django's log of the
    admin, into which imports write too, says who wrote it.
    """
    if not settings.FOUR_EYES:
        return
    second_person = SecondPerson(user)
    editors = {row: editors_among(row, second_person.keys) for row in first_recorded_with(new_entries)}
    own = [in_quotes(str(row)) for row, keys in editors.items() if user.pk in keys]
    message = _("You wrote or changed %(names)s, and here somebody else must put that on record. Ask a publisher.")
    authors = {key for keys in editors.values() for key in keys}
    second_person.refuse_same(authors, message % {"names": join_list(own)})


def first_recorded_with(new_entries: Sequence[NewEntry]) -> list[Entity]:
    """What has no entry yet and would have its first with these."""
    entities = [entry.entity for entry in with_named_entities(new_entries) if entry.kind == EntryKind.ENTITY]
    return [row for row in rows_for_entities(entities).values() if row.published_at is None]


def editors_among(row: Entity, users: Iterable[int]) -> set[int]:
    """Which of these users added the row or changed anything of it, by their keys; to save it as it was is no change.

    Of a release also its sections and agreements, which had pages of their own once.
    """
    parts: list[models.Model] = [*row.sections.all(), *row.agreements.all()] if isinstance(row, Release) else []
    types = ContentType.objects
    abouts = (Q(content_type=types.get_for_model(one), object_id=str(one.pk)) for one in (row, *parts))
    edits = LogEntry.objects.filter(reduce(or_, abouts), user__in=users, action_flag__in=(ADDITION, CHANGE))
    return set(edits.exclude(action_flag=CHANGE, change_message="[]").values_list("user", flat=True))


def _change_entry(entity: str, fields: Content, reason: str, by: Actor, key: str | None = None) -> NewEntry:
    row = rows_for_entities([entity])[entity]
    content = make_entity_content(fields, reason, coming_release(row, localdate()))
    return NewEntry(EntryKind.ENTITY, content, by=by, entity=entity, key=key)


def _with_changes(recorded: Content, changes: Changes) -> Content:
    return without_blanks(recorded | {name: change["after"] for name, change in changes.items()})


def _lock_proposals(proposals: Sequence[EntityProposal]) -> list[EntityProposal]:
    """The proposals as they are stored, held until the transaction ends, in the order in which they were made."""
    lock_head()
    stored = EntityProposal.objects.select_for_update(of=("self",)).filter(pk__in=[row.pk for row in proposals])
    return list(stored.order_by("created_at", "pk"))


def _refuse_unrecordable(proposal: EntityProposal, user: User) -> None:
    """Decided already, or proposed by the very person who is to record it."""
    refuse_decided(proposal)
    with refused_as(ProposalRefusedError, proposal):
        refuse_same_person(proposal, user)


def refuse_same_person(proposal: EntityProposal, user: User) -> None:
    """With four eyes, raise ValidationError where the user is no second person for whoever proposed it."""
    if settings.FOUR_EYES:
        own_message = _("You proposed it, and here somebody else must put it on record.")
        SecondPerson(user).refuse_same([proposal.author_id], own_message)


def _proposal_entries(proposals: Sequence[EntityProposal], by: Actor) -> dict[int, NewEntry]:
    """The entry of each, by its key: only its own changes, upon what is on record and what those before it change."""
    recorded = recorded_entity_fields({proposal.entity for proposal in proposals})
    new_entries: dict[int, NewEntry] = {}
    for proposal in proposals:
        now = recorded.get(proposal.entity, {})
        changes = _upon_what_is_on_record(proposal, now)
        fields = recorded[proposal.entity] = _with_changes(now, changes)
        key = f"proposal/{proposal.pk}"
        new_entries[proposal.pk] = _change_entry(proposal.entity, fields, proposal.reason, by, key)
    return new_entries


def _upon_what_is_on_record(proposal: EntityProposal, now: Content) -> Changes:
    """A proposal's changes; ProposalRefusedError, by field, where one of them has changed since it was made."""
    changes: Changes = dict(proposal.changes)
    if "agreements" in changes and "agreements" in now:
        changes["agreements"] = _with_commitments_now(changes["agreements"], now["agreements"])
    stale = [name for name, change in changes.items() if now.get(name, "") != change["before"]]
    if stale:
        message = _("This has changed since the change was proposed. Decline it, and propose anew what is still right.")
        raise ProposalRefusedError(proposal, ValidationError(dict.fromkeys(stale, message)))
    return changes


def _with_commitments_now(change: dict[str, Any], now: list[Content]) -> dict[str, Any]:
    """A change of agreements, with the commitments that came on record under them since it was proposed."""
    now_by_number = {row["number"]: row["commitments"] for row in now}
    before_by_number = {row["number"]: row["commitments"] for row in change["before"]}

    def brought_up_to_date(rows: Iterable[Content]) -> list[Content]:
        return [
            row | {"commitments": now_by_number[row["number"]]}
            if row["number"] in now_by_number and before_by_number.get(row["number"]) == row["commitments"]
            else row
            for row in rows
        ]

    return {name: brought_up_to_date(rows) for name, rows in change.items()}


def _append_proposals(proposals: Sequence[EntityProposal], new_entries: dict[int, NewEntry]) -> list[LedgerEntry]:
    try:
        return append_entries([new_entries[proposal.pk] for proposal in proposals])
    except EntryRefusedError as refusal:
        refused = next((row for row in proposals if new_entries[row.pk] is refusal.entry), proposals[0])
        raise ProposalRefusedError(refused, refusal) from refusal
