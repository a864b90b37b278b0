"""The one way into the ledger, and its verification.

`append` is one function and one transaction: it locks the head, checks the rules, writes the entries
and brings every projection in line (R2). Everything else here makes entries for it or checks them.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments import chain, rules, triggers
from commitments.choices import EntryKind, Role
from commitments.content import Content, public_value, publication, texts
from commitments.models import Commitment, DraftEvidence, DraftUpdate, LedgerEntry, LedgerHead, Translation
from commitments.projection import Difference, fact_of, project, references_on_record, rows_of_update
from commitments.schedule import Fact


@dataclass(frozen=True, slots=True)
class Recorder:
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
    by: Recorder = field(default_factory=Recorder)
    key: str | None = None
    recorded_at: datetime = field(default_factory=timezone.now)
    salt: str = field(default_factory=lambda: secrets.token_hex(16))


class RefusedError(ValidationError):
    """A rule forbids an entry. `entry` says which, where several were to be appended."""

    def __init__(self, entry: NewEntry, problem: ValidationError) -> None:
        super().__init__(problem)
        self.entry = entry


def hold() -> LedgerHead:
    """Lock the head until the transaction ends.

    Whoever locks other rows too takes this first, so that no two wait for each other.
    """
    return LedgerHead.objects.select_for_update().get()


def append(new: Sequence[NewEntry]) -> list[LedgerEntry]:
    """Record entries, in order, all or none. Raises RefusedError, by field, where a rule forbids one."""
    with transaction.atomic():
        head = hold()
        rulebook = _rulebook(new)
        entries: list[LedgerEntry] = []
        for one in new:
            try:
                rulebook.check_key(one.key)
                rulebook.check(one.kind, one.content, one.commitment, one.target, timezone.localdate(one.recorded_at))
            except ValidationError as problem:
                raise RefusedError(one, problem) from problem
            entries.append(_entry(one, head))
        LedgerEntry.objects.bulk_create(entries, batch_size=500)
        head.save()
        redacted = [entry.target for entry in entries if entry.kind == EntryKind.REDACTION and entry.target]
        removed = _texts_of(redacted)
        _remove_text(redacted)
        touched = [*entries, *(entry.subject for entry in redacted)]
        project(list(dict.fromkeys(str(entry.commitment_id) for entry in touched if entry.commitment_id)))
        _remove_translations(removed)
    return entries


def _rulebook(new: Sequence[NewEntry]) -> rules.Rulebook:
    """The rules, with what is on record of all that the new entries speak of, now that the head is locked."""
    wholes = {str(one.content["part_of"]) for one in new if one.kind == EntryKind.PUBLISHED}
    references = {one.commitment.reference for one in new if one.commitment}
    targets = {one.target.sequence for one in new if one.target}
    return rules.Rulebook(references, wholes, targets, {one.key for one in new if one.key})


def _remove_text(redacted: Sequence[LedgerEntry]) -> None:
    """Empty the entries that were redacted, and the drafts that they came from."""
    numbers = [entry.sequence for entry in redacted]
    LedgerEntry.objects.filter(pk__in=numbers).update(content="", salt="")
    DraftEvidence.objects.filter(draft__published_as__in=numbers).delete()
    DraftUpdate.objects.filter(published_as__in=numbers).update(
        note="", searched="", deadline_reason="", returned_because=""
    )


def _texts_of(redacted: Sequence[LedgerEntry]) -> dict[str, set[str]]:
    """By commitment, everything that these entries say."""
    found: dict[str, set[str]] = {}
    for entry in redacted:
        found.setdefault(str(entry.subject.commitment_id), set()).update(texts(entry.kind, entry.data or {}))
    return found


def _remove_translations(removed: dict[str, set[str]]) -> None:
    """Empty the translations of texts that are no longer on record."""
    for reference, gone in removed.items():
        kept = Commitment.objects.get(reference=reference).translated
        sources = gone.difference(*kept.values())
        Translation.objects.filter(commitment__reference=reference, source__in=sources).update(source="", text="")


def _entry(one: NewEntry, head: LedgerHead) -> LedgerEntry:
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
        content=chain.canonical(one.content),
        salt=one.salt,
    )
    entry.content_digest = chain.content_digest(entry.salt, entry.content)
    entry.digest = chain.entry_digest(head.digest, metadata(entry), entry.content_digest)
    head.sequence, head.digest = entry.sequence, entry.digest
    return entry


def metadata(entry: LedgerEntry) -> dict[str, Any]:
    """What of an entry is never redacted, as the chain's digest covers it."""
    return {
        "sequence": entry.sequence,
        "kind": entry.kind,
        "commitment": entry.commitment_id or "",
        "target": entry.target_id or 0,
        "recorded_at": chain.utc_text(entry.recorded_at),
        "role": entry.role,
        "organisation": entry.organisation,
        "key": entry.key or "",
    }


