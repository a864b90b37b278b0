"""Bringing a release's file into the tracker, as often as one likes.

Everything in a file has a key. What was loaded once is left alone: what staff changed stays changed,
and what they deleted stays deleted. Entries go through `ledger.append.append_entries` like everybody's. The times of
recording and the salts are in the file, so that a fresh load has the same ledger head everywhere.
The file's format is described in docs/release-file.md.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from commitments.domain.choices import EntityKind, EntryKind
from commitments.domain.evidence_addresses import mixed_scripts_warning
from commitments.domain.references import dated_reference_message, is_taken_for_date
from commitments.i18n.languages import CHINESE, column_suffix
from commitments.ledger.append import EntryRefusedError, append_entries, new_entity_entry, new_publication
from commitments.ledger.contents import COLUMN_CODECS, PARTIES, to_text
from commitments.ledger.entity_contents import ENTITY_MODELS, entity_fields, make_entity_content, rows_for_entities
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.translations import NewTranslation, latest_translations, record_translations
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    LedgerEntry,
    LoadedItem,
    Organisation,
    Release,
    Repetition,
    Section,
)
from commitments.models.entity import Entity
from commitments.workflow.release_file_contents import OTHER_CONTENT, recorded_differences, update_from_file
from commitments.workflow.release_file_errors import ReleaseFileError, error_text, locate_errors

FORMAT_VERSION = 1
MAX_FILE_BYTES = 50 * 2**20  # a hundred times the first release with all that is known of it
LOADER_ACTOR = Actor()
# Where the file has what, and by which of its names an item is known.
ENTITY_TABLES = {
    EntityKind.AREA: ("areas", "slug"),
    EntityKind.ORGANISATION: ("organisations", "slug"),
    EntityKind.OCCASION: ("occasions", "day"),
    EntityKind.NEWS_SOURCE: ("news_sources", "slug"),
    EntityKind.RELEASE: ("unread_releases", "slug"),  # beside the file's own, which has commitments
}
PUBLIC_BY_THEMSELVES = (EntityKind.OCCASION, EntityKind.NEWS_SOURCE, EntityKind.RELEASE)
WAS_THERE = "{} was there before this file named it, and stays as it is."
RETRACTED = "{} is left out: its commitment was put on record by mistake, and is retracted."
FROM_NEWER_FILE = "Brought by a newer version of the release’s file."
Item = Mapping[str, Any]
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How much of a file was new."""

    items: int
    entries: int
    translations: int
    left: list[str]  # in sentences, what the ledger says otherwise, or takes no more of
    warnings: list[str]  # in sentences, which hosts of evidence may pass for others


def load_release(path: Path) -> LoadResult:
    """Load a release's file in one transaction. Raises ReleaseFileError; then nothing is stored."""
    try:
        with locate_errors(str(path), OSError, UnicodeDecodeError, RecursionError):
            if path.stat().st_size > MAX_FILE_BYTES:
                raise ReleaseFileError(f"is larger than {MAX_FILE_BYTES // 2**20} MB. Split it, a release in each.")
            data = json.loads(path.read_text(encoding="utf-8"))
        with locate_errors(f"{path}"), transaction.atomic():
            if data.get("format") != FORMAT_VERSION:
                raise ReleaseFileError(
                    f"format {data.get('format')!r} is not known; this version reads {FORMAT_VERSION}."
                )
            return ReleaseLoader(data).load()
    except EntryRefusedError as refusal:
        raise ReleaseFileError(f"{path}: {refusal.entry.key}: {error_text(refusal)}") from refusal


def _save_checked(row: M) -> M:
    """The row, checked as a form would check it, and saved.

    The database checks the constraints anyway; Django would ask it about each of them before, one by
    one, which takes most of a load. So they are put into words only where the database has refused.
    """
    row.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        row.validate_constraints()
        raise
    return row


