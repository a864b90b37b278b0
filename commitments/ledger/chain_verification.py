"""Whether the ledger's entries follow from one another, in order, and end where the head says."""

import hashlib
from collections import namedtuple
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from commitments.domain.choices import EntryKind
from commitments.domain.hash_chain import GENESIS, content_digest, entry_digest
from commitments.ledger.append import entry_metadata
from commitments.ledger.stored_rows import read_time, stored_column, stored_rows, stored_sql, stored_time
from commitments.models import LedgerEntry, LedgerHead

BATCH_SIZE = 1000  # entries that are read at a time
Progress = Callable[[str, int, int], None]  # what is verified, how many of them are done, and how many there are


@dataclass(frozen=True, slots=True)
class ChainError:
    """An entry that does not fit into the chain. `reference`: the commitment that it is about."""

    sequence: int
    reference: str
    what: str

    def __str__(self) -> str:
        return f"entry {self.sequence} ({self.reference}): {self.what}"


# An entry as it is stored: SQLite may hold anything in any of its columns.
COLUMNS = [column.attname for column in LedgerEntry._meta.concrete_fields]
StoredEntry: Any = namedtuple("StoredEntry", COLUMNS)  # type: ignore[misc]  # by the model's columns


def verify_chain(progress: Progress | None = None, *, accept_ahead: bool = False) -> Iterator[ChainError]:
    """Each entry whose sequence, content, digest or time of recording does not follow from the one before.

    `accept_ahead`: whether times that have not come yet are no problem of the chain's, only of a clock's.
    """
    sequence, digest, clock, length = 0, GENESIS, _Clock(accept_ahead), TIME_LENGTHS[connection.vendor]
    redacted = {row[0] for row in stored_rows(LedgerEntry.objects.filter(kind=EntryKind.REDACTION), ("target_id",))}
    total = LedgerEntry.objects.count()
    for number, entry in enumerate(_stored_entries(), 1):
        is_redacted, problem = entry.sequence in redacted, ""
        if is_redacted or not _is_sound(entry, sequence, digest, length):
            problem = _chain_problem(entry, sequence, digest, is_redacted)
        if problem := problem or clock.problem(entry):
            yield ChainError(entry.sequence, _about(entry), problem)
        sequence, digest = entry.sequence, entry.digest
        if progress and number % BATCH_SIZE == 0:
            progress("entries", number, total)


def verify_head() -> Iterator[str]:
    """Whether the row that writers lock agrees with the last entry: else the ledger's end was cut off."""
    head = LedgerHead.objects.filter(pk=1).values_list("sequence", "digest").first()
    ends = LedgerEntry.objects.order_by("-sequence").values_list("sequence", "digest").first() or (0, GENESIS)
    if head != ends:
        yield f"the head says entry {head[0] if head else 'none'}, the ledger ends with entry {ends[0]}"


def _stored_entries() -> Iterator[Any]:
    """All entries in order, some at a time, so that they never stand in memory together."""
    columns = ", ".join(stored_column(column, str(column.column)) for column in LedgerEntry._meta.concrete_fields)
    select = f"SELECT {columns} FROM {LedgerEntry._meta.db_table}"  # noqa: S608  (our names)
    order = f" ORDER BY sequence LIMIT {BATCH_SIZE}"
    batch = stored_sql(select + order, [])
    while batch:
        yield from map(StoredEntry._make, batch)
        batch = stored_sql(f"{select} WHERE sequence > %s{order}", [batch[-1][0]])


def _is_sound(entry: Any, sequence: int, digest: str, length: int) -> bool:
    try:
        return len(entry.recorded_at) == length and _fits(entry, sequence, digest)
    except (TypeError, ValueError):  # what SQLite holds is no text, or no number
        return False


