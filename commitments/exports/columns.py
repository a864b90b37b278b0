"""What an export says, once: each column's name, label, type and meaning, where it comes from and how it is read.

CSV, XLSX, JSON, the Data Package, the API and their documentation are all made from these. The rows are
made from plain values, not from model instances: an export reads every commitment, and instances cost
three times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db.models import TextChoices
from django.db.models.expressions import Expression
from django.db.models.fields.json import KeyTransform
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from commitments.domain.assessment import days_late, slip_days
from commitments.domain.choices import Vocabulary
from commitments.domain.hash_chain import utc_timestamp
from commitments.i18n.languages import RECORD_LANGUAGE, column_suffix
from commitments.models.commitment import reference_key
from commitments.query.expressions import JoinedValues, as_text, to_partial_date
from commitments.query.verdicts import VerdictFacts, compose_verdict

SEPARATOR = "; "
BESIDE_SOURCE = "named"
VERDICT_SOURCES = 15  # values of which a verdict is composed: `list_columns.VERDICT_COLUMN` names them
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

    `sources`: that of its own name, where none is given. `choices`: the vocabulary that its values are from.
    `required`: whether every row has a value. `translated_from`: where the translations of its one source are: a column
    of them all, or BESIDE_SOURCE; empty where it has none. What is computed of several sources gets the column of
    translations as one more.
    """

    name: str
    label: str | Promise
    type: ColumnType
    description: str | Promise
    sources: tuple[str | Expression | JoinedValues, ...] = ()
    read: Callable[..., Any] | None = None
    choices: VocabularyType | None = None
    required: bool = False
    translated_from: str = ""

    def __post_init__(self) -> None:
        if not self.sources:
            object.__setattr__(self, "sources", (self.name,))

    def in_language(self, language: str) -> Column:
        """The column as a file in this language reads it; in that of the record it reads nothing more."""
        if language == RECORD_LANGUAGE or not self.translated_from:
            return self
        if self.translated_from == BESIDE_SOURCE:
            [source] = self.sources
            read = read_named_lines if self.type == ColumnType.TEXTS else read_named
            return replace(self, sources=(source, f"{source}{column_suffix(language)}"), read=read)
        sources = (*self.sources, KeyTransform(language, self.translated_from))
        return replace(self, sources=sources, read=self.read or read_translated)


def read_named(_context: RowContext, text: str, in_language: str) -> str:
    """A text of what staff name, in the language of the file where it has one there."""
    return in_language or text


def read_named_lines(context: RowContext, text: str, in_language: str) -> list[str]:
    """The same of a text of several lines."""
    return read_lines(context, in_language or text)


def read_translated(_context: RowContext, text: str, translations: dict[str, str] | None) -> str:
    """A text of the record, in the language of the file where it is translated."""
    return (translations or {}).get(text, text)


def read_days_late(context: RowContext, status: str, deadline: str, completed_on: str) -> int | None:
    """Days past the deadline on the day of the file; None unless certainly late."""
    return days_late(status, to_partial_date(deadline), to_partial_date(completed_on), context.day)


def read_slip_days(_context: RowContext, original: str, current: str) -> int | None:
    """Days from the first deadline's end to the current one's; None without a deadline."""
    return slip_days(to_partial_date(original), to_partial_date(current))


def read_verdict(context: RowContext, *values: Any) -> str:
    """The verdict of `query.verdicts`, in the language of the moment, which is that of the file.

    `values`: those of its column and, in other languages than that of the record, the translations.
    """
    facts, translations = values[:VERDICT_SOURCES], next(iter(values[VERDICT_SOURCES:]), None)
    kind, status, stop_reason, *dates, basis, schedule, evidence, news, checked, done_when, note = facts
    dates = [to_partial_date(text) for text in dates]
    texts = [read_translated(context, text, translations) for text in (done_when, note)]
    values = (kind, status, stop_reason, *dates, basis, schedule, evidence, news, checked, *texts, context.day)
    return compose_verdict(VerdictFacts(*values)).text


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


def read_codes(_context: RowContext, text: str | None) -> list[str]:
    """Codes that are joined by commas, sorted."""
    return sorted(text.split(",")) if text else []


def read_references(_context: RowContext, text: str | None) -> list[str]:
    """References that are joined by commas, in their order."""
    return sorted(text.split(","), key=reference_key) if text else []


def read_repeating(context: RowContext, text: str | None) -> list[str]:
    """The references of what promises it again, of those releases that were out on the day of the file."""
    rows = (row.split(" ") for row in text.split(",")) if text else ()
    out = [reference for reference, issued_on in rows if issued_on <= context.day.isoformat()]
    return sorted(out, key=reference_key)


def read_lines(_context: RowContext, text: str | None) -> list[str]:
    """A text's lines."""
    return text.split("\n") if text else []


def column(
    kind: ColumnType,
    name: str,
    label: str | Promise,
    description: str | Promise,
    *sources: str | Expression | JoinedValues,
    read: Callable[..., Any] | None = None,
    **options: Any,
) -> Column:
    """A column of a table that can be taken away; without `sources` that of its own name.

    Days, partial dates and decimals are read as text, which the database makes of them.
    """
    values = sources or (name,)
    if kind in (ColumnType.PARTIAL_DATE, ColumnType.DAY, ColumnType.NUMBER):
        values = tuple(as_text(value) if isinstance(value, str) else value for value in values)
    return Column(name, label, kind, description, values, read, **options)


# A constructor for each type.
text = partial(column, ColumnType.TEXT)
texts = partial(column, ColumnType.TEXTS)
address = partial(column, ColumnType.ADDRESS)
code = partial(column, ColumnType.CODE)
partial_date = partial(column, ColumnType.PARTIAL_DATE)
day = partial(column, ColumnType.DAY)
time = partial(column, ColumnType.TIME, read=read_time)
whole = partial(column, ColumnType.WHOLE)
number = partial(column, ColumnType.NUMBER, read=read_number)
yes_no = partial(column, ColumnType.YES_NO)
record_text = partial(text, translated_from="translated")
named_text = partial(text, translated_from=BESIDE_SOURCE)
