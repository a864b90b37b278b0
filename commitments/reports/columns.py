"""What an export says, once: each column's name, what it holds, where it comes from and how it is read.

The rows are made from plain values, not from model instances: an export reads every commitment, and
instances cost three times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField
from django.db.models.expressions import Expression
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments import content, schedule

SEPARATOR = "; "


@dataclass(slots=True)
class Context:
    """What a row needs beside its own values. Parties are those of the batch, by primary key."""

    day: date
    page_address: Callable[[str], str]
    owners: dict[int, list[str]] = field(default_factory=dict)
    partners: dict[int, list[str]] = field(default_factory=dict)
    sides: dict[int, set[str]] = field(default_factory=dict)


def iso(name: str) -> Expression:
    """A day as ISO text, which both databases give without asking Python."""
    return Cast(name, CharField())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its sources in SQL and, where it is more than one value as it stands, how they are read.

    `is_text`: the cell may hold anybody's words, which a spreadsheet must not run.
    """

    name: str
    description: str | Promise
    sources: tuple[str | Expression, ...]
    read: Callable[..., Any] | None = None
    is_text: bool = False


def _joined(names: list[str] | set[str] | None) -> str:
    return SEPARATOR.join(sorted(names or ()))


def _days_late(context: Context, status: str, deadline: Any, completed_on: Any) -> int | None:
    return schedule.days_late(status, deadline, completed_on, context.day)


def _slip_days(_context: Context, original: Any, current: Any) -> int | None:
    return schedule.slip_days(original, current)


def _number(_context: Context, value: Any) -> str:
    return content.number_text(value)


COLUMNS = (
    Column("reference", _("The commitment’s identity. Never used twice."), ("reference",)),
    Column("title", _("In our words."), ("title",), is_text=True),
    Column("release", _("Slug of the release in which it was made."), ("release__slug",)),
    Column("area", _("Slug of its area; empty where it stands in none."), ("area__slug",)),
    Column("kind", _("What sort of pledge it is."), ("kind",)),
    Column("force", _("How firmly the release put it."), ("force",)),
    Column("level", _("Counts are of “primary” ones."), ("level",)),
    Column("owners", _("Who must deliver."), ("pk",), lambda c, pk: _joined(c.owners.get(pk)), is_text=True),
    Column("owner_inferred", _("Whether the owner is inferred."), ("owner_inferred",), lambda _c, v: str(v).lower()),
    Column("partners", _("Who takes part."), ("pk",), lambda c, pk: _joined(c.partners.get(pk)), is_text=True),
    Column("sides", _("The owners’ sides."), ("pk",), lambda c, pk: _joined(c.sides.get(pk))),
    Column("quote", _("The release’s words."), ("quote",), is_text=True),
    Column("deadline", _("The current deadline, a partial date."), ("state__deadline",)),
    Column("deadline_basis", _("Stated, or the date of an event that it serves."), ("deadline_basis",)),
    Column("deadline_last_day", _("The day on which the deadline ends."), (iso("state__deadline_last"),)),
    Column("original_deadline", _("The first deadline, a partial date."), ("state__original_deadline",)),
    Column(
        "slip_days",
        _("Days from the first deadline’s end to the current one’s."),
        ("state__original_deadline", "state__deadline"),
        _slip_days,
    ),
    Column(
        "days_late",
        _("Days past the deadline, at least; empty unless certainly late."),
        ("state__status", "state__deadline", "state__completed_on"),
        _days_late,
    ),
    Column("status", _("The last status reported."), ("state__status",)),
    Column("stop_reason", _("Why it was stopped."), ("state__stop_reason",)),
    Column("status_on", _("The date of that status, a partial date."), ("state__status_on",)),
    Column("schedule", _("How it stands against its deadline."), ("schedule",)),
    Column("evidence", _("Whose word the status rests on."), ("state__evidence",)),
    Column("freshness", _("How long ago anything was recorded."), ("freshness",)),
    Column("achieved", _("The quantity last reported."), ("state__achieved",), _number),
    Column("target", _("The quantity aimed at."), ("target",), _number),
    Column("unit", _("What the quantity counts."), ("unit",), is_text=True),
    Column("last_entry_on", _("The day of the last report, context or check."), (iso("state__last_entry_on"),)),
    Column("note", _("The note of the last report."), ("state__note",), is_text=True),
    Column(
        "evidence_urls",
        _("The pages that the status rests on."),
        ("state__evidence_urls",),
        lambda _c, urls: urls.replace("\n", SEPARATOR),
        is_text=True,
    ),
    Column("url", _("The commitment’s page."), ("reference",), lambda c, reference: c.page_address(reference)),
)
NAMES = tuple(column.name for column in COLUMNS)
