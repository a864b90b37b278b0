"""The description of the API: valid, complete, and true of what is answered."""

import jsonschema
import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from commitments.domain import choices
from commitments.exports.columns import Column, ColumnType
from commitments.exports.datasets import DATASETS
from commitments.exports.json_schema import PARTIAL_DATE, column_schema, row_schema
from commitments.exports.list_columns import LIST_COLUMNS
from commitments.query.filters import list_params

SCHEMA = "/api/v1/schema/"

ANSWERS = []


@pytest.fixture
def schema(db, client):
    """The description, asked for once: nobody changes it."""
    if not ANSWERS:
        ANSWERS.append(client.get(SCHEMA).json())
    return ANSWERS[0]


def operations(schema):
    return {path: methods["get"] for path, methods in schema["paths"].items()}


def test_it_is_openapi_3_1_and_was_made_without_a_warning(schema):
    assert schema["openapi"] == "3.1.1"
    validate_schema(schema)
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS


def test_it_is_the_same_whatever_is_accepted(db, client):
    answers = {
        client.get(SCHEMA, headers={"accept": accept}).content for accept in ("text/html", "", "application/yaml")
    }
    assert len(answers) == 1


def test_every_address_is_described_with_an_example_and_every_answer(schema):
    for path, operation in operations(schema).items():
        assert operation["summary"], path
        assert operation["responses"]["200"]["content"]["application/json"]["examples"], path
        expected = {"200", "304", "400", "429"} | ({"404"} if "{" in path else set())
        expected |= {"410"} if path.endswith("commitments/{reference}/") else set()
        assert set(operation["responses"]) >= expected, path


def test_every_parameter_is_described_and_every_name_that_the_list_knows_is_there(schema):
    for operation in operations(schema).values():
        assert all(parameter["description"] for parameter in operation["parameters"])
    names = [
        parameter["name"]
        for parameter in operations(schema)["/api/v1/commitments/"]["parameters"]
        if parameter["in"] == "query"
    ]
    assert names == [*list_params(), "cursor"]


def test_a_filter_by_vocabulary_lists_its_values(schema):
    parameters = {
        parameter["name"]: parameter["schema"] for parameter in operations(schema)["/api/v1/updates/"]["parameters"]
    }
    names = ("status", "schedule", "freshness", "side", "kind", "level")
    vocabularies = {name: getattr(choices, name.capitalize()) for name in names} | {"evidence": choices.EvidenceLevel}
    assert {name: parameters[name]["items"]["enum"] for name in vocabularies} == {
        name: vocabulary.values for name, vocabulary in vocabularies.items()
    }


def test_every_field_has_its_meaning_and_its_type(schema):
    component = schema["components"]["schemas"]["Commitment"]
    columns = DATASETS["commitments"].columns
    assert component["required"] == list(component["properties"]) == [column.name for column in columns]
    for column in columns:
        assert component["properties"][column.name]["description"] == column.description
        assert {"type"} <= set(component["properties"][column.name])


def test_refusals_and_their_headers_are_described(schema):
    too_many = operations(schema)["/api/v1/updates/"]["responses"]["429"]
    assert too_many["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Errors"}
    assert too_many["headers"]["Retry-After"]["required"]


def test_the_examples_fit_the_schema(schema):
    for path, operation in operations(schema).items():
        for answer in operation["responses"].values():
            for media in answer.get("content", {}).values():
                whole = media["schema"] | {"components": schema["components"]}
                for example in media["examples"].values():
                    jsonschema.validate(example["value"], whole, Draft202012Validator), path


# Columns as JSON Schema


@pytest.mark.parametrize("name", DATASETS)
def test_the_rows_of_every_table_fit_its_schema(release, client, name):
    checked = Draft202012Validator(
        row_schema(DATASETS[name].columns), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    rows = client.get(f"/api/v1/{name}/?per_page=100").json()["results"]
    assert [problem.message for row in rows for problem in checked.iter_errors(row)] == []
    assert rows


def column(kind, **fields):
    return column_schema(Column("name", "Label", kind, "Meaning.", ("name",), **fields))


def test_a_column_that_may_be_empty_may_be_null_and_one_that_is_filled_may_not():
    assert column(ColumnType.TEXT)["type"] == ["string", "null"]
    assert column(ColumnType.TEXT, required=True)["type"] == "string"
    assert [column(kind)["type"] for kind in (ColumnType.TEXTS, ColumnType.YES_NO, ColumnType.TIME)] == [
        "array",
        "boolean",
        "string",
    ]


def test_a_column_with_a_vocabulary_lists_its_values():
    assert column(ColumnType.CODE, choices=choices.Side, required=True)["enum"] == choices.Side.values
    assert column(ColumnType.CODE, choices=choices.Side)["enum"] == [*choices.Side.values, None]
    assert column(ColumnType.TEXTS, choices=choices.Side)["items"]["enum"] == choices.Side.values


def test_a_row_without_one_of_its_columns_does_not_fit():
    assert row_schema(LIST_COLUMNS)["required"] == [field.name for field in LIST_COLUMNS]


def test_the_pattern_of_a_partial_date():
    dates = ["2019", "2018-H1", "2018-Q4", "2018-11", "2018-11-05"]
    none = ["2018-H3", "2018-13", "2018-11-32", "1899", "19", "2018-", "2018-11-05-"]
    assert [text for text in dates + none if Draft202012Validator({"pattern": PARTIAL_DATE}).is_valid(text)] == dates
