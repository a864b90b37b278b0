"""The rows of organisations, areas, releases, occasions and news sources beside what their entries say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from commitments.domain.choices import EntityKind
from commitments.ledger.contents import Content, parse_day
from commitments.ledger.entity_contents import FORMER_FIELDS, changed_fields, entity_columns
from commitments.ledger.projection import RedactionIndex
from commitments.ledger.stored_rows import require_readable
from commitments.models import EntityChange, LedgerEntry


@dataclass(slots=True)
class EntityProjection:
    """What the entries about one entity come to: its columns, its lists, and what each entry changed."""

    columns: dict[str, Any]
    fields: Content
    changes: list[EntityChange] = field(default_factory=list)


def fold_entity(
    kind: str, slug: str, entries: Sequence[LedgerEntry], redactions: RedactionIndex, issued_on: Mapping[str, date]
) -> EntityProjection:
    """What an entity's entries, in order, come to. `issued_on`: the day of each release, by slug.

    A redaction takes words out of what was said: out of what it is called now, too, where no later entry says it anew.
    """
    require_readable(entries)
    contents = [redactions.remaining(entry) or {} for entry in entries]
    fields: Content = contents[-1]["fields"]
    former: list[dict[str, Any]] = []
    changes: list[EntityChange] = []
    for entry, before, content in zip(entries, [None, *contents], contents, strict=False):
        changed = changed_fields(kind, before["fields"], content["fields"]) if before else []
        release = content.get("release", "")
        changes.append(
            EntityChange(entry=entry, kind=kind, slug=slug, release=release, is_first=before is None, changes=changed)
        )
        old = {change["field"]: change["before"] for change in changed if change["field"] in FORMER_FIELDS[kind]}
        if old:
            former.append({"until": localdate(entry.recorded_at).isoformat(), **old})
    columns = entity_columns(kind, fields) | {
        "published_at": entries[0].recorded_at,
        "public_from": min(
            _public_from(kind, content, entry, issued_on) for entry, content in zip(entries, contents, strict=True)
        ),
        "former": former,
    }
    return EntityProjection(columns, fields, changes)


def _public_from(kind: str, content: Content, entry: LedgerEntry, issued_on: Mapping[str, date]) -> date:
    """A release is public from its issue; what became public with one, from then, too; else from the recording."""
    if kind == EntityKind.RELEASE:
        day = parse_day(content["fields"]["issued_on"])
        if day is None:
            raise ValueError(content["fields"]["issued_on"])
        return day
    return issued_on[content["release"]] if content.get("release") else localdate(entry.recorded_at)
