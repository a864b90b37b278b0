"""The tables of organisations, areas, releases, occasions and news sources beside the ledger: telling, and mending."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from commitments.domain.choices import EntityKind, EntryKind
from commitments.ledger.contents import Content, parse_day
from commitments.ledger.entity_contents import (
    AGREEMENT_TEXTS,
    ENTITY_MODELS,
    SECTION_TEXTS,
    release_lists,
    split_entity,
)
from commitments.ledger.entity_projection import EntityProjection, fold_entity
from commitments.ledger.projection import RedactionIndex
from commitments.ledger.reconciliation import BATCH_SIZE, FOLD_ERRORS, ProjectionError, TableDiff
from commitments.ledger.stored_rows import read_entries
from commitments.models import Agreement, Area, Commitment, EntityChange, LedgerEntry, Organisation, Release, Section
from commitments.models.entity import SearchedEntity

# A release's lists name areas and organisations, so that these come first.
KINDS_IN_ORDER = sorted(ENTITY_MODELS, key=lambda kind: kind == EntityKind.RELEASE)


def entities_on_record() -> list[str]:
    """What the ledger has entries about, and what else has rows as if it had, each as "organisation/hksarg"."""
    entries = LedgerEntry.objects.filter(kind=EntryKind.ENTITY)
    recorded = dict.fromkeys(entries.order_by("sequence").values_list("entity", flat=True))
    for kind, model in ENTITY_MODELS.items():
        slugs = model._default_manager.filter(published_at__isnull=False).order_by("slug")
        recorded |= dict.fromkeys(f"{kind}/{slug}" for slug in slugs.values_list("slug", flat=True))
    changes = EntityChange.objects.exclude(entry__in=entries).values_list("kind", "slug")
    return [*recorded, *(f"{kind}/{slug}" for kind, slug in changes if f"{kind}/{slug}" not in recorded)]


def reconcile_entities(
    entities: Sequence[str], *, repair: bool = True, tolerant: bool = False
) -> list[ProjectionError]:
    """Compare the rows of entities with their entries and, with `repair`, put them right.

    Returns what differed; the caller holds the transaction. `tolerant`: what cannot be understood is one more
    difference; else it is an error.
    """
    differences: list[ProjectionError] = []
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, slug in map(split_entity, entities):
        by_kind[kind].append(slug)
    redactions = RedactionIndex() if entities else None
    for kind in KINDS_IN_ORDER:
        slugs = by_kind.pop(kind, [])
        for start in range(0, len(slugs), BATCH_SIZE):
            of_kind = slugs[start : start + BATCH_SIZE]
            batch = EntityBatch(kind, of_kind, redactions or RedactionIndex(), tolerant=tolerant)
            differences += batch.fold()
            differences += batch.reconcile(repair=repair)
    unknown = [f"{kind}/{slug}" for kind, slugs in by_kind.items() for slug in slugs]
    return [*differences, *(ProjectionError(entity, "entity", "is of no known kind") for entity in unknown)]


def entities_to_reconcile(touched: Iterable[str]) -> list[str]:
    """The entities that entries are about, and what came with a release among them: it is public from its day on."""
    entities = dict.fromkeys(filter(None, touched))
    releases = [slug for kind, slug in map(split_entity, entities) if kind == EntityKind.RELEASE]
    came_with = EntityChange.objects.filter(release__in=releases) if releases else EntityChange.objects.none()
    return list(entities | dict.fromkeys(f"{kind}/{slug}" for kind, slug in came_with.values_list("kind", "slug")))


def issue_days(redactions: RedactionIndex) -> dict[str, date]:
    """The day on which each release on record was issued, by its slug, as the ledger says it."""
    days: dict[str, date] = {}
    for entry in read_entries(LedgerEntry.objects.filter(entity__startswith=f"{EntityKind.RELEASE}/")):
        content = redactions.remaining(entry)
        if content and (day := parse_day(content["fields"]["issued_on"])):
            days[split_entity(entry.entity)[1]] = day
    return days


class EntityBatch:
    """Some entities of one kind, their entries and what these come to. `tolerant`: as `reconcile_entities` has it."""

    def __init__(self, kind: str, slugs: Sequence[str], redactions: RedactionIndex, *, tolerant: bool) -> None:
        self.kind, self.slugs, self.redactions, self.tolerant = kind, slugs, redactions, tolerant
        self.model = ENTITY_MODELS[kind]
        self.entries: dict[str, list[LedgerEntry]] = defaultdict(list)
        of_these = LedgerEntry.objects.filter(entity__in=[f"{kind}/{slug}" for slug in slugs])
        for entry in read_entries(of_these):
            self.entries[split_entity(entry.entity)[1]].append(entry)
        self.wanted: dict[str, EntityProjection] = {}

    def fold(self) -> list[ProjectionError]:
        """Work out each projection; where it is tolerant, what cannot be is told and left alone."""
        differences: list[ProjectionError] = []
        try:
            days = issue_days(self.redactions)
        except FOLD_ERRORS:
            if not self.tolerant:
                raise
            days = {}
        for slug in self.slugs:
            try:
                if entries := self.entries.get(slug):
                    self.wanted[slug] = fold_entity(self.kind, slug, entries, self.redactions, days)
                else:
                    differences.append(self._error(slug, "is public without an entry"))
            except FOLD_ERRORS as error:
                if not self.tolerant:
                    raise
                differences.append(self._error(slug, f"cannot be made from its entries: {error!r}"))
        return differences

    def _error(self, slug: str, what: str, table: str = "") -> ProjectionError:
        return ProjectionError(f"{self.kind}/{slug}", table or str(self.model._meta.model_name), what)

    def reconcile(self, *, repair: bool) -> list[ProjectionError]:
        """The rows themselves, what each entry changed, and a release's lists."""
        rows = TableDiff(self.model, self.model._default_manager.filter(slug__in=self.wanted), ("slug",))
        rows.compare([self._row(slug, projection) for slug, projection in self.wanted.items()])
        slugs = {
            entry.sequence: slug
            for slug, entries in self.entries.items()
            for entry in entries
            if isinstance(entry.sequence, int)
        }
        of_these = Q(kind=self.kind, slug__in=self.slugs) | Q(entry__in=slugs)
        changes = TableDiff(EntityChange, EntityChange.objects.filter(of_these), ("entry_id",))
        changes.compare([change for projection in self.wanted.values() for change in projection.changes])
        refused = []
        if repair:
            slugs_to_write = [row.slug for row in rows.missing] + [row.slug for row, _names in rows.changed]
            refused = self._write(rows.write, slugs_to_write)
            changes.write()
            changes.delete()
            unrecorded = [slug for slug in self.slugs if slug not in self.entries]
            self.model._default_manager.filter(slug__in=unrecorded).update(published_at=None, public_from=None)
        return [
            *refused,
            *rows.differences(lambda key: f"{self.kind}/{key[0]}", numbered=False),
            *changes.differences(lambda key: f"{self.kind}/{slugs.get(key[0], '')}"),
            *(self._reconcile_lists(repair) if self.kind == EntityKind.RELEASE else ()),
        ]

    def _write(self, write: Callable[[], None], slugs: Sequence[str], table: str = "") -> list[ProjectionError]:
        """Put something right. What cannot be is told: where a slug was changed, its name stands in the way."""
        try:
            with transaction.atomic():
                write()
        except (IntegrityError, KeyError) as error:
            if not self.tolerant:
                raise
            return [self._error(slug, f"cannot be put right: {error!r}", table) for slug in slugs]
        return []

    def _row(self, slug: str, projection: EntityProjection) -> Any:
        row = self.model(slug=slug, **projection.columns)
        if isinstance(row, SearchedEntity):
            row.fill()
        return row

    def _reconcile_lists(self, repair: bool) -> list[ProjectionError]:
        """The sections and agreements of releases."""
        differences = []
        for pk, slug in Release.objects.filter(slug__in=self.wanted).values_list("pk", "slug"):
            fields = self.wanted[slug].fields
            for name, rows in release_lists(pk).items():
                if rows != fields[name]:
                    differences.append(self._error(slug, "differ", name))
                    if repair:
                        write = partial(WRITE_LIST[name], Release(pk=pk, slug=slug), fields[name])
                        differences += self._write(write, [slug], name)
        return differences


