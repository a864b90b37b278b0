"""From entries of the ledger to rows: what each projection must hold, and putting the tables right.

Appending, verifying and rebuilding all use the same fold, so that the projections equal what the
ledger says (R3) because nothing else ever writes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, cast

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.timezone import localdate

from commitments import content as contents
from commitments.choices import UPDATE_KINDS, EntryKind
from commitments.content import Content, Directory
from commitments.dates import PartialDate
from commitments.languages import CHINESE, findable, sort_key, suffix
from commitments.models import (
    Commitment,
    Evidence,
    LedgerEntry,
    Ownership,
    Partnership,
    State,
    Translation,
    Update,
)
from commitments.schedule import Fact, Standing, Support, effective_on, standing

# A state is kept for every day: these stand for "always" at either end.
FIRST_DAY, LAST_DAY = date(1, 1, 1), date(9999, 12, 31)
BATCH = 500
SEARCHED = ("title", "quote", "parties_as_stated", "note")  # of a commitment's own texts
PARTY_TABLES: dict[str, type[Ownership] | type[Partnership]] = {"owners": Ownership, "partners": Partnership}


# What tampered entries and renamed slugs run into when they are folded.
UNREADABLE = (AttributeError, KeyError, ObjectDoesNotExist, TypeError, ValidationError, ValueError)


Translations = dict[str, dict[str, str]]  # by language: from a text on record to its translation


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


def references_on_record() -> list[str]:
    """Every commitment that the ledger published, in order, and every other that has rows as if it had."""
    published = LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED).order_by("sequence")
    references = [str(reference) for reference in published.values_list("commitment_id", flat=True)]
    shown = Commitment.objects.filter(
        Q(published_at__isnull=False) | Q(updates__isnull=False) | Q(states__isnull=False)
    )
    others = shown.exclude(reference__in=published.values("commitment_id")).order_by("reference").distinct()
    return references + list(others.values_list("reference", flat=True))


def project(references: Sequence[str], *, repair: bool = True, tolerant: bool = False) -> list[Difference]:
    """Compare the projections of commitments with their entries and, with `repair`, put them right.

    Returns what differed. Runs in batches with a constant number of queries each; the caller holds
    the transaction. `tolerant`: a commitment whose entries cannot be understood is one more
    difference; else it is an error.
    """
    directory, redactions = Directory(), Redactions()
    differences: list[Difference] = []
    for start in range(0, len(references), BATCH):
        batch = Batch(references[start : start + BATCH])
        differences += batch.fold(directory, redactions, tolerant=tolerant)
        differences += batch.reconcile(repair=repair)
    return differences


def fill() -> None:
    """Project what was on record before titles had keys to sort by: they are never empty."""
    waiting = Commitment.objects.filter(title_key_zh_hant="", entries__kind=EntryKind.PUBLISHED)
    if references := list(waiting.values_list("reference", flat=True)):
        with transaction.atomic():
            project(references, tolerant=True)


class Batch:
    """Some commitments, their entries and what these come to."""

    def __init__(self, references: Sequence[str]) -> None:
        self.commitments = {c.reference: c for c in Commitment.objects.filter(reference__in=references)}
        self.missing = [reference for reference in references if reference not in self.commitments]
        self.entries: dict[str, list[LedgerEntry]] = defaultdict(list)
        for entry in LedgerEntry.objects.filter(commitment__reference__in=references).order_by("sequence"):
            self.entries[str(entry.commitment_id)].append(entry)
        # The latest row of each text counts; an empty one takes back what was said before.
        self.translations: dict[str, Translations] = defaultdict(lambda: {language: {} for language in CHINESE})
        told = Translation.objects.filter(commitment__reference__in=references).order_by("pk")
        for reference, language, source, text in told.values_list(
            "commitment__reference", "language", "source", "text"
        ):
            self.translations[reference][language][source] = text
        self.wanted: dict[str, Projection] = {}

    def fold(self, directory: Directory, redactions: Redactions, *, tolerant: bool) -> list[Difference]:
        """Work out each projection; with `tolerant`, what cannot be is told and left alone."""
        differences = [Difference(reference, "commitment", "its row is gone") for reference in self.missing]
        for reference, commitment in list(self.commitments.items()):
            entries = self.entries[reference]
            if not entries or entries[0].kind != EntryKind.PUBLISHED:
                if commitment.published_at:
                    differences.append(Difference(reference, "commitment", "is public without an entry"))
                continue
            try:
                memory = self.translations[reference]
                self.wanted[reference] = fold(commitment, entries, directory, redactions, memory)
            except UNREADABLE as error:
                if not tolerant:
                    raise
                del self.commitments[reference]
                differences.append(Difference(reference, "commitment", f"cannot be made from its entries: {error!r}"))
        return differences

    def reconcile(self, *, repair: bool) -> list[Difference]:
        """Every table of the batch, in an order in which nothing hangs in the air."""
        return [
            *_reconcile_commitments(self.commitments, self.wanted, repair),
            *_reconcile_parties(self.commitments, self.wanted, repair),
            *self._reconcile_progress(repair),
        ]

    def _reconcile_progress(self, repair: bool) -> list[Difference]:
        ids = {commitment.pk: reference for reference, commitment in self.commitments.items()}
        numbers = {entry.sequence: reference for reference in ids.values() for entry in self.entries[reference]}
        wanted = [self.wanted[reference] for reference in ids.values() if reference in self.wanted]
        of_these = Q(commitment__in=ids) | Q(entry__in=numbers)
        updates = Table(Update, Update.objects.filter(of_these), ("entry_id",))
        shown = Q(update__commitment__in=ids) | Q(update__in=numbers)
        evidence = Table(Evidence, Evidence.objects.filter(shown), ("update_id", "position"))
        states = Table(State, State.objects.filter(commitment__in=ids), ("commitment_id", "from_day"))
        updates.compare([row for one in wanted for row in one.updates])
        evidence.compare([row for one in wanted for row in one.evidence])
        states.compare([row for one in wanted for row in one.states])
        if repair:
            evidence.delete()
            for table in (updates, evidence, states):
                table.write()
            updates.delete()
            states.delete()
        return [
            *updates.differences(lambda key: numbers.get(key[0], f"entry {key[0]}")),
            *evidence.differences(lambda key: numbers.get(key[0], f"entry {key[0]}")),
            *states.differences(lambda key: ids[key[0]]),
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
    commitment: Commitment,
    entries: Sequence[LedgerEntry],
    directory: Directory,
    redactions: Redactions,
    memory: Translations,
) -> Projection:
    """All projections of one commitment, from its entries in order. The first is its publication.

    `memory`: the translations of its texts, also of some that are not on record.
    """
    retracted = {int(e.target_id or 0): e for e in entries if e.kind == EntryKind.RETRACTION}
    said = {entry.sequence: redactions.remaining(entry) for entry in entries}
    public = public_fields(entries, said, retracted)
    texts = texts_on_record(entries, said, redactions)
    translated = {
        language: {text: known[text] for text in texts if known.get(text)} for language, known in memory.items()
    }
    projection = Projection(
        columns=directory.columns(public) | columns_in_chinese(public, texts, translated),
        parties={name: directory.organisations(public[name]) for name in contents.PARTIES},
        published_at=entries[0].recorded_at,
    )
    facts: list[Fact] = []
    for entry in entries:
        if entry.kind in UPDATE_KINDS:
            update, evidence = rows_of_update(entry, said[entry.sequence] or {})
            update.commitment = commitment
            if update.reply_of_id:
                directory.organisations([update.reply_of_id])  # KeyError where its slug is gone
            update.retracted_by = retracted.get(entry.sequence)
            update.redacted_by = redactions.of.get(entry.sequence)
            update.han = _findable([update.note], translated)
            projection.updates.append(update)
            projection.evidence += evidence
            if update.stands:
                facts.append(fact_of(update, evidence))
    stated = projection.columns["deadline"]
    projection.states = [
        _state(commitment, first, until, standing(stated, facts, first)) for first, until in intervals(facts)
    ]
    return projection


def texts_on_record(
    entries: Iterable[LedgerEntry], said: dict[int, Content | None], redactions: Redactions
) -> list[str]:
    """Every text that the entries of a commitment say, once each, in the order in which it was first said."""
    found = places_on_record(entries, said, redactions)
    return list(dict.fromkeys(text for _entry, _name, text in found if text))


def places_on_record(
    entries: Iterable[LedgerEntry], said: dict[int, Content | None], redactions: Redactions
) -> Iterator[tuple[LedgerEntry, str, str]]:
    """Where they say it: an entry, its field, and the text, which may be empty."""
    for entry in entries:
        for name, text in contents.named_texts(entry.kind, said[entry.sequence] or {}):
            yield entry, name, text
        redaction = redactions.of.get(entry.sequence)
        while redaction:
            for name, text in contents.named_texts(redaction.kind, redaction.data or {}):
                yield redaction, name, text
            redaction = redactions.of.get(redaction.sequence)


def columns_in_chinese(public: Content, texts: Sequence[str], translated: Translations) -> dict[str, Any]:
    """The columns of a commitment that come from its translations; texts without one stand for themselves."""
    columns: dict[str, Any] = {
        "translated": {language: said for language, said in translated.items() if said},
        "han": _findable([public[name] for name in SEARCHED], translated),
    }
    for language, said in translated.items():
        title = said.get(public["title"], public["title"])
        columns[f"title_key{suffix(language)}"] = sort_key(title, language)
        columns[f"untranslated{suffix(language)}"] = len(texts) - len(said)
    return columns


def _findable(texts: Iterable[str], translated: Translations) -> str:
    return findable(*(one for text in texts for one in (text, *(said.get(text, "") for said in translated.values()))))


def public_fields(
    entries: Sequence[LedgerEntry], said: dict[int, Content | None], retracted: Container[int]
) -> Content:
    """The public fields of a commitment: as they were published, with every correction that stands."""
    public = dict(said[entries[0].sequence] or {})
    for entry in entries:
        correction = said[entry.sequence]
        if entry.kind == EntryKind.CORRECTION and correction and entry.sequence not in retracted:
            public |= {change["field"]: change["after"] for change in correction["changes"]}
    return public


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
        reply_of_id=said.get("reply_of"),
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
        dated=cast("PartialDate", update.date),  # an update that stands has one
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
    table = Table(Commitment, Commitment.objects.filter(reference__in=wanted), ("id",))
    table.compare(
        [
            Commitment(pk=commitments[reference].pk, published_at=projection.published_at, **projection.columns)
            for reference, projection in wanted.items()
        ]
    )
    if repair:
        table.write()
    references = {commitment.pk: reference for reference, commitment in commitments.items()}
    return table.differences(lambda key: references[key[0]], numbered=False)


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


class Table:
    """The rows of one table beside those wanted. Read as plain values: a model would compute its days anew."""

    def __init__(self, model: type[models.Model], rows: models.QuerySet[Any], identity: tuple[str, ...]) -> None:
        self.model, self.identity = model, identity
        self.columns = [column for column in model._meta.concrete_fields if column.attname not in ("id", *identity)]
        names = [column.attname for column in self.columns]
        self.present = {self._key(row): row for row in rows.values("pk", *identity, *names)}
        self.missing: list[Any] = []
        self.changed: list[tuple[Any, list[str]]] = []

    def _key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in self.identity)

    def compare(self, wanted: Sequence[Any]) -> None:
        """Sort the wanted rows into missing and changed; what stays in `present` is in no entry."""
        for row in wanted:
            found = self.present.pop(self._key(vars(row)), None)
            if found is None:
                self.missing.append(row)
                continue
            row.pk = found["pk"]
            names = [c.name for c in self.columns if found[c.attname] != getattr(row, c.attname)]
            if names:
                self.changed.append((row, names))

    def write(self) -> None:
        """Store what is missing, and of what differs the columns that do."""
        manager = self.model._default_manager
        if self.changed:
            names = sorted({name for _row, names in self.changed for name in names})
            manager.bulk_update([row for row, _names in self.changed], names, batch_size=100)
        manager.bulk_create(self.missing, batch_size=BATCH)

    def delete(self) -> None:
        """Take out what is in no entry."""
        self.model._default_manager.filter(pk__in=[row["pk"] for row in self.present.values()]).delete()

    def differences(self, reference: Callable[[tuple[Any, ...]], str], *, numbered: bool = True) -> list[Difference]:
        """All that was found, in words. `numbered`: a commitment has more than one row in this table."""
        name = str(self.model._meta.model_name)
        missing = [(self._key(vars(row)), "is missing") for row in self.missing]
        changed = [(self._key(vars(row)), f"differs in {', '.join(names)}") for row, names in self.changed]
        extra = [(key, "is not in the ledger") for key in self.present]
        return [
            Difference(reference(key), name, f"{', '.join(map(str, key))} {what}" if numbered else what)
            for key, what in missing + changed + extra
        ]
