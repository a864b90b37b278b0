"""What changed of the public fields of an organisation, area, release, occasion or news source, in words."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from commitments.i18n.phrases import join_clauses, join_list, with_label
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import DAY_FIELDS, ENTITY_MODELS
from commitments.models import Agreement, Area, Organisation, Section
from commitments.query.localized import guess_language, localize

Names = Mapping[str, Mapping[str, str]]  # by field: from slug to name
# A release's lists: the model of their rows, and the field by which a row is known again.
LIST_MODELS: dict[str, tuple[type[models.Model], str]] = {
    "sections": (Section, "position"),
    "agreements": (Agreement, "number"),
}


@dataclass(frozen=True, slots=True)
class DescribedField:
    """What a field or a row of a list is called, and what stood and stands in it: empty where that was nothing."""

    field: str
    before: SafeString
    after: SafeString


def describe_field_changes(kind: str, changes: Iterable[Content], names: Names) -> list[DescribedField]:
    """Changes as `ledger.entity_contents.changed_fields` gives them; of a release's lists each row that changed.

    `names`: see `names_in_lists`.
    """
    return [described for change in changes for described in _describe(ENTITY_MODELS[kind], change, names)]


def names_in_lists(changes: Iterable[Content]) -> Names:
    """What areas and organisations are called, by the field that names them: asked for only if a list changed."""
    if not any(change["field"] in LIST_MODELS for change in changes):
        return {}
    areas, organisations = Area._default_manager.all(), Organisation._default_manager.all()
    return {
        "area": {area.slug: localize(area, "name").text for area in areas},
        "parties": {organisation.slug: localize(organisation, "name").text for organisation in organisations},
    }


def entity_field_label(model: type[models.Model], name: str) -> str:
    """What a public field is called. FieldDoesNotExist where there is none of that name."""
    field: Any = model._meta.get_field(name)
    return str(getattr(field, "verbose_name", "") or field.related_model._meta.verbose_name_plural)


def _describe(model: type[models.Model], change: Content, names: Names) -> Iterator[DescribedField]:
    name, before, after = change["field"], change["before"], change["after"]
    if name in LIST_MODELS:
        yield from _describe_rows(*LIST_MODELS[name], before or [], after or [], names)
    else:
        old, new = (_display_value(model, name, value, names) for value in (before, after))
        if old != new:
            yield DescribedField(entity_field_label(model, name), old, new)


def _describe_rows(
    model: type[models.Model], key: str, before: list[Content], after: list[Content], names: Names
) -> Iterator[DescribedField]:
    """Each row that is new, gone or changed, as one change."""
    rows_before, rows_after = ({row[key]: row for row in rows} for rows in (before, after))
    for number in sorted({*rows_before, *rows_after}):
        old, new = rows_before.get(number, {}), rows_after.get(number, {})
        changed = {cell for cell in {*old, *new} - {key} if old.get(cell) != new.get(cell)}
        if old != new:
            label = pgettext("one of several, by its number", "%(name)s %(number)s")
            words = _row_words(model, changed, names)
            yield DescribedField(
                label % {"name": model._meta.verbose_name, "number": number},
                words(old),
                words(new) if new else escape(_("taken out")),
            )


def _row_words(model: type[models.Model], cells: set[str], names: Names) -> Callable[[Content], SafeString]:
    """What some cells of a row say, in the order of the model's fields."""
    order = [field.name for field in model._meta.get_fields() if field.name in cells]

    def words(row: Content) -> SafeString:
        said = {cell: _display_value(model, cell, row[cell], names) for cell in order if row.get(cell)}
        clauses = (with_label(escape(entity_field_label(model, cell)), text) for cell, text in said.items())
        return mark_safe(join_clauses(clauses))  # noqa: S308  (each part is escaped)

    return words


def _display_value(model: type[models.Model], name: str, value: Any, names: Names) -> SafeString:
    """A value as people read it: a choice by its label, a day in words, what a slug names by its name."""
    called = names.get(name, {})
    if isinstance(value, list):
        return escape(join_list(called.get(slug, slug) for slug in value))
    if value and name in DAY_FIELDS:
        return escape(date_format(date.fromisoformat(value)))
    labels = dict(getattr(model._meta.get_field(name), "flatchoices", ())) or called
    if value in labels:
        return escape(str(labels[value]))
    return guess_language("" if value is None else str(value)).marked
