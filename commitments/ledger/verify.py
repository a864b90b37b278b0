"""Verifying the ledger (its chain, its head, the triggers, the projections), and mending all but the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import F

from commitments.domain.choices import EntryKind
from commitments.domain.hash_chain import GENESIS, content_digest, entry_digest
from commitments.ledger import triggers
from commitments.ledger.append import entry_metadata, lock_head
from commitments.ledger.reconciliation import ProjectionError, reconcile_projections, references_on_record
from commitments.models import LedgerEntry, LedgerHead


@dataclass(frozen=True, slots=True)
class ChainError:
    """An entry that does not fit into the chain. `reference`: the commitment that it is about."""

    sequence: int
    reference: str
    what: str

    def __str__(self) -> str:
        """For the command's output."""
        return f"entry {self.sequence} ({self.reference}): {self.what}"


def verify_ledger() -> Iterator[str]:
    """Each thing that does not fit: the chain's entries in order, the head, the triggers, the projections."""
    yield from map(str, verify_chain())
    yield from verify_head()
    yield from (f"trigger {name} is missing or changed" for name in triggers.broken_triggers(connection))
    yield from map(str, diff_projections(set(), repair=False))


def rebuild_projections() -> Iterator[str]:
    """Lay the triggers and mend the projections, each thing as it is mended.

    The chain is never mended, and a commitment with an entry that does not fit is left as it is: its
    projections would only spread what somebody put there.
    """
    yield from (f"trigger {name}" for name in triggers.broken_triggers(connection))
    triggers.install(connection)
    yield from map(str, diff_projections({error.reference for error in verify_chain()}, repair=True))


def verify_chain() -> Iterator[ChainError]:
    """Each entry whose sequence, content or digest does not follow from the one before."""
    sequence, digest = 0, GENESIS
    redactions = LedgerEntry.objects.filter(kind=EntryKind.REDACTION)
    redacted = set(redactions.values_list("target_id", flat=True))
    for entry in LedgerEntry.objects.order_by("sequence").iterator(chunk_size=1000):
        problem = _chain_problem(entry, sequence, digest, entry.sequence in redacted)
        if problem:
            yield ChainError(entry.sequence, str(entry.subject.commitment_id or entry.kind), problem)
        sequence, digest = entry.sequence, entry.digest


def verify_head() -> Iterator[str]:
    """Whether the row that writers lock agrees with the last entry: else the ledger's end was cut off."""
    head = LedgerHead.objects.filter(pk=1).first()
    last = LedgerEntry.objects.order_by("sequence").last()
    ends = (last.sequence, last.digest) if last else (0, GENESIS)
    if head is None or (head.sequence, head.digest) != ends:
        yield f"the head says entry {head.sequence if head else 'none'}, the ledger ends with entry {ends[0]}"


def _chain_problem(entry: LedgerEntry, sequence: int, digest: str, redacted: bool) -> str:
    if entry.sequence != sequence + 1:
        return f"follows entry {sequence}: the entries between are missing"
    if redacted and (entry.content or entry.salt):
        return "is redacted but still holds text"
    if not redacted and content_digest(entry.salt, entry.content) != entry.content_digest:
        return "its content was changed"
    if entry_digest(digest, entry_metadata(entry), entry.content_digest) != entry.digest:
        return "its digest does not follow from the entry before"
    return ""


def diff_projections(broken: set[str], *, repair: bool) -> list[ProjectionError]:
    """What of the projections differs from the ledger; with `repair`, puts it right in one transaction.

    `broken`: commitments with an entry that does not fit, which are left alone.
    """
    with transaction.atomic():
        if repair:
            lock_head()
        references = [reference for reference in references_on_record() if reference not in broken]
        differences = reconcile_projections(references, repair=repair, tolerant=True)
        if repair and differences:
            LedgerHead.objects.update(rebuilds=F("rebuilds") + 1)
        return differences
