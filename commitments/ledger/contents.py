"""What the ledger's entries say: the shape of each kind's content, and how it becomes rows and back.

Contents hold text, booleans, whole numbers, lists and null only: decimals and days are text, so that
canonical JSON has one spelling of each.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.domain.choices import UPDATE_KINDS, EntryKind
from commitments.models import Area, Commitment, Organisation, Release, Repetition
from commitments.models.fields import to_partial_date

Content = dict[str, Any]
NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")


def to_text(value: Any) -> str:
    """Anything as text, nothing as an empty text."""
    return "" if value is None else str(value)


def format_decimal(value: Decimal | None) -> str:
    """A decimal without trailing zeros: "40", "12.5"; empty for none."""
    return "" if value is None else f"{value.normalize():f}"


def parse_decimal(value: str) -> Decimal | None:
    """The decimal that a text says; ValidationError where it says none."""
    if not value:
        return None
    if not NUMBER.fullmatch(value):
        raise ValidationError(_("“%(value)s” is not a number.") % {"value": value[:40]})
    return Decimal(value)


def parse_day(value: str) -> date | None:
    """The day that a text says; ValidationError where it says none."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise ValidationError(_("“%(value)s” is not a day.") % {"value": value[:40]}) from error


@dataclass(frozen=True, slots=True)
class Codec:
    """How a field of a commitment is written into a content, and read back."""

    write: Callable[[Any], Any] = to_text
    read: Callable[[Any], Any] = to_text


AS_IS = Codec(lambda value: value, lambda value: value)
# Every public field that is a column of its own. Relations are below, by slug or reference.
COLUMN_CODECS: dict[str, Codec] = dict.fromkeys(
    (
        *("reference", "paragraph", "title", "short_title", "quote", "kind", "force", "level", "parties_as_stated"),
        *("owner_inferred", "owner_note", "deadline", "deadline_as_stated", "deadline_basis", "target", "unit"),
        *("measure", "target_approximate", "done_when", "review_on", "note"),
    ),
    Codec(),
)
COLUMN_CODECS |= dict.fromkeys(("paragraph", "owner_inferred", "target_approximate"), AS_IS) | {
    "deadline": Codec(to_text, to_partial_date),
    "target": Codec(format_decimal, parse_decimal),
    "review_on": Codec(to_text, parse_day),
}
RELATIONS = ("release", "area", "part_of")
PARTIES = ("owners", "partners")
PUBLIC_FIELDS = (*COLUMN_CODECS, *RELATIONS, *PARTIES, "repeats")
# Fields that were added later: in a content only where they say something, so that older entries keep their digests.
ADDED_FIELDS: Content = {"short_title": "", "repeats": []}
# What somebody wrote in words of their own; nothing is computed from it.
FREE_TEXT_FIELDS = (
    *("title", "short_title", "quote", "parties_as_stated", "owner_note", "deadline_as_stated", "unit", "measure"),
    *("done_when", "note"),
)
# What of an update and of its evidence is words, and is translated.
UPDATE_TEXT_FIELDS, EVIDENCE_TEXT_FIELDS = ("deadline_reason", "note", "searched"), ("title", "publisher")
# R5: a reference is given once. A deadline moves by a report; corrected is only one that was mistyped.
CORRECTABLE_FIELDS = tuple(name for name in PUBLIC_FIELDS if name != "reference")

EVIDENCE_FIELDS = ("title", "publisher", "url", "date", "archived_url", "relation", "source")
ADDED_EVIDENCE_FIELDS = ("copy",)  # as ADDED_FIELDS
UPDATE_FIELDS = {
    "report": ("date", "status", "stop_reason", "basis", "achieved", "deadline", "deadline_reason", "note"),
    "context": ("date", "note"),
    "check": ("date", "searched", "note"),
}
KINDS_WITH_EVIDENCE = ("report", "context")


def publication_content(commitment: Commitment) -> Content:
    """Every public field of a commitment, as its `published` entry says it."""
    single = {name: public_value(name, getattr(commitment, name)) for name in (*COLUMN_CODECS, *RELATIONS)}
    content = single | {name: public_value(name, getattr(commitment, name).all()) for name in PARTIES}
    content["repeats"] = repeats_rows(commitment.repetitions.select_related("repeated"))
    return {name: value for name, value in content.items() if value or name not in ADDED_FIELDS}


def all_public_fields(content: Content) -> Content:
    """A publication's content with the fields, too, that say nothing or did not exist when it was recorded."""
    return ADDED_FIELDS | content


def repeats_rows(repetitions: Iterable[Repetition]) -> list[Content]:
    """The earlier commitments that one promises again, as its content says them."""
    rows = [{"reference": row.repeated.reference, "why": row.why} for row in repetitions]
    return sorted(rows, key=lambda row: row["reference"])


def public_value(name: str, value: Any) -> Any:
    """One public field's value, as a model or a form holds it, as a content says it."""
    if name == "repeats":
        return sorted(value, key=lambda row: str(row["reference"]))
    if name in PARTIES:
        return sorted(organisation.slug for organisation in value)
    if name == "part_of":
        return value.reference if value else ""
    if name in RELATIONS:
        return value.slug if value else ""
    return COLUMN_CODECS[name].write(value)