class ReleaseLoader:
    """One run over one file."""

    def __init__(self, data: Item) -> None:
        self.data = data
        self.loaded = set(LoadedItem.objects.values_list("key", flat=True))
        self.new: dict[str, None] = {}
        self.left: list[str] = []
        self.renamed: dict[str, Entity] = {}

    def load(self) -> LoadResult:
        """Everything of the file that is new, in the order in which one thing needs another."""
        for kind in ENTITY_TABLES:
            self._rows(kind)
        release = self._release(self.data["release"])
        commitments = self._commitments(release)
        self._agreements(release, self.data["release"])
        translations = self.data.get("translations", {})
        entries = self._chinese_names(translations, release)
        entries += [*self._entity_entries(release), *self._entries(commitments)]
        appended = append_entries(entries) if entries else []
        new_translations = self._translations(translations.get("commitments", ()), commitments)
        # What comes with entries is known from their time on, so that a page at one of them speaks Chinese, too.
        recorded_at = appended[-1].recorded_at if appended else None
        translated = record_translations(new_translations, LOADER_ACTOR, recorded_at)
        LoadedItem.objects.bulk_create(LoadedItem(key=key) for key in self.new)
        return LoadResult(len(self.new), len(appended), translated, self.left, _address_warnings(entries))

    def _rows(self, kind: EntityKind) -> None:
        """What the file has of a kind and was never loaded, as drafts."""
        table, identity = ENTITY_TABLES[kind]
        for item in self.data.get(table, ()):
            with locate_errors(f"{kind} {item[identity]}"):
                if not self._is_new(kind, item[identity]):
                    continue
                if ENTITY_MODELS[kind].objects.filter(slug=item[identity]).exists():  # staff added it themselves
                    self.left.append(WAS_THERE.format(f"{kind}/{item[identity]}"))
                    continue
                columns = {name: value for name, value in item.items() if name != "entry"}
                _save_checked(ENTITY_MODELS[kind](**{"slug": item[identity]} | columns))

    def _entity_entries(self, release: Release) -> list[NewEntry]:
        """What the file names and is no more than a draft yet becomes public, as its rows stand."""
        items = {
            f"{kind}/{item[identity]}": item
            for kind, (table, identity) in ENTITY_TABLES.items()
            for item in self.data.get(table, ())
        }
        items[release.entity] = self.data["release"]
        rows = rows_for_entities(items)
        publishing = {data["reference"] for data in self.data["commitments"]}
        entries = []
        for entity, item in items.items():
            row = rows.get(entity)
            if row is None:  # staff deleted it
                continue
            if row.published_at:
                self._note_difference(entity, item)
                continue
            with locate_errors(entity):
                with_release = "" if row.entity_kind in PUBLIC_BY_THEMSELVES else release.slug
                content = make_entity_content(entity_fields(row, publishing), release=with_release)
                recording = _recording(item["entry"]) if "entry" in item else {}
                entries.append(
                    NewEntry(EntryKind.ENTITY, content, by=LOADER_ACTOR, key=f"{entity}/1", entity=entity, **recording)
                )
        now = timezone.now()
        return sorted(entries, key=lambda entry: entry.recorded_at or now)  # times never run backwards

    def _note_difference(self, entity: str, item: Item) -> None:
        """Note what the file says otherwise than the first entry of its key."""
        entry = LedgerEntry.objects.filter(key=f"{entity}/1").first()
        recorded = ((entry.data or {}).get("fields") or {}) if entry else {}
        differing = [
            name
            for name, value in item.items()
            if name in recorded and not isinstance(value, list) and to_text(recorded[name]) != to_text(value)
        ]
        if differing:
            self.left.append(OTHER_CONTENT.format(f"{entity}/1", ", ".join(differing)))

    def _is_new(self, *name: str) -> bool:
        """Whether this was never loaded; from now on it was."""
        key = ":".join(name)
        if key in self.new:
            raise ReleaseFileError("stands in the file twice.")
        if key in self.loaded:
            return False
        self.new[key] = None
        return True

    def _release(self, data: Item) -> Release:
        columns = {name: value for name, value in data.items() if name not in ("sections", "agreements", "entry")}
        with locate_errors(f"release {data['slug']}"):
            if self._is_new("release", data["slug"]):
                release = _save_checked(Release(**columns))
                areas = {area.slug: area for area in Area.objects.all()}
                for position, section in enumerate(data["sections"], 1):
                    with locate_errors(f"section {position}"):
                        area = areas[section["area"]] if section["area"] else None
                        texts = {"heading": section["heading"], "note": section["note"]}
                        _save_checked(Section(release=release, position=position, area=area, **texts))
            return Release.objects.get(slug=data["slug"])

    def _commitments(self, release: Release) -> dict[str, Commitment]:
        """Every commitment of the file by reference; new ones are drafts until their entries are appended."""
        areas = {area.slug: area for area in Area.objects.all()}
        new = []
        for data in self.data["commitments"]:
            with locate_errors(data["reference"]):
                if self._is_new("commitment", data["reference"]):
                    if is_taken_for_date(data["reference"]):
                        raise ReleaseFileError(dated_reference_message(data["reference"]))
                    columns = {name: codec.read(data[name]) for name, codec in COLUMN_CODECS.items() if name in data}
                    area = areas[data["area"]] if data["area"] else None
                    commitment = _save_checked(Commitment(release=release, area=area, **columns))
                    for name in PARTIES:
                        getattr(commitment, name).set(_organisations_by_slug(data[name]))
                    new.append(data)
        references = [data["reference"] for data in self.data["commitments"]]
        commitments = Commitment.objects.select_related("release", "area", "part_of").in_bulk(
            references, field_name="reference"
        )
        for data in new:
            with locate_errors(data["reference"]):
                self._repetitions(commitments[data["reference"]], data)
                if data["part_of"]:
                    commitments[data["reference"]].part_of = commitments[data["part_of"]]
                    commitments[data["reference"]].save(update_fields=["part_of"])
        return commitments

    def _repetitions(self, commitment: Commitment, data: Item) -> None:
        """What a new commitment promises again."""
        for item in data.get("repeats", ()):
            repeated = Commitment.objects.public().filter(reference=item["reference"]).first()
            if repeated is None:
                raise ReleaseFileError(f"repeats {item['reference']}, which is not on record. Load its release first.")
            _save_checked(Repetition(commitment=commitment, repeated=repeated, why=item["why"]))

    def _agreements(self, release: Release, data: Item) -> None:
        for item in data["agreements"]:
            with locate_errors(f"agreement {item['number']}"):
                if self._is_new("agreement", data["slug"], str(item["number"])):
                    columns = {"number": item["number"], "title": item["title"], "basis": item["basis"]}
                    agreement = _save_checked(Agreement(release=release, **columns))
                    agreement.parties.set(_organisations_by_slug(item["parties"]))
                    commitments = Commitment.objects.in_bulk(item["commitments"], field_name="reference")
                    agreement.commitments.set([commitments[reference] for reference in item["commitments"]])
                    self.renamed[release.entity] = release

    def _chinese_names(self, translations: Item, release: Release) -> list[NewEntry]:
        """Fill the names and notes that have no Chinese yet; what staff have written themselves stays.

        Of what is on record already a change is returned, as an entry to be appended.
        """
        tables: list[tuple[str, QuerySet[Any], str]] = [
            *((table, ENTITY_MODELS[kind].objects.all(), key) for kind, (table, key) in ENTITY_TABLES.items()),
            ("sections", release.sections.all(), "position"),
            ("agreements", release.agreements.all(), "number"),
        ]
        for table, rows, key in tables:
            for item in translations.get(table, ()):
                with locate_errors(f"translation of {table}, {item[key]}"):
                    if row := rows.filter(**{key: item[key]}).first():
                        self._fill_chinese_columns(row, item, table, str(item[key]))
        if item := translations.get("release"):
            with locate_errors("translation of the release"):
                self._fill_chinese_columns(release, item, "release")
        changed = [row for row in self.renamed.values() if row.published_at]
        return [new_entity_entry(row, LOADER_ACTOR, FROM_NEWER_FILE) for row in changed]

    def _fill_chinese_columns(self, row: Model, translation: Item, *name: str) -> None:
        """Fill the columns of a row that are still empty; each language of it once and for all."""
        filled = False
        for language in CHINESE:
            if self._is_new("translation", self.data["release"]["slug"], *name, language):
                for field, texts in translation.items():
                    column = field + column_suffix(language)
                    if isinstance(texts, dict) and texts.get(language) and not getattr(row, column):
                        setattr(row, column, texts[language])
                        filled = True
        if filled:
            _save_checked(row)
            whole = row if isinstance(row, Entity) else row.release  # type: ignore[attr-defined]  # a section or agreement
            self.renamed[whole.entity] = whole

    def _translations(self, items: Iterable[Item], commitments: dict[str, Commitment]) -> list[NewTranslation]:
        """What was never translated, whether the translation stands or was taken back."""
        latest = latest_translations(commitment.pk for commitment in commitments.values())
        new = []
        for item in items:
            with locate_errors(f"translation of {item['reference']}"):
                commitment = commitments[item["reference"]]
                new += [
                    NewTranslation(commitment, language, row["en"], row[language])
                    for row in item["texts"]
                    for language in CHINESE
                    if row.get(language) and (commitment.pk, language, row["en"]) not in latest
                ]
        return new

    def _entries(self, commitments: dict[str, Commitment]) -> list[NewEntry]:
        """The entries that the ledger does not hold yet: publications first, wholes before their parts."""
        seen: set[str] = set()
        publications: list[tuple[int, NewEntry]] = []
        updates: list[NewEntry] = []
        for data in self.data["commitments"]:
            commitment = commitments[data["reference"]]
            with locate_errors(data["reference"]):
                if repeated := [item["key"] for item in data["entries"] if item["key"] in seen]:
                    raise ReleaseFileError(f"the key {repeated[0]} stands in the file twice.")
                seen |= {item["key"] for item in data["entries"]}
                keys = [item["key"] for item in data["entries"]]
                recorded = {str(entry.key): entry for entry in LedgerEntry.objects.filter(key__in=keys)}
                self.left += recorded_differences(data, recorded)
                new_items = [item for item in data["entries"] if item["key"] not in recorded]
                if commitment.retracted_at:
                    self.left += [RETRACTED.format(item["key"]) for item in new_items]
                    continue
                new_entries = [_entry_from_file(commitment, item) for item in new_items]
            publications += [
                (_nesting_depth(commitment, commitments), entry)
                for entry in new_entries
                if entry.kind == EntryKind.PUBLISHED
            ]
            updates += [entry for entry in new_entries if entry.kind != EntryKind.PUBLISHED]
        publications.sort(key=lambda pair: pair[0])
        return [entry for _depth, entry in publications] + updates


