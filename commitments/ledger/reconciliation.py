"""The tables beside what the ledger says they must hold: telling what differs, and putting it right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models, transaction
from django.db.models import Q

from commitments.domain.choices import EntryKind
from commitments.i18n.languages import CHINESE
from commitments.ledger.contents import SlugResolver
from commitments.ledger.projection import Projection, RedactionIndex, Translations, fold_entries
from commitments.models import Commitment, Evidence, LedgerEntry, Ownership, Partnership, State, Translation, Update

BATCH_SIZE = 500  # commitments that are compared, or rows that are written, at a time
PARTY_TABLES: dict[str, type[Ownership] | type[Partnership]] = {"owners": Ownership, "partners": Partnership}

# What tampered entries and renamed slugs run into when they are folded.
FOLD_ERRORS = (AttributeError, KeyError, ObjectDoesNotExist, TypeError, ValidationError, ValueError)


@dataclass(frozen=True, slots=True)
class ProjectionError:
    """One place where a projection is not what the ledger says."""

    reference: str
    table: str
    what: str

    def __str__(self) -> str:
        """For the command's output."""
        return f"{self.reference}: {self.table}: {self.what}"


def references_on_record() -> list[str]:
    """Every commitment that the ledger published, in order, and every other that has rows as if it had."""
    publications = LedgerEntry.objects.filter(kind=EntryKind.PUBLISHED).order_by("sequence")
    references = [str(reference) for reference in publications.values_list("commitment_id", flat=True)]
    commitments = Commitment.objects.filter(
        Q(published_at__isnull=False) | Q(updates__isnull=False) | Q(states__isnull=False)
    )
    others = commitments.exclude(reference__in=publications.values("commitment_id")).order_by("reference").distinct()
    return references + list(others.values_list("reference", flat=True))


def reconcile_projections(
    references: Sequence[str], *, repair: bool = True, tolerant: bool = False
) -> list[ProjectionError]:
    """Compare the projections of commitments with their entries and, with `repair`, put them right.

    Returns what differed. Runs in batches with a constant number of queries each; the caller holds
    the transaction. `tolerant`: a commitment whose entries cannot be understood is one more
    difference; else it is an error.
    """
    resolver, redactions = SlugResolver(), RedactionIndex()
    differences: list[ProjectionError] = []
    for start in range(0, len(references), BATCH_SIZE):
        batch = ProjectionBatch(references[start : start + BATCH_SIZE])
        differences += batch.fold(resolver, redactions, tolerant=tolerant)
        differences += batch.reconcile(repair=repair)
    return differences


def project_missing_columns() -> None:
    """Project what was on record before titles had keys to sort by: they are never empty."""
    waiting = Commitment.objects.filter(title_key_zh_hant="", entries__kind=EntryKind.PUBLISHED)
    if references := list(waiting.values_list("reference", flat=True)):
        with transaction.atomic():
            reconcile_projections(references, tolerant=True)


