"""XLSX, JSON and the tables of the Data Package: what CSV says, in each format's own terms."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime

import jsonschema
import openpyxl
import pytest
from django.test import RequestFactory
from django.urls import resolve

from commitments import urls
from commitments.exports import rows as batches
from commitments.exports import views
from commitments.exports.columns import ColumnType
from commitments.exports.datasets import DATASETS
from commitments.exports.list_columns import COLUMN_NAMES, LIST_COLUMNS
from commitments.exports.xlsx import CUT_MARK, MAX_CELL_LENGTH, XLSX, day_serial
from commitments.ledger.append import append_entries, new_entity_entry, new_redaction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import LedgerHead, NewsSource
from tests import factories
from tests.helpers.crowds import crowd, queries
from tests.helpers.exports import CSV, SOME, document, tiny_world
from tests.helpers.exports import read as read_csv
from tests.helpers.ledger_acts import before_texts_had_a_length
from tests.helpers.release_file import SOURCE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
TABLES: dict[str, list[dict[str, str]]] = {}  # of the release, asked for once
FORMATS = ["csv", "xlsx", "json"]


def body(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return b"".join(answer)


def workbook(client, query=""):
    return openpyxl.load_workbook(io.BytesIO(body(client, f"/commitments.xlsx{query}")))


def sheet(client, query=""):
    return workbook(client, query).worksheets[0]


def rows(client, query=""):
    """The rows of the workbook: column to value."""
    header, *rest = sheet(client, query).iter_rows(values_only=True)
    return [dict(zip(header, row, strict=True)) for row in rest]


def table(client, name, query=""):
    content = body(client, f"/data/{name}.csv{query}").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline=""), strict=True))


@pytest.fixture
def tables(release, client):
    """The rows of every table of the release."""
    if not TABLES:
        TABLES.update({name: table(client, name) for name in DATASETS})
    return TABLES


# What every format has in common.


@pytest.mark.postgresql
@pytest.mark.parametrize("query", SOME)
def test_each_format_has_the_rows_of_the_csv_in_their_order(release, client, query):
    listed = [row["reference"] for row in read_csv(client, f"{CSV}?{query}")]
    assert [row["reference"] for row in rows(client, f"?{query}")] == listed != []
    assert [row["reference"] for row in document(client, f"?{query}")["rows"]] == listed


def test_count_and_head_are_told_with_each_format(release, client):
    count, head = str(len(read_csv(client, f"{CSV}?area=culture"))), LedgerHead.objects.get().digest
    for ending in FORMATS:
        headers = client.get(f"/commitments.{ending}?area=culture").headers
        assert (headers["X-Row-Count"], headers["X-Ledger-Head"]) == (count, head)
        assert headers["Content-Disposition"] == f'attachment; filename="commitments-2026-11-29.{ending}"'


@pytest.mark.postgresql
def test_each_format_takes_as_many_queries_for_a_hundred_rows_in_two_batches_as_for_ten(db, client, monkeypatch):
    def query_counts():
        return {ending: queries(client, f"/commitments.{ending}") for ending in FORMATS}

    monkeypatch.setattr(batches, "BATCH_SIZE", 50)
    crowd(range(1, 11), owners=[factories.OrganisationFactory()])
    of_ten = query_counts()
    crowd(range(11, 101), owners=factories.OrganisationFactory.create_batch(3))
    assert query_counts() == of_ten
    assert max(of_ten.values()) <= 10


@pytest.mark.parametrize("ending", FORMATS)
def test_a_wrong_question_is_refused_and_never_answered_with_everything(release, client, ending):
    wrong = {"status": "finished", "as_of": "soon", "state": "completed", "labels": "maybe"}
    answers = {name: client.get(f"/commitments.{ending}", {name: value}) for name, value in wrong.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(wrong, 400)
    assert [name for name, answer in answers.items() if name not in answer.text] == []


def test_rows_for_spreadsheets_have_the_names_of_the_columns_or_their_labels(client):
    labels = [str(column.label) for column in LIST_COLUMNS]
    factories.published()
    for ending in ("csv", "xlsx"):
        read = {"csv": lambda query: list(read_csv(client, CSV + query)[0]), "xlsx": lambda q: list(rows(client, q)[0])}
        assert [read[ending](query) for query in ("", "?labels=1", "?labels=0")] == [
            list(COLUMN_NAMES),
            labels,
            list(COLUMN_NAMES),
        ]


def test_json_has_the_names_of_the_columns_whatever_is_asked_for(client):
    factories.published()
    assert list(document(client)["rows"][0]) == list(COLUMN_NAMES)
    assert document(client, "?labels=1")["rows"] == document(client)["rows"]


def test_no_two_columns_of_a_table_have_the_same_name_or_label():
    for dataset in DATASETS.values():
        names = [column.name for column in dataset.columns]
        labels = [str(column.label) for column in dataset.columns]
        assert len(set(names)) == len(names), dataset.name
        assert len(set(labels)) == len(labels), dataset.name


def test_the_links_of_the_list_lead_to_each_format_of_what_it_shows(release, client):
    page = client.get("/commitments/?area=culture&status=completed").text
    for ending in FORMATS:
        assert f'href="/commitments.{ending}?status=completed&amp;area=culture"' in page


# XLSX.


@pytest.mark.postgresql
def test_a_workbook_has_dates_and_numbers_as_such_and_words_as_words(client):
    tiny_world()
    [first, *_others] = rows(client)
    assert first["deadline_last_day"] == datetime(2020, 6, 30)
    assert first["last_entry_on"] == first["last_news_on"] == datetime(2023, 11, 30)
    assert first["last_checked_on"] == datetime(2026, 11, 29)
    assert (first["slip_days"], first["days_late"], first["achieved"], first["target"]) == (182, 1219, 12.5, 40)
    assert (first["deadline"], first["owners"], first["owner_inferred"]) == (
        "2020-H1",
        "Office of Arts; 上海市",
        "false",
    )


def test_what_is_missing_is_an_empty_cell(client):
    tiny_world()
    assert {name for name, cell in rows(client)[1].items() if cell is None} == {
        name for name, cell in read_csv(client)[1].items() if cell == ""
    }


def test_the_header_stays_in_sight_and_filters(client):
    tiny_world()
    shown = sheet(client)
    assert shown.freeze_panes == "B2"
    assert shown.auto_filter.ref == "A1:AJ4"


def test_the_second_sheet_says_what_the_file_is(client):
    tiny_world()
    facts = dict(
        workbook(client, "?status=completed&as_of=2024-01-01&q=week").worksheets[1].iter_rows(values_only=True)
    )
    assert facts["As of"] == "2024-01-01"
    assert facts["Filter"] == "Search: “week”\nStatus: delivered"
    assert facts["Rows"] == "1"
    assert facts["Head of the ledger"] == LedgerHead.objects.get().digest
    assert facts["deadline"].startswith("Deadline: ")


def test_a_text_that_no_cell_can_hold_is_cut_and_the_cell_says_so(client):
    note = "long, " * 5461 + "abc"
    with before_texts_had_a_length():
        factories.record("report", factories.published(), note=note)
    [only] = rows(client)
    assert only["note"] == note[: MAX_CELL_LENGTH - len(CUT_MARK)] + CUT_MARK
    assert len(only["note"]) == MAX_CELL_LENGTH
    assert len(read_csv(client)[0]["note"]) == len(note)


def test_more_rows_than_a_sheet_can_hold_are_refused_and_the_answer_says_what_to_do(client):
    tiny_world()
    request = RequestFactory().get("/commitments.xlsx")
    request.resolver_match = resolve(request.path)
    answer = views.export_table(request, urls.LISTED["dataset"], replace(XLSX, max_rows=2))
    assert answer.status_code == 400
    assert "can hold 2 rows, and there are 3. Filter the list, or take CSV or JSON." in answer.text


def test_a_day_is_the_number_that_spreadsheets_keep_for_it():
    """They count a 29 February 1900, which there was not."""
    days = {"1900-01-01": 1, "1900-02-28": 59, "1900-03-01": 61, "2018-08-24": 43336}
    assert {day: day_serial(day) for day in days} == days


# JSON.


@pytest.mark.postgresql
def test_the_whole_json_of_a_tiny_world(client):
    tiny_world()
    data = document(client, "?status=completed&sort=-title")
    [first] = data.pop("rows")
    assert data == {
        "title": "Commitments",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
        "as_of": "2026-11-29",
        "query": {"status": ["completed"]},
        "count": 1,
        "ledger_head": LedgerHead.objects.get().digest,
    }
    assert first == {
        "reference": "AA-01", "title": "Hold a week", "release": "first", "area": "culture", "kind": "action",
        "force": "promise", "level": "primary", "owners": ["Office of Arts", "上海市"], "owner_inferred": False,
        "partners": ["Joint Council"], "sides": ["hong_kong", "shanghai"], "quote": "will hold a week, in spring",
        "deadline": "2020-H1", "deadline_basis": "stated", "deadline_last_day": "2020-06-30",
        "original_deadline": "2019", "slip_days": 182, "days_late": 1219, "status": "completed", "stop_reason": None,
        "status_on": "2023-11", "schedule": "met_late", "evidence": "independent", "freshness": "settled",
        "achieved": 12.5, "target": 40, "unit": "employees", "last_entry_on": "2023-11-30", "note": "Opened.",
        "evidence_urls": ["https://example.org/a", "https://example.org/b"],
        "url": "http://testserver/commitments/AA-01/",
        "short_title": "Week", "last_news_on": "2023-11-30", "last_checked_on": "2026-11-29",
        "repeats": [], "repeated_by": ["AA-03"],
    }  # fmt: skip


def test_the_json_of_nothing_is_an_empty_list(client):
    assert document(client)["rows"] == []


@pytest.mark.postgresql
def test_each_line_of_the_json_is_one_object_however_many_batches_they_come_in(client, monkeypatch):
    monkeypatch.setattr(batches, "BATCH_SIZE", 5)
    crowd(range(1, 13), owners=[factories.OrganisationFactory()])
    _start, *lines, _end, _nothing = body(client, "/commitments.json").decode().split("\n")
    assert len([json.loads(line.rstrip(",")) for line in lines]) == 12
    assert len(document(client)["rows"]) == 12


# The tables of the Data Package.


def test_the_table_of_commitments_has_the_promised_columns_first_and_then_all_that_is_public(client):
    tiny_world()
    [first, *_others] = table(client, "commitments")
    assert list(first)[: len(COLUMN_NAMES)] == list(COLUMN_NAMES)
    assert first["owner_slugs"] == "; ".join(sorted(first["owner_slugs"].split("; ")))
    assert (first["paragraph"], first["done_when"]) == ("1", "The thing is done.")


@pytest.mark.postgresql
def test_the_table_of_updates_says_all_that_an_update_says(client):
    commitment = factories.published(reference="AA-01", deadline="2019", unit="people")
    slip = {"deadline": "2020", "deadline_reason": "More time."}
    factories.record(
        "report", commitment, date="2019-10", status="in_progress", achieved="12.50", note="Begun.", **slip
    )
    [only] = table(client, "updates")
    assert only == {
        "entry": "5", "reference": "AA-01", "kind": "report", "date": "2019-10", "counts_from": "2019-10-31",
        "status": "in_progress", "stop_reason": "", "basis": "evidence", "achieved": "12.5", "deadline": "2020",
        "deadline_reason": "More time.", "note": "Begun.", "searched": "", "reply_of": "",
        "recorded_at": only["recorded_at"], "role": "publisher", "organisation": "", "retracted_by": "",
        "redacted_by": "", "url": "http://testserver/commitments/AA-01/#entry-5",
    }  # fmt: skip
    assert re.fullmatch(r"2026-11-29T\d\d:\d\d:\d\dZ", only["recorded_at"])


@pytest.mark.postgresql
def test_a_retracted_update_names_its_retraction_and_a_redacted_one_has_lost_its_words(client):
    commitment = factories.published()
    wrong = factories.record("report", commitment, note="Wrong.")
    personal = factories.record("context", commitment, note="Mr. Somebody said so.")
    append_entries([new_retraction(wrong, "It was another.", Actor())])
    append_entries([new_redaction(personal, None, "Personal data.", Actor("administrator"))])
    first, second = table(client, "updates")
    assert (first["retracted_by"], second["redacted_by"]) == ("7", "8")
    assert "Somebody" not in str(second)


@pytest.mark.postgresql
def test_the_table_of_evidence_hangs_on_that_of_updates(client):
    commitment = factories.published(reference="AA-01")
    pages = [factories.evidence(url="https://example.org/a"), factories.evidence(url="https://example.org/b")]
    factories.record("report", commitment, evidence=pages)
    first, second = table(client, "evidence")
    assert [(row["entry"], row["position"], row["url"]) for row in (first, second)] == [
        ("5", "1", "https://example.org/a"),
        ("5", "2", "https://example.org/b"),
    ]
    assert first["reference"] == "AA-01"


@pytest.mark.postgresql
def test_a_filter_leaves_what_has_to_do_with_the_commitments_that_it_finds(client):
    for reference in ("AA-01", "AA-02"):
        factories.record("report", factories.published(reference=reference, title=f"Named {reference}"))
    names = [name for name in DATASETS if name not in ("translations", "news_sources")]
    row_counts = {name: (len(table(client, name)), len(table(client, name, "?q=AA-02"))) for name in names}
    assert row_counts == dict.fromkeys(names, (2, 1))


def news_source(slug, **fields):
    """A news source on record, by its own entry."""
    source = NewsSource.objects.create(slug=slug, **{"name": slug, "source": "party", "why": "Said so."} | fields)
    append_entries([new_entity_entry(source, Actor())])


@pytest.mark.postgresql
def test_the_table_of_news_sources_says_name_class_and_why(client):
    news_source("the-wire", name="The Wire", source="state_media", why="A state owns it.")
    news_source("gazette", name="Gazette", source="party", why="It is the owner’s.")
    NewsSource.objects.create(slug="unread", name="Unread", source="independent", why="Nobody put it on record.")
    assert table(client, "news_sources") == [
        {"slug": "gazette", "name": "Gazette", "source": "party", "why": "It is the owner’s."},
        {"slug": "the-wire", "name": "The Wire", "source": "state_media", "why": "A state owns it."},
    ]


@pytest.mark.postgresql
def test_the_table_of_news_sources_is_that_of_the_first_release_s_file(tables):
    columns = ("slug", "name", "source", "why")
    rows = [{column: source[column] for column in columns} for source in SOURCE["news_sources"]]
    assert tables["news_sources"] == sorted(rows, key=lambda row: row["slug"])


@pytest.mark.postgresql
def test_the_list_of_news_sources_is_that_of_today_whatever_is_asked_for(client):
    tiny_world()
    news_source("gazette")
    questions = ("", "?q=nowhere", "?as_of=2018-08-23")
    assert [[row["slug"] for row in table(client, "news_sources", asked)] for asked in questions] == [["gazette"]] * 3


@pytest.mark.postgresql
def test_before_the_release_there_is_nothing_and_on_its_day_no_later_update(client):
    tiny_world()
    assert [name for name in DATASETS if table(client, name, "?as_of=2018-08-23")] == []
    assert len(table(client, "updates", "?as_of=2019-12-31")) < len(table(client, "updates"))


@pytest.mark.postgresql
@pytest.mark.parametrize("name", DATASETS)
def test_a_key_names_one_row_and_settles_its_place(tables, name):
    keys = [tuple(row[column] for column in DATASETS[name].key) for row in tables[name]]
    assert len(set(keys)) == len(keys) > 0
    in_order = [tuple(int(part) if part.isdecimal() else part for part in key) for key in keys]
    assert in_order == sorted(in_order)


def test_every_name_in_a_table_is_in_the_table_that_it_refers_to(tables):
    refers = [(name, column, *to) for name, dataset in DATASETS.items() for column, to in dataset.foreign_keys.items()]
    for name, column, other, key in refers:
        known = {row[key] for row in tables[other]}
        assert {row[column] for row in tables[name]} - {""} <= known, (name, column)
    assert refers


FORMS = {
    ColumnType.DAY: r"\d{4}-\d\d-\d\d",
    ColumnType.TIME: r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    ColumnType.WHOLE: r"-?\d+",
    ColumnType.NUMBER: r"-?\d+(\.\d+)?",
    ColumnType.YES_NO: "true|false",
    ColumnType.PARTIAL_DATE: r"\d{4}(-(H[12]|Q[1-4]|\d\d(-\d\d)?))?",
    ColumnType.ADDRESS: "https?://.+",
    ColumnType.CODE: "[A-Za-z0-9_-]+",
}


@pytest.mark.postgresql
@pytest.mark.parametrize("name", DATASETS)
def test_every_cell_is_of_the_type_that_its_column_promises(tables, name):
    for row in tables[name]:
        for column in DATASETS[name].columns:
            cell = row[column.name]
            assert cell == "" or re.fullmatch(FORMS.get(column.type, "(?s).+"), cell), (column.name, cell)
            if column.choices and column.type is ColumnType.CODE:
                assert cell in ("", *column.choices.values)


def test_the_json_is_what_its_schema_says(release, client):
    schema = client.get("/data/commitments.schema.json").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    for query in SOME:
        jsonschema.validate(document(client, f"?{query}"), schema, jsonschema.Draft202012Validator)


def test_the_schema_refuses_what_no_row_says(release, client):
    data, schema = document(client), client.get("/data/commitments.schema.json").json()
    [first, *_others], wrong = data["rows"], {"status": "finished", "deadline": "soon", "target": "40", "owners": None}
    for name, value in wrong.items():
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(data | {"rows": [first | {name: value}]}, schema)
    jsonschema.validate(data | {"rows": [first]}, schema)


@pytest.fixture
def frictionless():
    """The library. It raises Python's own limit of a cell of CSV for the whole process, which is put back."""
    limit = csv.field_size_limit()
    import frictionless

    yield frictionless
    csv.field_size_limit(limit)


