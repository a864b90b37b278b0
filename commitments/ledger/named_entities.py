"""What publications name for the first time becomes public with them, by entries of its own before theirs."""

from collections.abc import Iterable, Iterator, Sequence

from commitments.domain.choices import EntityKind, EntryKind
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import (
    entity_fields,
    make_entity_content,
    named_by_commitment,
    named_by_release,
    rows_for_entities,
    split_entity,
)
from commitments.ledger.new_entries import NewEntry
from commitments.models import Release
from commitments.models.entity import Entity


def with_named_entities(new_entries: Sequence[NewEntry]) -> list[NewEntry]:
    """The new entries, before them one for each entity that becomes public with them.

    That is the release of a publication; the areas and organisations that it, or a correction, or the release, names,
    also where the release itself is put on record or changed; and those among them that were public only from a later
    release.
    """
    contents = [(new_entry, content) for new_entry in new_entries if (content := _fields_to_be(new_entry))]
    if not contents:
        return list(new_entries)
    named = _NamedEntities({content["release"] for _entry, content in contents}, published_references(new_entries))
    for new_entry, content in contents:
        named.add(new_entry, content)
    named.add_noting(contents[0][0])
    announced = {new_entry.entity for new_entry in new_entries if new_entry.entity}
    return [*(entry for entry in named.entries() if entry.entity not in announced), *new_entries]


class _NamedEntities:
    """What publications and corrections name, each with the entry and the earliest release that names it.

    `publishing`: the commitments that become public. An unknown release is left to the rules to refuse.
    """

    def __init__(self, release_slugs: set[str], publishing: set[str]) -> None:
        named = Release.objects.filter(slug__in=release_slugs)
        # Staff may have noted a draft under an agreement of another release, too.
        noting = Release.objects.on_record().filter(agreements__commitments__reference__in=publishing)
        self.releases = {release.slug: release for release in (*named, *noting.distinct())}
        self.fields = {slug: entity_fields(release, publishing) for slug, release in self.releases.items()}
        self.named: dict[str, tuple[NewEntry, Release]] = {}

    def add(self, new_entry: NewEntry, content: Content) -> None:
        """Note what a publication or correction names, areas and organisations before the release."""
        release = self.releases.get(content["release"])
        if release is None:
            return
        entities = [*named_by_commitment(content), *named_by_release(content)]
        if not new_entry.entity:  # about a commitment: the release comes on record with it
            if release.published_at is None and release.entity not in self.named:
                entities += named_by_release(self.fields[release.slug])
            entities.append(release.entity)
        for entity in entities:
            _first_entry, first_release = self.named.setdefault(entity, (new_entry, release))
            if release.issued_on < first_release.issued_on:
                self.named[entity] = (new_entry, release)

    def add_noting(self, new_entry: NewEntry) -> None:
        """Note the releases on record whose agreements come to name a commitment."""
        for release in self.releases.values():
            if release.published_at:
                self.named.setdefault(release.entity, (new_entry, release))

    def entries(self) -> Iterator[NewEntry]:
        """An entry for each that is not on record as it must be."""
        rows = rows_for_entities(self.named)
        for entity, (new_entry, release) in self.named.items():
            if row := rows.get(entity):
                yield from self._entry(row, new_entry, release)

    def _entry(self, row: Entity, new_entry: NewEntry, release: Release) -> Iterator[NewEntry]:
        if row.entity_kind == EntityKind.RELEASE:
            fields, with_release = self.fields[row.slug], ""
            if row.published_at and fields == entity_fields(row):
                return
        elif row.public_from is None or row.public_from > release.issued_on:
            fields, with_release = entity_fields(row), release.slug
        else:
            return
        content = make_entity_content(fields, release=with_release)
        by, recorded_at = new_entry.by, new_entry.recorded_at
        yield NewEntry(EntryKind.ENTITY, content, by=by, recorded_at=recorded_at, entity=row.entity)


def published_references(new_entries: Iterable[NewEntry]) -> set[str]:
    """The commitments that the entries publish."""
    return {
        new_entry.commitment.reference
        for new_entry in new_entries
        if new_entry.kind == EntryKind.PUBLISHED and new_entry.commitment
    }


def _fields_to_be(new_entry: NewEntry) -> Content | None:
    """What an entry says that may name others; of a correction the fields that it changes, with its release."""
    nothing = {"area": "", "owners": [], "partners": [], "sections": [], "agreements": []}
    if new_entry.kind == EntryKind.ENTITY:
        kind, slug = split_entity(new_entry.entity)
        return nothing | new_entry.content["fields"] | {"release": slug} if kind == EntityKind.RELEASE else None
    if new_entry.commitment is None:
        return None
    if new_entry.kind == EntryKind.PUBLISHED:
        return nothing | new_entry.content
    if new_entry.kind != EntryKind.CORRECTION:
        return None
    fields = {change["field"]: change["after"] for change in new_entry.content["changes"]}
    return nothing | {"release": new_entry.commitment.release.slug} | fields