def _nesting_depth(commitment: Commitment, commitments: dict[str, Commitment]) -> int:
    """Over how many steps it is part of something; a circle ends where the rules will refuse it."""
    depth, parent = 0, commitment.part_of
    while parent and depth < len(commitments):
        depth, parent = depth + 1, commitments.get(parent.reference, parent).part_of
    return depth


def _entry_from_file(commitment: Commitment, item: Item) -> NewEntry:
    with locate_errors(item["key"]):
        recording = {"key": item["key"]} | _recording(item)
        if item["kind"] == EntryKind.PUBLISHED:
            return new_publication(commitment, LOADER_ACTOR, **recording)
        return NewEntry(item["kind"], update_from_file(item), commitment, **recording)


def _recording(item: Item) -> dict[str, Any]:
    """The time and the salt with which an entry is recorded, so that a fresh load is the same everywhere."""
    recorded_at = datetime.fromisoformat(item["recorded_at"])
    if recorded_at.tzinfo is None:
        raise ReleaseFileError("recorded_at has no time zone: write it as 2026-11-22T08:00:00Z.")
    return {"recorded_at": recorded_at, "salt": item["salt"]}


def _address_warnings(entries: Iterable[NewEntry]) -> list[str]:
    """A sentence for each new address of evidence whose host may pass for another."""
    rows = ((entry.key, row) for entry in entries for row in entry.content.get("evidence", ()))
    return [
        f"{key}: {warning}"
        for key, row in rows
        for address in (row["url"], row["archived_url"])
        if (warning := mixed_scripts_warning(address))
    ]


def _organisations_by_slug(slugs: list[str]) -> list[Organisation]:
    organisations = Organisation.objects.in_bulk(slugs, field_name="slug")
    return [organisations[slug] for slug in slugs]