def packaged(frictionless, client, folder, query=""):
    """The Data Package, downloaded into a folder as a reader would."""
    package = json.loads(client.get(f"/data/datapackage.json{query}").content)
    for resource in package["resources"]:
        data = body(client, f"/data/{resource['path']}")
        resource["path"] = resource["path"].partition("?")[0]
        (folder / resource["path"]).write_bytes(data)
    (folder / "datapackage.json").write_text(json.dumps(package))
    return frictionless.Package(str(folder / "datapackage.json"))


@pytest.mark.parametrize("query", ["", "?as_of=2019-12-31", "?as_of=2018-08-23"])
def test_frictionless_finds_the_data_package_in_order(release, client, tmp_path, frictionless, query):
    report = packaged(frictionless, client, tmp_path, query).validate()
    assert report.valid, report.flatten(["title", "note", "rowNumber"])
    assert [task.name for task in report.tasks] == list(DATASETS)


def test_frictionless_would_find_a_row_that_refers_to_nothing(release, client, tmp_path, frictionless):
    package = packaged(frictionless, client, tmp_path)
    (tmp_path / "areas.csv").write_text("slug,name,position,url\r\n")
    assert not package.validate().valid


def rows_told(page, name):
    """How many rows the page says that a table has."""
    [row] = [row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f'href="/data/{name}.csv' in row]
    return re.search(r'<td class="number">([\d,]+)</td>', row)[1]


def test_the_page_of_open_data_tells_of_every_table(tables, client):
    page = client.get("/data/").text
    for name, dataset in DATASETS.items():
        assert f'href="/data/{name}.csv"' in page
        assert rows_told(page, name) == f"{len(tables[name]):,}"
        assert all(f"<code>{column.name}</code>" in page for column in dataset.columns)


def test_the_page_of_open_data_keeps_the_day(release, client):
    page = client.get("/data/?as_of=2019-12-31").text
    assert 'href="/data/updates.csv?as_of=2019-12-31"' in page
    assert rows_told(page, "updates") == str(len(table(client, "updates", "?as_of=2019-12-31")))
