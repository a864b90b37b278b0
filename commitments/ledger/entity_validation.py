"""What an entity entry may say: each rule a ValidationError by field, checked under the ledger's lock."""

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.domain.choices import EntityKind
from commitments.ledger.contents import Content, parse_day
from commitments.ledger.entity_contents import (
    AGREEMENT_TEXTS,
    ENTITY_FIELDS,
    ENTITY_TEXTS,
    OPTIONAL_FIELDS,
    SECTION_TEXTS,
    changed_fields,
    entity_columns,
    needs_reason,
    rows_for_entities,
    split_entity,
)
from commitments.ledger.projection import RedactionIndex
from commitments.models import Agreement, Area, Commitment, LedgerEntry, Organisation, Section
from commitments.models.entity import Entity

FIXED_FIELDS = ("issued_on",)  # every count as of a day rests on it
UNIQUE_FIELDS: dict[str, tuple[str, ...]] = {
    EntityKind.ORGANISATION: ("name",),
    EntityKind.AREA: ("name",),
    EntityKind.OCCASION: ("day",),
    EntityKind.NEWS_SOURCE: ("name",),
}


class EntityValidator:
    """Checks entity entries in the order in which they are to be appended.

    `entities`: those that they are about; `publishing`: the commitments that become public with them.
    """

    def __init__(self, entities: set[str], publishing: set[str]) -> None:
        self.rows = rows_for_entities(entities)
        self.publishing = publishing
        self.fields = recorded_entity_fields(entities)

    def check(self, entity: str, content: Content) -> None:
        """Raise ValidationError where an entry may not be appended."""
        row = self.rows.get(entity)
        if row is None:
            raise ValidationError(_("There is no “%(entity)s”.") % {"entity": entity[:80]})
        fields = content["fields"]
        if entity in self.fields:
            self._check_change(row, self.fields[entity], content)
        self.check_fields(entity, fields)
        self.fields[entity] = fields

    def _check_change(self, row: Entity, before: Content, content: Content) -> None:
        """Something is changed, and somebody says why."""
        changes = changed_fields(row.entity_kind, before, content["fields"])
        if not changes and not content.get("release"):
            raise ValidationError(_("Nothing is changed, so there is nothing to record."))
        self._check_still_hidden(row, content)
        if needs_reason(changes) and not content["reason"].strip():
            raise ValidationError({"reason": _("Give the reason. It will be public.")})
        if any(change["field"] in FIXED_FIELDS for change in changes) and row.commitments.on_record().exists():  # type: ignore[attr-defined]  # only a release has such a field
            message = _("Something was published from it, so its day stands: every count as of a day rests on it.")
            raise ValidationError({"issued_on": message})

    def _check_still_hidden(self, row: Entity, content: Content) -> None:
        """What is public only from a release to come stays so; and what is out is not taken back."""
        today = localdate()
        hidden = row.public_from is not None and row.public_from > today
        if row.entity_kind == EntityKind.RELEASE:
            issued_on = parse_day(content["fields"]["issued_on"])
            if not hidden and issued_on and issued_on > today:
                raise ValidationError({"issued_on": _("It is public, so it cannot be issued on a day to come.")})
        elif hidden and not content.get("release"):
            raise ValidationError(_("It is public only from a release to come: say which."))

    def check_fields(self, entity: str, fields: Content, *, unique: bool = True) -> None:
        """Public fields that could be put on record: each by itself, and what they name.

        Not `unique` are those that a later entry has replaced: what it was called may be another's name by now.
        """
        kind, _slug = split_entity(entity)
        known, optional = set(ENTITY_FIELDS[kind]), set(OPTIONAL_FIELDS)
        if not known - optional <= fields.keys() <= known:
            raise ValidationError(_("It must say each public field, and no other."))
        stated: Any = copy(self.rows[entity])
        for name, value in entity_columns(kind, fields).items():
            setattr(stated, name, value)
        stated.clean_fields(exclude=["published_at", "public_from", "former"])
        if unique:
            stated.validate_unique()
            self._check_unique_beside(entity, fields)
        if kind == EntityKind.RELEASE:
            _check_lists(fields, self.publishing)

    def _check_unique_beside(self, entity: str, fields: Content) -> None:
        """No other that is to be recorded with it is called the same: the database knows of neither yet."""
        kind, _slug = split_entity(entity)
        for name in UNIQUE_FIELDS.get(kind, ()):
            for other, others_fields in self.fields.items():
                if other != entity and split_entity(other)[0] == kind and others_fields[name] == fields[name]:
                    message = _("“%(other)s” would say the same. Give one of them something else.")
                    raise ValidationError({name: message % {"other": other}})


def recorded_entity_fields(entities: Iterable[str]) -> dict[str, Content]:
    """What is on record of some entities, each by its last entry; without those that have none."""
    redactions = RedactionIndex()
    fields: dict[str, Content] = {}
    for entry in LedgerEntry.objects.filter(entity__in=set(entities)).order_by("sequence"):
        if content := redactions.remaining(entry):
            fields[entry.entity] = content["fields"]
    return fields


def _check_lists(fields: Content, publishing: set[str]) -> None:
    """A release's sections and agreements name what there is, and commitments that are on record."""
    problems: dict[str, list[str]] = {"sections": [], "agreements": []}
    areas, organisations = _slugs(Area), _slugs(Organisation)
    for row in fields["sections"]:
        _check_row(Section(position=row["position"], **{name: row[name] for name in SECTION_TEXTS}))
        if row["area"] and row["area"] not in areas:
            problems["sections"].append(_("There is no “%(slug)s”.") % {"slug": row["area"]})
    references = {reference for row in fields["agreements"] for reference in row["commitments"]}
    recorded_rows = Commitment.objects.on_record().filter(reference__in=references)
    recorded = publishing.union(recorded_rows.values_list("reference", flat=True))
    for row in fields["agreements"]:
        texts = {name: row[name] for name in AGREEMENT_TEXTS}
        _check_row(Agreement(number=row["number"], basis=row["basis"], **texts))
        unknown = [*(slug for slug in row["parties"] if slug not in organisations), *({*row["commitments"]} - recorded)]
        problems["agreements"] += [_("There is no “%(slug)s”.") % {"slug": name} for name in unknown]
    for name, key in (("sections", "position"), ("agreements", "number")):
        numbers = [row[key] for row in fields[name]]
        if len(set(numbers)) != len(numbers):
            problems[name].append(_("Two of these have the same number."))
    areas_named = [row["area"] for row in fields["sections"]]
    if len(set(areas_named)) != len(areas_named):
        problems["sections"].append(_("Two sections stand for the same area, or both for none."))
    if any(problems.values()):
        raise ValidationError({name: messages for name, messages in problems.items() if messages})


def _slugs(model: Any) -> set[str]:
    return set(model.objects.values_list("slug", flat=True))


def _check_row(row: Any) -> None:
    row.clean_fields(exclude=["release", "area"])


def fixed_entity_fields(fields: Content) -> list[Any]:
    """What of an entity's fields is no free text, so that no redaction may touch it."""
    texts = {text for names in ENTITY_TEXTS.values() for text in names}
    parts: list[Any] = [
        sorted(fields),
        {name: value for name, value in fields.items() if name not in texts and not isinstance(value, list)},
    ]
    for name, words in (("sections", SECTION_TEXTS), ("agreements", AGREEMENT_TEXTS)):
        parts.append([{key: value for key, value in row.items() if key not in words} for row in fields.get(name, ())])
    return parts