class ProjectionBatch:
    """Some commitments, their entries and what these come to."""

    def __init__(self, references: Sequence[str]) -> None:
        self.commitments = {
            commitment.reference: commitment for commitment in Commitment.objects.filter(reference__in=references)
        }
        self.missing = [reference for reference in references if reference not in self.commitments]
        self.entries: dict[str, list[LedgerEntry]] = defaultdict(list)
        for entry in LedgerEntry.objects.filter(commitment__reference__in=references).order_by("sequence"):
            self.entries[str(entry.commitment_id)].append(entry)
        # The latest row of each text counts; an empty one takes back what was said before.
        self.translations: dict[str, Translations] = defaultdict(lambda: {language: {} for language in CHINESE})
        translations = Translation.objects.filter(commitment__reference__in=references).order_by("pk")
        for reference, language, source, text in translations.values_list(
            "commitment__reference", "language", "source", "text"
        ):
            self.translations[reference][language][source] = text
        self.wanted: dict[str, Projection] = {}

    def fold(self, resolver: SlugResolver, redactions: RedactionIndex, *, tolerant: bool) -> list[ProjectionError]:
        """Work out each projection; with `tolerant`, what cannot be is told and left alone."""
        differences = [ProjectionError(reference, "commitment", "its row is gone") for reference in self.missing]
        for reference, commitment in list(self.commitments.items()):
            entries = self.entries[reference]
            if not entries or entries[0].kind != EntryKind.PUBLISHED:
                if commitment.published_at:
                    differences.append(ProjectionError(reference, "commitment", "is public without an entry"))
                continue
            try:
                translations = self.translations[reference]
                self.wanted[reference] = fold_entries(commitment, entries, resolver, redactions, translations)
            except FOLD_ERRORS as error:
                if not tolerant:
                    raise
                del self.commitments[reference]
                differences.append(
                    ProjectionError(reference, "commitment", f"cannot be made from its entries: {error!r}")
                )
        return differences

    def reconcile(self, *, repair: bool) -> list[ProjectionError]:
        """Every table of the batch, in an order in which nothing hangs in the air."""
        return [
            *_reconcile_commitments(self.commitments, self.wanted, repair),
            *_reconcile_parties(self.commitments, self.wanted, repair),
            *self._reconcile_progress(repair),
        ]

    def _reconcile_progress(self, repair: bool) -> list[ProjectionError]:
        ids = {commitment.pk: reference for reference, commitment in self.commitments.items()}
        numbers = {entry.sequence: reference for reference in ids.values() for entry in self.entries[reference]}
        wanted = [self.wanted[reference] for reference in ids.values() if reference in self.wanted]
        updates_filter = Q(commitment__in=ids) | Q(entry__in=numbers)
        updates = TableDiff(Update, Update.objects.filter(updates_filter), ("entry_id",))
        evidence_filter = Q(update__commitment__in=ids) | Q(update__in=numbers)
        evidence = TableDiff(Evidence, Evidence.objects.filter(evidence_filter), ("update_id", "position"))
        states = TableDiff(State, State.objects.filter(commitment__in=ids), ("commitment_id", "from_day"))
        updates.compare([row for projection in wanted for row in projection.updates])
        evidence.compare([row for projection in wanted for row in projection.evidence])
        states.compare([row for projection in wanted for row in projection.states])
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


def _reconcile_commitments(
    commitments: dict[str, Commitment], wanted: dict[str, Projection], repair: bool
) -> list[ProjectionError]:
    table = TableDiff(Commitment, Commitment.objects.filter(reference__in=wanted), ("id",))
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
) -> list[ProjectionError]:
    differences = []
    for name, model in PARTY_TABLES.items():
        present: dict[int, set[int]] = defaultdict(set)
        rows = model.objects.filter(commitment__in=list(commitments.values()))
        for commitment_id, organisation_id in rows.values_list("commitment_id", "organisation_id"):
            present[commitment_id].add(organisation_id)
        for reference, projection in wanted.items():
            commitment, organisation_ids = commitments[reference], projection.parties[name]
            if present[commitment.pk] != organisation_ids:
                differences.append(ProjectionError(reference, name, "differ"))
                if repair:
                    getattr(commitment, name).set(organisation_ids)
    return differences


class TableDiff:
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
            present_row = self.present.pop(self._key(vars(row)), None)
            if present_row is None:
                self.missing.append(row)
                continue
            row.pk = present_row["pk"]
            names = [
                column.name for column in self.columns if present_row[column.attname] != getattr(row, column.attname)
            ]
            if names:
                self.changed.append((row, names))

    def write(self) -> None:
        """Store what is missing, and of what differs the columns that do."""
        manager = self.model._default_manager
        if self.changed:
            names = sorted({name for _row, names in self.changed for name in names})
            manager.bulk_update([row for row, _names in self.changed], names, batch_size=100)
        manager.bulk_create(self.missing, batch_size=BATCH_SIZE)

    def delete(self) -> None:
        """Take out what is in no entry."""
        self.model._default_manager.filter(pk__in=[row["pk"] for row in self.present.values()]).delete()

    def differences(
        self, reference: Callable[[tuple[Any, ...]], str], *, numbered: bool = True
    ) -> list[ProjectionError]:
        """All that was found, in words. `numbered`: a commitment has more than one row in this table."""
        name = str(self.model._meta.model_name)
        missing = [(self._key(vars(row)), "is missing") for row in self.missing]
        changed = [(self._key(vars(row)), f"differs in {', '.join(names)}") for row, names in self.changed]
        extra = [(key, "is not in the ledger") for key in self.present]
        return [
            ProjectionError(reference(key), name, f"{', '.join(map(str, key))} {what}" if numbered else what)
            for key, what in missing + changed + extra
        ]
