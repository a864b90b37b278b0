"""Bringing a release's file into the tracker, as often as one likes.

Everything in a file has a key. What was loaded once is left alone: what staff changed stays changed,
and what they deleted stays deleted. Entries go through `ledger.append` like everybody's. The times of
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

from commitments import ledger, translations
from commitments.choices import EntryKind
from commitments.content import COLUMNS, PARTIES, update_content
from commitments.languages import CHINESE, suffix
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

FORMAT = 1
BY = ledger.Recorder()
Item = Mapping[str, Any]
# What a value of the wrong shape runs into.
WRONG: tuple[type[Exception], ...] = (AttributeError, DatabaseError, ObjectDoesNotExist, TypeError, ValueError)
M = TypeVar("M", bound=Model)


class ReleaseFileError(Exception):
    """The file cannot be loaded. The message says where and why; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much of a file was new."""

    items: int
    entries: int
    translations: int


def load(path: Path) -> Loaded:
    """Load a release's file in one transaction. Raises ReleaseFileError; then nothing is stored."""
    try:
        with at(str(path), OSError, UnicodeDecodeError):
            data = json.loads(path.read_text(encoding="utf-8"))
        with at(f"{path}"), transaction.atomic():
            if data.get("format") != FORMAT:
                raise ReleaseFileError(f"format {data.get('format')!r} is not known; this version reads {FORMAT}.")
            return Loader(data).load()
    except ledger.RefusedError as refusal:
        raise ReleaseFileError(f"{path}: {refusal.entry.key}: {_said(refusal)}") from refusal


@contextmanager
def at(place: str, *more: type[Exception]) -> Iterator[None]:
    """Say where in the file something went wrong."""
    try:
        yield
    except ledger.RefusedError:
        raise  # it knows its entry
    except ReleaseFileError as error:
        raise ReleaseFileError(f"{place}: {error}") from error
    except ValidationError as error:
        raise ReleaseFileError(f"{place}: {_said(error)}") from error
    except KeyError as error:
        raise ReleaseFileError(f"{place}: {error} is missing, or names something that is not there.") from error
    except (*WRONG, *more) as error:
        raise ReleaseFileError(f"{place}: {error}") from error


def _said(error: ValidationError) -> str:
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in error.message_dict.items())


def _stored(row: M) -> M:
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