def fact_to_come(new: NewEntry) -> Fact:
    """What an update would count as if it were recorded after all others. Stores nothing."""
    entry = LedgerEntry(sequence=sys.maxsize, kind=new.kind, recorded_at=new.recorded_at)
    return fact_of(*rows_of_update(entry, new.content))


def publish(commitment: Commitment, by: Recorder, **known: Any) -> NewEntry:
    """The entry that makes a draft commitment public. `known`: a fixture's key, time and salt."""
    return NewEntry(EntryKind.PUBLISHED, publication(commitment), commitment, by=by, **known)


def correct(commitment: Commitment, values: dict[str, Any], reason: str, by: Recorder) -> NewEntry:
    """The entry that puts public fields right. `values`: field to new value, as a form gives them.

    Fields that say the same as before are left out; ValidationError where none is left.
    """
    before = publication(commitment)
    after = {name: public_value(name, value) for name, value in values.items()}
    changes = [
        {"field": name, "before": before[name], "after": after[name]} for name in after if after[name] != before[name]
    ]
    if not changes:
        raise ValidationError(_("Nothing is changed, so there is nothing to correct."))
    return NewEntry(EntryKind.CORRECTION, {"changes": changes, "reason": reason}, commitment, by=by)


def retract(entry: LedgerEntry, reason: str, by: Recorder) -> NewEntry:
    """The entry that says that an earlier one was wrong, and why."""
    return NewEntry(EntryKind.RETRACTION, {"reason": reason}, entry.commitment, entry, by)


def redact(entry: LedgerEntry, remaining: Content | None, reason: str, by: Recorder) -> NewEntry:
    """The entry that removes the text of an earlier one. `remaining`: its content without that text, or None."""
    return NewEntry(EntryKind.REDACTION, {"reason": reason, "remaining": remaining}, None, entry, by)


@dataclass(frozen=True, slots=True)
class Break:
    """An entry that does not fit into the chain. `reference`: the commitment that it is about."""

    sequence: int
    reference: str
    what: str

    def __str__(self) -> str:
        """For the command's output."""
        return f"entry {self.sequence} ({self.reference}): {self.what}"


def verify() -> Iterator[str]:
    """Each thing that does not fit: the chain's entries in order, the head, the triggers, the projections."""
    yield from map(str, verify_chain())
    yield from verify_head()
    yield from (f"trigger {name} is missing or changed" for name in triggers.problems(connection))
    yield from map(str, compare(set(), repair=False))


def rebuild() -> Iterator[str]:
    """Lay the triggers and mend the projections, each thing as it is mended.

    The chain is never mended, and a commitment with an entry that does not fit is left as it is: its
    projections would only spread what somebody put there.
    """
    yield from (f"trigger {name}" for name in triggers.problems(connection))
    triggers.lay(connection)
    yield from map(str, compare({one.reference for one in verify_chain()}, repair=True))


def verify_chain() -> Iterator[Break]:
    """Each entry whose sequence, content or digest does not follow from the one before."""
    sequence, digest = 0, chain.GENESIS
    redactions = LedgerEntry.objects.filter(kind=EntryKind.REDACTION)
    redacted = set(redactions.values_list("target_id", flat=True))
    for entry in LedgerEntry.objects.order_by("sequence").iterator(chunk_size=1000):
        problem = _problem(entry, sequence, digest, entry.sequence in redacted)
        if problem:
            yield Break(entry.sequence, str(entry.subject.commitment_id or entry.kind), problem)
        sequence, digest = entry.sequence, entry.digest


def verify_head() -> Iterator[str]:
    """Whether the row that writers lock agrees with the last entry: else the ledger's end was cut off."""
    head = LedgerHead.objects.filter(pk=1).first()
    last = LedgerEntry.objects.order_by("sequence").last()
    ends = (last.sequence, last.digest) if last else (0, chain.GENESIS)
    if head is None or (head.sequence, head.digest) != ends:
        yield f"the head says entry {head.sequence if head else 'none'}, the ledger ends with entry {ends[0]}"


def _problem(entry: LedgerEntry, sequence: int, digest: str, redacted: bool) -> str:
    if entry.sequence != sequence + 1:
        return f"follows entry {sequence}: the entries between are missing"
    if redacted and (entry.content or entry.salt):
        return "is redacted but still holds text"
    if not redacted and chain.content_digest(entry.salt, entry.content) != entry.content_digest:
        return "its content was changed"
    if chain.entry_digest(digest, metadata(entry), entry.content_digest) != entry.digest:
        return "its digest does not follow from the entry before"
    return ""


def compare(broken: set[str], *, repair: bool) -> list[Difference]:
    """What of the projections differs from the ledger; with `repair`, puts it right in one transaction.

    `broken`: commitments with an entry that does not fit, which are left alone.
    """
    with transaction.atomic():
        if repair:
            hold()
        references = [reference for reference in references_on_record() if reference not in broken]
        differences = project(references, repair=repair, tolerant=True)
        if repair and differences:
            LedgerHead.objects.update(rebuilds=F("rebuilds") + 1)
        return differences
