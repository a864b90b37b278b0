"""Columns as JSON Schema (2020-12, as OpenAPI 3.1 has it): what a program may expect of each value of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from commitments.reports.columns import Column, Type

MONTH = "(?:0[1-9]|1[0-2])"
DAY = "(?:0[1-9]|[12][0-9]|3[01])"
# The notation of commitments.dates. Which days a month has, no pattern says.
PARTIAL_DATE = f"^(?:19|20|21)[0-9]{{2}}(?:-(?:H[12]|Q[1-4]|{MONTH}(?:-{DAY})?))?$"
TYPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.TEXTS: {"type": "array", "items": {"type": "string"}},
    Type.ADDRESS: {"type": "string", "format": "iri"},  # not "uri": addresses of sources may hold Chinese
    Type.CODE: {"type": "string"},
    Type.PARTIAL_DATE: {"type": "string", "pattern": PARTIAL_DATE},
    Type.DAY: {"type": "string", "format": "date"},
    Type.TIME: {"type": "string", "format": "date-time"},
    Type.WHOLE: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.YES_NO: {"type": "boolean"},
}
# A list may have nothing in it, but it is there; a yes or no and a time always are.
NEVER_NULL = (Type.TEXTS, Type.YES_NO, Type.TIME)


def of_column(column: Column) -> dict[str, Any]:
    """The schema of a column's values; null is among them where a row may have none."""
    schema = {**TYPES[column.type]}
    values = list(column.choices.values) if column.choices else []
    if column.type is Type.TEXTS and values:
        schema["items"] = {"type": "string", "enum": values}
    elif values:
        schema["enum"] = values
    if not column.filled and column.type not in NEVER_NULL:
        schema["type"] = [schema["type"], "null"]
        if values:
            schema["enum"] = [*values, None]
    return schema | {"title": str(column.label), "description": str(column.description)}


def of_rows(columns: Sequence[Column]) -> dict[str, Any]:
    """The schema of a row as `reports.json.objects` makes it: every column is there, in each row."""
    return {
        "type": "object",
        "properties": {column.name: of_column(column) for column in columns},
        "required": [column.name for column in columns],
    }


def of_document(columns: Sequence[Column]) -> dict[str, Any]:
    """The schema of a whole file of JSON, as `reports.json` writes it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "licence": {"type": "string", "format": "uri"},
            "as_of": {"type": "string", "format": "date"},
            "query": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
            "count": {"type": "integer", "minimum": 0},
            "ledger_head": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "rows": {"type": "array", "items": of_rows(columns)},
        },
        "required": ["title", "licence", "as_of", "query", "count", "ledger_head", "rows"],
        "additionalProperties": False,
    }
