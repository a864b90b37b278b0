"""What an entity entry says: the public fields of an organisation, area, release, occasion or news source.

    {"fields": {…}, "reason": "…"}, and "release" where it became public with one: that release's slug

`fields` has every public field of its kind (`ENTITY_FIELDS`), texts in three languages; those in `OPTIONAL_FIELDS` only
where they say something, so that what was recorded before there were such fields keeps its digest.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db.models import Q

from commitments.domain.choices import EntityKind
from commitments.ledger.contents import Content, parse_day, to_text
from commitments.ledger.stored_rows import in_order, stored_rows
from commitments.models import Agreement, Area, EntityChange, NewsSource, Occasion, Organisation, Release, Section
from commitments.models.entity import Entity
from commitments.models.fields import language_columns

ENTITY_MODELS: dict[str, type[Entity]] = {
    EntityKind.ORGANISATION: Organisation,
    EntityKind.AREA: Area,
    EntityKind.RELEASE: Release,
    EntityKind.OCCASION: Occasion,
    EntityKind.NEWS_SOURCE: NewsSource,
}


def _in_each_language(*names: str) -> tuple[str, ...]:
    return tuple(column for name in names for column in language_columns(name))


SECTION_TEXTS, AGREEMENT_TEXTS = _in_each_language("heading", "note"), _in_each_language("title")
OPTIONAL_FIELDS = _in_each_language("aliases", "known_through", "not_read")
# Words in somebody's own language: a redaction may take them out. Everything else a page or a count rests on.
ENTITY_TEXTS: dict[str, tuple[str, ...]] = {
    EntityKind.ORGANISATION: _in_each_language("name", "short_name", "aliases", "note"),
    EntityKind.AREA: _in_each_language("name"),
    EntityKind.RELEASE: _in_each_language(
        "title", "publisher", "place", "known_through", "not_read", "note", "agreements_note"
    ),
    EntityKind.OCCASION: _in_each_language("name"),
    EntityKind.NEWS_SOURCE: _in_each_language("name", "why"),
}
OTHER_FIELDS: dict[str, tuple[str, ...]] = {
    EntityKind.ORGANISATION: ("kind", "side", "site"),
    EntityKind.AREA: ("position",),
    EntityKind.RELEASE: ("issued_on", "language", "url", "agreements_stated", "sections", "agreements"),
    EntityKind.OCCASION: ("day",),
    EntityKind.NEWS_SOURCE: ("source",),
}
ENTITY_FIELDS = {kind: (*ENTITY_TEXTS[kind], *OTHER_FIELDS[kind]) for kind in ENTITY_MODELS}
# Lists of rows with tables of their own.
RELEASE_LISTS = ("sections", "agreements")
# What a page of a past day says it was before, beside what it is called today.
FORMER_FIELDS = {
    kind: (*language_columns(model.title_field), *(("side",) if kind == EntityKind.ORGANISATION else ()))
    for kind, model in ENTITY_MODELS.items()
}
AS_IS = ("position", "agreements_stated")  # whole numbers
DAY_FIELDS = ("issued_on", "day")


def split_entity(entity: str) -> tuple[str, str]:
    """Kind and slug of what an entry is about: "organisation/hksarg" is ("organisation", "hksarg")."""
    kind, _separator, slug = entity.partition("/")
    return kind, slug


def entity_fields(row: Entity, publishing: Collection[str] = ()) -> Content:
    """Every public field of a row, as a content says it.

    Of an agreement's commitments those that are on record, or are `publishing`: about to be, by reference.
    """
    values = {name: getattr(row, name) for name in _columns(row.entity_kind)}
    values = {name: value if name in AS_IS else to_text(value) for name, value in values.items()}
    return without_blanks(values | (release_lists(row.pk, publishing) if isinstance(row, Release) else {}))


def make_entity_content(fields: Content, reason: str = "", release: str = "") -> Content:
    """The content that says these fields; `release` only where it became public with one."""
    return {"fields": fields, "reason": reason} | ({"release": release} if release else {})


def coming_release(row: Entity, today: date) -> str:
    """The slug of the release to come with which an entity will be public; empty where it is public, or a draft.

    A change of it before that day is as hidden as it is itself.
    """
    if row.public_from is None or row.public_from <= today:
        return ""
    changes = EntityChange.objects.filter(kind=row.entity_kind, slug=row.slug).exclude(release="").order_by("-entry")
    return changes.values_list("release", flat=True).first() or ""


def without_blanks(fields: Content) -> Content:
    """The fields without the optional ones that say nothing."""
    return {name: value for name, value in fields.items() if value or name not in OPTIONAL_FIELDS}


def _columns(kind: str) -> tuple[str, ...]:
    return tuple(name for name in ENTITY_FIELDS[kind] if name not in RELEASE_LISTS)


def release_lists(release: int, publishing: Collection[str] = ()) -> dict[str, list[Content]]:
    """The sections and agreements of a release, by its key, as they are stored and as its content says them.

    `publishing`: see `entity_fields`. Other drafts under an agreement are staff's own business.
    """
    return {"sections": _section_rows(release), "agreements": _agreement_rows(release, publishing)}


def _section_rows(release: int) -> list[Content]:
    names = ("position", "area__slug", *SECTION_TEXTS)
    rows = sorted(stored_rows(Section.objects.filter(release=release), names), key=in_order)
    return [
        dict(zip(("position", "area", *SECTION_TEXTS), (row[0], row[1] or "", *row[2:]), strict=True)) for row in rows
    ]


def _agreement_rows(release: int, publishing: Collection[str]) -> list[Content]:
    of_release = Agreement.objects.filter(release=release)
    names = ("number", "basis", *AGREEMENT_TEXTS)
    parties, commitments = defaultdict(list), defaultdict(list)
    for number, slug in of_release.filter(parties__isnull=False).values_list("pk", "parties__slug"):
        parties[number].append(slug)
    named = of_release.filter(Q(commitments__published_at__isnull=False) | Q(commitments__reference__in=publishing))
    for number, reference in named.values_list("pk", "commitments__reference"):
        commitments[number].append(reference)
    return [
        dict(zip(names, row, strict=True)) | {"parties": sorted(parties[pk]), "commitments": sorted(commitments[pk])}
        for *row, pk in sorted(stored_rows(of_release, (*names, "pk")), key=in_order)
    ]


def entity_columns(kind: str, fields: Content) -> dict[str, Any]:
    """The columns of a row that these fields say. KeyError and ValidationError where they cannot be read."""
    columns = {name: fields.get(name, "") if name in OPTIONAL_FIELDS else fields[name] for name in _columns(kind)}
    for name in DAY_FIELDS:
        if name in columns:
            columns[name] = parse_day(columns[name])
    return columns


def named_by_release(fields: Content) -> Iterator[str]:
    """The areas and organisations that a release's sections and agreements name, as entities."""
    for section in fields["sections"]:
        if section["area"]:
            yield f"{EntityKind.AREA}/{section['area']}"
    for agreement in fields["agreements"]:
        yield from (f"{EntityKind.ORGANISATION}/{slug}" for slug in agreement["parties"])


