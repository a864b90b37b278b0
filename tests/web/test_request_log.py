"""What is logged of a request, and above all what is not."""

import json
import logging
import re
import urllib.error
import urllib.request

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from commitments.models import ErrorReport
from commitments.web import request_log

pytestmark = pytest.mark.django_db
SECRET = "uB3k_Zq9-tTbVx0P2mYw7LhNc5RdGs1E"


@pytest.fixture
def logged(caplog):
    """The fields of the lines of a logger, the access log's unless another is named."""
    caplog.set_level(logging.INFO)
    return lambda name="tracker.access": [record.fields for record in caplog.records if record.name == name]


def test_a_page_is_one_line_with_what_it_cost(client, release, logged):
    answer = client.get("/commitments/?status=completed&page=1")
    [line] = logged()
    assert (line["method"], line["path"]) == ("GET", "/commitments/")
    assert (line["query"], line["status"], line["bytes"]) == (["status", "page"], 200, len(answer.content))
    assert line["ms"] > 1
    assert line["queries"] > 1
    assert line["cache"] == ""


def download(rf: RequestFactory) -> StreamingHttpResponse:
    return request_log.RequestLog(lambda request: StreamingHttpResponse([b"four", b"bytes more"]))(
        rf.get("/ledger.jsonl")
    )


def test_a_download_is_logged_when_it_was_sent_with_all_its_bytes(rf, logged):
    answer = download(rf)
    b"".join(answer)
    assert logged() == []
    answer.close()
    assert [line["bytes"] for line in logged()] == [14]


def test_a_download_whose_reader_went_away_is_logged_with_what_was_sent(rf, logged):
    answer = download(rf)
    assert next(iter(answer)) == b"four"
    answer.close()
    assert [line["bytes"] for line in logged()] == [4]


@pytest.mark.parametrize(
    "address",
    [
        "/commitments/?q=Chan+Tai+Man",
        "/commitments/?Chan+Tai+Man",
        f"/report-an-error/{SECRET}/",
        f"/report-an-eror/{SECRET}/",
        f"/admin/account/password/reset/key/1-{SECRET}/",
    ],
)
def test_no_words_tokens_or_addresses_of_people_are_in_any_line(client, caplog, address):
    caplog.set_level(logging.DEBUG)
    ErrorReport.objects.create(token=SECRET, what="Wrong.")
    client.get(address, REMOTE_ADDR="192.0.2.77")
    lines = [
        request_log.JsonFormatter().format(record) for record in caplog.records if record.name.startswith("tracker")
    ]
    assert lines
    for private in (SECRET, "Chan", "chan", "192.0.2.77"):
        assert private not in "".join(lines)


def test_what_was_typed_into_a_form_and_the_session_are_in_no_line(client, caplog):
    caplog.set_level(logging.DEBUG, "tracker")
    client.post("/admin/login/", {"login": "clerk", "password": "correct horse"})
    lines = "".join(
        request_log.JsonFormatter().format(record) for record in caplog.records if record.name.startswith("tracker")
    )
    assert "/admin/login/" in lines
    for private in ("clerk", "correct horse", *(cookie.value for cookie in client.cookies.values())):
        assert private not in lines


def test_an_id_is_taken_from_a_trusted_proxy_only_and_only_if_it_is_one(client, settings):
    right, wrong = "0123456789abcdef", ["short", 'a"}\n{"level": "x', "a" * 65]
    for trusted, given in [(True, right), (False, right), *((True, request_id) for request_id in wrong)]:
        settings.TRUST_PROXY = trusted
        answer = client.get("/robots.txt", headers={"X-Request-ID": given})
        assert (answer["X-Request-ID"] == given) is (trusted and given == right)
        assert request_log.PROXY_REQUEST_ID.fullmatch(answer["X-Request-ID"])


def test_the_page_of_a_failure_names_the_line_that_says_what_failed_and_no_token(client, monkeypatch, caplog):
    client.raise_request_exception = False
    monkeypatch.setattr("commitments.public.error_reports.ErrorReport", None)
    answer = client.get(f"/report-an-error/{SECRET}/")
    [failure] = [record for record in caplog.records if record.name == "django.request"]
    request_log.add_request_id(failure)
    line = json.loads(request_log.JsonFormatter().format(failure))
    assert answer.status_code == 500
    assert answer["X-Request-ID"] == line["request"]
    assert line["request"] in answer.text
    assert "AttributeError" in line["exception"]
    assert SECRET not in line["message"]


def test_a_slow_query_is_logged_without_its_parameters(client, release, settings, logged):
    settings.SLOW_QUERY_MS = 1
    request_log.RequestTimer()  # of a download that nobody reads on
    watch = request_log.RequestTimer()
    numbers = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i), %s FROM n"
    )
    with connection.cursor() as cursor:
        cursor.execute(numbers, ["Chan Tai Man"])
    watch.stop()
    [line] = logged("tracker.slow_query")
    assert line["ms"] > 1
    assert line["sql"] == numbers


def test_without_a_limit_no_query_is_slow(client, release, settings, logged):
    settings.SLOW_QUERY_MS = 0
    client.get("/commitments/")
    assert logged("tracker.slow_query") == []


def test_a_line_stays_one_line_whatever_was_asked_for():
    record = logging.LogRecord("tracker.access", logging.INFO, "", 0, "answered", (), None)
    record.fields = {"path": "/a\n2026-11-26 INFO forged\x1b[2J"}
    request_log.add_request_id(record)
    assert (
        request_log.LineFormatter("{message}", style="{").format(record)
        == r"answered path=/a\n2026-11-26 INFO forged\x1b[2J"
    )
    assert "\n" not in request_log.JsonFormatter().format(record)


def test_of_a_path_that_leads_nowhere_nothing_private_is_written_down(rf: RequestFactory):
    private = [f"/report-an-error/{SECRET}", f"/admin/account/password/reset/key/1-{SECRET}", f"/x{SECRET}y/"]
    private.append("/commitments/chan.tai.man@example.org/")
    written = [request_log.loggable_path(rf.get(path)) for path in private]
    assert [path for path in written if SECRET in path or "chan" in path] == []
    assert written[0] == "/report-an-error/…"


def test_a_path_is_written_as_it_is_where_nothing_in_it_is_private(rf: RequestFactory):
    assert request_log.loggable_path(rf.get("/no/such-page/")) == "/no/such-page/"


@pytest.mark.processes
def test_a_server_in_production_writes_json_alone(installation, tmp_path):
    log = tmp_path / "log"
    installation.settings = {
        "PRODUCTION": "1",
        "SECRET_KEY": "only-for-tests:-0123456789-abcdefghijklmnopqrstuvwxyz",
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRUST_PROXY": "1",
    }
    with installation.serve(log=str(log)) as server:
        request = urllib.request.Request(f"{server.url}/updates/", headers={"X-Forwarded-Proto": "https"})
        with urllib.request.urlopen(request) as answer:
            size, number = len(answer.read()), answer.headers["X-Request-ID"]
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    line = next(entry for entry in lines if entry["request"] == number)
    assert (line["logger"], line["path"], line["bytes"]) == ("tracker.access", "/updates/", size)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


def test_a_question_of_too_many_parts_is_answered_and_logged_as_ever(client, caplog):
    assert client.get(f"/api/v1/commitments/?{'&' * 1001}").headers["Content-Type"] == "application/json"
    assert [record.fields["query"] for record in caplog.records if record.name == "tracker.access"] == [["…"]]
