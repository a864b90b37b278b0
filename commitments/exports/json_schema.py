"""Columns as JSON Schema (2020-12, as OpenAPI 3.1 has it): what a program may expect of each value of a row."""

from collections.abc import Sequence
from typing import Any

from commitments.exports.columns import Column, ColumnType

MONTH = "(?:0[1-9]|1[0-2])"
DAY = "(?:0[1-9]|[12][0-9]|3[01])"
# The notation of commitments.domain.partial_dates. Which days a month has, no pattern says.
PARTIAL_DATE = f"^(?:19|20|21)[0-9]{{2}}(?:-(?:H[12]|Q[1-4]|{MONTH}(?:-{DAY})?))?$"
JSON_SCHEMA_TYPES: dict[ColumnType, dict[str, Any]] = {
    ColumnType.TEXT: {"type": "string"},
    ColumnType.TEXTS: {"type": "array", "items": {"type": "string"}},
    ColumnType.ADDRESS: {"type": "string", "format": "iri"},  # not "uri": addresses of sources may hold Chinese
    ColumnType.CODE: {"type": "string"},
    ColumnType.PARTIAL_DATE: {"type": "string", "pattern": PARTIAL_DATE},
    ColumnType.DAY: {"type": "string", "format": "date"},
    ColumnType.TIME: {"type": "string", "format": "date-time"},
    ColumnType.WHOLE: {"type": "integer"},
    ColumnType.NUMBER: {"type": "number"},
    ColumnType.YES_NO: {"type": "boolean"},
}
# A list may have nothing in it, but it is there; a yes or no and a time always are.
NEVER_NULL_TYPES = (ColumnType.TEXTS, ColumnType.YES_NO, ColumnType.TIME)


def column_schema(column: Column) -> dict[str, Any]:
    """The schema of a column's values; null is among them where a row may have none."""
    schema = {**JSON_SCHEMA_TYPES[column.type]}
    values = list(column.choices.values) if column.choices else []
    if column.type is ColumnType.TEXTS and values:
        schema["items"] = {"type": "string", "enum": values}
    elif values:
        schema["enum"] = values
    if not column.required and column.type not in NEVER_NULL_TYPES:
        schema["type"] = [schema["type"], "null"]
        if values:
            schema["enum"] = [*values, None]
    return schema | {"title": str(column.label), "description": str(column.description)}


def row_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """The schema of a row as `exports.json.row_objects` makes it: every column is there, in each row."""
    return {
        "type": "object",
        "properties": {column.name: column_schema(column) for column in columns},
        "required": [column.name for column in columns],
    }


def document_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """The schema of a whole file of JSON, as `exports.json` writes it."""
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
            "rows": {"type": "array", "items": row_schema(columns)},
        },
        "required": ["title", "licence", "as_of", "query", "count", "ledger_head", "rows"],
        "additionalProperties": False,
    }
