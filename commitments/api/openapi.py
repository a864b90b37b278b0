"""The API as OpenAPI 3.1, made by drf-spectacular from its addresses, the list's filters and the tables' columns."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from commitments.exports.datasets import DATASETS, Dataset
from commitments.exports.json_schema import PARTIAL_DATE, row_schema
from commitments.i18n.phrases import join_sentences
from commitments.models.commitment import REFERENCE
from commitments.query.filters import CommitmentFilter, InFilter
from commitments.query.forms import FIRST_DAY, MAX_PER_PAGE, PER_PAGE
from commitments.query.sorting import SORT_COLUMNS

# By operation or status: what was asked of the 2018 release, and answered. A test asks again.
EXAMPLES: dict[str, Any] = json.loads((Path(__file__).parent / "examples.json").read_text())
COMPONENT_NAMES = {
    "commitments": "Commitment",
    "updates": "Update",
    "evidence": "Evidence",
    "organisations": "Organisation",
    "areas": "Area",
    "releases": "Release",
    "news_sources": "NewsSource",
    "translations": "Translation",
}
ERROR_REF = {"$ref": "#/components/schemas/Errors"}
MEANINGS: dict[str, str | Promise] = {
    "q": gettext_lazy("Words, all of which are found in reference, title, quote, owners or notes; at most 20."),
    "status": gettext_lazy("The last status reported is any of these."),
    "schedule": gettext_lazy("How it stands against its deadline is any of these."),
    "evidence": gettext_lazy("Whose word the status rests on is any of these."),
    "freshness": gettext_lazy("How long ago anything was recorded is any of these."),
    "area": gettext_lazy("It stands in any of these areas: slugs, as /api/v1/areas/ lists them."),
    "owner": gettext_lazy("Any of these organisations must deliver: slugs, as /api/v1/organisations/ lists them."),
    "partner": gettext_lazy("Any of these organisations takes part: slugs, as /api/v1/organisations/ lists them."),
    "side": gettext_lazy("An owner is of any of these sides."),
    "kind": gettext_lazy("It is any of these kinds of pledge."),
    "level": gettext_lazy("It is at any of these levels. Counts are of “primary” ones."),
    "release": gettext_lazy("It was made in any of these releases: slugs, as /api/v1/releases/ lists them."),
    "delivered": gettext_lazy(
        "Whether it was already done when it was announced, or delivered since; “not_announced” are all that were not "
        "done already."
    ),
    "late": gettext_lazy("“yes”: it was completed after its deadline, or is unfinished though that has passed."),
    "silent": gettext_lazy(
        "“five_years”: still open, announced over five years ago, and no news of any kind for as long."
    ),
    "repeated": gettext_lazy(
        "“yes”: a later release promises it again. “unreported”: it does, and nothing was reported in between. "
        "“earlier”: it promises an earlier one again."
    ),
    "checked": gettext_lazy("Whether anybody has searched for reports of it."),
    "deadline_from": gettext_lazy("Its deadline ends on the first day of this or later: 2019, 2018-H1, 2018-11 …"),
    "deadline_to": gettext_lazy("Its deadline ends on the last day of this or earlier."),
    "as_of": gettext_lazy("A past day: everything is told as is known today about that day. Today, if not said."),
    "sort": gettext_lazy("What the rows are sorted by, “-” before it for backwards. By reference, if not said."),
    "page": gettext_lazy("The number of a page, from 1. For going through all pages follow “next” instead."),
    "per_page": gettext_lazy("How many rows a page has."),
    "cursor": gettext_lazy("Where the page before ended. Take it from “next”, unchanged."),
    "reference": gettext_lazy("The commitment’s reference."),
    "entry": gettext_lazy("The update’s entry in the ledger."),
    "slug": gettext_lazy("Its slug."),
}
EXAMPLE_VALUES = {
    "q": "museum",
    "area": ["culture"],
    "owner": ["hksarg"],
    "partner": ["smpg"],
    "release": ["4th-plenary-2018"],
    "as_of": "2021-08-30",
    "deadline_from": "2019",
    "deadline_to": "2020-H1",
    "reference": "CU-06",
}
# What a query string takes beside the vocabularies. Which slugs and cursors there are, only the record knows.
PARAMETER_SCHEMAS: dict[str, dict[str, Any]] = {
    "as_of": {"type": "string", "format": "date"},
    "sort": {"type": "string", "enum": [*SORT_COLUMNS, *(f"-{name}" for name in SORT_COLUMNS)], "default": "reference"},
    "page": {"type": "integer", "minimum": 1},
    "per_page": {"type": "integer", "minimum": 1, "maximum": MAX_PER_PAGE, "default": PER_PAGE},
    "cursor": {"type": "string"},
    "q": {"type": "string", "maxLength": 200},
    "deadline_from": {"type": "string", "pattern": PARTIAL_DATE},
    "deadline_to": {"type": "string", "pattern": PARTIAL_DATE},
    "reference": {"type": "string", "pattern": f"^{REFERENCE}$"},
    "entry": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1},
    "slug": {"type": "string", "pattern": "^[-a-zA-Z0-9_]{1,50}$"},
}


@cache
def build_description(_language: str | None) -> dict[str, Any]:
    """The description in a language, made once."""
    description: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return description


def openapi_description() -> dict[str, Any]:
    """The whole description, in the language of the moment. Nobody may change it."""
    return build_description(get_language())


def add_components(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """The rows of the tables and the form of every refusal, by their names; and that what is blank is not asked."""
    for methods in result["paths"].values():
        for parameter in methods["get"].get("parameters", ()):
            if parameter["in"] == OpenApiParameter.QUERY:
                parameter["allowEmptyValue"] = True
    schemas = {name: row_schema(DATASETS[table].columns) for table, name in COMPONENT_NAMES.items()}
    schemas["UpdateWithEvidence"] = with_nested_list(schemas["Update"], "evidence", "Evidence", _("What it rests on."))
    description = _("What was recorded of it by the day, in the order of the ledger.")
    schemas["CommitmentWithUpdates"] = with_nested_list(
        schemas["Commitment"], "updates", "UpdateWithEvidence", description
    )
    schemas["Errors"] = {
        "type": "object",
        "properties": {
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {"type": "string"},
                "description": _("What is wrong, a sentence each, with what is allowed."),
            }
        },
        "required": ["errors"],
    }
    result["components"]["schemas"] = schemas
    return result


def with_nested_list(row: dict[str, Any], name: str, items: str, description: str) -> dict[str, Any]:
    """The schema of a row that has a list of others in it."""
    nested = {"type": "array", "items": {"$ref": f"#/components/schemas/{items}"}, "description": description}
    return {**row, "properties": {**row["properties"], name: nested}, "required": [*row["required"], name]}


def page_schema(dataset: Dataset) -> dict[str, Any]:
    """The schema of one page of a table's rows."""
    return {
        "type": "object",
        "properties": {
            "count": {"type": "integer", "minimum": 0, "description": _("How many rows there are on all pages.")},
            "as_of": {"type": "string", "format": "date", "description": _("The day of which the rows tell.")},
            "ledger_head": {"type": "string", "description": _("The digest with which the ledger ends.")},
            "next": {
                "type": ["string", "null"],
                "format": "uri",
                "description": _("The address of the next page; null on the last one."),
            },
            "results": {
                "type": "array",
                "items": {"$ref": f"#/components/schemas/{COMPONENT_NAMES[dataset.name]}"},
                "description": _("The rows of this page."),
            },
        },
        "required": ["count", "as_of", "ledger_head", "next", "results"],
    }


