"""The Data Package: a description of the tables that programs read (datapackage.org), made from their columns."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from commitments.exports.columns import SEPARATOR, Column, ColumnType
from commitments.exports.datasets import DATASETS, Dataset
from commitments.exports.json import LICENCE
from commitments.exports.json_schema import PARTIAL_DATE
from commitments.i18n.phrases import join_sentences
from commitments.i18n.site_name import site_name

# What Table Schema calls our types.
TABLE_SCHEMA_TYPES: dict[ColumnType, dict[str, Any]] = {
    ColumnType.TEXT: {"type": "string"},
    ColumnType.TEXTS: {"type": "string"},
    ColumnType.ADDRESS: {"type": "string", "format": "uri"},
    ColumnType.CODE: {"type": "string"},
    ColumnType.PARTIAL_DATE: {"type": "string"},
    ColumnType.DAY: {"type": "date"},
    ColumnType.TIME: {"type": "datetime"},
    ColumnType.WHOLE: {"type": "integer"},
    ColumnType.NUMBER: {"type": "number"},
    ColumnType.YES_NO: {"type": "boolean"},
}


def data_package(query: str) -> dict[str, Any]:
    """The description. `query`: the query string that every table is asked with, with its question mark."""
    name = settings.PUBLISHER or site_name()
    return {
        "profile": "tabular-data-package",
        "name": "public-commitments",
        "title": site_name(),
        "description": _("What governments announced, and what is known to have come of it."),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE, "title": "Creative Commons Attribution 4.0"}],
        "contributors": [{"title": name, "role": "publisher"}],
        "resources": [table_resource(dataset, query) for dataset in DATASETS.values()],
    }


def table_resource(dataset: Dataset, query: str) -> dict[str, Any]:
    """One table."""
    return {
        "profile": "tabular-data-resource",
        "name": dataset.name,
        "path": f"{dataset.name}.csv{query}",
        "title": str(dataset.title),
        "description": str(dataset.description),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [table_schema_field(column) for column in dataset.columns],
            "primaryKey": list(dataset.key),
            "foreignKeys": [
                # A table's own name is written as an empty one.
                {
                    "fields": [column],
                    "reference": {"resource": "" if table == dataset.name else table, "fields": [other]},
                }
                for column, (table, other) in dataset.foreign_keys.items()
            ],
        },
    }


def table_schema_field(column: Column) -> dict[str, Any]:
    """One column, in the words of Table Schema."""
    sentences = [str(column.description)]
    if column.type is ColumnType.TEXTS:
        sentences.append(_("Several are joined by “%(separator)s”.") % {"separator": SEPARATOR})
    return {
        "name": column.name,
        "title": str(column.label),
        "description": join_sentences(sentences),
        **TABLE_SCHEMA_TYPES[column.type],
        "constraints": {"required": column.required} | column_constraints(column),
    }


def column_constraints(column: Column) -> dict[str, Any]:
    """What a cell that says something must be."""
    if column.choices and column.type is ColumnType.CODE:
        return {"enum": [str(value) for value in column.choices.values]}
    return {"pattern": PARTIAL_DATE} if column.type is ColumnType.PARTIAL_DATE else {}
