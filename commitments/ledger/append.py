"""The one way into the ledger, and its verification.

`append` is one function and one transaction: it locks the head, checks the rules, writes the entries
and brings every projection in line (R2). Everything else here makes entries for it or checks them.
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
from commitments.ledger.contents import (
    Content,
    iter_texts,
    public_value,
    publication_content,
)
from commitments.ledger.projection import to_counted_update, update_rows
from commitments.ledger.reconciliation import reconcile_projections
from commitments.ledger.validation import EntryValidator
from commitments.models import (
    Commitment,
    DraftEvidence,
    DraftUpdate,
    LedgerEntry,
    LedgerHead,
    Translation,
)


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


def append_entries(new: Sequence[NewEntry]) -> list[LedgerEntry]:
    """Record entries, in order, all or none. Raises RefusedError, by field, where a rule forbids one."""
    with transaction.atomic():
        head = lock_head()
        rulebook = _load_validator(new)
        entries: list[LedgerEntry] = []
        for one in new:
            try:
                rulebook.check_key(one.key)
                rulebook.check(one.kind, one.content, one.commitment, one.target, timezone.localdate(one.recorded_at))
            except ValidationError as problem:
                raise EntryRefusedError(one, problem) from problem
            entries.append(_chain_entry(one, head))
        LedgerEntry.objects.bulk_create(entries, batch_size=500)
        head.save()
        redacted = [entry.target for entry in entries if entry.kind == EntryKind.REDACTION and entry.target]
        removed = _texts_by_commitment(redacted)
        _empty_redacted(redacted)
        touched = [*entries, *(entry.subject for entry in redacted)]
        reconcile_projections(list(dict.fromkeys(str(entry.commitment_id) for entry in touched if entry.commitment_id)))
        _remove_translations(removed)
    return entries


def _load_validator(new: Sequence[NewEntry]) -> EntryValidator:
    """The rules, with what is on record of all that the new entries speak of, now that the head is locked."""
    wholes = {str(one.content["part_of"]) for one in new if one.kind == EntryKind.PUBLISHED}
    references = {one.commitment.reference for one in new if one.commitment}
    targets = {one.target.sequence for one in new if one.target}
    return EntryValidator(references, wholes, targets, {one.key for one in new if one.key})


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
    found: dict[str, set[str]] = {}
    for entry in redacted:
        found.setdefault(str(entry.subject.commitment_id), set()).update(iter_texts(entry.kind, entry.data or {}))
    return found


def _remove_translations(removed: dict[str, set[str]]) -> None:
    """Empty the translations of texts that are no longer on record."""
    for reference, gone in removed.items():
        kept = Commitment.objects.get(reference=reference).translated
        sources = gone.difference(*kept.values())
        Translation.objects.filter(commitment__reference=reference, source__in=sources).update(source="", text="")


def _chain_entry(one: NewEntry, head: LedgerHead) -> LedgerEntry:
    """The next entry of the chain; moves the head on."""
    entry = LedgerEntry(
        sequence=head.sequence + 1,
        kind=one.kind,
        commitment=one.commitment,
        target=one.target,
        recorded_at=one.recorded_at.replace(microsecond=0),
        role=one.by.role,
        organisation=one.by.organisation,
        key=one.key,
        content=canonical_json(one.content),
        salt=one.salt,
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


def hypothetical_update(new: NewEntry) -> CountedUpdate:
    """What an update would count as if it were recorded after all others. Stores nothing."""
    entry = LedgerEntry(sequence=sys.maxsize, kind=new.kind, recorded_at=new.recorded_at)
    return to_counted_update(*update_rows(entry, new.content))


def new_publication(commitment: Commitment, by: Actor, **known: Any) -> NewEntry:
    """The entry that makes a draft commitment public. `known`: a fixture's key, time and salt."""
    return NewEntry(EntryKind.PUBLISHED, publication_content(commitment), commitment, by=by, **known)


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


def dry_run(entry: NewEntry, look: Callable[[], Any] | None = None) -> Any:
    """Append an entry, look at what that makes of the record, and take everything back; what `look()` gave.

    ValidationError where the ledger refuses the entry.
    """
    with transaction.atomic():
        append_entries([entry])
        seen = look() if look else None
        transaction.set_rollback(True)
    return seen
