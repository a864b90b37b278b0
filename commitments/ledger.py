"""The one way into the ledger, and its verification.

`append` is one function and one transaction: it locks the head, checks the rules, writes the entries
and brings every projection in line (R2). Everything else here makes entries for it or checks them.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from commitments import chain, rules, triggers
from commitments.choices import UPDATE_KINDS, EntryKind, Role
from commitments.content import Content, public_value, publication
from commitments.models import Commitment, LedgerEntry, LedgerHead
from commitments.projection import Difference, project


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


def append(new: Sequence[NewEntry]) -> list[LedgerEntry]:
    """Record entries, in order, all or none. Raises ValidationError, by field, where a rule forbids one."""
    with transaction.atomic():
        head = LedgerHead.objects.select_for_update().get()
        rulebook = rules.Rulebook(_public_commitments(new), _already_said(new))
        entries: list[LedgerEntry] = []
        for one in new:
            rulebook.check(one.kind, one.content, one.commitment, one.target, timezone.localdate(one.recorded_at))
            entries.append(_entry(one, head))
        LedgerEntry.objects.bulk_create(entries, batch_size=500)
        head.save()
        redacted = [entry.target for entry in entries if entry.kind == EntryKind.REDACTION and entry.target]
        LedgerEntry.objects.filter(pk__in=[entry.pk for entry in redacted]).update(content="", salt="")
        touched = [*entries, *map(_subject, redacted)]
        project(list(dict.fromkeys(str(entry.commitment_id) for entry in touched if entry.commitment_id)))
    return entries


def _public_commitments(new: Sequence[NewEntry]) -> dict[str, Commitment]:
    """The public commitments that the new entries speak of, as they are now that the head is locked."""
    spoken_of = {one.commitment.reference for one in new if one.commitment}
    spoken_of |= {str(one.content["part_of"]) for one in new if one.kind == EntryKind.PUBLISHED}
    public = Commitment.objects.public().select_related("release", "area", "part_of")
    return {commitment.reference: commitment for commitment in public.filter(reference__in=spoken_of)}


def _already_said(new: Sequence[NewEntry]) -> dict[tuple[str, str], int]:
    """What stands on record of the commitments that get new updates: reference and content, to the entry."""
    spoken_of = {one.commitment.reference for one in new if one.commitment and one.kind in UPDATE_KINDS}
    standing = LedgerEntry.objects.filter(commitment__reference__in=spoken_of, kind__in=UPDATE_KINDS)
    standing = standing.exclude(targeted_by__kind=EntryKind.RETRACTION)
    return {(str(r), said): number for r, said, number in standing.values_list("commitment_id", "content", "sequence")}


def _subject(entry: LedgerEntry) -> LedgerEntry:
    """The entry whose text is at stake: a redaction of a redaction is about what the first one was about."""
    return _subject(entry.target) if entry.kind == EntryKind.REDACTION and entry.target else entry


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


def verify() -> Iterator[str]:
    """Each thing that does not fit: the chain's entries in order, the head, the triggers, the projections."""
    yield from verify_chain()
    yield from (f"trigger {name} is missing or changed" for name in triggers.problems(connection))
    yield from map(str, compare(repair=False))


def verify_chain() -> Iterator[str]:
    """Each entry whose sequence, content or digest does not follow from the one before, then the head."""
    sequence, digest = 0, chain.GENESIS
    redacted = set(LedgerEntry.objects.filter(kind=EntryKind.REDACTION).values_list("target_id", flat=True))
    for entry in LedgerEntry.objects.order_by("sequence").iterator(chunk_size=1000):
        problem = _problem(entry, sequence, digest, entry.sequence in redacted)
        if problem:
            yield f"entry {entry.sequence} ({entry.commitment_id or entry.kind}): {problem}"
        sequence, digest = entry.sequence, entry.digest
    head = LedgerHead.objects.filter(pk=1).first()
    if head is None or (head.sequence, head.digest) != (sequence, digest):
        yield f"the head says entry {head.sequence if head else 'none'}, the ledger ends with entry {sequence}"


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


def compare(*, repair: bool) -> list[Difference]:
    """What of the projections differs from the ledger; with `repair`, puts it right in one transaction."""
    with transaction.atomic():
        if repair:
            LedgerHead.objects.select_for_update().get()
        published = LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED).order_by("sequence")
        references = [str(reference) for reference in published.values_list("commitment_id", flat=True)]
        differences = project(references, repair=repair)
        unrecorded = Commitment.objects.public().exclude(reference__in=published.values("commitment_id"))
        differences += [Difference(c.reference, "commitment", "is public without an entry") for c in unrecorded]
    return differences
