"""Rows as the database holds them, read without making anything of them.

SQLite stores whatever it is given: a day that is none, text in place of a number. Django's own way of reading raises
an error for such a row, and for all rows beside it. Here a column is what is stored, days and times as text, and
`is_same` says whether that is how a value is stored. So what cannot be read is one more difference.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from django.db import OperationalError, connection, connections, models
from django.db.models import Func

from commitments.models import LedgerEntry
from commitments.models.fields import PartialDateField

# PostgreSQL knows days that Python does not, such as infinity; and its driver makes values of text.
READ_AS_TEXT = ("DateField", "DateTimeField", "DecimalField", "JSONField")


class Stored(Func):
    """A column as it is stored. SQLite's plus sign does nothing but take its type away."""

    output_field = models.TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """On PostgreSQL what its driver would make a value of."""
        field = self.get_source_expressions()[0].output_field
        template = "%(expressions)s::text" if field.get_internal_type() in READ_AS_TEXT else "%(expressions)s"
        return self.as_sql(compiler, connection, template=template, **context)


def stored_rows(rows: models.QuerySet[Any], names: Sequence[str]) -> list[tuple[Any, ...]]:
    """These columns (or columns of other tables: `release__slug`) of each row, as they are stored, in any order."""
    stored = rows.order_by().values_list(*map(Stored, names))
    return tolerant_read(rows.db, lambda: list(stored.all()))


def stored_sql(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows that a query of our own gives, whose columns are `stored_column`."""

    def read() -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    return tolerant_read(connection.alias, read)


def stored_column(field: Any, name: str) -> str:
    """The same as `Stored`, in SQL."""
    if connection.vendor == "sqlite":
        return f"+{name}"
    return f"{name}::text" if field.get_internal_type() in READ_AS_TEXT else name


def tolerant_read(database: str, read: Callable[[], list[tuple[Any, ...]]]) -> list[tuple[Any, ...]]:
    """What `read` gives; on SQLite also where a text is no UTF-8, which then has stand-ins for the bytes."""
    try:
        return read()
    except OperationalError:
        if connections[database].vendor != "sqlite":
            raise
        sqlite: sqlite3.Connection = connections[database].connection
        sqlite.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        try:
            return read()  # any other fault raises its error once more
        finally:
            sqlite.text_factory = str


def stored_form(field: models.Field[Any, Any], value: Any) -> Any:
    """How a value is stored, as `Stored` reads it."""
    kind = field.get_internal_type()
    if isinstance(field, PartialDateField):
        return str(value or "")
    if value is None or kind not in READ_AS_TEXT:
        return value
    if kind == "DateTimeField":
        return stored_time(value)
    if kind == "DecimalField":
        return stored_decimal(value)
    return json.dumps(value) if kind == "JSONField" else str(value)


def stored_time(moment: datetime) -> str:
    """A time as it is stored, in UTC."""
    text = str(moment.astimezone(UTC).replace(tzinfo=None))
    return text if connection.vendor == "sqlite" else f"{text}+00"


def stored_decimal(value: Decimal) -> Any:
    """A number with two decimals as it is stored: SQLite makes it a whole or a floating number."""
    return float(value) if connection.vendor == "sqlite" else f"{value:.2f}"


def is_same(field: models.Field[Any, Any], stored: Any, value: Any) -> bool:
    """Whether a column holds a value, in this or another spelling of it."""
    if stored == stored_form(field, value):
        return True
    kind = field.get_internal_type()
    if kind not in READERS:
        return False
    try:
        return bool(READERS[kind](stored) == (_sorted_json(value) if kind == "JSONField" else value))
    except (ValueError, TypeError, InvalidOperation):
        return False


def read_time(stored: Any) -> datetime:
    """The time that a column holds. ValueError or TypeError where it holds none."""
    moment = datetime.fromisoformat(stored)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _sorted_json(value: Any) -> str:
    """One text of what is the same, but for the order of keys; 1 and true are not the same."""
    return json.dumps(value, sort_keys=True)


READERS: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": read_time,
    "DecimalField": lambda stored: None if stored is None else Decimal(str(stored)),
    "JSONField": lambda stored: _sorted_json(json.loads(stored)),
}


def in_order(row: tuple[Any, ...]) -> tuple[str, Any]:
    """For sorting rows by their first column, of whatever type it is in each."""
    return type(row[0]).__name__, row[0]


class UnreadableEntryError(ValueError):
    """An entry of which a column holds what cannot be read."""


def read_entries(rows: models.QuerySet[LedgerEntry]) -> list[LedgerEntry]:
    """Entries in order; `require_readable` says of which the time of recording cannot be read: it is None."""
    names = [column.attname for column in LedgerEntry._meta.concrete_fields]
    entries = []
    for row in sorted(stored_rows(rows, names), key=in_order):
        values = dict(zip(names, row, strict=True))
        try:
            values["recorded_at"] = read_time(values["recorded_at"])
        except (ValueError, TypeError):
            values["recorded_at"] = None
        entries.append(LedgerEntry.from_db(rows.db, names, tuple(values.values())))
    return entries


def require_readable(entries: Iterable[LedgerEntry]) -> None:
    """Raise UnreadableEntryError where an entry's time of recording cannot be read."""
    for entry in entries:
        if entry.recorded_at is None:
            raise UnreadableEntryError(f"the time of recording of entry {entry.sequence} cannot be read")
