"""What would change of an organisation, area, release, occasion or news source, in words: from what to what."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from commitments.admin.effects import DraftEffect, FieldChange
from commitments.i18n.phrases import join_list, join_sentences, with_label
from commitments.ledger.contents import Content
from commitments.ledger.entity_contents import ENTITY_MODELS, RELEASE_LISTS
from commitments.models import Agreement, Area, Organisation, Section
from commitments.workflow.entity_proposals import Changes

Names = Mapping[str, Mapping[str, str]]  # by field: from slug to name
# A release's lists: the model of their rows, and the field by which a row is known again.
LIST_MODELS: dict[str, tuple[type[models.Model], str]] = {
    "sections": (Section, "position"),
    "agreements": (Agreement, "number"),
}


def describe_changes(kind: str, changes: Changes) -> DraftEffect:
    """Each field that changes, with what it said and what it would say; of a release's lists each row."""
    names = _names_by_slug() if changes.keys() & set(RELEASE_LISTS) else {}
    return DraftEffect([change for name, values in changes.items() for change in _describe(kind, name, values, names)])


def describe_fields(kind: str, fields: Content) -> list[FieldChange]:
    """Everything that the fields say, as changes from nothing."""
    changes: Changes = {
        name: {"before": [] if isinstance(value, list) else "", "after": value} for name, value in fields.items()
    }
    return describe_changes(kind, changes).changes


def refusal_words(model: type[models.Model], problem: ValidationError) -> str:
    """A refusal in one line, each field named."""
    if not hasattr(problem, "error_dict"):
        return join_sentences(problem.messages)
    return join_sentences(
        join_sentences(texts)
        if name == NON_FIELD_ERRORS
        else with_label(field_label(model, name), join_sentences(texts))
        for name, texts in problem.message_dict.items()
    )


def field_label(model: type[models.Model], name: str) -> str:
    """What a field is called on the forms; `reason` and the like are words of their own."""
    if name in LIST_MODELS:
        return capfirst(str(LIST_MODELS[name][0]._meta.verbose_name_plural))
    known = {field.name: field for field in model._meta.get_fields()}
    return capfirst(str(getattr(known.get(name), "verbose_name", _(name.replace("_", " ")))))


def _describe(kind: str, name: str, values: Mapping[str, Any], names: Names) -> Iterator[FieldChange]:
    if name in LIST_MODELS:
        yield from _describe_rows(name, values["before"], values["after"], names)
    else:
        before, after = (_words(ENTITY_MODELS[kind], name, values[key], {}) for key in ("before", "after"))
        if before != after:
            yield FieldChange(field_label(ENTITY_MODELS[kind], name), before, after)


def _describe_rows(name: str, before: list[Content], after: list[Content], names: Names) -> Any:
    """Each row that is new, gone or changed, as one change, known again by its number."""
    model, key = LIST_MODELS[name]
    rows_before, rows_after = ({row[key]: row for row in rows} for rows in (before, after))
    for number in sorted({*rows_before, *rows_after}):
        old, new = rows_before.get(number, {}), rows_after.get(number, {})
        changed = {cell for cell in {*old, *new} if old.get(cell) != new.get(cell)}
        if changed:
            label = f"{capfirst(str(model._meta.verbose_name))} {number}"
            words = _row_words(model, changed - {key}, names)
            yield FieldChange(label, words(old), words(new) if new else _("taken out"))


def _row_words(model: type[models.Model], cells: set[str], names: Names) -> Callable[[Content], str]:
    """What some cells of a row say, in the order of the model's fields."""
    order = [field.name for field in model._meta.get_fields() if field.name in cells]

    def words(row: Content) -> str:
        said = {cell: _words(model, cell, row[cell], names) for cell in order if row.get(cell)}
        return join_sentences(f"{with_label(field_label(model, cell), text)}." for cell, text in said.items())

    return words


def _words(model: type[models.Model], name: str, value: Any, names: Names) -> str:
    """A value as people read it: labels of vocabularies, names of what slugs name."""
    called = names.get(name, {})
    if isinstance(value, list):
        return join_list(called.get(slug, slug) for slug in value)
    labels = dict(getattr(model._meta.get_field(name), "flatchoices", ())) or called
    return "" if value is None else str(labels.get(value, value))


def _names_by_slug() -> Names:
    """What areas and organisations are called, by the field that names them; both are short tables."""
    return {
        "area": dict(Area.objects.values_list("slug", "name")),
        "parties": dict(Organisation.objects.values_list("slug", "name")),
    }
