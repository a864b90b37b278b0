"""The API: the rows of the exports as JSON, in pages that nothing shifts, as of a day; and what it refuses."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from commitments.api import views
from commitments.api.cursors import RowOrder
from commitments.api.openapi import EXAMPLES
from commitments.api.views import Collection
from commitments.exports.datasets import DATASETS
from commitments.ledger.append import append_entries
from commitments.models import LedgerHead
from commitments.query.filters import CommitmentFilter
from commitments.query.sorting import SORT_COLUMNS
from tests import factories
from tests.helpers.crowds import crowd, grow, queries
from tests.helpers.exports import SOME, read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
API = "/api/v1/"
COLLECTIONS = [f"{API}{name}/" for name in DATASETS]
ITEMS = [f"{API}{name}/" for name in ("commitments/CU-06", "updates/192", "organisations/lcsd", "areas/culture")]
ITEMS += [f"{API}releases/4th-plenary-2018/", f"{API}news_sources/xinhua/"]
ADDRESSES = [API, *COLLECTIONS, *ITEMS, f"{API}schema/"]


def ask(client, address, **headers):
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def walk(client, address):
    """All rows of all pages, by `next`."""
    rows = []
    while address:
        page = ask(client, address)
        rows += page["results"]
        address = page["next"]
    return rows


def refused(client, address, status=400, method="get", **headers):
    """What a refusal says; its form is the same for all."""
    answer = getattr(client, method)(address, headers=headers)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json"), answer.content
    data = answer.json()
    assert list(data) == ["errors"]
    return data["errors"]


# What is answered


def test_the_index_leads_to_every_collection_and_to_its_description(release, client):
    addresses = ask(client, API)
    assert list(addresses) == [*DATASETS, "schema", "docs", "licence"]
    for name in [*DATASETS, "schema", "docs"]:
        assert client.get(addresses[name]).status_code == 200


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if name not in ("410", "429", "schema")])
def test_the_examples_are_what_is_answered_of_the_2018_release(release, client, settings, name):
    settings.SECRET_KEY, settings.ALLOWED_HOSTS = "example", ["tracker.example"]
    headers = {"host": "tracker.example"} | ({"accept": "text/csv"} if name == "406" else {})
    answer = client.get(EXAMPLES[name]["address"], headers=headers, secure=True)
    assert comparable(answer.json()) == comparable(EXAMPLES[name]["answer"])


def comparable(answer):
    """Without the numbers of translations, which each database gives for itself, and the place that they say."""
    rows = answer.get("results", [])
    if not any("translation" in row for row in rows):
        return answer
    return answer | {"next": None, "results": [row | {"translation": 0} for row in rows]}


@pytest.mark.postgresql
@pytest.mark.parametrize("query", SOME)
def test_the_commitments_are_those_of_the_list_s_file_in_its_order(release, client, query):
    exported = read(client, f"/commitments.csv?{query}")
    rows = walk(client, f"{API}commitments/?{query}&per_page=20")
    assert [row["reference"] for row in rows] == [row["reference"] for row in exported] != []


@pytest.mark.postgresql
@pytest.mark.parametrize("name", DATASETS)
def test_a_collection_has_the_rows_of_the_table_s_file(release, client, name):
    query = "as_of=2019-06-30&status=completed&owner=hksarg"
    key = DATASETS[name].key
    exported = [[str(row[part]) for part in key] for row in read(client, f"/data/{name}.csv?{query}")]
    keys = [[str(row[part]) for part in key] for row in walk(client, f"{API}{name}/?{query}&per_page=100")]
    assert keys == exported != []


def test_nothing_on_record_is_null_and_a_list_is_a_list(client):
    factories.published(reference="AA-01", owners=[], partners=[], parties_as_stated="all", area=None)
    [row] = ask(client, f"{API}commitments/")["results"]
    assert [row["area"], row["deadline"], row["unit"], row["note"]] == [None] * 4
    assert (row["owners"], row["evidence_urls"], row["owner_inferred"]) == ([], [], False)


@pytest.mark.postgresql
def test_numbers_are_numbers(client):
    commitment = factories.published(target=Decimal("40.50"), unit="employees", deadline="2019")
    factories.record("report", commitment, achieved="12.00", deadline="2020-H1", deadline_reason="More time.")
    [row] = ask(client, f"{API}commitments/")["results"]
    assert (row["target"], row["achieved"], row["slip_days"]) == (40.5, 12, 182)


@pytest.mark.postgresql
def test_an_answer_says_how_many_there_are_of_which_day_and_where_the_ledger_ends(release, client):
    answer = client.get(f"{API}commitments/?status=completed&per_page=2")
    data, head = answer.json(), LedgerHead.objects.get().digest
    assert (data["as_of"], data["ledger_head"], len(data["results"])) == ("2026-11-29", head, 2)
    assert data["count"] == len(walk(client, f"{API}commitments/?status=completed"))
    assert (answer.headers["X-Row-Count"], answer.headers["X-Ledger-Head"]) == (str(data["count"]), head)


@pytest.mark.postgresql
def test_a_commitment_s_own_address_has_its_updates_with_their_evidence(client):
    commitment, other = factories.published(reference="AA-01"), factories.published(reference="AA-02")
    first = factories.record(
        "report", commitment, evidence=[factories.evidence(), factories.evidence(url="https://b.example")]
    )
    second, _elsewhere = factories.record("check", commitment), factories.record("report", other)
    data = ask(client, f"{API}commitments/AA-01/")
    assert [update["entry"] for update in data["updates"]] == [first.sequence, second.sequence]
    assert [row["position"] for row in data["updates"][0]["evidence"]] == [1, 2]
    assert data["updates"][1]["evidence"] == []


def test_one_row_is_the_same_as_among_the_others(release, client):
    items = {"updates": "192", "organisations": "lcsd", "areas": "culture", "news_sources": "xinhua"}
    for name, identity in items.items():
        [among] = [row for row in walk(client, f"{API}{name}/") if str(next(iter(row.values()))) == identity]
        assert ask(client, f"{API}{name}/{identity}/") == among


# As of a day


@pytest.mark.postgresql
def test_a_past_day_is_told_as_it_stood(client):
    commitment = factories.published(reference="AA-01", deadline="2019")
    factories.record("report", commitment, date="2020-05", status="completed")
    address = f"{API}commitments/AA-01/?as_of="
    assert [ask(client, address + day)["status"] for day in ("2020-05-30", "2020-05-31")] == ["no_report", "completed"]
    assert [len(ask(client, address + day)["updates"]) for day in ("2020-05-30", "2020-05-31")] == [0, 1]
    assert refused(client, address + "2018-08-23", 404) == ["There is no such row among the commitments on 2018-08-23."]


def test_the_next_page_stays_on_the_day_though_midnight_comes(release, client, time_machine):
    page = ask(client, f"{API}commitments/?per_page=50")
    time_machine.move_to(datetime(2026, 11, 30, 10, tzinfo=UTC))
    assert ask(client, page["next"])["as_of"] == page["as_of"] == "2026-11-29"


@pytest.mark.parametrize("name", ["updates", "evidence", "organisations", "areas", "releases"])
def test_before_the_release_there_is_nothing(release, client, name):
    assert ask(client, f"{API}{name}/?as_of=2018-08-23")["results"] == []


@pytest.mark.postgresql
def test_the_news_sources_are_those_of_today_on_every_day(release, client):
    today, before = (ask(client, f"{API}news_sources/{query}") for query in ("", "?as_of=2018-08-23"))
    assert (before["results"], before["count"]) == (today["results"], 52)
    address = f"{API}news_sources/xinhua/"
    assert ask(client, f"{address}?as_of=2018-08-23") == ask(client, address)


# Pages


@pytest.fixture
def ties(db):
    """Commitments of which many share what they may be sorted by, and many have nothing there."""
    crowd(range(1, 8), deadline="2019", deadline_basis="stated", title="Same", parties_as_stated="all")
    commitments = crowd(range(8, 15), title="Other", parties_as_stated="all")
    reports = [
        factories.new("report", commitment, date="2020", status="in_progress") for commitment in commitments[::2]
    ]
    append_entries([*reports, factories.new("check", commitments[1])])


@pytest.mark.postgresql
def test_after_each_row_come_those_behind_it_in_the_order_of_the_list(ties, client):
    """In each sort, forwards and backwards, though values are shared or missing."""
    commitments = DATASETS["commitments"]
    queryset = commitments.queryset(CommitmentFilter(QueryDict(), date(2026, 11, 29)))
    for sort in [sign + name for name in SORT_COLUMNS for sign in ("", "-")]:
        exported = [row["reference"] for row in read(client, f"/commitments.csv?sort={sort}")]
        rows, order = ask(client, f"{API}commitments/?sort={sort}")["results"], RowOrder(commitments, sort)
        assert [row["reference"] for row in rows] == exported, sort
        behind = [order.sorted(queryset).filter(order.after(order.cursor(row))) for row in rows]
        references = [list(rest.values_list("reference", flat=True)) for rest in behind]
        assert references == [exported[place + 1 :] for place in range(14)], sort


@pytest.mark.postgresql
@pytest.mark.parametrize("sort", ["-deadline", "title"])
def test_a_walk_gives_each_row_once_in_the_order_of_the_list(ties, client, sort):
    exported = [row["reference"] for row in read(client, f"/commitments.csv?sort={sort}")]
    rows = walk(client, f"{API}commitments/?sort={sort}&per_page=3")
    assert [row["reference"] for row in rows] == exported


@pytest.mark.postgresql
@pytest.mark.parametrize("name", DATASETS)
def test_a_walk_of_every_collection_gives_each_row_once_with_every_column(release, client, name):
    """The file of a table has its rows once, sorted by their keys (test_formats.py)."""
    columns = [column.name for column in DATASETS[name].columns]
    exported = read(client, f"/data/{name}.csv")
    rows = walk(client, f"{API}{name}/?per_page={min(100, len(exported) // 3 + 1)}")
    assert {tuple(row) for row in rows} == {tuple(columns)}
    parts = DATASETS[name].key
    assert [[str(row[part]) for part in parts] for row in rows] == [[row[part] for part in parts] for row in exported]


@pytest.mark.postgresql
def test_what_is_published_between_two_pages_shifts_nothing(ties, client):
    page = ask(client, f"{API}commitments/?sort=title&per_page=5")
    factories.published(reference="AA-01", title="Aardvarks")
    factories.published(reference="ZZ-01", title="Zebras")
    after = [row["reference"] for row in walk(client, page["next"])]
    references = [row["reference"] for row in page["results"]] + after
    assert sorted(references) == [*(f"QQ-{n:04}" for n in range(1, 15)), "ZZ-01"]


def test_the_next_page_keeps_the_question_and_is_told_in_a_header_too(release, client):
    answer = client.get(f"{API}commitments/?status=completed&status=in_progress&q=&per_page=2&sort=-title")
    following = answer.json()["next"]
    assert answer.headers["Link"] == f'<{following}>; rel="next"'
    assert "status=completed&status=in_progress&per_page=2&sort=-title&cursor=" in following
    assert "Link" not in client.get(f"{API}areas/").headers


@pytest.mark.postgresql
def test_pages_can_be_asked_for_by_number(release, client):
    numbered, address = [], f"{API}commitments/?page=1&per_page=20"
    while address:
        page = ask(client, address)
        numbered, address = numbered + page["results"], page["next"]
    assert numbered == walk(client, f"{API}commitments/")
    assert refused(client, f"{API}commitments/?page=4&per_page=20") == ["page: There is no page 4: the last one is 3."]


def test_the_first_page_of_nothing_is_empty(db, client):
    assert ask(client, f"{API}commitments/?page=1")["results"] == []


def test_a_cursor_that_is_not_from_here_is_refused(release, client):
    of_updates, mine, by_title = (
        ask(client, f"{API}{what}")["next"].partition("cursor=")[2].partition("&")[0]
        for what in ("updates/?per_page=1", "commitments/?per_page=1", "commitments/?per_page=1&sort=title")
    )
    for cursor in ("x", "W10:x", "%00", "%C3%A9", "a" * 5000, f"{mine}x", f"x{mine}", of_updates, by_title):
        [message] = refused(client, f"{API}commitments/?cursor={cursor}")
        assert message.startswith("cursor: This is not where a page of this list ended in this order."), cursor


# What is refused


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("status=finished", "status: “finished” is not one of the values allowed here: no_report, not_started"),
        ("per_page=101", "per_page: Ensure this value is less than or equal to 100."),
        ("page=1&cursor=x", "cursor: Ask for a cursor or for a page, not for both."),
        ("cursor=x&cursor=y", "cursor: Ask for one value only."),
        ("format=xml", "“format” is not a name known here. The names are: q, status"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(release, client, query, message):
    """What the list refuses is refused here by the same filter (test_bad_input.py)."""
    [error] = refused(client, f"{API}areas/?{query}")
    assert error.startswith(message)


def test_all_that_is_wrong_is_told_at_once(release, client):
    assert len(refused(client, f"{API}commitments/?status=x&as_of=soon&nothing=1")) == 3


def test_only_commitments_can_be_sorted(release, client):
    for name in DATASETS:
        assert ("sort" in Collection.names(DATASETS[name])) == (name == "commitments")
    [message] = refused(client, f"{API}areas/?sort=title")
    assert message.startswith("“sort” is not a name known here.")


@pytest.mark.parametrize("address", [f"{API}commitments/CU-06/", f"{API}areas/culture/"])
def test_one_row_takes_a_day_and_no_filter(release, client, address):
    assert refused(client, f"{address}?status=completed") == [
        "“status” is not a name known here. The names are: as_of."
    ]


@pytest.mark.parametrize("address", [API, f"{API}schema/"])
def test_what_is_the_same_on_every_day_takes_nothing(db, client, address):
    [message] = refused(client, f"{address}?as_of=2021-08-30")
    assert message == "“as_of” is not a name known here: this address takes no parameters."


NOWHERE = ["", "v2/", "v1/nothing/", "v1/commitments/XX-99/", "v1/commitments/cu-06/", "v1/commitments/CU-06/x/"]
NOWHERE += ["v1/updates/0/", "v1/updates/1/", f"v1/updates/{10**18}/", f"v1/updates/{'9' * 5000}/", "v1/updates/-1/"]
NOWHERE += [
    "v1/areas/atlantis/",
    "v1/news_sources/nobody/",
    "v1/evidence/192/",
    "v1/commitments/CU%0006/",
    "v1/areas/%FF/",
    "v1/areas/a%0A/",
]


def test_where_there_is_nothing_the_answer_is_404_in_the_same_form(release, client):
    assert [path for path in NOWHERE if not refused(client, f"/api/{path}", 404)] == []


def test_an_address_without_its_last_slash_is_completed(release, client):
    assert (
        client.get("/api/v1/commitments?status=completed").headers["Location"] == f"{API}commitments/?status=completed"
    )


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_it_can_only_be_read(db, method):
    client = Client(enforce_csrf_checks=True)
    assert refused(client, API, 405, method) == ["The API can only be read: ask with GET or HEAD."]
    assert getattr(client, method)(API).headers["Allow"] == "GET, HEAD"


def test_no_address_can_be_written_to(db):
    client = Client(enforce_csrf_checks=True)
    for address in [*ADDRESSES, f"{API}nothing/"]:
        assert refused(client, address, 405, "post") == ["The API can only be read: ask with GET or HEAD."]


def test_the_head_of_an_answer_can_be_asked_for_alone(release, client):
    answers = [client.head(address) for address in ADDRESSES]
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"")}


def test_nothing_but_json_can_be_had(release, client):
    """Whatever is accepted, and however badly that is put."""
    answers = {}
    for accept in ("text/html", "application/xml", "x", "", ";", 'a/b;c="', "*/*;q=x, text/plain"):
        answer = client.get(f"{API}areas/", headers={"accept": accept})
        answers[accept] = (answer.status_code in (200, 406), answer.headers["Content-Type"])
    assert set(answers.values()) == {(True, "application/json")}, answers


def test_what_accepts_other_things_only_is_refused_but_for_the_schema(db, client):
    assert refused(client, API, 406, accept="text/html") == [
        "The API answers in JSON: accept application/json, or say nothing of what you accept."
    ]
    assert ask(client, f"{API}schema/", accept="text/html")["openapi"] == "3.1.1"


def test_a_question_of_too_many_parts_is_refused_in_the_same_form(db, client):
    assert refused(client, f"{API}commitments/?{'&' * 1001}")


def test_a_fault_of_ours_is_500_in_the_same_form_and_logged(release, monkeypatch, caplog):
    def fails(*_args):
        raise RuntimeError("a secret")

    monkeypatch.setattr(views, "row_items", fails)
    [message] = refused(Client(raise_request_exception=False), f"{API}areas/", 500)
    assert "our fault" in message
    assert "a secret" in caplog.text


# Asking again


def test_whoever_has_the_answer_costs_no_reading_of_rows(release, client):
    address = f"{API}commitments/?per_page=100"
    etag = client.get(address).headers["ETag"]
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address, headers={"if-none-match": f'"x", {etag}'}).status_code == 304
    assert len(captured) == 1
    assert not [
        query for query in captured if "commitments_state" in query["sql"] or "commitments_update" in query["sql"]
    ]


# Cost and limits


@pytest.mark.postgresql
def test_no_address_takes_more_queries_for_sixty_than_for_ten(db, client):
    addresses = [f"{address}?per_page=100" for address in COLLECTIONS] + [f"{API}commitments/QQ-0001/"]
    grow(range(1, 11))
    of_ten = [queries(client, address) for address in addresses]
    grow(range(11, 61))
    assert [queries(client, address) for address in addresses] == of_ten
    assert max(of_ten) <= 16


def test_too_many_requests_are_told_when_to_come_back(db, client, settings, time_machine):
    settings.API_PER_MINUTE = 3
    assert [client.get(API).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get(API)
    assert answer.headers["Retry-After"] == "60"
    assert answer.json()["errors"] == [
        "At most 3 requests a minute are answered. Ask again in 60 seconds.",
        "Whole files are at /data/: they take one request.",
    ]
    time_machine.shift(timedelta(seconds=61))
    assert client.get(API).status_code == 200


def test_each_network_address_is_counted_for_itself_and_what_it_claims_to_be_is_not_believed(db, client, settings):
    settings.API_PER_MINUTE = 1
    claims = {"x-forwarded-for": "203.0.113.9"}
    assert client.get(API, REMOTE_ADDR="203.0.113.1").status_code == 200
    assert client.get(API, REMOTE_ADDR="203.0.113.2").status_code == 200
    assert client.get(API, REMOTE_ADDR="203.0.113.1", headers=claims).status_code == 429


def test_pages_are_not_counted_and_staff_are_visitors_like_others(release, client, admin_client, settings):
    settings.API_PER_MINUTE = 1
    assert [client.get("/about/").status_code for _ in range(3)] == [200] * 3
    assert [admin_client.get(API).status_code for _ in range(2)] == [200, 429]
    assert "Cookie" not in admin_client.get(f"{API}areas/").headers.get("Vary", "")


# From pages of other sites

OPEN = [API, f"{API}commitments/", f"{API}schema/", f"{API}nothing/", "/zh-hant/api/v1/areas/", "/zh-hans/updates.atom"]
OPEN += ["/commitments.csv", "/updates.atom", "/commitments.xlsx", "/commitments.json", "/commitments/CU-06.csv"]
OPEN += ["/data/updates.csv", "/deadlines.ics", "/ledger.jsonl", "/data/datapackage.json"]
CLOSED = ["/", "/data/", "/commitments/", "/commitments/CU-06/", "/about/", f"{API}docs/", "/healthz", "/zh-hant/"]
CLOSED += ["/admin/", "/admin/login/", "/admin/commitments/commitment/export.csv", "/static/x.json"]


def test_data_is_open_to_pages_of_other_sites_and_pages_are_not(settings):
    may_read = re.compile(settings.CORS_URLS_REGEX).match
    assert [address for address in OPEN + CLOSED if may_read(address)] == OPEN


@pytest.mark.parametrize("address", [f"{API}areas/", f"{API}nothing/", "/commitments.csv?status=wrong"])
def test_pages_of_other_sites_may_read_data(release, client, address):
    answer = client.get(address, headers={"origin": "https://else.example"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    exposed = answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert exposed == ["X-Row-Count", "X-Ledger-Head", "ETag", "Link", "Retry-After"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("address", ["/commitments/", f"{API}docs/", "/admin/login/"])
def test_pages_of_other_sites_may_not_read_pages(release, client, address):
    answer = client.get(address, headers={"origin": "https://else.example"})
    assert [name for name in answer.headers if name.lower().startswith("access-control")] == []


def test_a_browser_that_asks_first_is_told_that_it_may_read_and_nothing_else(db, client):
    asks = {"origin": "https://else.example", "access-control-request-method": "GET"}
    answer = client.options(f"{API}areas/", headers=asks)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


# The page of documentation


def test_the_documentation_tells_of_every_address_every_parameter_and_every_field(release, client):
    text = client.get(f"{API}docs/").text
    for path, methods in ask(client, f"{API}schema/")["paths"].items():
        assert f"<code>{path}</code>" in text
        for parameter in methods["get"]["parameters"]:
            assert parameter["in"] == "header" or f"<code>{parameter['name']}</code>" in text
    for dataset in DATASETS.values():
        assert [column.name for column in dataset.columns if f"<code>{column.name}</code>" not in text] == []


@pytest.mark.parametrize("day", ["", "?as_of=2021-08-30"])
def test_every_example_in_the_documentation_can_be_asked(release, client, day):
    shown = client.get(f"{API}docs/{day}").context["addresses"]
    assert [address["link"] for address in shown if client.get(address["link"]).status_code != 200] == []
    assert all(day[1:] in address["link"] for address in shown if "per_page" in address["link"])


@pytest.mark.parametrize("day", ["", "?as_of=2018-08-23"])
def test_the_documentation_of_an_empty_record_has_no_links_that_lead_nowhere(client, day):
    shown = client.get(f"{API}docs/{day}").context["addresses"]
    assert {address["path"] for address in shown if not address["link"]} == {
        address["path"] for address in shown if "{" in address["path"]
    }


@pytest.mark.postgresql
def test_references_count_as_people_do_on_the_list_in_its_files_and_in_the_api(client):
    references = ["NS-09", "NS-98", "NS-99", "NS-100", "NS-101", "NSB-01"]
    for reference in sorted(references):
        factories.published(reference=reference)
    assert [row.reference for row in client.get("/commitments/").context["rows"]] == references
    assert [row["reference"] for row in read(client, "/commitments.csv")] == references
    for sort, expected in (("reference", references), ("-reference", references[::-1])):
        rows = walk(client, f"{API}commitments/?sort={sort}&per_page=2")
        assert [row["reference"] for row in rows] == expected
