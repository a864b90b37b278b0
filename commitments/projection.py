"""From entries of the ledger to rows: what each projection must hold, and putting the tables right.

Appending, verifying and rebuilding all use the same fold, so that the projections equal what the
ledger says (R3) because nothing else ever writes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from django.db import models
from django.utils.timezone import localdate

from commitments import content as contents
from commitments.choices import UPDATE_KINDS, EntryKind
from commitments.content import Content, Directory
from commitments.dates import parse
from commitments.models import Commitment, Evidence, LedgerEntry, Ownership, Partnership, State, Update
from commitments.schedule import Fact, Standing, Support, effective_on, standing

# A state is kept for every day: these stand for "always" at either end.
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
BATCH = 500
PARTY_TABLES: dict[str, type[Ownership] | type[Partnership]] = {"owners": Ownership, "partners": Partnership}


@dataclass(slots=True)
class Projection:
    """What the entries of one commitment come to."""

    columns: dict[str, Any]
    parties: dict[str, set[int]]
    published_at: datetime
    updates: list[Update] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    states: list[State] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where a projection is not what the ledger says."""

    reference: str
    table: str
    what: str

    def __str__(self) -> str:
        """For the command's output."""
        return f"{self.reference}: {self.table}: {self.what}"


def project(references: Sequence[str], *, repair: bool = True) -> list[Difference]:
    """Compare the projections of published commitments with their entries and, with `repair`, put them right.

    Returns what differed. Runs in batches with a constant number of queries each; the caller holds
    the transaction.
    """
    directory, redactions = Directory(), Redactions()
    differences: list[Difference] = []
    for start in range(0, len(references), BATCH):
        differences += _project_batch(references[start : start + BATCH], directory, redactions, repair)
    return differences


def _project_batch(
    references: Sequence[str], directory: Directory, redactions: Redactions, repair: bool
) -> list[Difference]:
    commitments = {c.reference: c for c in Commitment.objects.filter(reference__in=references)}
    by_commitment: dict[str, list[LedgerEntry]] = defaultdict(list)
    for entry in LedgerEntry.objects.filter(commitment__reference__in=references).order_by("sequence"):
        by_commitment[str(entry.commitment_id)].append(entry)
    wanted = {
        reference: fold(commitments[reference], entries, directory, redactions)
        for reference, entries in by_commitment.items()
        if entries[0].kind == EntryKind.PUBLISHED
    }
    return [
        *_reconcile_commitments(commitments, wanted, repair),
        *_reconcile_parties(commitments, wanted, repair),
        *_reconcile_rows(Tables(commitments), wanted, repair),
    ]


class Redactions:
    """The redaction of each entry that was redacted, and what remains of the entry."""

    def __init__(self) -> None:
        """Read the redactions once: there are few."""
        entries = LedgerEntry.objects.filter(kind=EntryKind.REDACTION)
        self.of: dict[int, LedgerEntry] = {int(entry.target_id or 0): entry for entry in entries}

    def remaining(self, entry: LedgerEntry) -> Content | None:
        """The entry's content, or what its redaction left of it; None where nothing is left."""
        if entry.content:
            return entry.data
        redaction = self.of.get(entry.sequence)
        said = self.remaining(redaction) if redaction else None
        return said.get("remaining") if said else None


def fold(
    commitment: Commitment, entries: Sequence[LedgerEntry], directory: Directory, redactions: Redactions
) -> Projection:
    """All projections of one commitment, from its entries in order. The first is its publication."""
    retracted = {int(e.target_id or 0): e for e in entries if e.kind == EntryKind.RETRACTION}
    said = {entry.sequence: redactions.remaining(entry) for entry in entries}
    public = dict(said[entries[0].sequence] or {})
    for entry in entries:
        correction = said[entry.sequence]
        if entry.kind == EntryKind.CORRECTION and correction and entry.sequence not in retracted:
            public |= {change["field"]: change["after"] for change in correction["changes"]}
    projection = Projection(
        columns=directory.columns(public),
        parties={name: directory.organisations(public[name]) for name in contents.PARTIES},
        published_at=entries[0].recorded_at,
    )
    facts: list[Fact] = []
    for entry in entries:
        if entry.kind in UPDATE_KINDS:
            update, evidence = rows_of_update(entry, said[entry.sequence] or {})
            update.commitment = commitment
            update.retracted_by = retracted.get(entry.sequence)
            update.redacted_by = redactions.of.get(entry.sequence)
            projection.updates.append(update)
            projection.evidence += evidence
            if said[entry.sequence] and entry.sequence not in retracted:
                facts.append(fact_of(update, evidence))
    stated = Commitment(deadline=projection.columns["deadline"]).deadline
    projection.states = [
        _state(commitment, first, until, standing(stated, facts, first)) for first, until in intervals(facts)
    ]
    return projection


def rows_of_update(entry: LedgerEntry, said: Content) -> tuple[Update, list[Evidence]]:
    """The update and evidence rows of a report, context or check; all but empty where it was removed."""
    values = {name: said[name] for name in contents.UPDATE_FIELDS[entry.kind] if name in said}
    values["achieved"] = contents.read_number(values.get("achieved", ""))
    recorded_on = localdate(entry.recorded_at)
    update = Update(
        entry=entry,
        kind=entry.kind,
        recorded_at=entry.recorded_at,
        role=entry.role,
        organisation=entry.organisation,
        **({"basis": ""} | values),
    )
    update.effective_on = effective_on(update.date, recorded_on) if update.date else recorded_on
    evidence = [
        Evidence(update=update, position=position, **row) for position, row in enumerate(said.get("evidence", ()), 1)
    ]
    return update, evidence