def _fits(entry: Any, sequence: int, digest: str) -> bool:
    """Whether an entry's digests are right beyond doubt, without writing its metadata in canonical JSON.

    The text that is hashed here is that JSON where nothing in it needs another spelling. If a part held a quotation
    mark, the same text could stand for other parts: so they are counted. Whatever is not right here is looked at again.
    """
    time = entry.recorded_at
    if entry.sequence != sequence + 1 or type(time) is not str:
        return False
    about = f',"entity":"{entry.entity}"' if entry.kind == EntryKind.ENTITY else ""
    metadata = (
        f'{{"commitment":"{entry.commitment_id or ""}"{about},"key":"{entry.key or ""}","kind":"{entry.kind}",'
        f'"organisation":"{entry.organisation}","recorded_at":"{time[:10]}T{time[11:19]}Z","role":"{entry.role}",'
        f'"sequence":{entry.sequence:d},"target":{entry.target_id or 0:d}}}'
    )
    if metadata.count('"') != (32 if about else 28) or "\\" in metadata:
        return False
    if not about and entry.entity != "":
        return False
    content = hashlib.sha256((entry.salt + entry.content).encode()).hexdigest()
    whole = hashlib.sha256((digest + metadata + content).encode()).hexdigest()
    return bool(content == entry.content_digest and whole == entry.digest)


# 2026-11-22 08:00:00, and on PostgreSQL its offset from UTC; any longer has a fraction of a second.
TIME_LENGTHS = {"sqlite": 19, "postgresql": 22}


def _chain_problem(entry: Any, sequence: int, digest: str, redacted: bool) -> str:
    if entry.sequence != sequence + 1:
        return f"follows entry {sequence}: the entries between are missing"
    if redacted and (entry.content or entry.salt):
        return "is redacted but still holds text"
    try:
        if not redacted and content_digest(entry.salt, entry.content) != entry.content_digest:
            return "its content was changed"
        recorded_at = read_time(entry.recorded_at)
        metadata = entry_metadata(entry._replace(recorded_at=recorded_at))
        if entry_digest(digest, metadata, entry.content_digest) != entry.digest:
            return "its digest does not follow from the entry before"
    except (TypeError, ValueError) as error:  # what SQLite holds is no text, or no time
        return f"cannot be read: {error}"
    if recorded_at.microsecond:
        return "its time of recording has a fraction of a second, which its digest does not cover"
    return "" if entry.entity == "" or entry.kind == EntryKind.ENTITY else "says an entity, and is none"


class _Clock:
    """Times of recording never run backwards, and none lies ahead of the clock that verifies them (R5b)."""

    def __init__(self, accept_ahead: bool) -> None:
        self.before, self.now, self.is_kept, self.accept_ahead = "", _now(), False, accept_ahead

    def problem(self, entry: Any) -> str:
        """What is wrong with the time of the next entry, which is as it is stored.

        Before the first entity entry, versions that did not know them took the time that a release's file gave.
        """
        time = entry.recorded_at
        if type(time) is not str:
            return "its time of recording cannot be read"
        self.is_kept = self.is_kept or entry.kind == EntryKind.ENTITY
        before, self.before = self.before, max(time, self.before)
        if self.is_kept and time < before:
            return "was recorded before the entry before it"
        if self.accept_ahead:
            return ""
        if time[:SECONDS] > self.now:
            self.now = _now()  # it has gone on
        return "lies ahead of this machine’s clock" if time[:SECONDS] > self.now else ""


def _now() -> str:
    return stored_time(timezone.now())[:SECONDS]


SECONDS = 19  # how long a time to the second is: 2026-11-22 08:00:00


def _about(entry: Any) -> str:
    """The commitment or entity at stake: a redaction of a redaction is about what the first one was about."""
    seen: set[Any] = set()
    while entry.kind == EntryKind.REDACTION and entry.target_id not in seen:
        seen.add(entry.target_id)
        rows = stored_rows(LedgerEntry.objects.filter(pk=entry.target_id), COLUMNS)
        entry = StoredEntry._make(rows[0]) if rows else entry
    return str(entry.commitment_id or entry.entity or entry.kind)