def query_parameter(name: str, place: str = OpenApiParameter.QUERY) -> OpenApiParameter:
    """What a parameter takes, and what it does."""
    example = EXAMPLE_VALUES.get(name)
    return OpenApiParameter(
        name,
        parameter_schema(name),
        place,  # type: ignore[arg-type]  # one of four texts
        required=place == OpenApiParameter.PATH,
        description=join_sentences(filter(None, [str(MEANINGS[name]), parameter_note(name)])),
        examples=[OpenApiExample(name, example)] if example else None,
    )


def parameter_note(name: str) -> str:
    """What no schema can say of a parameter's values."""
    return _("From %(day)s to today.") % {"day": FIRST_DAY.isoformat()} if name == "as_of" else ""


def parameter_schema(name: str) -> dict[str, Any]:
    """The schema of a parameter's values: a vocabulary, or what `PARAMETER_SCHEMAS` says."""
    list_filter = CommitmentFilter.base_filters.get(name)
    if not isinstance(list_filter, InFilter):
        return PARAMETER_SCHEMAS[name]
    choices = [str(value) for value, _label in list_filter.extra.get("choices", ())]
    return {"type": "array", "items": {"type": "string", **({"enum": choices} if choices else {})}}


def response_header(name: str, statuses: list[int], description: str, **schema: Any) -> OpenApiParameter:
    """A header of the answers with these statuses."""
    return OpenApiParameter(
        name,
        {"type": "string", **schema},
        OpenApiParameter.HEADER,
        required=True,
        description=description,
        response=statuses,
    )


