"""What an organisation, area, release, occasion or news source was called or was before, and each change of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from commitments.domain.choices import EntityKind, EntryKind, Side
from commitments.i18n.languages import RECORD_LANGUAGE, column_suffix, current_language
from commitments.ledger.entity_contents import rows_for_entities
from commitments.models import EntityChange, LedgerEntry
from commitments.models.entity import Entity
from commitments.query.entity_field_changes import DescribedField, Names, describe_field_changes, names_in_lists
from commitments.query.localized import LocalizedText, guess_language, localize

# The page of each kind by its name in `urls.py`; occasions are days on every page, news sources part of the method.
PAGES = {EntityKind.ORGANISATION: "organisation", EntityKind.AREA: "area", EntityKind.RELEASE: "release"}


@dataclass(frozen=True, slots=True)
class DescribedChange:
    """One entry about an entity, in words. `removals`: its redactions, the latest first, where they were asked for."""

    entry: LedgerEntry
    row: Entity
    is_first: bool
    reason: LocalizedText
    changes: list[DescribedField] = field(default_factory=list)
    removals: Sequence[LedgerEntry] = ()

    @property
    def kind(self) -> str:
        """Organisation, area and so on."""
        return str(EntityKind(self.row.entity_kind).label)

    @property
    def name(self) -> LocalizedText:
        """What it is called today."""
        return localize(self.row, self.row.title_field)

    @property
    def page(self) -> str:
        """The address of its own page; empty where it has none."""
        name = PAGES.get(self.row.entity_kind)
        return reverse(name, args=[self.row.slug]) if name else ""


def value_on(row: Entity, column: str, day: date) -> Any:
    """What a public field of an entity said on a past day, as far as it is one that a page tells of."""
    until_later = (former for former in row.former if former["until"] > day.isoformat() and column in former)
    return next((former[column] for former in until_later), getattr(row, column))


def former_name(row: Entity, day: date) -> LocalizedText | None:
    """What it was called on a past day, in the language of the moment; None where that is its name today."""
    language, name = current_language(), row.title_field
    then, now = value_on(row, name + column_suffix(language), day), getattr(row, name + column_suffix(language))
    if not then and language != RECORD_LANGUAGE:
        then, now, language = value_on(row, name, day), getattr(row, name), RECORD_LANGUAGE
    return LocalizedText(str(then), language) if then and then != now else None


def former_side(row: Entity, day: date) -> str:
    """On which side an organisation was on a past day, in words; empty where it is on that one today."""
    side = value_on(row, "side", day) if row.entity_kind == EntityKind.ORGANISATION else ""
    return str(Side(side).label) if side and side != row.side else ""  # type: ignore[attr-defined]  # an organisation has one


def describe_entity_changes(entries: Iterable[LedgerEntry]) -> dict[int, DescribedChange]:
    """Each entity entry among the entries in words, by its sequence. Takes `entity_change` from what was selected."""
    about = [entry for entry in entries if entry.entity and hasattr(entry, "entity_change")]
    rows = rows_for_entities(entry.entity for entry in about)
    names = _names_in_changes(about)
    return {
        entry.sequence: _describe_entity_change(entry, rows[entry.entity], names)
        for entry in about
        if entry.entity in rows
    }


def _describe_entity_change(entry: LedgerEntry, row: Entity, names: Names) -> DescribedChange:
    """One entity entry in words. A text that was removed is said nowhere: the projection does not have it."""
    change: EntityChange = entry.entity_change
    reason = guess_language(str((entry.data or {}).get("reason", "")))
    changes = describe_field_changes(row.entity_kind, change.changes, names)
    return DescribedChange(entry, row, change.is_first, reason, changes)


def _names_in_changes(entries: Iterable[LedgerEntry]) -> Names:
    return names_in_lists(item for entry in entries for item in entry.entity_change.changes)


def changes_of(row: Entity) -> list[DescribedChange]:
    """Every change of an entity, the latest first; its first entry only where text of it was removed."""
    redactions = LedgerEntry.objects.filter(kind=EntryKind.REDACTION).order_by("-sequence")
    entries = LedgerEntry.objects.filter(entity=row.entity).select_related("entity_change").order_by("-sequence")
    entries = entries.prefetch_related(Prefetch("targeted_by", queryset=redactions, to_attr="removals"))
    names = _names_in_changes(entries)
    described = [replace(_describe_entity_change(entry, row, names), removals=entry.removals) for entry in entries]
    return [change for change in described if change.changes or change.removals]
