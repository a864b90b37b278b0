"""The CSV: every column in its promised place, nothing that a spreadsheet would run, and exactly the list's rows."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commitments.exports import rows as batches
from commitments.exports.columns import Column, ColumnType, read_number
from commitments.exports.csv import CSV as FORMAT
from commitments.exports.download import Export, ExportMoment
from commitments.ledger.append import append_entries, new_correction, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import LedgerHead
from commitments.query.filters import list_params
from commitments.web import page_cache
from tests import factories
from tests.helpers.crowds import crowd
from tests.helpers.exports import CSV, LEFT_ALONE, QUERIES, RUN, body, read, tiny_world
from tests.helpers.html import table_references
from tests.helpers.ledger_acts import before_texts_had_a_length

pytestmark = pytest.mark.usefixtures("the_day_is_fixed")
here = pytest.mark.usefixtures("db")
PROMISED = (
    "reference, title, release, area, kind, force, level, owners, owner_inferred, partners, sides, quote, deadline, "
    "deadline_basis, deadline_last_day, original_deadline, slip_days, days_late, status, stop_reason, status_on, "
    "schedule, evidence, freshness, achieved, target, unit, last_entry_on, note, evidence_urls, url, short_title, "
    "last_news_on, last_checked_on, repeats, repeated_by"
)


def row(client):
    [only] = read(client)
    return only


TINY = (
    "\ufeffreference,title,release,area,kind,force,level,owners,owner_inferred,partners,sides,quote,deadline,"
    "deadline_basis,deadline_last_day,original_deadline,slip_days,days_late,status,stop_reason,status_on,"
    "schedule,evidence,freshness,achieved,target,unit,last_entry_on,note,evidence_urls,url,short_title,"
    "last_news_on,last_checked_on,repeats,repeated_by\r\n"
    "AA-01,Hold a week,first,culture,action,promise,primary,Office of Arts; 上海市,false,Joint Council,"
    'hong_kong; shanghai,"will hold a week, in spring",2020-H1,stated,2020-06-30,2019,182,1219,completed,,'
    "2023-11,met_late,independent,settled,12.5,40,employees,2023-11-30,Opened.,"
    "https://example.org/a; https://example.org/b,http://testserver/commitments/AA-01/,"
    "Week,2023-11-30,2026-11-29,,AA-03\r\n"
    "AA-02,Train staff,first,,target,estimate,aim,,true,Office of Arts,,is estimated,2021,event,2021-12-31,2021,0,,"
    "no_report,,,unreported,none,ageing,,1000,people,2026-01-31,,,http://testserver/commitments/AA-02/,,"
    "2026-01-31,2026-11-29,,\r\n"
    "AA-03,Meet again,second,culture,continuing,statement,umbrella,Joint Council,false,,both,meet again,,,,,,,"
    "stopped,cancelled,2019,ended,party,settled,,,,2019-12-31,Called off.,https://example.org/report,"
    "http://testserver/commitments/AA-03/,,2019-12-31,2026-11-29,AA-01,\r\n"
)


@here
def test_the_columns_stand_in_the_promised_order(client):
    assert body(client).decode("utf-8-sig") == PROMISED.replace(", ", ",") + "\r\n"


@here
@pytest.mark.postgresql
def test_the_whole_file_of_a_tiny_world(client):
    tiny_world()
    assert body(client).decode() == TINY


# Cells


def as_read(kind, value):
    """A value in a column of this type, as a program reads it from the file."""
    column = Column("name", "Name", kind, "What it is.", ("name",))
    export = Export("names", "Names", [column], None, iter([[[value]]]), None)
    text = b"".join(FORMAT.write(export, ExportMoment(1, ""))).decode("utf-8-sig")
    [_header, [cell]] = csv.reader(io.StringIO(text, newline=""), strict=True)
    return cell


@pytest.mark.parametrize("kind", [ColumnType.TEXT, ColumnType.ADDRESS])
def test_a_text_that_a_spreadsheet_would_run_has_an_apostrophe_before_it_and_is_whole(kind):
    assert {name: as_read(kind, text) for name, text in RUN.items()} == {name: "'" + text for name, text in RUN.items()}


def test_any_other_text_comes_back_as_written():
    assert {name: as_read(ColumnType.TEXT, text) for name, text in LEFT_ALONE.items()} == LEFT_ALONE


def test_of_several_values_in_a_cell_the_first_decides_whether_it_would_run():
    cells = [as_read(ColumnType.TEXTS, values) for values in (["=1", "b"], ["b", "=1"], [])]
    assert cells == ["'=1; b", "b; =1", ""]


def test_numbers_dates_and_codes_have_no_apostrophe():
    assert [as_read(kind, -5) for kind in (ColumnType.WHOLE, ColumnType.NUMBER)] == ["-5", "-5"]
    assert [as_read(kind, "-5") for kind in (ColumnType.CODE, ColumnType.DAY, ColumnType.PARTIAL_DATE)] == ["-5"] * 3


def test_a_number_has_no_zeros_behind_it_and_no_exponent():
    written = {"40": "40", "40.50": "40.5", "100000": "100000", "0.05": "0.05"}
    assert {text: as_read(ColumnType.NUMBER, read_number(None, text)) for text in written} == written


@here
def test_a_cell_of_words_comes_back_as_written_and_never_runs(client):
    """In each column that people write in: the rule itself is tried with many texts above."""
    owner, other = (factories.OrganisationFactory(name=RUN[name]) for name in ("plus", "minus"))
    texts = {"title": RUN["link"], "quote": RUN["of two lines"], "unit": RUN["call"]}
    noted = {"note": RUN["tab"], "evidence": [factories.evidence(url="https://example.org/=1")]}
    factories.record("report", factories.published(owners=[owner], partners=[other], **texts), **noted)
    written = texts | {"owners": RUN["plus"], "partners": RUN["minus"], "note": RUN["tab"]}
    assert row(client).items() >= {name: "'" + text for name, text in written.items()}.items()


@here
def test_a_note_longer_than_a_spreadsheet_s_cell_is_kept_whole(client):
    note = ("=" + "long, " * 5462)[:32_769]
    with before_texts_had_a_length():
        factories.record("report", factories.published(), note=note)
    assert row(client)["note"] == "'" + note


@here
def test_a_negative_slip_is_a_number_and_stays_one(client):
    commitment = factories.published(deadline="2020-01-06")
    slip = {"deadline": "2020-01-01", "deadline_reason": "Good weather."}
    factories.record("report", commitment, **slip)
    assert row(client)["slip_days"] == "-5"


@here
def test_what_is_missing_is_an_empty_cell(client):
    factories.published(area=None, owners=[], partners=[], parties_as_stated="everyone")
    assert {name for name, cell in row(client).items() if cell == ""} == {
        "area", "owners", "partners", "sides", "deadline", "deadline_basis", "deadline_last_day", "original_deadline",
        "slip_days", "days_late", "stop_reason", "status_on", "achieved", "target", "unit", "last_entry_on", "note",
        "evidence_urls", "short_title", "last_news_on", "last_checked_on", "repeats", "repeated_by",
    }  # fmt: skip


# Rows


@pytest.mark.postgresql
@pytest.mark.parametrize("query", QUERIES)
def test_the_file_has_the_rows_of_all_pages_of_the_list_in_their_order(release, client, query):
    listed, number, last = [], 0, 1
    while number < last:
        number += 1
        shown = client.get(f"/commitments/?{query}&per_page=30&page={number}").context
        listed += [commitment.reference for commitment in shown["rows"]]
        last = shown["last"]
    assert [line["reference"] for line in read(client, f"{CSV}?{query}")] == listed
    assert bool(listed) == (query != "q=nowhere")


def test_the_count_of_rows_and_the_head_of_the_ledger_are_told_before_they_come(release, client):
    answer = client.get(f"{CSV}?status=no_report&level=primary")
    assert answer.headers["X-Ledger-Head"] == LedgerHead.objects.get().digest
    assert int(answer.headers["X-Row-Count"]) == b"".join(answer).count(b"\r\n") - 1 > 0


def test_no_page_of_the_list_narrows_the_file(release, client):
    assert len(read(client, f"{CSV}?page=2&per_page=5")) == 57


def test_the_list_links_to_the_file_that_it_shows(release, client):
    page = client.get("/commitments/?area=culture&q=week&sort=-title")
    address = re.search(r'href="(/commitments\.csv\?[^"]+)"', page.text)[1].replace("&amp;", "&")
    assert [line["reference"] for line in read(client, address)] == table_references(page)


@pytest.mark.parametrize(("query", "day"), [("", "2026-11-29"), ("?as_of=2021-08-30", "2021-08-30")])
def test_the_name_of_the_file_carries_the_day(release, client, query, day):
    answer = client.get(CSV + query)
    b"".join(answer)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="commitments-{day}.csv"'
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


@here
@pytest.mark.postgresql
def test_a_past_day_is_written_as_it_stood(client):
    tiny_world()
    [first, *_others] = read(client, f"{CSV}?as_of=2020-07-02")
    then = {
        "status": "in_progress",
        "schedule": "overdue",
        "days_late": "2",
        "deadline": "2020-H1",
        "note": first["note"],
    }
    assert first.items() >= then.items()
    assert read(client, f"{CSV}?as_of=2019-10-30")[0]["deadline"] == "2019"
    assert read(client, f"{CSV}?as_of=2018-08-23") == []


@here
@pytest.mark.postgresql
def test_the_last_news_is_a_report_or_context_and_to_look_is_none(client):
    commitment = factories.published()
    for kind, day in (("report", "2019-05-05"), ("context", "2020-06-30"), ("check", "2021-08-30")):
        factories.record(kind, commitment, date=day)
    said = ("last_news_on", "last_checked_on", "last_entry_on")
    assert [row(client)[name] for name in said] == ["2020-06-30", "2026-11-29", "2021-08-30"]


@here
@pytest.mark.postgresql
def test_on_a_past_day_nobody_had_looked_who_looked_later(client):
    """What was recorded later tells of that day, and that somebody looked then it does not tell."""
    commitment = factories.published()
    for kind, day in (("report", "2019-05-05"), ("check", "2021-08-30")):
        factories.record(kind, commitment, date=day)
    days = ["2019-05-04", "2019-05-05", "2021-08-29", "2021-08-30", "2026-11-28"]
    rows = [read(client, f"{CSV}?as_of={day}")[0] for day in days]
    assert [(row["last_news_on"], row["last_checked_on"]) for row in rows] == [
        ("", ""),
        ("2019-05-05", ""),
        ("2019-05-05", ""),
        ("2019-05-05", "2021-08-30"),
        ("2019-05-05", "2021-08-30"),
    ]


# What a commitment repeats


def repeating(*repeated, issued_on="2021-08-30", **fields):
    """A public commitment of a later release that promises these again."""
    commitment = factories.published(release=factories.ReleaseFactory(issued_on=issued_on), **fields)
    repeats = [{"reference": one.reference, "why": "It is the same thing."} for one in repeated]
    append_entries([new_correction(commitment, {"repeats": repeats}, "Found since.", Actor())])
    return commitment


def repetitions(client, query=""):
    """By reference, what each repeats and what repeats it."""
    return {row["reference"]: (row["repeats"], row["repeated_by"]) for row in read(client, CSV + query)}


@here
@pytest.mark.postgresql
def test_a_commitment_names_what_it_repeats_and_what_repeats_it(client):
    one, two = factories.published(reference="AA-01"), factories.published(reference="AA-02")
    again = repeating(two, one, reference="BB-01")
    repeating(again, one, reference="CC-01", issued_on="2024-04-25")
    assert repetitions(client) == {
        "AA-01": ("", "BB-01; CC-01"),
        "AA-02": ("", "BB-01"),
        "BB-01": ("AA-01; AA-02", "CC-01"),
        "CC-01": ("AA-01; BB-01", ""),
    }


@here
@pytest.mark.postgresql
@pytest.mark.parametrize(("day", "named"), [("2024-04-24", "BB-01"), ("2024-04-25", "BB-01; CC-01")])
def test_what_repeats_it_is_named_from_the_day_on_which_its_release_was_issued(client, day, named):
    one = factories.published(reference="AA-01")
    repeating(one, reference="BB-01")
    repeating(one, reference="CC-01", issued_on="2024-04-25")
    assert repetitions(client, f"?as_of={day}")["AA-01"] == ("", named)


@here
@pytest.mark.postgresql
def test_what_is_retracted_repeats_nothing(client):
    one = factories.published(reference="AA-01")
    again = repeating(one, reference="BB-01")
    append_entries([new_retraction(again.entries.get(kind="published"), "Nobody promised it.", Actor())])
    assert repetitions(client) == {"AA-01": ("", "")}


@here
@pytest.mark.postgresql
def test_what_was_found_to_repeat_nothing_is_named_no_more(client):
    one = factories.published(reference="AA-01")
    again = repeating(one, reference="BB-01")
    append_entries([new_correction(again, {"repeats": []}, "It is another thing.", Actor())])
    assert repetitions(client) == {"AA-01": ("", ""), "BB-01": ("", "")}


@here
@pytest.mark.postgresql
def test_a_draft_that_repeats_it_is_not_named(client):
    draft = factories.CommitmentFactory(release=factories.ReleaseFactory(issued_on="2021-08-30"))
    draft.repetitions.create(repeated=factories.published(reference="AA-01"), why="It is the same thing.")
    assert repetitions(client) == {"AA-01": ("", "")}


# In pieces, and what is refused


@here
@pytest.mark.postgresql
def test_the_file_comes_in_pieces_of_a_batch_and_the_first_before_anything_is_asked(client, monkeypatch):
    """Twelve commitments are three batches after the header; no piece waits for all of them."""
    monkeypatch.setattr(batches, "BATCH_SIZE", 5)
    monkeypatch.setattr(page_cache, "MAX_CACHED_BYTES", 1)
    crowd(range(1, 13), owners=[factories.OrganisationFactory()])
    answer = client.get(CSV)
    with CaptureQueriesContext(connection) as captured:
        pieces = iter(answer.streaming_content)
        first = next(pieces)
        assert len(captured) == 0
        second = next(pieces)
        assert len(captured) == 2  # names of organisations, and rows
    assert [piece.count(b"\r\n") for piece in (first, second, *pieces)] == [1, 5, 5, 2]


def test_an_unknown_name_is_refused_with_the_names_that_are_known(release, client):
    answer = client.get(f"{CSV}?state=completed&status=completed")
    assert answer.status_code == 400
    assert answer.text == f"“state” is not a name known here. The names are: {', '.join(list_params())}, labels.\n"


def test_the_known_names_are_those_that_are_promised():
    promised = (
        "q, status, schedule, evidence, freshness, area, owner, partner, side, kind, level, release, delivered, late, "
        "silent, repeated, checked, deadline_from, deadline_to, as_of, sort, page, per_page"
    )
    assert set(list_params()) == set(promised.split(", "))


def test_every_problem_of_a_question_is_told_at_once(release, client):
    answer = client.get(f"{CSV}?state=x&status=finished&as_of=soon")
    assert answer.status_code == 400
    assert [line.partition(" ")[0] for line in answer.text.splitlines()] == ["“state”", "as_of:", "status:"]
    assert "“finished” is not one of the values allowed here: no_report" in answer.text


@here
def test_the_row_of_one_commitment_can_be_taken_away_alone(client):
    commitment, other = (
        factories.published(reference="AA-01"),
        factories.published(reference="AA-02", note="See AA-01."),
    )
    answer = client.get("/commitments/AA-01.csv?as_of=2021-08-30")
    assert b"".join(answer) == body(client, f"{CSV}?q=AA-01&as_of=2021-08-30&area={commitment.area.slug}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="AA-01-2021-08-30.csv"'
    assert answer.headers["X-Row-Count"] == "1"
    assert other.reference.encode() not in body(client, "/commitments/AA-01.csv")


@here
@pytest.mark.parametrize("address", ["/commitments/AA-09.csv", "/commitments/AA-01.csv?as_of=2018-08-23"])
def test_a_commitment_that_is_not_public_on_the_day_has_no_row(client, address):
    factories.published(reference="AA-01")
    factories.CommitmentFactory(reference="AA-09")
    assert client.get(address).status_code == 404


@here
def test_the_row_of_one_commitment_takes_no_filter(client):
    factories.published(reference="AA-01")
    answer = client.get("/commitments/AA-01.csv?status=completed")
    assert answer.status_code == 400
    assert "The names are: as_of, labels." in answer.content.decode()
