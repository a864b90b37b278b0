"""The tables beside what the ledger says they must hold: telling what differs, and putting it right."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, models, transaction
from django.db.models import Q

from commitments.domain.choices import EntryKind
from commitments.i18n.languages import CHINESE
from commitments.ledger import triggers
from commitments.ledger.contents import SlugResolver
from commitments.ledger.projection import Projection, RedactionIndex, Translations, fold_entries
from commitments.ledger.stored_rows import is_same, read_entries, stored_form, stored_rows
from commitments.models import (
    Area,
    Commitment,
    Evidence,
    LedgerEntry,
    Organisation,
    Ownership,
    Partnership,
    Repetition,
    State,
    Translation,
    Update,
)

BATCH_SIZE = 500  # commitments that are compared, or rows that are written, at a time
PARTY_TABLES: dict[str, type[Ownership] | type[Partnership]] = {"owners": Ownership, "partners": Partnership}

COMMITMENT_COLUMNS = ("id", "reference", "published_at")

# What tampered entries and renamed slugs run into when they are folded.
FOLD_ERRORS = (AttributeError, KeyError, ObjectDoesNotExist, TypeError, ValidationError, ValueError)


@dataclass(frozen=True, slots=True)
class ProjectionError:
    """One place where a projection is not what the ledger says."""

    reference: str
    table: str
    what: str

    def __str__(self) -> str:
        return f"{self.reference}: {self.table}: {self.what}"


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
        differences += batch.reconcile(repair=repair, dates_of_publication=tolerant)
    return differences


def project_missing_columns() -> None:
    """Project what was on record before searches looked through one text, which is never empty."""
    for row in (*Organisation.objects.filter(search_text=""), *Area.objects.filter(search_text="")):
        row.save(update_fields=["search_text"])
    waiting = Commitment.objects.filter(search_text="", entries__kind=EntryKind.PUBLISHED)
    if references := list(waiting.values_list("reference", flat=True)):
        with transaction.atomic():
            reconcile_projections(references, tolerant=True)


class ProjectionBatch:
    """Some commitments, their entries and what these come to."""

    def __init__(self, references: Sequence[str]) -> None:
        stored = stored_rows(Commitment.objects.filter(reference__in=references), COMMITMENT_COLUMNS)
        # No more of the rows than that: whatever else stands in them may be what cannot be read.
        self.commitments = {
            str(row[1]): Commitment.from_db(connection.alias, COMMITMENT_COLUMNS, row) for row in stored
        }
        self.missing = [reference for reference in references if reference not in self.commitments]
        self.entries: dict[str, list[LedgerEntry]] = defaultdict(list)
        for entry in read_entries(LedgerEntry.objects.filter(commitment__reference__in=references)):
            self.entries[str(entry.commitment_id)].append(entry)
        # The latest row of each text counts; an empty one takes back what was said before.
        self.translations: dict[str, Translations] = defaultdict(lambda: {language: {} for language in CHINESE})
        translations = Translation.objects.filter(commitment__reference__in=references).order_by("pk")
        for reference, language, source, text in translations.values_list(
            "commitment__reference", "language", "source", "text"
        ):
            if language in CHINESE:
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

    def reconcile(self, *, repair: bool, dates_of_publication: bool) -> list[ProjectionError]:
        """Every table of the batch, in an order in which nothing hangs in the air.

        `dates_of_publication`: mend these, too, which a trigger refuses to whoever publishes.
        """
        return [
            *self._reconcile_commitments(repair, dates_of_publication),
            *self._reconcile_parties(repair),
            *self._reconcile_repetitions(repair),
            *self._reconcile_progress(repair),
        ]

    def _reconcile_commitments(self, repair: bool, dates_of_publication: bool) -> list[ProjectionError]:
        table = TableDiff(Commitment, Commitment.objects.filter(reference__in=self.wanted), ("id",))
        table.compare(
            [
                Commitment(
                    pk=self.commitments[reference].pk,
                    published_at=projection.published_at,
                    retracted_at=projection.retracted_at,
                    **projection.columns,
                )
                for reference, projection in self.wanted.items()
            ]
        )
        if repair and dates_of_publication and "published_at" in table.replaced:
            with triggers.publication_unlocked(connection):
                table.write()
        elif repair:
            table.write()
        references = {commitment.pk: reference for reference, commitment in self.commitments.items()}
        return table.differences(lambda key: references[key[0]], numbered=False)

    def _reconcile_parties(self, repair: bool) -> list[ProjectionError]:
        differences = []
        ids = {self.commitments[reference].pk: reference for reference in self.wanted}
        for name, model in PARTY_TABLES.items():
            table = TableDiff(model, model.objects.filter(commitment__in=ids), ("commitment_id", "organisation_id"))
            table.compare(
                [
                    model(commitment_id=pk, organisation_id=organisation)
                    for pk, reference in ids.items()
                    for organisation in self.wanted[reference].parties[name]
                ]
            )
            table.reconcile(repair)
            differing = {row.commitment_id for row in table.missing} | {key[0] for key in table.present}
            differences += [ProjectionError(ids[pk], name, "differ") for pk in ids if pk in differing]
        return differences

    def _reconcile_repetitions(self, repair: bool) -> list[ProjectionError]:
        ids = {self.commitments[reference].pk: reference for reference in self.wanted}
        rows = Repetition.objects.filter(commitment__in=ids)
        table = TableDiff(Repetition, rows, ("commitment_id", "repeated_id"))
        table.compare(
            [
                Repetition(commitment_id=pk, repeated_id=repeated, why=why)
                for pk, reference in ids.items()
                for repeated, why in self.wanted[reference].repetitions.items()
            ]
        )
        table.reconcile(repair)
        return table.differences(lambda key: ids[key[0]], numbered=False)

    def _reconcile_progress(self, repair: bool) -> list[ProjectionError]:
        ids = {commitment.pk: reference for reference, commitment in self.commitments.items()}
        numbers = {
            entry.sequence: reference
            for reference in ids.values()
            for entry in self.entries[reference]
            if isinstance(entry.sequence, int)
        }
        wanted = [self.wanted[reference] for reference in ids.values() if reference in self.wanted]
        updates_filter = Q(commitment__in=ids) | Q(entry__in=numbers)
        updates = TableDiff(Update, Update.objects.filter(updates_filter), ("entry_id",))
        of_updates = {*numbers, *(key[0] for key in updates.present if isinstance(key[0], int))}
        evidence = TableDiff(Evidence, Evidence.objects.filter(update__in=of_updates), ("update_id", "position"))
        states = TableDiff(State, State.objects.filter(commitment__in=ids), ("commitment_id", "from_day"))
        reference_of = {
            key[0]: ids.get(row["commitment_id"], f"entry {key[0]}") for key, row in updates.present.items()
        } | numbers
        updates.compare([row for projection in wanted for row in projection.updates])
        evidence.compare([row for projection in wanted for row in projection.evidence])
        states.compare([row for projection in wanted for row in projection.states])
        if repair:
            evidence.delete()
            updates.write()
            evidence.write()
            updates.delete()
        states.reconcile(repair)
        return [
            *updates.differences(lambda key: reference_of.get(key[0], f"entry {key[0]}")),
            *evidence.differences(lambda key: reference_of.get(key[0], f"entry {key[0]}")),
            *states.differences(lambda key: ids[key[0]]),
        ]


class TableDiff:
    """The rows of one table beside those wanted, as they are stored: see `ledger.stored_rows`.

    `identity`: what tells a row from the others, whatever number the database gave it.
    """

    def __init__(self, model: type[models.Model], rows: models.QuerySet[Any], identity: tuple[str, ...]) -> None:
        self.model = model
        self.identity: list[Any] = [model._meta.get_field(name.removesuffix("_id")) for name in identity]
        # What the database itself makes of other columns cannot differ from them.
        stored_fields = [column for column in model._meta.concrete_fields if not column.generated]
        self.columns = [column for column in stored_fields if column.attname not in ("id", *identity)]
        names = list(dict.fromkeys(["pk", *identity, *(column.attname for column in self.columns)]))
        stored = (dict(zip(names, row, strict=True)) for row in stored_rows(rows, names))
        self.present = {tuple(row[name] for name in identity): row for row in stored}
        self.missing: list[Any] = []
        self.changed: list[tuple[Any, list[str]]] = []
        self.replaced: set[str] = set()  # columns that hold something else than they must

    def _key(self, row: models.Model) -> tuple[Any, ...]:
        return tuple(stored_form(column, getattr(row, column.attname)) for column in self.identity)

    def compare(self, wanted: Sequence[Any]) -> None:
        """Sort the wanted rows into missing and changed; what stays in `present` is in no entry."""
        for row in wanted:
            present_row = self.present.pop(self._key(row), None)
            if present_row is None:
                self.missing.append(row)
                continue
            row.pk = present_row["pk"]
            names = [
                column.name
                for column in self.columns
                if not is_same(column, present_row[column.attname], getattr(row, column.attname))
            ]
            if names:
                self.changed.append((row, names))
                self.replaced |= {name for name in names if present_row.get(name) is not None}

    def write(self) -> None:
        """Store what is missing, and of what differs the columns that do."""
        manager = self.model._default_manager
        if self.changed:
            names = sorted({name for _row, names in self.changed for name in names})
            manager.bulk_update([row for row, _names in self.changed], names, batch_size=100)
        manager.bulk_create(self.missing, batch_size=BATCH_SIZE)

    def reconcile(self, repair: bool) -> None:
        """Put the table right, where it is to be."""
        if repair:
            self.write()
            self.delete()

    def delete(self) -> None:
        """Take out what is in no entry."""
        numbers = [row["pk"] for row in self.present.values()]
        table, key = self.model._meta.db_table, self.model._meta.pk
        with connection.cursor() as cursor:  # by SQL, because a number may be none
            sql = f'DELETE FROM {table} WHERE "{key.column}" = %s'  # noqa: S608  (our names)
            cursor.executemany(sql, [[number] for number in numbers])

    def differences(
        self, reference: Callable[[tuple[Any, ...]], str], *, numbered: bool = True
    ) -> list[ProjectionError]:
        """All that was found, in words. `numbered`: a commitment has more than one row in this table."""
        name = str(self.model._meta.model_name)
        missing = [(self._key(row), "is missing") for row in self.missing]
        changed = [(self._key(row), f"differs in {', '.join(names)}") for row, names in self.changed]
        extra = [(key, "is not in the ledger") for key in self.present]
        return [
            ProjectionError(reference(key), name, f"{', '.join(map(str, key))} {what}" if numbered else what)
            for key, what in missing + changed + extra
        ]
