"""The one way into the ledger.

`append_entries` is one function and one transaction: it locks the head, checks the rules, writes the entries
and brings every projection in line (R2). Everything else here makes entries for it, or tries one out.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.assessment import CountedUpdate
from commitments.domain.choices import EntryKind
from commitments.domain.hash_chain import canonical_json, content_digest, entry_digest, utc_timestamp
from commitments.ledger.clock import last_recorded_at, refuse_wrong_clock
from commitments.ledger.contents import Content, all_public_fields, iter_texts, public_value, publication_content
from commitments.ledger.entity_contents import coming_release, entity_fields, make_entity_content
from commitments.ledger.entity_reconciliation import entities_to_reconcile, reconcile_entities
from commitments.ledger.entity_validation import EntityValidator
from commitments.ledger.named_entities import published_references, with_named_entities
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.projection import to_counted_update, update_rows
from commitments.ledger.reconciliation import BATCH_SIZE, reconcile_projections
from commitments.ledger.validation import EntryValidator
from commitments.models import (
    Commitment,
    DraftCommitment,
    DraftEvidence,
    DraftUpdate,
    LedgerEntry,
    LedgerHead,
    Translation,
)
from commitments.models.entity import Entity


class EntryRefusedError(ValidationError):
    """A rule forbids an entry. `entry` says which, where several were to be appended."""

    def __init__(self, entry: NewEntry, problem: ValidationError) -> None:
        super().__init__(problem)
        self.entry = entry


def lock_head() -> LedgerHead:
    """Lock the head until the transaction ends.

    Whoever locks other rows too takes this first, so that no two wait for each other.
    """
    return LedgerHead.objects.select_for_update().get()


def append_entries(new_entries: Sequence[NewEntry]) -> list[LedgerEntry]:
    """Record entries, in order, all or none. Raises EntryRefusedError, by field, where a rule forbids one.

    What a publication or correction names for the first time, an organisation, an area or the release, is put on
    record before it, by the same actor. Returns the entries that were asked for.
    """
    with transaction.atomic():
        head = lock_head()
        by_new_entry = _chain_entries(with_named_entities(new_entries), head)
        entries = list(by_new_entry.values())
        LedgerEntry.objects.bulk_create(entries, batch_size=BATCH_SIZE)
        head.save()
        redacted = [entry.target for entry in entries if entry.kind == EntryKind.REDACTION and entry.target]
        removed_texts = _texts_by_commitment(redacted)
        _empty_redacted(redacted)
        touched = [*entries, *(entry.subject for entry in redacted)]
        reconcile_projections(list(dict.fromkeys(str(entry.commitment_id) for entry in touched if entry.commitment_id)))
        reconcile_entities(entities_to_reconcile(entry.entity for entry in touched))
        _remove_translations(removed_texts)
    return [by_new_entry[id(new_entry)] for new_entry in new_entries]


def check_entries(new_entries: Sequence[NewEntry]) -> None:
    """Raise EntryRefusedError where a rule forbids one of the entries, after those before it, as the record stands.

    It only reads: nobody waits for it, and what passes here is checked once more when it is appended.
    """
    _chain_entries(with_named_entities(new_entries), LedgerHead.objects.get())


def _chain_entries(new_entries: Sequence[NewEntry], head: LedgerHead) -> dict[int, LedgerEntry]:
    """The entries of the chain, each checked and its time set, by the identity of what they are made of."""
    validator = _load_validator(new_entries)
    last, now = last_recorded_at(), timezone.now()
    entries: dict[int, LedgerEntry] = {}
    for new_entry in new_entries:
        try:
            last = _recording_time(new_entry, now, last)
            validator.check_key(new_entry.key)
            validator.check(new_entry, timezone.localdate(last))
        except ValidationError as problem:
            raise EntryRefusedError(new_entry, problem) from problem
        entries[id(new_entry)] = _chain_entry(new_entry, head, last)
    return entries


def _recording_time(new_entry: NewEntry, now: datetime, last: datetime | None) -> datetime:
    """Now, or what the entry brings, but not before the entry before it: times never run backwards (R5b).

    ValidationError where the clock cannot be believed, or what the entry brings has not come yet.
    """
    refuse_wrong_clock(now, last)
    if new_entry.recorded_at and new_entry.recorded_at > now:
        message = _("Its time of recording, %(time)s, lies ahead of this machine’s clock.")
        raise ValidationError(message % {"time": utc_timestamp(new_entry.recorded_at)})
    time = (new_entry.recorded_at or now).replace(microsecond=0)
    return max(time, last) if last else time


def _load_validator(new_entries: Sequence[NewEntry]) -> EntryValidator:
    """The rules, with what is on record of all that the new entries speak of, now that the head is locked."""
    parents = {str(new_entry.content["part_of"]) for new_entry in new_entries if new_entry.kind == EntryKind.PUBLISHED}
    references = {new_entry.commitment.reference for new_entry in new_entries if new_entry.commitment}
    targets = {new_entry.target.sequence for new_entry in new_entries if new_entry.target}
    entities = {new_entry.entity for new_entry in new_entries if new_entry.entity}
    subjects = (new_entry.target.subject for new_entry in new_entries if new_entry.target)
    entities |= {subject.entity for subject in subjects if subject.entity}
    keys = {new_entry.key for new_entry in new_entries if new_entry.key}
    entity_validator = EntityValidator(entities, published_references(new_entries))
    return EntryValidator(references, parents, targets, keys, entity_validator)


def _empty_redacted(redacted: Sequence[LedgerEntry]) -> None:
    """Empty the entries that were redacted, and the drafts that they came from."""
    numbers = [entry.sequence for entry in redacted]
    LedgerEntry.objects.filter(pk__in=numbers).update(content="", salt="")
    DraftEvidence.objects.filter(draft__published_as__in=numbers).delete()
    DraftUpdate.objects.filter(published_as__in=numbers).update(
        note="", searched="", deadline_reason="", returned_because=""
    )
    DraftCommitment.objects.filter(published_as__in=numbers).update(returned_because="")


def _texts_by_commitment(redacted: Sequence[LedgerEntry]) -> dict[str, set[str]]:
    """By commitment, everything that these entries say. Texts of entities have their translations with them."""
    texts: dict[str, set[str]] = {}
    for entry in redacted:
        if reference := entry.subject.commitment_id:
            texts.setdefault(str(reference), set()).update(iter_texts(entry.kind, entry.data or {}))
    return texts


def _remove_translations(removed_texts: dict[str, set[str]]) -> None:
    """Empty the translations of texts that are no longer on record."""
    for reference, texts in removed_texts.items():
        translated = Commitment.objects.get(reference=reference).translated
        sources = texts.difference(*translated.values())
        Translation.objects.filter(commitment__reference=reference, source__in=sources).update(source="", text="")


def _chain_entry(new_entry: NewEntry, head: LedgerHead, recorded_at: datetime) -> LedgerEntry:
    """The next entry of the chain; moves the head on."""
    entry = LedgerEntry(
        sequence=head.sequence + 1,
        recorded_at=recorded_at,
        content=canonical_json(new_entry.content),
        **{name: getattr(new_entry, name) for name in ("kind", "commitment", "target", "entity", "key", "salt")},
        **asdict(new_entry.by),
    )
    entry.content_digest = content_digest(entry.salt, entry.content)
    entry.digest = entry_digest(head.digest, entry_metadata(entry), entry.content_digest)
    head.sequence, head.digest = entry.sequence, entry.digest
    return entry


def entry_metadata(entry: Any) -> dict[str, Any]:
    """What of an entry is never redacted, as the chain's digest covers it: eight parts; of an entity entry nine.

    `entry`: a LedgerEntry, or what else has its columns.
    """
    about = {"entity": entry.entity} if entry.kind == EntryKind.ENTITY else {}
    return about | {
        "sequence": entry.sequence,
        "kind": entry.kind,
        "commitment": entry.commitment_id or "",
        "target": entry.target_id or 0,
        "recorded_at": utc_timestamp(entry.recorded_at),
        "role": entry.role,
        "organisation": entry.organisation,
        "key": entry.key or "",
    }


def hypothetical_update(new_entry: NewEntry) -> CountedUpdate:
    """What an update would count as if it were recorded after all others. Stores nothing."""
    recorded_at = new_entry.recorded_at or timezone.now()
    entry = LedgerEntry(sequence=sys.maxsize, kind=new_entry.kind, recorded_at=recorded_at)
    return to_counted_update(*update_rows(entry, new_entry.content))


def new_publication(commitment: Commitment, by: Actor, **values: Any) -> NewEntry:
    """The entry that makes a draft commitment public. `values`: a fixture's key, time and salt."""
    return NewEntry(EntryKind.PUBLISHED, publication_content(commitment), commitment, by=by, **values)