class OperationSchema(AutoSchema):
    """How one address is described. It asks its view which table it gives, and whether a row or all."""

    @property
    def dataset(self) -> Dataset | None:
        """The table; None of the addresses that give none."""
        return getattr(self.view, "dataset", None)

    @property
    def many(self) -> bool:
        """Whether rows are given, or one."""
        return hasattr(self.view, "names")

    def get_operation_id(self) -> str:
        # The table's name, with `_one` for one row.
        if self.dataset is None:
            return type(self.view).__name__.lower()
        return self.dataset.name + ("" if self.many else "_one")

    def get_tags(self) -> list[str]:
        return [self.dataset.name if self.dataset else "api"]

    def get_summary(self) -> str:
        if self.dataset is None:
            return {"Index": _("Where everything is"), "Schema": _("This description")}[type(self.view).__name__]
        return str(self.dataset.title) if self.many else _("One of them: %(table)s") % {"table": self.dataset.title}

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        # The same in a sentence or two.
        if self.dataset is None:
            return ""
        if not self.many:
            nested = _("With all that was recorded of it, and what that rests on.")
            return nested if self.dataset.name == "commitments" else ""
        filter_note = _("With filters: those that have to do with the commitments that the filters find.")
        description = str(self.dataset.description)
        return description if self.dataset.name == "commitments" else join_sentences([description, filter_note])

    def get_request_serializer(self) -> None:
        """Nothing is sent."""

    def get_override_parameters(self) -> list[Any]:
        # What the address and its query string take, and the headers of both sides.
        etag_header = OpenApiParameter(
            "If-None-Match",
            {"type": "string"},
            OpenApiParameter.HEADER,
            description=_("The ETag of the answer that you have. Where it is still true, 304 is answered."),
        )
        return [*self.own_parameters(), etag_header, *self.headers()]

    def own_parameters(self) -> list[OpenApiParameter]:
        """Of the path, then of the query string."""
        if self.dataset is None:
            return []
        if self.many:
            return [query_parameter(name) for name in self.view.names(self.dataset)]  # type: ignore[attr-defined]
        return [query_parameter(self.dataset.key[0], OpenApiParameter.PATH), query_parameter("as_of")]

    def headers(self) -> list[OpenApiParameter]:
        """The headers of the answers."""
        whole = {"type": "integer", "minimum": 1}
        headers = [
            response_header("ETag", [200, 304], _("A name for this answer, to be sent back in If-None-Match.")),
            response_header(
                "Cache-Control", [200, 304], _("For how long the answer may be kept without asking again.")
            ),
            response_header("Retry-After", [429], _("After how many seconds to ask again."), **whole),
        ]
        if self.dataset:
            headers.append(response_header("X-Ledger-Head", [200], _("The digest with which the ledger ends.")))
        if self.many:
            description = _("How many rows there are on all pages.")
            headers.append(response_header("X-Row-Count", [200], description, type="integer", minimum=0))
            link = response_header(
                "Link", [200], _('The address of the next page, as rel="next"; not on the last one.')
            )
            link.required = False
            headers.append(link)
        return headers

    def get_response_serializers(self) -> Any:
        # Every answer that there can be to a request for reading.
        responses = {
            200: OpenApiResponse(self.schema_of_answer(), _("What is asked for."), [self.example()]),
            304: OpenApiResponse(None, _("You have it already.")),
            400: error_response(_("Something was asked for that there is not: which, and what is allowed."), 400),
            404: error_response(_("There is none on this day."), 404),
            410: error_response(_("It was put on record by mistake and is retracted. The answer says why."), 410),
            406: error_response(_("Nothing but JSON can be had."), 406),
            414: OpenApiResponse(
                None, _("The address is longer than the server reads. It is the server that says so.")
            ),
            429: error_response(_("Too many requests: when to come back."), 429),
        }
        if self.dataset is None or self.many:
            del responses[404]
        if self.dataset is None or self.many or self.dataset.name != "commitments":
            del responses[410]
        if self.dataset is None:
            del responses[414]
        if self.get_operation_id() == "schema":
            del responses[406]
        return responses

    def schema_of_answer(self) -> dict[str, Any]:
        """The schema of the answer."""
        if self.dataset is None:
            texts = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
            return {"type": "object"} if self.get_operation_id() == "schema" else texts
        if self.many:
            return page_schema(self.dataset)
        nested = "WithUpdates" if self.dataset.name == "commitments" else ""
        return {"$ref": f"#/components/schemas/{COMPONENT_NAMES[self.dataset.name]}{nested}"}

    def example(self) -> OpenApiExample:
        return OpenApiExample("example", EXAMPLES[self.get_operation_id()]["answer"])


def error_response(description: str, status: int) -> OpenApiResponse:
    """An answer that says what is wrong."""
    return OpenApiResponse(ERROR_REF, description, [OpenApiExample("example", EXAMPLES[str(status)]["answer"])])
