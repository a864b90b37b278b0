"""Bringing a release's file into the tracker, as often as one likes.

Everything in a file has a key. What was loaded once is left alone: what staff changed stays changed,
and what they deleted stays deleted. Entries go through `ledger.append.append_entries` like everybody's. The times of
recording and the salts are in the file, so that a fresh load has the same ledger head everywhere.
The file's format is described in docs/release-file.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Model, QuerySet

from commitments.domain.choices import EntryKind
from commitments.i18n.languages import CHINESE, column_suffix
from commitments.ledger.append import Actor, EntryRefusedError, NewEntry, append_entries, new_publication
from commitments.ledger.contents import COLUMN_CODECS, PARTIES, update_content
from commitments.ledger.translations import NewTranslation, latest_translations, record_translations
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    LedgerEntry,
    LoadedItem,
    Occasion,
    Organisation,
    Release,
    Section,
)

FORMAT_VERSION = 1
LOADER_ACTOR = Actor()
Item = Mapping[str, Any]
# What a value of the wrong shape runs into.
SHAPE_ERRORS: tuple[type[Exception], ...] = (AttributeError, DatabaseError, ObjectDoesNotExist, TypeError, ValueError)
M = TypeVar("M", bound=Model)


class ReleaseFileError(Exception):
    """The file cannot be loaded. The message says where and why; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """How much of a file was new."""

    items: int
    entries: int
    translations: int


def load_release(path: Path) -> LoadResult:
    """Load a release's file in one transaction. Raises ReleaseFileError; then nothing is stored."""
    try:
        with locate_errors(str(path), OSError, UnicodeDecodeError):
            data = json.loads(path.read_text(encoding="utf-8"))
        with locate_errors(f"{path}"), transaction.atomic():
            if data.get("format") != FORMAT_VERSION:
                raise ReleaseFileError(
                    f"format {data.get('format')!r} is not known; this version reads {FORMAT_VERSION}."
                )
            return ReleaseLoader(data).load()
    except EntryRefusedError as refusal:
        raise ReleaseFileError(f"{path}: {refusal.entry.key}: {_error_text(refusal)}") from refusal


@contextmanager
def locate_errors(place: str, *more: type[Exception]) -> Iterator[None]:
    """Say where in the file something went wrong."""
    try:
        yield
    except EntryRefusedError:
        raise  # it knows its entry
    except ReleaseFileError as error:
        raise ReleaseFileError(f"{place}: {error}") from error
    except ValidationError as error:
        raise ReleaseFileError(f"{place}: {_error_text(error)}") from error
    except KeyError as error:
        raise ReleaseFileError(f"{place}: {error} is missing, or names something that is not there.") from error
    except (*SHAPE_ERRORS, *more) as error:
        raise ReleaseFileError(f"{place}: {error}") from error