def new_entity_entry(row: Entity, by: Actor, reason: str = "", **values: Any) -> NewEntry:
    """The entry that puts an entity on record as its row stands. `values`: a fixture's key, time and salt."""
    content = make_entity_content(entity_fields(row), reason, coming_release(row, timezone.localdate()))
    return NewEntry(EntryKind.ENTITY, content, by=by, entity=row.entity, **values)


def new_correction(commitment: Commitment, values: dict[str, Any], reason: str, by: Actor) -> NewEntry:
    """The entry that puts public fields right. `values`: field to new value, as a form gives them.

    Fields that say the same as before are left out; ValidationError where none is left.
    """
    before = all_public_fields(publication_content(commitment))
    after = {name: public_value(name, value) for name, value in values.items()}
    changes = [
        {"field": name, "before": before[name], "after": after[name]} for name in after if after[name] != before[name]
    ]
    if not changes:
        raise ValidationError(_("Nothing is changed, so there is nothing to correct."))
    return NewEntry(EntryKind.CORRECTION, {"changes": changes, "reason": reason}, commitment, by=by)


def new_retraction(entry: LedgerEntry, reason: str, by: Actor) -> NewEntry:
    """The entry that says that an earlier one was wrong, and why."""
    return NewEntry(EntryKind.RETRACTION, {"reason": reason}, entry.commitment, entry, by)


def new_redaction(entry: LedgerEntry, remaining: Content | None, reason: str, by: Actor) -> NewEntry:
    """The entry that removes the text of an earlier one. `remaining`: its content without that text, or None."""
    return NewEntry(EntryKind.REDACTION, {"reason": reason, "remaining": remaining}, None, entry, by)


def dry_run(new_entries: Sequence[NewEntry], read_record: Callable[[], Any] | None = None) -> Any:
    """Append entries, read what that makes of the record, take everything back; return what `read_record()` gave.

    EntryRefusedError where the ledger refuses one.
    """
    with transaction.atomic():
        append_entries(new_entries)
        result = read_record() if read_record else None
        transaction.set_rollback(True)
    return result
