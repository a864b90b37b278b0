"""What an export says, once: each column's name, label, type and meaning, where it comes from and how it is read.

CSV, XLSX, JSON, the Data Package, the API and their documentation are all made from these. The rows are
made from plain values, not from model instances: an export reads every commitment, and instances cost
three times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, F, OuterRef, Subquery, TextChoices
from django.db.models.expressions import Expression
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments import chain, choices, schedule
from commitments.choices import Vocabulary
from commitments.dates import PartialDate, parse
from commitments.languages import RECORD, suffix
from commitments.models import Ownership, Partnership

SEPARATOR = "; "
NAMED = "named"
Values = type[Vocabulary]


class Type(TextChoices):
    """What a cell holds. In Python, until a format writes it: text, a list, a number or a boolean; None for nothing.

    Days and times are ISO text. TEXT, TEXTS and ADDRESS may hold anybody's words, which a spreadsheet must not run.
    """

    TEXT = "text", _("text")
    TEXTS = "texts", _("list of texts")
    ADDRESS = "address", _("address")
    CODE = "code", _("code")
    PARTIAL_DATE = "partial_date", _("partial date: 2019, 2018-H1, 2018-Q3, 2018-11 or 2018-11-05")
    DAY = "day", _("day: 2018-11-05")
    TIME = "time", _("time, UTC: 2018-11-05T08:00:00Z")
    WHOLE = "whole", _("whole number")
    NUMBER = "number", _("number")
    YES_NO = "yes_no", _("true or false")


@dataclass(frozen=True, slots=True)
class Context:
    """What a row needs beside its own values. `names` and `sides` list those of organisations from their keys."""

    day: date
    address: Callable[[str, str], str]
    names: Callable[[str | None], list[str]]
    sides: Callable[[str | None], list[str]]


class Listed(Subquery):
    """The values of a subquery in one text, joined by commas, in no particular order; null where there are none."""

    template = "(SELECT GROUP_CONCAT(said, ',') FROM (%(subquery)s) AS listed)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """The same in PostgreSQL's words."""
        template = "(SELECT STRING_AGG(said::text, ',') FROM (%(subquery)s) AS listed)"
        return super().as_sql(compiler, connection, template=template, **context)


def organisations(model: type[Ownership] | type[Partnership], what: str = "organisation_id") -> Listed:
    """The primary keys, or something else, of a commitment's owners or partners."""
    return Listed(model.objects.filter(commitment=OuterRef("pk")).values(said=F(what)))


def as_text(name: str) -> Expression:
    """A day, a partial date or a decimal as text: both databases give it without asking Python."""
    return Cast(name, CharField())


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its sources in SQL and, where it is more than one value as it stands, how they are read.

    `choices`: the vocabulary that its values are from. `filled`: whether every row has a value. `spoken`: where the
    translations of its one source are: a column of them all, or NAMED, beside it; empty where it has none.
    """

    name: str
    label: str | Promise
    type: Type
    description: str | Promise
    sources: tuple[str | Expression | Listed, ...]
    read: Callable[..., Any] | None = None
    choices: Values | None = None
    filled: bool = False
    spoken: str = ""

    def in_language(self, language: str) -> Column:
        """The column as a file in this language reads it; in that of the record it reads nothing more."""
        if language == RECORD or not self.spoken:
            return self
        [source] = self.sources
        if self.spoken == NAMED:
            return replace(self, sources=(source, f"{source}{suffix(language)}"), read=named)
        return replace(self, sources=(source, KeyTransform(language, self.spoken)), read=translated)


def named(_context: Context, text: str, in_language: str) -> str:
    """A text of what staff name, in the language of the file where it has one there."""
    return in_language or text


def translated(_context: Context, text: str, translations: dict[str, str] | None) -> str:
    """A text of the record, in the language of the file where it is translated."""
    return (translations or {}).get(text, text)


def _date(text: str | None) -> PartialDate | None:
    return parse(text) if text else None


def _days_late(context: Context, status: str, deadline: str, completed_on: str) -> int | None:
    return schedule.days_late(status, _date(deadline), _date(completed_on), context.day)


def _slip_days(_context: Context, original: str, current: str) -> int | None:
    return schedule.slip_days(_date(original), _date(current))


def names(context: Context, keys: str | None) -> list[str]:
    """Full names of organisations, sorted."""
    return context.names(keys)


def sides(context: Context, keys: str | None) -> list[str]:
    """Their sides, each once."""
    return context.sides(keys)


def number(_context: Context, text: str | None) -> int | float | None:
    """A decimal of at most two places: whole where it is."""
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def time(_context: Context, moment: datetime) -> str:
    """A time as the ledger writes it: 2026-11-22T08:00:00Z."""
    return chain.utc_text(moment)


def lines(_context: Context, text: str | None) -> list[str]:
    """A text's lines."""
    return text.split("\n") if text else []


