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

from django.db.models import TextChoices
from django.db.models.expressions import Expression
from django.db.models.fields.json import KeyTransform
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain import choices
from commitments.domain.assessment import days_late, slip_days
from commitments.domain.choices import Vocabulary
from commitments.domain.hash_chain import utc_timestamp
from commitments.domain.partial_dates import PartialDate, parse_partial_date
from commitments.i18n.languages import RECORD_LANGUAGE, column_suffix
from commitments.query.expressions import (
    CURRENT_DEADLINE,
    ORIGINAL_DEADLINE,
    OWNER_KEYS,
    PARTNER_KEYS,
    JoinedValues,
    as_text,
)

SEPARATOR = "; "
BESIDE_SOURCE = "named"
VocabularyType = type[Vocabulary]


class ColumnType(TextChoices):
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
class RowContext:
    """What a row needs beside its own values. `names` and `sides` list those of organisations from their keys."""

    day: date
    address: Callable[[str, str], str]
    names: Callable[[str | None], list[str]]
    sides: Callable[[str | None], list[str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its sources in SQL and, where it is more than one value as it stands, how they are read.

    `choices`: the vocabulary that its values are from. `required`: whether every row has a value. `translated_from`:
    where the translations of its one source are: a column of them all, or BESIDE_SOURCE; empty where it has none.
    """

    name: str
    label: str | Promise
    type: ColumnType
    description: str | Promise
    sources: tuple[str | Expression | JoinedValues, ...]
    read: Callable[..., Any] | None = None
    choices: VocabularyType | None = None
    required: bool = False
    translated_from: str = ""

    def in_language(self, language: str) -> Column:
        """The column as a file in this language reads it; in that of the record it reads nothing more."""
        if language == RECORD_LANGUAGE or not self.translated_from:
            return self
        [source] = self.sources
        if self.translated_from == BESIDE_SOURCE:
            return replace(self, sources=(source, f"{source}{column_suffix(language)}"), read=read_named)
        return replace(self, sources=(source, KeyTransform(language, self.translated_from)), read=read_translated)


def read_named(_context: RowContext, text: str, in_language: str) -> str:
    """A text of what staff name, in the language of the file where it has one there."""
    return in_language or text


def read_translated(_context: RowContext, text: str, translations: dict[str, str] | None) -> str:
    """A text of the record, in the language of the file where it is translated."""
    return (translations or {}).get(text, text)


def _to_partial_date(text: str | None) -> PartialDate | None:
    return parse_partial_date(text) if text else None


def _read_days_late(context: RowContext, status: str, deadline: str, completed_on: str) -> int | None:
    return days_late(status, _to_partial_date(deadline), _to_partial_date(completed_on), context.day)


def _read_slip_days(_context: RowContext, original: str, current: str) -> int | None:
    return slip_days(_to_partial_date(original), _to_partial_date(current))


def read_names(context: RowContext, keys: str | None) -> list[str]:
    """Full names of organisations, sorted."""
    return context.names(keys)


def read_sides(context: RowContext, keys: str | None) -> list[str]:
    """Their sides, each once."""
    return context.sides(keys)


def read_number(_context: RowContext, text: str | None) -> int | float | None:
    """A decimal of at most two places: whole where it is."""
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value


def read_time(_context: RowContext, moment: datetime) -> str:
    """A time as the ledger writes it: 2026-11-22T08:00:00Z."""
    return utc_timestamp(moment)


def read_lines(_context: RowContext, text: str | None) -> list[str]:
    """A text's lines."""
    return text.split("\n") if text else []


# The promised columns, in their promised order.
LIST_COLUMNS = (
    Column(
        "reference",
        _("Reference"),
        ColumnType.CODE,
        _("The commitment’s identity. Never used twice."),
        ("reference",),
        required=True,
    ),
    Column(
        "title",
        _("Title"),
        ColumnType.TEXT,
        _("What was promised, in our words."),
        ("title",),
        required=True,
        translated_from="translated",
    ),
    Column(
        "release",
        _("Release"),
        ColumnType.CODE,
        _("Slug of the release in which it was made."),
        ("release__slug",),
        required=True,
    ),
    Column("area", _("Area"), ColumnType.CODE, _("Slug of its area; empty where it stands in none."), ("area__slug",)),
    Column(
        "kind",
        _("Kind"),
        ColumnType.CODE,
        _("What sort of pledge it is."),
        ("kind",),
        choices=choices.Kind,
        required=True,
    ),
    Column(
        "force",
        _("Force"),
        ColumnType.CODE,
        _("How firmly the release put it."),
        ("force",),
        choices=choices.Force,
        required=True,
    ),
    Column(
        "level",
        _("Level"),
        ColumnType.CODE,
        _("Whether it is counted: counts are of “primary” ones."),
        ("level",),
        choices=choices.Level,
        required=True,
    ),
    Column(
        "owners",
        _("Owners"),
        ColumnType.TEXTS,
        _("Who must deliver: full names."),
        (OWNER_KEYS,),
        read_names,
    ),
    Column(
        "owner_inferred",
        _("Owner inferred"),
        ColumnType.YES_NO,
        _("Whether the release names no owner, and we infer one."),
        ("owner_inferred",),
    ),
    Column(
        "partners",
        _("Partners"),
        ColumnType.TEXTS,
        _("Who takes part: full names."),
        (PARTNER_KEYS,),
        read_names,
    ),
    Column(
        "sides",
        _("Sides"),
        ColumnType.TEXTS,
        _("The owners’ sides."),
        (OWNER_KEYS,),
        read_sides,
        choices=choices.Side,
    ),
    Column("quote", _("Quote"), ColumnType.TEXT, _("The release’s own words."), ("quote",), required=True),
    Column("deadline", _("Deadline"), ColumnType.PARTIAL_DATE, _("The current deadline."), (CURRENT_DEADLINE,)),
    Column(
        "deadline_basis",
        _("Basis of the deadline"),
        ColumnType.CODE,
        _("Stated, or the date of an event that it serves."),
        ("deadline_basis",),
        choices=choices.DeadlineBasis,
    ),
    Column(
        "deadline_last_day",
        _("Last day of the deadline"),
        ColumnType.DAY,
        _("The day on which the deadline ends, in Hong Kong."),
        (as_text("state__deadline_last"),),
    ),
    Column(
        "original_deadline",
        _("First deadline"),
        ColumnType.PARTIAL_DATE,
        _("The deadline that was announced first."),
        (ORIGINAL_DEADLINE,),
    ),
    Column(
        "slip_days",
        _("Days slipped"),
        ColumnType.WHOLE,
        _("Days from the first deadline’s end to the current one’s; negative where it was brought forward."),
        (ORIGINAL_DEADLINE, CURRENT_DEADLINE),
        _read_slip_days,
    ),
    Column(
        "days_late",
        _("Days late"),
        ColumnType.WHOLE,
        _("Days past the deadline, at least; empty unless certainly late."),
        ("state__status", CURRENT_DEADLINE, as_text("state__completed_on")),
        _read_days_late,
    ),
    Column(
        "status",
        _("Status"),
        ColumnType.CODE,
        _("The last status reported."),
        ("state__status",),
        choices=choices.Status,
        required=True,
    ),
    Column(
        "stop_reason",
        _("Reason for stopping"),
        ColumnType.CODE,
        _("Why it was stopped; empty otherwise."),
        ("state__stop_reason",),
        choices=choices.StopReason,
    ),
    Column(
        "status_on",
        _("Status on"),
        ColumnType.PARTIAL_DATE,
        _("The date of that status."),
        (as_text("state__status_on"),),
    ),
    Column(
        "schedule",
        _("Schedule"),
        ColumnType.CODE,
        _("How it stands against its deadline. Computed."),
        ("schedule",),
        choices=choices.Schedule,
        required=True,
    ),
    Column(
        "evidence",
        _("Evidence"),
        ColumnType.CODE,
        _("Whose word the status rests on. Computed."),
        ("state__evidence",),
        choices=choices.EvidenceLevel,
        required=True,
    ),
    Column(
        "freshness",
        _("Freshness"),
        ColumnType.CODE,
        _("How long ago anything was recorded. Computed."),
        ("freshness",),
        choices=choices.Freshness,
        required=True,
    ),
    Column(
        "achieved",
        _("Achieved"),
        ColumnType.NUMBER,
        _("The quantity last reported."),
        (as_text("state__achieved"),),
        read_number,
    ),
    Column("target", _("Target"), ColumnType.NUMBER, _("The quantity aimed at."), (as_text("target"),), read_number),
    Column(
        "unit", _("Unit"), ColumnType.TEXT, _("What the quantities count."), ("unit",), translated_from="translated"
    ),
    Column(
        "last_entry_on",
        _("Last entry on"),
        ColumnType.DAY,
        _("The day of the last report, context or check."),
        (as_text("state__last_entry_on"),),
    ),
    Column(
        "note",
        _("Note"),
        ColumnType.TEXT,
        _("The note of the last report."),
        ("state__note",),
        translated_from="translated",
    ),
    Column(
        "evidence_urls",
        _("Addresses of the evidence"),
        ColumnType.TEXTS,
        _("The pages that the status rests on."),
        ("state__evidence_urls",),
        read_lines,
    ),
    Column(
        "url",
        _("Page"),
        ColumnType.ADDRESS,
        _("The commitment’s page."),
        ("reference",),
        lambda context, reference: context.address("commitment", reference),
        required=True,
    ),
)
COLUMN_NAMES = tuple(column.name for column in LIST_COLUMNS)
# The rest of what is public of a commitment: in the Data Package, the API and the files of staff.
FURTHER_COLUMNS = (
    Column(
        "paragraph",
        _("Paragraph"),
        ColumnType.WHOLE,
        _("Where the release says it: counted within its section of the text."),
        ("paragraph",),
        required=True,
    ),
    Column(
        "part_of",
        _("Part of"),
        ColumnType.CODE,
        _("Reference of the commitment that it is part of."),
        ("part_of__reference",),
    ),
    Column(
        "parties_as_stated",
        _("Parties as stated"),
        ColumnType.TEXT,
        _("Parties that are no organisation."),
        ("parties_as_stated",),
        translated_from="translated",
    ),
    Column(
        "owner_note",
        _("Note on the owner"),
        ColumnType.TEXT,
        _("Why the owner is inferred."),
        ("owner_note",),
        translated_from="translated",
    ),
    Column(
        "deadline_as_stated",
        _("Deadline as stated"),
        ColumnType.TEXT,
        _("The release’s own words for the deadline."),
        ("deadline_as_stated",),
        translated_from="translated",
    ),
    Column(
        "measure",
        _("Measure"),
        ColumnType.TEXT,
        _("What the figure is: number trained."),
        ("measure",),
        translated_from="translated",
    ),
    Column(
        "target_approximate",
        _("Target approximate"),
        ColumnType.YES_NO,
        _("Whether it is “about” so many."),
        ("target_approximate",),
    ),
    Column(
        "done_when",
        _("Done when"),
        ColumnType.TEXT,
        _("What would count as done."),
        ("done_when",),
        required=True,
        translated_from="translated",
    ),
    Column("review_on", _("Review on"), ColumnType.DAY, _("When to look again."), (as_text("review_on"),)),
    Column(
        "commitment_note",
        _("Note on the commitment"),
        ColumnType.TEXT,
        _("The commitment’s own note."),
        ("note",),
        translated_from="translated",
    ),
)