class Loader:
    """One run over one file."""

    def __init__(self, data: Item) -> None:
        """Note what was loaded before."""
        self.data = data
        self.loaded = set(LoadedItem.objects.values_list("key", flat=True))
        self.new: dict[str, None] = {}

    def load(self) -> Loaded:
        """Everything of the file that is new, in the order in which one thing needs another."""
        for area in self.data["areas"]:
            with at(f"area {area['slug']}"):
                if self._is_new("area", area["slug"]):
                    _stored(Area(**area))
        for organisation in self.data["organisations"]:
            with at(f"organisation {organisation['slug']}"):
                if self._is_new("organisation", organisation["slug"]):
                    _stored(Organisation(**organisation))
        for occasion in self.data.get("occasions", ()):
            with at(f"occasion {occasion['day']}"):
                if self._is_new("occasion", occasion["day"]):
                    _stored(Occasion(**occasion))
        release = self._release(self.data["release"])
        commitments = self._commitments(release)
        self._agreements(release, self.data["release"])
        entries = self._entries(commitments)
        appended = len(ledger.append(entries)) if entries else 0
        said = self.data.get("translations", {})
        self._names_in_chinese(said, release)
        translated = translations.record(self._translations(said.get("commitments", ()), commitments), BY)
        LoadedItem.objects.bulk_create(LoadedItem(key=key) for key in self.new)
        return Loaded(len(self.new), appended, translated)

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
        with at(f"release {data['slug']}"):
            if self._is_new("release", data["slug"]):
                release = _stored(Release(**columns))
                areas = {area.slug: area for area in Area.objects.all()}
                for position, section in enumerate(data["sections"], 1):
                    with at(f"section {position}"):
                        area = areas[section["area"]] if section["area"] else None
                        said = {"heading": section["heading"], "note": section["note"]}
                        _stored(Section(release=release, position=position, area=area, **said))
            return Release.objects.get(slug=data["slug"])

    def _commitments(self, release: Release) -> dict[str, Commitment]:
        """Every commitment of the file by reference; new ones are drafts until their entries are appended."""
        areas = {area.slug: area for area in Area.objects.all()}
        new = []
        for data in self.data["commitments"]:
            with at(data["reference"]):
                if self._is_new("commitment", data["reference"]):
                    columns = {name: codec.read(data[name]) for name, codec in COLUMNS.items()}
                    area = areas[data["area"]] if data["area"] else None
                    commitment = _stored(Commitment(release=release, area=area, **columns))
                    for name in PARTIES:
                        getattr(commitment, name).set(_organisations(data[name]))
                    new.append(data)
        references = [data["reference"] for data in self.data["commitments"]]
        found = Commitment.objects.select_related("release", "area", "part_of").in_bulk(
            references, field_name="reference"
        )
        for data in new:
            with at(data["reference"]):
                if data["part_of"]:
                    found[data["reference"]].part_of = found[data["part_of"]]
                    found[data["reference"]].save(update_fields=["part_of"])
        return found

    def _agreements(self, release: Release, data: Item) -> None:
        for one in data["agreements"]:
            with at(f"agreement {one['number']}"):
                if self._is_new("agreement", data["slug"], str(one["number"])):
                    said = {"number": one["number"], "title": one["title"], "basis": one["basis"]}
                    agreement = _stored(Agreement(release=release, **said))
                    agreement.parties.set(_organisations(one["parties"]))
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
                with at(f"translation of {table}, {one[key]}"):
                    if found := rows.filter(**{key: one[key]}).first():
                        self._say_in_chinese(found, one, table, str(one[key]))
        if one := said.get("release"):
            with at("translation of the release"):
                self._say_in_chinese(release, one, "release")

    def _say_in_chinese(self, row: Model, said: Item, *name: str) -> None:
        """Fill the columns of a row that are still empty; each language of it once and for all."""
        for language in CHINESE:
            if self._is_new("translation", self.data["release"]["slug"], *name, language):
                for field, texts in said.items():
                    column = field + suffix(language)
                    if isinstance(texts, dict) and texts.get(language) and not getattr(row, column):
                        setattr(row, column, texts[language])
        _stored(row)

    def _translations(
        self, said: Iterable[Item], commitments: dict[str, Commitment]
    ) -> list[translations.NewTranslation]:
        """What was never translated, whether the translation stands or was taken back."""
        known = translations.latest(commitment.pk for commitment in commitments.values())
        new = []
        for one in said:
            with at(f"translation of {one['reference']}"):
                commitment = commitments[one["reference"]]
                new += [
                    translations.NewTranslation(commitment, language, row["en"], row[language])
                    for row in one["texts"]
                    for language in CHINESE
                    if row.get(language) and (commitment.pk, language, row["en"]) not in known
                ]
        return new

    def _entries(self, commitments: dict[str, Commitment]) -> list[ledger.NewEntry]:
        """The entries that the ledger does not hold yet: publications first, wholes before their parts."""
        known = set(LedgerEntry.objects.exclude(key=None).values_list("key", flat=True))
        seen: set[str] = set()
        publications: list[tuple[int, ledger.NewEntry]] = []
        updates: list[ledger.NewEntry] = []
        for data in self.data["commitments"]:
            commitment = commitments[data["reference"]]
            with at(data["reference"]):
                if twice := [said["key"] for said in data["entries"] if said["key"] in seen]:
                    raise ReleaseFileError(f"the key {twice[0]} stands in the file twice.")
                seen |= {said["key"] for said in data["entries"]}
                new = [_entry(commitment, said) for said in data["entries"] if said["key"] not in known]
            publications += [(_depth(commitment, commitments), e) for e in new if e.kind == EntryKind.PUBLISHED]
            updates += [entry for entry in new if entry.kind != EntryKind.PUBLISHED]
        publications.sort(key=lambda pair: pair[0])
        return [entry for _depth, entry in publications] + updates


def _depth(commitment: Commitment, commitments: dict[str, Commitment]) -> int:
    """Over how many steps it is part of something; a circle ends where the rules will refuse it."""
    depth, whole = 0, commitment.part_of
    while whole and depth < len(commitments):
        depth, whole = depth + 1, commitments.get(whole.reference, whole).part_of
    return depth


def _entry(commitment: Commitment, said: Item) -> ledger.NewEntry:
    with at(said["key"]):
        recorded_at = datetime.fromisoformat(said["recorded_at"])
        if recorded_at.tzinfo is None:
            raise ReleaseFileError("recorded_at has no time zone: write it as 2026-11-22T08:00:00Z.")
        known: dict[str, Any] = {"key": said["key"], "recorded_at": recorded_at, "salt": said["salt"]}
        if said["kind"] == EntryKind.PUBLISHED:
            return ledger.publish(commitment, ledger.Recorder(), **known)
        content = update_content(said["kind"], said, said.get("evidence", ()))
        return ledger.NewEntry(said["kind"], content, commitment, **known)


def _organisations(slugs: list[str]) -> list[Organisation]:
    found = Organisation.objects.in_bulk(slugs, field_name="slug")
    return [found[slug] for slug in slugs]