OWNERS, PARTNERS = organisations(Ownership), organisations(Partnership)
DEADLINE, ORIGINAL = as_text("state__deadline"), as_text("state__original_deadline")
# The promised columns, in their promised order.
COLUMNS = (
    Column(
        "reference",
        _("Reference"),
        Type.CODE,
        _("The commitment’s identity. Never used twice."),
        ("reference",),
        filled=True,
    ),
    Column(
        "title",
        _("Title"),
        Type.TEXT,
        _("What was promised, in our words."),
        ("title",),
        filled=True,
        spoken="translated",
    ),
    Column(
        "release",
        _("Release"),
        Type.CODE,
        _("Slug of the release in which it was made."),
        ("release__slug",),
        filled=True,
    ),
    Column("area", _("Area"), Type.CODE, _("Slug of its area; empty where it stands in none."), ("area__slug",)),
    Column("kind", _("Kind"), Type.CODE, _("What sort of pledge it is."), ("kind",), choices=choices.Kind, filled=True),
    Column(
        "force",
        _("Force"),
        Type.CODE,
        _("How firmly the release put it."),
        ("force",),
        choices=choices.Force,
        filled=True,
    ),
    Column(
        "level",
        _("Level"),
        Type.CODE,
        _("Whether it is counted: counts are of “primary” ones."),
        ("level",),
        choices=choices.Level,
        filled=True,
    ),
    Column(
        "owners",
        _("Owners"),
        Type.TEXTS,
        _("Who must deliver: full names."),
        (OWNERS,),
        names,
    ),
    Column(
        "owner_inferred",
        _("Owner inferred"),
        Type.YES_NO,
        _("Whether the release names no owner, and we infer one."),
        ("owner_inferred",),
    ),
    Column(
        "partners",
        _("Partners"),
        Type.TEXTS,
        _("Who takes part: full names."),
        (PARTNERS,),
        names,
    ),
    Column(
        "sides",
        _("Sides"),
        Type.TEXTS,
        _("The owners’ sides."),
        (OWNERS,),
        sides,
        choices=choices.Side,
    ),
    Column("quote", _("Quote"), Type.TEXT, _("The release’s own words."), ("quote",), filled=True),
    Column("deadline", _("Deadline"), Type.PARTIAL_DATE, _("The current deadline."), (DEADLINE,)),
    Column(
        "deadline_basis",
        _("Basis of the deadline"),
        Type.CODE,
        _("Stated, or the date of an event that it serves."),
        ("deadline_basis",),
        choices=choices.DeadlineBasis,
    ),
    Column(
        "deadline_last_day",
        _("Last day of the deadline"),
        Type.DAY,
        _("The day on which the deadline ends, in Hong Kong."),
        (as_text("state__deadline_last"),),
    ),
    Column(
        "original_deadline",
        _("First deadline"),
        Type.PARTIAL_DATE,
        _("The deadline that was announced first."),
        (ORIGINAL,),
    ),
    Column(
        "slip_days",
        _("Days slipped"),
        Type.WHOLE,
        _("Days from the first deadline’s end to the current one’s; negative where it was brought forward."),
        (ORIGINAL, DEADLINE),
        _slip_days,
    ),
    Column(
        "days_late",
        _("Days late"),
        Type.WHOLE,
        _("Days past the deadline, at least; empty unless certainly late."),
        ("state__status", DEADLINE, as_text("state__completed_on")),
        _days_late,
    ),
    Column(
        "status",
        _("Status"),
        Type.CODE,
        _("The last status reported."),
        ("state__status",),
        choices=choices.Status,
        filled=True,
    ),
    Column(
        "stop_reason",
        _("Reason for stopping"),
        Type.CODE,
        _("Why it was stopped; empty otherwise."),
        ("state__stop_reason",),
        choices=choices.StopReason,
    ),
    Column(
        "status_on", _("Status on"), Type.PARTIAL_DATE, _("The date of that status."), (as_text("state__status_on"),)
    ),
    Column(
        "schedule",
        _("Schedule"),
        Type.CODE,
        _("How it stands against its deadline. Computed."),
        ("schedule",),
        choices=choices.Schedule,
        filled=True,
    ),
    Column(
        "evidence",
        _("Evidence"),
        Type.CODE,
        _("Whose word the status rests on. Computed."),
        ("state__evidence",),
        choices=choices.EvidenceLevel,
        filled=True,
    ),
    Column(
        "freshness",
        _("Freshness"),
        Type.CODE,
        _("How long ago anything was recorded. Computed."),
        ("freshness",),
        choices=choices.Freshness,
        filled=True,
    ),
    Column(
        "achieved", _("Achieved"), Type.NUMBER, _("The quantity last reported."), (as_text("state__achieved"),), number
    ),
    Column("target", _("Target"), Type.NUMBER, _("The quantity aimed at."), (as_text("target"),), number),
    Column("unit", _("Unit"), Type.TEXT, _("What the quantities count."), ("unit",), spoken="translated"),
    Column(
        "last_entry_on",
        _("Last entry on"),
        Type.DAY,
        _("The day of the last report, context or check."),
        (as_text("state__last_entry_on"),),
    ),
    Column("note", _("Note"), Type.TEXT, _("The note of the last report."), ("state__note",), spoken="translated"),
    Column(
        "evidence_urls",
        _("Addresses of the evidence"),
        Type.TEXTS,
        _("The pages that the status rests on."),
        ("state__evidence_urls",),
        lines,
    ),
    Column(
        "url",
        _("Page"),
        Type.ADDRESS,
        _("The commitment’s page."),
        ("reference",),
        lambda context, reference: context.address("commitment", reference),
        filled=True,
    ),
)
NAMES = tuple(column.name for column in COLUMNS)
# The rest of what is public of a commitment: in the Data Package, the API and the files of staff.
FURTHER = (
    Column(
        "paragraph",
        _("Paragraph"),
        Type.WHOLE,
        _("Where the release says it: counted within its section of the text."),
        ("paragraph",),
        filled=True,
    ),
    Column(
        "part_of",
        _("Part of"),
        Type.CODE,
        _("Reference of the commitment that it is part of."),
        ("part_of__reference",),
    ),
    Column(
        "parties_as_stated",
        _("Parties as stated"),
        Type.TEXT,
        _("Parties that are no organisation."),
        ("parties_as_stated",),
        spoken="translated",
    ),
    Column(
        "owner_note",
        _("Note on the owner"),
        Type.TEXT,
        _("Why the owner is inferred."),
        ("owner_note",),
        spoken="translated",
    ),
    Column(
        "deadline_as_stated",
        _("Deadline as stated"),
        Type.TEXT,
        _("The release’s own words for the deadline."),
        ("deadline_as_stated",),
        spoken="translated",
    ),
    Column(
        "measure", _("Measure"), Type.TEXT, _("What the figure is: number trained."), ("measure",), spoken="translated"
    ),
    Column(
        "target_approximate",
        _("Target approximate"),
        Type.YES_NO,
        _("Whether it is “about” so many."),
        ("target_approximate",),
    ),
    Column(
        "done_when",
        _("Done when"),
        Type.TEXT,
        _("What would count as done."),
        ("done_when",),
        filled=True,
        spoken="translated",
    ),
    Column("review_on", _("Review on"), Type.DAY, _("When to look again."), (as_text("review_on"),)),
    Column(
        "commitment_note",
        _("Note on the commitment"),
        Type.TEXT,
        _("The commitment’s own note."),
        ("note",),
        spoken="translated",
    ),
)