def _error_text(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())


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
        """Note what was loaded before."""
        self.data = data
        self.loaded = set(LoadedItem.objects.values_list("key", flat=True))
        self.new: dict[str, None] = {}

    def load(self) -> LoadResult:
        """Everything of the file that is new, in the order in which one thing needs another."""
        for area in self.data["areas"]:
            with locate_errors(f"area {area['slug']}"):
                if self._is_new("area", area["slug"]):
                    _save_checked(Area(**area))
        for organisation in self.data["organisations"]:
            with locate_errors(f"organisation {organisation['slug']}"):
                if self._is_new("organisation", organisation["slug"]):
                    _save_checked(Organisation(**organisation))
        for occasion in self.data.get("occasions", ()):
            with locate_errors(f"occasion {occasion['day']}"):
                if self._is_new("occasion", occasion["day"]):
                    _save_checked(Occasion(**occasion))
        release = self._release(self.data["release"])
        commitments = self._commitments(release)
        self._agreements(release, self.data["release"])
        entries = self._entries(commitments)
        appended = len(append_entries(entries)) if entries else 0
        said = self.data.get("translations", {})
        self._names_in_chinese(said, release)
        translated = record_translations(self._translations(said.get("commitments", ()), commitments), LOADER_ACTOR)
        LoadedItem.objects.bulk_create(LoadedItem(key=key) for key in self.new)
        return LoadResult(len(self.new), appended, translated)

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
        columns = {name: value for name, value in data.items() if name not in ("sections", "agreements")}
        with locate_errors(f"release {data['slug']}"):
            if self._is_new("release", data["slug"]):
                release = _save_checked(Release(**columns))
                areas = {area.slug: area for area in Area.objects.all()}
                for position, section in enumerate(data["sections"], 1):
                    with locate_errors(f"section {position}"):
                        area = areas[section["area"]] if section["area"] else None
                        said = {"heading": section["heading"], "note": section["note"]}
                        _save_checked(Section(release=release, position=position, area=area, **said))
            return Release.objects.get(slug=data["slug"])

    def _commitments(self, release: Release) -> dict[str, Commitment]:
        """Every commitment of the file by reference; new ones are drafts until their entries are appended."""
        areas = {area.slug: area for area in Area.objects.all()}
        new = []
        for data in self.data["commitments"]:
            with locate_errors(data["reference"]):
                if self._is_new("commitment", data["reference"]):
                    columns = {name: codec.read(data[name]) for name, codec in COLUMN_CODECS.items()}
                    area = areas[data["area"]] if data["area"] else None
                    commitment = _save_checked(Commitment(release=release, area=area, **columns))
                    for name in PARTIES:
                        getattr(commitment, name).set(_organisations_by_slug(data[name]))
                    new.append(data)
        references = [data["reference"] for data in self.data["commitments"]]
        found = Commitment.objects.select_related("release", "area", "part_of").in_bulk(
            references, field_name="reference"
        )
        for data in new:
            with locate_errors(data["reference"]):
                if data["part_of"]:
                    found[data["reference"]].part_of = found[data["part_of"]]
                    found[data["reference"]].save(update_fields=["part_of"])
        return found

    def _agreements(self, release: Release, data: Item) -> None:
        for one in data["agreements"]:
            with locate_errors(f"agreement {one['number']}"):
                if self._is_new("agreement", data["slug"], str(one["number"])):
                    said = {"number": one["number"], "title": one["title"], "basis": one["basis"]}
                    agreement = _save_checked(Agreement(release=release, **said))
                    agreement.parties.set(_organisations_by_slug(one["parties"]))
                    found = Commitment.objects.in_bulk(one["commitments"], field_name="reference")
                    agreement.commitments.set([found[reference] for reference in one["commitments"]])

    def _names_in_chinese(self, said: Item, release: Release) -> None:
        """Names and notes of what staff edit beside the ledger; what they have written themselves stays."""
        tables: list[tuple[str, QuerySet[Any], str]] = [
            ("areas", Area.objects.all(), "slug"),
            ("organisations", Organisation.objects.all(), "slug"),
            ("occasions", Occasion.objects.all(), "day"),
            ("sections", release.sections.all(), "position"),
            ("agreements", release.agreements.all(), "number"),
        ]
        for table, rows, key in tables:
            for one in said.get(table, ()):
                with locate_errors(f"translation of {table}, {one[key]}"):
                    if found := rows.filter(**{key: one[key]}).first():
                        self._say_in_chinese(found, one, table, str(one[key]))
        if one := said.get("release"):
            with locate_errors("translation of the release"):
                self._say_in_chinese(release, one, "release")

    def _say_in_chinese(self, row: Model, said: Item, *name: str) -> None:
        """Fill the columns of a row that are still empty; each language of it once and for all."""
        for language in CHINESE:
            if self._is_new("translation", self.data["release"]["slug"], *name, language):
                for field, texts in said.items():
                    column = field + column_suffix(language)
                    if isinstance(texts, dict) and texts.get(language) and not getattr(row, column):
                        setattr(row, column, texts[language])
        _save_checked(row)

    def _translations(self, said: Iterable[Item], commitments: dict[str, Commitment]) -> list[NewTranslation]:
        """What was never translated, whether the translation stands or was taken back."""
        known = latest_translations(commitment.pk for commitment in commitments.values())
        new = []
        for one in said:
            with locate_errors(f"translation of {one['reference']}"):
                commitment = commitments[one["reference"]]
                new += [
                    NewTranslation(commitment, language, row["en"], row[language])
                    for row in one["texts"]
                    for language in CHINESE
                    if row.get(language) and (commitment.pk, language, row["en"]) not in known
                ]
        return new

    def _entries(self, commitments: dict[str, Commitment]) -> list[NewEntry]:
        """The entries that the ledger does not hold yet: publications first, wholes before their parts."""
        known = set(LedgerEntry.objects.exclude(key=None).values_list("key", flat=True))
        seen: set[str] = set()
        publications: list[tuple[int, NewEntry]] = []
        updates: list[NewEntry] = []
        for data in self.data["commitments"]:
            commitment = commitments[data["reference"]]
            with locate_errors(data["reference"]):
                if twice := [said["key"] for said in data["entries"] if said["key"] in seen]:
                    raise ReleaseFileError(f"the key {twice[0]} stands in the file twice.")
                seen |= {said["key"] for said in data["entries"]}
                new = [_entry_from_file(commitment, said) for said in data["entries"] if said["key"] not in known]
            publications += [(_nesting_depth(commitment, commitments), e) for e in new if e.kind == EntryKind.PUBLISHED]
            updates += [entry for entry in new if entry.kind != EntryKind.PUBLISHED]
        publications.sort(key=lambda pair: pair[0])
        return [entry for _depth, entry in publications] + updates


def _nesting_depth(commitment: Commitment, commitments: dict[str, Commitment]) -> int:
    """Over how many steps it is part of something; a circle ends where the rules will refuse it."""
    depth, whole = 0, commitment.part_of
    while whole and depth < len(commitments):
        depth, whole = depth + 1, commitments.get(whole.reference, whole).part_of
    return depth


def _entry_from_file(commitment: Commitment, said: Item) -> NewEntry:
    with locate_errors(said["key"]):
        recorded_at = datetime.fromisoformat(said["recorded_at"])
        if recorded_at.tzinfo is None:
            raise ReleaseFileError("recorded_at has no time zone: write it as 2026-11-22T08:00:00Z.")
        known: dict[str, Any] = {"key": said["key"], "recorded_at": recorded_at, "salt": said["salt"]}
        if said["kind"] == EntryKind.PUBLISHED:
            return new_publication(commitment, Actor(), **known)
        content = update_content(said["kind"], said, said.get("evidence", ()))
        return NewEntry(said["kind"], content, commitment, **known)


def _organisations_by_slug(slugs: list[str]) -> list[Organisation]:
    found = Organisation.objects.in_bulk(slugs, field_name="slug")
    return [found[slug] for slug in slugs]
