"""Bringing a release's file into the tracker, as often as one likes.

Everything in a file has a key. What was loaded once is left alone: what staff changed stays changed,
and what they deleted stays deleted. Entries go through `ledger.append` like everybody's. The times of
recording and the salts are in the file, so that a fresh load has the same ledger head everywhere.
The file's format is described in docs/release-file.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from commitments import ledger
from commitments.choices import EntryKind
from commitments.content import COLUMNS, PARTIES, update_content
from commitments.models import Agreement, Area, Commitment, LedgerEntry, LoadedItem, Organisation, Release

FORMAT = 1
Item = Mapping[str, Any]


class ReleaseFileError(Exception):
    """The file cannot be loaded. The message says where and why; nothing of it was stored."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much of a file was new."""

    items: int
    entries: int


def load(path: Path) -> Loaded:
    """Load a release's file in one transaction. Raises ReleaseFileError; then nothing is stored."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.get("format") != FORMAT:
            raise ReleaseFileError(f"{path}: format {data.get('format')!r} is not known; this version reads {FORMAT}.")
        with transaction.atomic():
            return Loader(data).load()
    except OSError as error:
        raise ReleaseFileError(f"{path}: {error.strerror or error}") from error
    except (ValueError, AttributeError) as error:
        raise ReleaseFileError(f"{path}: {error}") from error
    except KeyError as error:
        raise ReleaseFileError(f"{path}: {error} is missing, or names something that is not there.") from error
    except ValidationError as error:
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        problems = "; ".join(f"{name} {' '.join(messages)}".strip() for name, messages in named.items())
        raise ReleaseFileError(f"{path}: {problems}") from error


class Loader:
    """One run over one file."""

    def __init__(self, data: Item) -> None:
        """Note what was loaded before."""
        self.data = data
        self.loaded = set(LoadedItem.objects.values_list("key", flat=True))
        self.new: list[str] = []

    def load(self) -> Loaded:
        """Everything of the file that is new, in the order in which one thing needs another."""
        for area in self.data["areas"]:
            if self._is_new("area", area["slug"]):
                Area.objects.create(**area)
        for organisation in self.data["organisations"]:
            if self._is_new("organisation", organisation["slug"]):
                Organisation.objects.create(**organisation)
        release = self._release(self.data["release"])
        commitments = self._commitments(release)
        self._agreements(release, self.data["release"])
        entries = self._entries(commitments)
        LoadedItem.objects.bulk_create(LoadedItem(key=key) for key in self.new)
        return Loaded(len(self.new), len(ledger.append(entries)) if entries else 0)

    def _is_new(self, *name: str) -> bool:
        """Whether this was never loaded; from now on it was."""
        key = ":".join(name)
        if key in self.loaded:
            return False
        self.new.append(key)
        return True

    def _release(self, data: Item) -> Release:
        columns = {name: value for name, value in data.items() if name not in ("sections", "agreements")}
        if self._is_new("release", data["slug"]):
            release = Release.objects.create(**columns)
            for position, section in enumerate(data["sections"], 1):
                area = Area.objects.get(slug=section["area"]) if section["area"] else None
                release.sections.create(position=position, heading=section["heading"], area=area, note=section["note"])
        return Release.objects.get(slug=data["slug"])

    def _commitments(self, release: Release) -> dict[str, Commitment]:
        """Every commitment of the file by reference; new ones are drafts until their entries are appended."""
        areas = {area.slug: area for area in Area.objects.all()}
        new = [data for data in self.data["commitments"] if self._is_new("commitment", data["reference"])]
        for data in new:
            columns = {name: codec.read(data[name]) for name, codec in COLUMNS.items()}
            area = areas[data["area"]] if data["area"] else None
            commitment = Commitment.objects.create(release=release, area=area, **columns)
            for name in PARTIES:
                getattr(commitment, name).set(_organisations(data[name]))
        references = [data["reference"] for data in self.data["commitments"]]
        found = Commitment.objects.select_related("release", "area").in_bulk(references, field_name="reference")
        for data in new:
            if data["part_of"]:
                found[data["reference"]].part_of = found[data["part_of"]]
                found[data["reference"]].save(update_fields=["part_of"])
        return found

    def _agreements(self, release: Release, data: Item) -> None:
        for one in data["agreements"]:
            if self._is_new("agreement", data["slug"], str(one["number"])):
                agreement = Agreement.objects.create(
                    release=release, number=one["number"], title=one["title"], basis=one["basis"]
                )
                agreement.parties.set(_organisations(one["parties"]))
                agreement.commitments.set(Commitment.objects.filter(reference__in=one["commitments"]))

    def _entries(self, commitments: dict[str, Commitment]) -> list[ledger.NewEntry]:
        """The entries that the ledger does not hold yet: publications first, wholes before their parts."""
        known = set(LedgerEntry.objects.exclude(key=None).values_list("key", flat=True))
        publications: list[tuple[bool, ledger.NewEntry]] = []
        updates: list[ledger.NewEntry] = []
        for data in self.data["commitments"]:
            commitment = commitments[data["reference"]]
            for said in data["entries"]:
                if said["key"] in known:
                    continue
                entry = _entry(commitment, said)
                if entry.kind == EntryKind.PUBLISHED:
                    publications.append((commitment.part_of_id is not None, entry))
                else:
                    updates.append(entry)
        publications.sort(key=lambda pair: pair[0])
        return [entry for _is_part, entry in publications] + updates


def _entry(commitment: Commitment, said: Item) -> ledger.NewEntry:
    known: dict[str, Any] = {
        "key": said["key"],
        "recorded_at": datetime.fromisoformat(said["recorded_at"]),
        "salt": said["salt"],
    }
    if said["kind"] == EntryKind.PUBLISHED:
        return ledger.publish(commitment, ledger.Recorder(), **known)
    content = update_content(said["kind"], said, said.get("evidence", ()))
    return ledger.NewEntry(said["kind"], content, commitment, **known)


def _organisations(slugs: list[str]) -> list[Organisation]:
    found = Organisation.objects.in_bulk(slugs, field_name="slug")
    return [found[slug] for slug in slugs]
