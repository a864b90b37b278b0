"""The one way into the ledger.

`append_entries` is one function and one transaction: it locks the head, checks the rules, writes the entries
and brings every projection in line (R2). Everything else here makes entries for it, or tries one out.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments.domain.assessment import CountedUpdate
from commitments.domain.choices import EntryKind, Role
from commitments.domain.hash_chain import canonical_json, content_digest, entry_digest, utc_timestamp
from commitments.ledger.contents import Content, iter_texts, public_value, publication_content
from commitments.ledger.projection import to_counted_update, update_rows
from commitments.ledger.reconciliation import BATCH_SIZE, reconcile_projections
from commitments.ledger.validation import EntryValidator
from commitments.models import Commitment, DraftEvidence, DraftUpdate, LedgerEntry, LedgerHead, Translation


@dataclass(frozen=True, slots=True)
class Actor:
    """In which role, and for which organisation (its slug), something is recorded. No person's name."""

    role: str = Role.PUBLISHER
    organisation: str = ""


@dataclass(slots=True)
class NewEntry:
    """An entry to be appended. Salt and time are made on recording, unless a fixture brings them."""

    kind: str
    content: Content
    commitment: Commitment | None = None
    target: LedgerEntry | None = None
    by: Actor = field(default_factory=Actor)
    key: str | None = None
    recorded_at: datetime = field(default_factory=timezone.now)
    salt: str = field(default_factory=lambda: secrets.token_hex(16))


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
    """Record entries, in order, all or none. Raises EntryRefusedError, by field, where a rule forbids one."""
    with transaction.atomic():
        head = lock_head()
        validator = _load_validator(new_entries)
        entries: list[LedgerEntry] = []
        for new_entry in new_entries:
            try:
                validator.check_key(new_entry.key)
                validator.check(
                    new_entry.kind,
                    new_entry.content,
                    new_entry.commitment,
                    new_entry.target,
                    timezone.localdate(new_entry.recorded_at),
                )
            except ValidationError as problem:
                raise EntryRefusedError(new_entry, problem) from problem
            entries.append(_chain_entry(new_entry, head))
        LedgerEntry.objects.bulk_create(entries, batch_size=BATCH_SIZE)
        head.save()
        redacted = [entry.target for entry in entries if entry.kind == EntryKind.REDACTION and entry.target]
        removed_texts = _texts_by_commitment(redacted)
        _empty_redacted(redacted)
        touched = [*entries, *(entry.subject for entry in redacted)]
        reconcile_projections(list(dict.fromkeys(str(entry.commitment_id) for entry in touched if entry.commitment_id)))
        _remove_translations(removed_texts)
    return entries


def _load_validator(new_entries: Sequence[NewEntry]) -> EntryValidator:
    """The rules, with what is on record of all that the new entries speak of, now that the head is locked."""
    parents = {str(new_entry.content["part_of"]) for new_entry in new_entries if new_entry.kind == EntryKind.PUBLISHED}
    references = {new_entry.commitment.reference for new_entry in new_entries if new_entry.commitment}
    targets = {new_entry.target.sequence for new_entry in new_entries if new_entry.target}
    return EntryValidator(references, parents, targets, {new_entry.key for new_entry in new_entries if new_entry.key})


def _empty_redacted(redacted: Sequence[LedgerEntry]) -> None:
    """Empty the entries that were redacted, and the drafts that they came from."""
    numbers = [entry.sequence for entry in redacted]
    LedgerEntry.objects.filter(pk__in=numbers).update(content="", salt="")
    DraftEvidence.objects.filter(draft__published_as__in=numbers).delete()
    DraftUpdate.objects.filter(published_as__in=numbers).update(
        note="", searched="", deadline_reason="", returned_because=""
    )


def _texts_by_commitment(redacted: Sequence[LedgerEntry]) -> dict[str, set[str]]:
    """By commitment, everything that these entries say."""
    texts: dict[str, set[str]] = {}
    for entry in redacted:
        texts.setdefault(str(entry.subject.commitment_id), set()).update(iter_texts(entry.kind, entry.data or {}))
    return texts


def _remove_translations(removed_texts: dict[str, set[str]]) -> None:
    """Empty the translations of texts that are no longer on record."""
    for reference, texts in removed_texts.items():
        translated = Commitment.objects.get(reference=reference).translated
        sources = texts.difference(*translated.values())
        Translation.objects.filter(commitment__reference=reference, source__in=sources).update(source="", text="")


def _chain_entry(new_entry: NewEntry, head: LedgerHead) -> LedgerEntry:
    """The next entry of the chain; moves the head on."""
    entry = LedgerEntry(
        sequence=head.sequence + 1,
        kind=new_entry.kind,
        commitment=new_entry.commitment,
        target=new_entry.target,
        recorded_at=new_entry.recorded_at.replace(microsecond=0),
        role=new_entry.by.role,
        organisation=new_entry.by.organisation,
        key=new_entry.key,
        content=canonical_json(new_entry.content),
        salt=new_entry.salt,
    )
    entry.content_digest = content_digest(entry.salt, entry.content)
    entry.digest = entry_digest(head.digest, entry_metadata(entry), entry.content_digest)
    head.sequence, head.digest = entry.sequence, entry.digest
    return entry


def entry_metadata(entry: LedgerEntry) -> dict[str, Any]:
    """What of an entry is never redacted, as the chain's digest covers it."""
    return {
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
    entry = LedgerEntry(sequence=sys.maxsize, kind=new_entry.kind, recorded_at=new_entry.recorded_at)
    return to_counted_update(*update_rows(entry, new_entry.content))


def new_publication(commitment: Commitment, by: Actor, **values: Any) -> NewEntry:
    """The entry that makes a draft commitment public. `values`: a fixture's key, time and salt."""
    return NewEntry(EntryKind.PUBLISHED, publication_content(commitment), commitment, by=by, **values)


def new_correction(commitment: Commitment, values: dict[str, Any], reason: str, by: Actor) -> NewEntry:
    """The entry that puts public fields right. `values`: field to new value, as a form gives them.

    Fields that say the same as before are left out; ValidationError where none is left.
    """
    before = publication_content(commitment)
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


def dry_run(entry: NewEntry, read_record: Callable[[], Any] | None = None) -> Any:
    """Append an entry, read what that makes of the record, take everything back; return what `read_record()` gave.

    ValidationError where the ledger refuses the entry.
    """
    with transaction.atomic():
        append_entries([entry])
        result = read_record() if read_record else None
        transaction.set_rollback(True)
    return result
