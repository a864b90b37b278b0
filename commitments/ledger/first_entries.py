"""The first entries of what was public before names and descriptions were entries of the ledger: an upgrade's work."""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from commitments.domain.choices import EntityKind, EntryKind, Role
from commitments.ledger.append import append_entries
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import (
    entity_fields,
    make_entity_content,
    named_by_commitment,
    named_by_release,
    rows_for_entities,
)
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.ledger.projection import RedactionIndex
from commitments.ledger.reconciliation import BATCH_SIZE
from commitments.models import Commitment, LedgerEntry, Occasion, Release
from commitments.models.entity import Entity

# Nobody recorded these: whoever runs the upgrade did.
UPGRADE_ACTOR = Actor(Role.ADMINISTRATOR)


def is_unfinished() -> bool:
    """Whether something was published whose release has no entry, as an upgrade that was interrupted leaves it."""
    return Commitment.objects.on_record().filter(release__published_at=None).exists()


def record_public_entities() -> None:
    """Append the first entry of everything that the public could see and that has none.

    That is each release that is out or from which something was published, what these name, and each occasion that has
    come. What only drafts name stays a draft. Once only: afterwards a release that is saved is a draft.
    """
    with transaction.atomic():
        if entries := list(_first_entries()):
            append_entries(entries)


def _first_entries() -> Iterator[NewEntry]:
    out = Q(issued_on__lte=localdate()) | Q(commitments__in=Commitment.objects.on_record())
    redactions = RedactionIndex()
    done: set[str] = set()
    for release in Release.objects.filter(out).distinct().order_by("issued_on", "slug"):
        named = [*_named_in_entries(release, redactions), *named_by_release(entity_fields(release))]
        rows = rows_for_entities(named)
        in_order = [rows[entity] for entity in dict.fromkeys(named) if entity in rows]
        yield from (_first_entry(row, release) for row in (*in_order, release) if _is_new(row, done))
    occasions = Occasion.objects.filter(day__lte=localdate()).order_by("day")
    yield from (_first_entry(row) for row in occasions if _is_new(row, done))


def _named_in_entries(release: Release, redactions: RedactionIndex) -> Iterator[str]:
    """What the publications and corrections of a release's commitments ever named: their pages still do."""
    kinds = (EntryKind.PUBLISHED, EntryKind.CORRECTION)
    entries = LedgerEntry.objects.filter(kind__in=kinds, commitment__release=release).order_by("sequence")
    nothing: Content = {"area": "", "owners": [], "partners": []}
    for entry in entries.iterator(chunk_size=BATCH_SIZE):
        content = redactions.remaining(entry) or {}
        changes = content.get("changes", ())
        said = [content, *({change["field"]: change[when]} for change in changes for when in ("before", "after"))]
        for fields in said:
            yield from named_by_commitment(nothing | fields)


def _is_new(row: Entity, done: set[str]) -> bool:
    new = row.published_at is None and row.entity not in done
    done.add(row.entity)
    return new


def _first_entry(row: Entity, release: Release | None = None) -> NewEntry:
    """Under the key that a release's file gives the same, so that loading one later says what differs."""
    with_release = release.slug if release and row.entity_kind != EntityKind.RELEASE else ""
    content = make_entity_content(entity_fields(row), release=with_release)
    return NewEntry(EntryKind.ENTITY, content, by=UPGRADE_ACTOR, key=f"{row.entity}/1", entity=row.entity)
