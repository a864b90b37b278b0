"""The documentation of the API for people: a page of the site, made from the description for programs."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from commitments.api.openapi import openapi_description
from commitments.exports.datasets import DATASETS
from commitments.exports.json import JSON
from commitments.query.filters import CommitmentFilter
from commitments.query.forms import MAX_PER_PAGE, PER_PAGE
from commitments.web.links import replace_params
from commitments.web.pages import Page, day_page


@day_page
def api_docs_page(page: Page) -> HttpResponse:
    """Every address of the API, what it takes and what it gives."""
    keys = first_keys(page.day)
    addresses = [
        describe_address(path, methods["get"], keys, page.as_of)
        for path, methods in openapi_description()["paths"].items()
    ]
    return page.render(
        "api_docs",
        addresses=addresses,
        site=page.request.build_absolute_uri("/").rstrip("/"),
        per_minute=settings.API_PER_MINUTE,
        per_page=PER_PAGE,
        most_per_page=MAX_PER_PAGE,
    )


def first_keys(day: date) -> dict[str, Any]:
    """By table, the key of its first row on that day, for an example that works here."""
    filterset = CommitmentFilter(QueryDict(f"as_of={day.isoformat()}"), day)
    return {
        dataset.name: dataset.queryset(filterset).values_list(str(dataset.columns[0].sources[0]), flat=True).first()
        for dataset in DATASETS.values()
    }


def describe_address(path: str, operation: dict[str, Any], keys: dict[str, Any], as_of: date | None) -> dict[str, Any]:
    """What the page says of one address."""
    content = operation["responses"]["200"]["content"][JSON.content_type]
    tag, parameters = operation["tags"][0], operation.get("parameters", ())
    [example] = content["examples"].values()
    path_names = [parameter["name"] for parameter in parameters if parameter["in"] == "path"]
    address = path.replace(f"{{{path_names[0]}}}", str(keys[tag])) if path_names else path
    return {
        "id": operation["operationId"],
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "parameters": [
            describe_field(parameter["name"], parameter["schema"], parameter["description"])
            for parameter in parameters
            if parameter["in"] in ("path", "query")
        ],
        "fields": row_fields(content["schema"]),
        "example": json.dumps(example["value"], ensure_ascii=False, indent=1),
        "link": "" if path_names and keys[tag] is None else address + example_query(path, parameters, as_of),
    }


def example_query(path: str, parameters: Iterable[dict[str, Any]], as_of: date | None) -> str:
    """A query string that the address takes: one row, on the day that is shown."""
    names = {parameter["name"] for parameter in parameters}
    query = QueryDict(mutable=True)
    if "per_page" in names:
        query["per_page"] = "1"
    if "as_of" in names and as_of:
        query["as_of"] = as_of.isoformat()
    return replace_params(query).removeprefix(".")


def row_fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """What a row has; nothing where the answer has no rows."""
    rows = schema.get("properties", {}).get("results", {}).get("items", schema)
    component = openapi_description()["components"]["schemas"].get(rows.get("$ref", "").rpartition("/")[2], {})
    return [
        describe_field(name, field, field["description"]) for name, field in component.get("properties", {}).items()
    ]


def describe_field(name: str, schema: dict[str, Any], meaning: str) -> dict[str, Any]:
    """A parameter or a field: its name, what it holds, which values there are, what it means."""
    value_schema = schema.get("items", schema)
    return {
        "name": name,
        "type": type_words(schema),
        "values": [value for value in value_schema.get("enum", ()) if value],
        "meaning": meaning,
    }


def type_words(schema: dict[str, Any]) -> str:
    """What a value is, for people."""
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    if kinds[0] == "array":
        component = schema["items"].get("$ref", "").rpartition("/")[2]
        return _("list of %(what)s") % {"what": component} if component else _("list of texts")
    words = {
        "string": _("text"),
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("yes or no"),
        "date": _("day"),
        "date-time": _("time"),
        "iri": _("address"),
    }
    kind = words[schema.get("format", kinds[0])]
    if "19|20|21" in schema.get("pattern", ""):
        kind = _("partial date")
    return _("%(kind)s, or null") % {"kind": kind} if "null" in kinds else kind