def fact_of(update: Update, evidence: Sequence[Evidence]) -> Fact:
    """An update that counts, as the rules see it."""
    return Fact(
        sequence=update.pk,
        kind=update.kind,
        dated=update.date or parse(update.effective_on.isoformat()),
        effective_on=update.effective_on,
        status=update.status,
        stop_reason=update.stop_reason,
        achieved=update.achieved,
        deadline=update.deadline,
        note=update.note,
        supports=tuple(Support(row.url, row.relation, row.source) for row in evidence),
    )


def intervals(facts: Iterable[Fact]) -> Iterator[tuple[date, date]]:
    """The spans of days in which nothing changes, covering every day; the last day is not included."""
    days = sorted({fact.effective_on for fact in facts})
    return pairwise([FIRST_DAY, *days, LAST_DAY])


def _state(commitment: Commitment, first: date, until: date, now: Standing) -> State:
    return State(
        commitment=commitment,
        from_day=first,
        until_day=until,
        status=now.status,
        stop_reason=now.stop_reason,
        status_on=now.status_on,
        completed_on=now.completed_on,
        achieved=now.achieved,
        deadline=now.deadline,
        original_deadline=now.original_deadline,
        evidence=now.evidence,
        last_entry_on=now.last_entry_on,
        searched_on=now.searched_on,
        note=now.note,
        evidence_urls="\n".join(dict.fromkeys(support.url for support in now.supports)),
    )


def _reconcile_commitments(
    commitments: dict[str, Commitment], wanted: dict[str, Projection], repair: bool
) -> list[Difference]:
    differences, changed, columns = [], [], set()
    for reference, projection in wanted.items():
        commitment = commitments[reference]
        target = Commitment(pk=commitment.pk, published_at=projection.published_at, **projection.columns)
        names = _differing(commitment, target)
        if names:
            differences.append(Difference(reference, "commitment", f"differs in {', '.join(names)}"))
            changed.append(target)
            columns.update(names)
    if repair and changed:
        Commitment.objects.bulk_update(changed, sorted(columns), batch_size=100)
    return differences


def _reconcile_parties(
    commitments: dict[str, Commitment], wanted: dict[str, Projection], repair: bool
) -> list[Difference]:
    differences = []
    for name, model in PARTY_TABLES.items():
        present: dict[int, set[int]] = defaultdict(set)
        rows = model.objects.filter(commitment__in=list(commitments.values()))
        for commitment_id, organisation_id in rows.values_list("commitment_id", "organisation_id"):
            present[commitment_id].add(organisation_id)
        for reference, projection in wanted.items():
            commitment, bodies = commitments[reference], projection.parties[name]
            if present[commitment.pk] != bodies:
                differences.append(Difference(reference, name, "differ"))
                if repair:
                    getattr(commitment, name).set(bodies)
    return differences


class Tables:
    """The rows that stand in the tables, for the commitments of a batch."""

    def __init__(self, commitments: dict[str, Commitment]) -> None:
        """Name each table, its rows and what identifies a row."""
        ids = [commitment.pk for commitment in commitments.values()]
        self.references = {commitment.pk: reference for reference, commitment in commitments.items()}
        self.updates = Update.objects.filter(commitment__in=ids)
        self.evidence = Evidence.objects.filter(update__commitment__in=ids).select_related("update")
        self.states = State.objects.filter(commitment__in=ids)


def _reconcile_rows(tables: Tables, wanted: dict[str, Projection], repair: bool) -> list[Difference]:
    updates = [row for projection in wanted.values() for row in projection.updates]
    evidence = [row for projection in wanted.values() for row in projection.evidence]
    states = [row for projection in wanted.values() for row in projection.states]

    def of_commitment(row: Any) -> str:
        return tables.references[row.commitment_id]

    def of_update(row: Evidence) -> str:
        return tables.references[row.update.commitment_id]

    return [
        *_reconcile(tables.updates, updates, lambda row: row.pk, of_commitment, repair),
        *_reconcile(tables.evidence, evidence, lambda row: (row.update_id, row.position), of_update, repair),
        *_reconcile(tables.states, states, lambda row: (row.commitment_id, row.from_day), of_commitment, repair),
    ]


def _reconcile(
    rows: models.QuerySet[Any],
    wanted: Sequence[Any],
    identity: Callable[[Any], Any],
    reference: Callable[[Any], str],
    repair: bool,
) -> list[Difference]:
    """Compare the rows of one table with those wanted; with `repair`, create, change and delete what is needed."""
    table = str(rows.model._meta.model_name)
    present = {identity(row): row for row in rows}
    differences, missing, changed, columns = [], [], [], set()
    for row in wanted:
        found = present.pop(identity(row), None)
        if found is None:
            missing.append(row)
            differences.append(Difference(reference(row), table, f"{identity(row)} is missing"))
            continue
        row.pk = found.pk
        if names := _differing(found, row):
            changed.append(row)
            columns.update(names)
            differences.append(Difference(reference(row), table, f"{identity(row)} differs in {', '.join(names)}"))
    for key, row in present.items():
        differences.append(Difference(reference(row), table, f"{key} is not in the ledger"))
    if repair:
        rows.model._default_manager.filter(pk__in=[row.pk for row in present.values()]).delete()
        if changed:
            rows.model._default_manager.bulk_update(changed, sorted(columns), batch_size=100)
        rows.model._default_manager.bulk_create(missing, batch_size=BATCH)
    return differences


def _differing(found: models.Model, wanted: models.Model) -> list[str]:
    """The names of the columns in which two rows differ."""
    return [
        column.name
        for column in found._meta.concrete_fields
        if not column.primary_key and getattr(found, column.attname) != getattr(wanted, column.attname)
    ]
