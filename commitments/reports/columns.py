"""What an export says, once: each column's name, what it holds, where it comes from and how it is read.

The rows are made from plain values, not from model instances: an export reads every commitment, and
instances cost three times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.expressions import Expression
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments import content, schedule
from commitments.dates import PartialDate, parse
from commitments.models import Ownership, Partnership

SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Context:
    """What a row needs beside its own values. Names and sides of organisations are by primary key, as text."""

    day: date
    page_address: Callable[[str], str]
    names: Mapping[str, str]
    sides: Mapping[str, str]


class Listed(Subquery):
    """The values of a subquery in one text, joined by commas, in no particular order; null where there are none."""

    template = "(SELECT GROUP_CONCAT(said, ',') FROM (%(subquery)s) AS listed)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(said::text, ',') FROM (%(subquery)s) AS listed)"
        return super().as_sql(compiler, connection, template=template, **context)


def organisations(model: type[Ownership] | type[Partnership]) -> Listed:
    """The primary keys of a commitment's owners or partners."""
    return Listed(model.objects.filter(commitment=OuterRef("pk")).values(said=F("organisation_id")))


def as_text(name: str) -> Expression:
    """A day, or a partial date in its notation: both databases give the text without asking Python."""
    return Cast(name, CharField())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its sources in SQL and, where it is more than one value as it stands, how they are read.

    `is_text`: the cell may hold anybody's words, which a spreadsheet must not run.
    """

    name: str
    description: str | Promise
    sources: tuple[str | Expression | Listed, ...]
    read: Callable[..., Any] | None = None
    is_text: bool = False


def _names(context: Context, keys: str | None) -> str:
    return SEPARATOR.join(sorted([context.names[key] for key in keys.split(",")])) if keys else ""


def _sides(context: Context, keys: str | None) -> str:
    return SEPARATOR.join(sorted({context.sides[key] for key in keys.split(",")})) if keys else ""


def _read(text: str) -> PartialDate | None:
    return parse(text) if text else None


def _days_late(context: Context, status: str, deadline: str, completed_on: str) -> int | None:
    return schedule.days_late(status, _read(deadline), _read(completed_on), context.day)


def _slip_days(_context: Context, original: str, current: str) -> int | None:
    return schedule.slip_days(_read(original), _read(current))


def _number(_context: Context, value: Any) -> str:
    return content.number_text(value)


def yes_or_no(_context: Context, value: bool) -> str:
    """A boolean as files say it: "true" or "false"."""
    return str(value).lower()


OWNERS, PARTNERS = organisations(Ownership), organisations(Partnership)
DEADLINE, ORIGINAL = as_text("state__deadline"), as_text("state__original_deadline")
COLUMNS = (
    Column("reference", _("The commitment’s identity. Never used twice."), ("reference",)),
    Column("title", _("In our words."), ("title",), is_text=True),
    Column("release", _("Slug of the release in which it was made."), ("release__slug",)),
    Column("area", _("Slug of its area; empty where it stands in none."), ("area__slug",)),
    Column("kind", _("What sort of pledge it is."), ("kind",)),
    Column("force", _("How firmly the release put it."), ("force",)),
    Column("level", _("Counts are of “primary” ones."), ("level",)),
    Column("owners", _("Who must deliver."), (OWNERS,), _names, is_text=True),
    Column("owner_inferred", _("Whether the owner is inferred."), ("owner_inferred",), yes_or_no),
    Column("partners", _("Who takes part."), (PARTNERS,), _names, is_text=True),
    Column("sides", _("The owners’ sides."), (OWNERS,), _sides),
    Column("quote", _("The release’s words."), ("quote",), is_text=True),
    Column("deadline", _("The current deadline, a partial date."), (DEADLINE,)),
    Column("deadline_basis", _("Stated, or the date of an event that it serves."), ("deadline_basis",)),
    Column("deadline_last_day", _("The day on which the deadline ends."), (as_text("state__deadline_last"),)),
    Column("original_deadline", _("The first deadline, a partial date."), (ORIGINAL,)),
    Column(
        "slip_days",
        _("Days from the first deadline’s end to the current one’s."),
        (ORIGINAL, DEADLINE),
        _slip_days,
    ),
    Column(
        "days_late",
        _("Days past the deadline, at least; empty unless certainly late."),
        ("state__status", DEADLINE, as_text("state__completed_on")),
        _days_late,
    ),
    Column("status", _("The last status reported."), ("state__status",)),
    Column("stop_reason", _("Why it was stopped."), ("state__stop_reason",)),
    Column("status_on", _("The date of that status, a partial date."), (as_text("state__status_on"),)),
    Column("schedule", _("How it stands against its deadline."), ("schedule",)),
    Column("evidence", _("Whose word the status rests on."), ("state__evidence",)),
    Column("freshness", _("How long ago anything was recorded."), ("freshness",)),
    Column("achieved", _("The quantity last reported."), ("state__achieved",), _number),
    Column("target", _("The quantity aimed at."), ("target",), _number),
    Column("unit", _("What the quantity counts."), ("unit",), is_text=True),
    Column("last_entry_on", _("The day of the last report, context or check."), (as_text("state__last_entry_on"),)),
    Column("note", _("The note of the last report."), ("state__note",), is_text=True),
    Column(
        "evidence_urls",
        _("The pages that the status rests on."),
        ("state__evidence_urls",),
        lambda _c, urls: (urls or "").replace("\n", SEPARATOR),
        is_text=True,
    ),
    Column("url", _("The commitment’s page."), ("reference",), lambda c, reference: c.page_address(reference)),
)
NAMES = tuple(column.name for column in COLUMNS)