def _write_sections(release: Release, rows: Sequence[Content]) -> None:
    areas = dict(Area.objects.values_list("slug", "pk"))
    release.sections.all().delete()
    Section.objects.bulk_create(
        Section(
            release=release,
            position=row["position"],
            area_id=areas[row["area"]] if row["area"] else None,
            **{name: row[name] for name in SECTION_TEXTS},
        )
        for row in rows
    )


def _write_agreements(release: Release, rows: Sequence[Content]) -> None:
    """Anew, but for what staff noted of drafts: a commitment that is not on record stays with its agreement."""
    drafts: dict[Any, list[int]] = defaultdict(list)
    numbers = {row["number"] for row in rows}
    of_drafts = release.agreements.filter(commitments__published_at=None, commitments__isnull=False)
    for number, title, commitment in of_drafts.values_list("number", "title", "commitments"):
        drafts[number if number in numbers else title].append(commitment)  # by its title where it has another number
    release.agreements.all().delete()
    for row in rows:
        texts = {name: row[name] for name in AGREEMENT_TEXTS}
        agreement = Agreement.objects.create(release=release, number=row["number"], basis=row["basis"], **texts)
        agreement.parties.set(Organisation.objects.filter(slug__in=row["parties"]).values_list("pk", flat=True))
        recorded = Commitment.objects.filter(reference__in=row["commitments"]).values_list("pk", flat=True)
        agreement.commitments.set([*recorded, *drafts[row["number"]], *drafts[row["title"]]])


WRITE_LIST = {"sections": _write_sections, "agreements": _write_agreements}
