"""The Data Package: a description of the tables that programs read (datapackage.org), made from their columns."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from commitments.reports.columns import SEPARATOR, Column, Type
from commitments.reports.datasets import DATASETS, Dataset
from commitments.reports.json import LICENCE
from commitments.reports.schema import PARTIAL_DATE
from commitments.wording import sentences

# What Table Schema calls our types.
TYPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.TEXTS: {"type": "string"},
    Type.ADDRESS: {"type": "string", "format": "uri"},
    Type.CODE: {"type": "string"},
    Type.PARTIAL_DATE: {"type": "string"},
    Type.DAY: {"type": "date"},
    Type.TIME: {"type": "datetime"},
    Type.WHOLE: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.YES_NO: {"type": "boolean"},
}


def package(question: str) -> dict[str, Any]:
    """The description. `question`: the query string that every table is asked with, with its question mark."""
    name = settings.PUBLISHER or _("Public commitments")
    return {
        "profile": "tabular-data-package",
        "name": "public-commitments",
        "title": _("Public commitments"),
        "description": _("What governments announced, and what is known to have come of it."),
        "licenses": [{"name": "CC-BY-4.0", "path": LICENCE, "title": "Creative Commons Attribution 4.0"}],
        "contributors": [{"title": name, "role": "publisher"}],
        "resources": [resource(one, question) for one in DATASETS.values()],
    }


def resource(dataset: Dataset, question: str) -> dict[str, Any]:
    """One table."""
    return {
        "profile": "tabular-data-resource",
        "name": dataset.name,
        "path": f"{dataset.name}.csv{question}",
        "title": str(dataset.title),
        "description": str(dataset.description),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [of_column(column) for column in dataset.columns],
            "primaryKey": list(dataset.key),
            "foreignKeys": [
                # A table's own name is written as an empty one.
                {
                    "fields": [column],
                    "reference": {"resource": "" if table == dataset.name else table, "fields": [other]},
                }
                for column, (table, other) in dataset.refers.items()
            ],
        },
    }


def of_column(column: Column) -> dict[str, Any]:
    """One column, in the words of Table Schema."""
    told = [str(column.description)]
    if column.type is Type.TEXTS:
        told.append(_("Several are joined by “%(separator)s”.") % {"separator": SEPARATOR})
    return {
        "name": column.name,
        "title": str(column.label),
        "description": sentences(told),
        **TYPES[column.type],
        "constraints": {"required": column.filled} | constraints(column),
    }


def constraints(column: Column) -> dict[str, Any]:
    """What a cell that says something must be."""
    if column.choices and column.type is Type.CODE:
        return {"enum": [str(value) for value in column.choices.values]}
    return {"pattern": PARTIAL_DATE} if column.type is Type.PARTIAL_DATE else {}