def update_content(kind: str, values: Mapping[str, Any], evidence: Iterable[Mapping[str, Any]] = ()) -> Content:
    """The content of a report, context or check, from what a form or a fixture says; unknown names are left out."""
    content: Content = {name: to_text(values.get(name)) for name in UPDATE_FIELDS[kind]}
    if NUMBER.fullmatch(content.get("achieved", "")):  # in its one spelling; anything else is refused by the rules
        content["achieved"] = format_decimal(Decimal(content["achieved"]))
    if kind == "report":
        content["basis"] = content["basis"] or "evidence"
    if kind in KINDS_WITH_EVIDENCE:
        content["evidence"] = [evidence_content(row) for row in evidence]
    if values.get("reply_of"):  # only where there is one: entries without keep their digests
        content["reply_of"] = to_text(values["reply_of"])
    return content


def evidence_content(row: Mapping[str, Any]) -> Content:
    """One row of evidence, as a form or a fixture says it, as a content says it."""
    added = {name: to_text(row[name]) for name in ADDED_EVIDENCE_FIELDS if row.get(name)}
    return {name: to_text(row.get(name)) for name in EVIDENCE_FIELDS} | added


def iter_texts(kind: str, content: Content) -> Iterator[str]:
    """Everything that an entry says in somebody's words, in the order in which it says it; some may be empty."""
    return (text for _name, text in iter_named_texts(kind, content))


def iter_named_texts(kind: str, content: Content) -> Iterator[tuple[str, str]]:
    """The same, each with the field that it stands in: `title`, `evidence.title`, `reason`."""
    if kind == EntryKind.PUBLISHED:
        yield from ((name, content[name]) for name in FREE_TEXT_FIELDS if name in content)
        yield from (("repeats.why", row["why"]) for row in content.get("repeats", ()))
    for change in content.get("changes", ()):
        if change["field"] in FREE_TEXT_FIELDS:
            yield from ((change["field"], change[key]) for key in ("before", "after"))
        elif change["field"] == "repeats":
            yield from (("repeats.why", row["why"]) for key in ("before", "after") for row in change[key])
    if kind in UPDATE_KINDS:
        yield from ((name, content.get(name, "")) for name in UPDATE_TEXT_FIELDS)
        yield from (
            (f"evidence.{name}", row.get(name, ""))
            for row in content.get("evidence", ())
            for name in EVIDENCE_TEXT_FIELDS
        )
    elif kind != EntryKind.PUBLISHED:
        yield "reason", content.get("reason", "")


class SlugResolver:
    """Slugs and references to primary keys, read once for a batch."""

    def __init__(self) -> None:
        # Read the three short tables; commitments are looked up by `part_of` as they are asked for.
        self.ids: dict[str, dict[str, int]] = {
            "release": dict(Release.objects.values_list("slug", "pk")),
            "area": dict(Area.objects.values_list("slug", "pk")),
            "organisation": dict(Organisation.objects.values_list("slug", "pk")),
        }
        self._commitments: dict[str, int] = {}

    def columns(self, content: Content, *, parents: bool = True) -> dict[str, Any]:
        """The values of a commitment's columns that all its public fields say. KeyError where a slug is gone.

        Without `parents`, what it is part of is left out: it is not looked up.
        """
        columns = {name: codec.read(content[name]) for name, codec in COLUMN_CODECS.items()}
        columns["release_id"] = self.ids["release"][content["release"]]
        columns["area_id"] = self.ids["area"][content["area"]] if content["area"] else None
        if parents:
            columns["part_of_id"] = self._commitment(content["part_of"]) if content["part_of"] else None
        return columns

    def problems(self, content: Content) -> dict[str, list[str]]:
        """By field, each value that cannot be read and each slug that names nothing."""
        problems: dict[str, list[str]] = {}
        for name, codec in COLUMN_CODECS.items():
            try:
                codec.read(content[name])
            except ValidationError as error:
                problems[name] = error.messages
        named_slugs = [("release", content["release"]), ("area", content["area"] or None)]
        named_slugs += [(name, slug) for name in PARTIES for slug in content[name]]
        for name, slug in named_slugs:
            if slug is not None and slug not in self.ids["organisation" if name in PARTIES else name]:
                problems.setdefault(name, []).append(_("There is no “%(slug)s”.") % {"slug": slug})
        return problems

    def issued_on(self, release: str) -> date:
        """The day on which a release was issued; KeyError where its slug is gone."""
        return Release.objects.values_list("issued_on", flat=True).get(pk=self.ids["release"][release])

    def organisations(self, slugs: Iterable[str]) -> set[int]:
        return {self.ids["organisation"][slug] for slug in slugs}

    def repetitions(self, rows: Iterable[Content]) -> dict[int, str]:
        """By the primary key of each commitment that is promised again, why it is said to be."""
        return {self._commitment(row["reference"]): row["why"] for row in rows}

    def _commitment(self, reference: str) -> int:
        if reference not in self._commitments:
            self._commitments[reference] = Commitment.objects.values_list("pk", flat=True).get(reference=reference)
        return self._commitments[reference]