def named_by_commitment(content: Content) -> Iterator[str]:
    """The areas and organisations that a commitment's public fields name, as entities."""
    if content["area"]:
        yield f"{EntityKind.AREA}/{content['area']}"
    yield from (f"{EntityKind.ORGANISATION}/{slug}" for slug in (*content["owners"], *content["partners"]))


def changed_fields(kind: str, before: Content, after: Content) -> list[Content]:
    """Each public field that differs, as {"field", "before", "after"}, in the order of the fields."""
    return [
        {"field": name, "before": before.get(name, ""), "after": after.get(name, "")}
        for name in ENTITY_FIELDS[kind]
        if before.get(name, "") != after.get(name, "")
    ]


def needs_reason(changes: Iterable[Mapping[str, Any]]) -> bool:
    """Whether somebody must say why: not where an agreement's commitments only came on record."""
    return any(
        change["field"] != "agreements"
        or _without_commitments(change["before"]) != _without_commitments(change["after"])
        for change in changes
    )


def _without_commitments(agreements: Iterable[Content]) -> list[Content]:
    return [{**agreement, "commitments": []} for agreement in agreements]


def rows_for_entities(entities: Iterable[str]) -> dict[str, Entity]:
    """The rows of some entities, drafts or on record, by what entries call them; without those that are not there."""
    slugs: dict[str, set[str]] = {}
    for kind, slug in map(split_entity, entities):
        slugs.setdefault(kind, set()).add(slug)
    return {
        row.entity: row
        for kind, of_kind in slugs.items()
        if kind in ENTITY_MODELS
        for row in ENTITY_MODELS[kind].objects.filter(slug__in=of_kind)
    }
