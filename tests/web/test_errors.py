"""What counts as an outage of the database, and how each address says so. Servers that die: slow/test_faults.py."""

import json
import socket
import sqlite3
import time
from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, OperationalError, connection
from django.db.utils import ConnectionHandler
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from commitments.web import request_log
from commitments.web.errors import is_database_unavailable
from tests.helpers.html import find_all, main_element, parse_page, visible_text
from tracker.environment import database
from tracker.urls import handler400, handler500, urlpatterns  # noqa: F401

pytestmark = pytest.mark.django_db
WORK = []  # what the address /save/ does


def work(request):
    return WORK.pop()(request)


urlpatterns = [path("save/", work), *urlpatterns]


def sqlite(file):
    """A connection of our own, as settings make them, that waits for nobody."""
    own_connection = ConnectionHandler({"default": database(f"sqlite:///{file}")})["default"]
    own_connection.settings_dict["OPTIONS"] |= {"timeout": 0}
    return own_connection


@pytest.fixture
def file(tmp_path):
    own_connection = sqlite(tmp_path / "one.sqlite3")
    own_connection.cursor().execute("CREATE TABLE one (words)")
    yield own_connection
    own_connection.close()


@contextmanager
def held(file, begin="BEGIN IMMEDIATE", and_then="SELECT 1"):
    """Somebody else is in a transaction."""
    other = sqlite3.connect(file.settings_dict["NAME"], isolation_level=None)
    other.execute(begin)
    other.execute(and_then).fetchall()
    yield
    other.close()


def error_of(work, *arguments):
    with pytest.raises(DatabaseError) as caught:
        work(*arguments)
    return caught.value


def begin(file):
    file.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


# What counts


def test_a_full_sqlite_is_an_outage(file):
    file.cursor().execute("PRAGMA max_page_count = 10")
    error = error_of(file.cursor().execute, "INSERT INTO one VALUES (zeroblob(1000000))")
    assert str(error) == "database or disk is full"
    assert is_database_unavailable(error)


def test_a_sqlite_that_is_held_for_too_long_is_an_outage_for_a_statement_and_for_a_transaction(file):
    with held(file):
        errors = [error_of(file.cursor().execute, "DELETE FROM one"), error_of(begin, file)]
    assert [str(error) for error in errors] == ["database is locked"] * 2
    assert all(map(is_database_unavailable, errors))


def test_a_sqlite_that_cannot_be_opened_is_an_outage(tmp_path):
    assert is_database_unavailable(error_of(sqlite(tmp_path / "nowhere" / "one.sqlite3").cursor))


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")
@pytest.mark.parametrize(
    "statement",
    ["SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", "SELECT pg_terminate_backend(pg_backend_pid())"],
)
def test_a_postgresql_that_stopped_a_statement_or_the_connection_is_an_outage(statement):
    own = ConnectionHandler({"default": connection.settings_dict})["default"]
    assert is_database_unavailable(error_of(own.cursor().execute, statement))
    own.close()


def test_a_database_that_nobody_serves_is_an_outage():
    nobody = ConnectionHandler({"default": database("postgresql://nobody@127.0.0.1:1/nothing")})["default"]
    assert is_database_unavailable(error_of(nobody.cursor))


def test_a_database_that_says_nothing_is_an_outage_after_a_few_seconds():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://nobody@127.0.0.1:{silent.getsockname()[1]}/nothing"
        begun = time.monotonic()
        assert is_database_unavailable(
            error_of(ConnectionHandler({"default": database(url, patience=2)})["default"].cursor)
        )
        assert time.monotonic() - begun < 4


def test_a_mistake_of_ours_is_no_outage(file):
    for statement in ("SELECT nothing FROM one", "SELECT 1 FROM nothing", "SELEKT 1"):
        assert not is_database_unavailable(error_of(file.cursor().execute, statement))


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL")
def test_what_postgresql_can_never_answer_is_no_outage():
    too_complex = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'statement_too_complex'; END $$"
    own = ConnectionHandler({"default": connection.settings_dict})["default"]
    error = error_of(own.cursor().execute, too_complex)
    own.close()
    assert isinstance(error, OperationalError)
    assert not is_database_unavailable(error)


def hide(file):
    try:
        begin(file)
    finally:
        raise ValueError


def test_what_came_of_an_outage_is_one(file):
    with held(file), pytest.raises(ValueError) as caught:  # noqa: PT011
        hide(file)
    assert is_database_unavailable(caught.value)


# What is answered


@contextmanager
def gone(of="", client=None):
    """A database that answers nothing, or nothing that names a table."""

    def refuse(execute, sql, *rest):
        if of in sql:
            raise OperationalError("nobody is there")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        yield client or Client(raise_request_exception=False)


@pytest.fixture
def clerk():
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("clerk"))
    return client


PAGES = ["/", "/commitments/?q=x", "/commitments/CU-06/", "/timeline/", "/repeated/", "/nothing/", "/report-an-error/"]
FILES = ["/commitments.csv", "/commitments.xlsx", "/updates.atom", "/deadlines.ics", "/ledger.jsonl", "/sitemap.xml"]
API = ["/api/v1/", "/api/v1/commitments/", "/api/v1/commitments/CU-06/"]


@pytest.fixture(scope="module")
def answers(django_db_setup, django_db_blocker):
    """What each address says while the database is gone, asked once by a program in another site's page."""
    with django_db_blocker.unblock(), gone() as client:
        headers = {"Origin": "https://elsewhere.example"}
        return {address: client.get(address, headers=headers) for address in [*PAGES, *FILES, *API]}


def test_every_address_says_503_and_when_to_come_back_and_nobody_keeps_it(answers):
    values = {
        address: (answer.status_code, answer.headers["Retry-After"], answer.headers["Cache-Control"])
        for address, answer in answers.items()
    }
    assert values == dict.fromkeys(answers, (503, "30", "no-store"))


def test_staff_are_told_though_who_they_are_cannot_be_looked_up_either(clerk):
    for address in ("/admin/", "/admin/commitments/draftupdate/add/", "/admin/password_change/"):
        with gone(client=clerk):
            answer = clerk.get(address)
        assert answer.status_code == 503
        assert visible_text(find_all(main_element(answer), "h1")[0]) == "Not available just now"


def test_a_page_is_plain_html_with_the_headers_of_every_page(answers):
    for answer in (answers[address] for address in PAGES):
        assert find_all(parse_page(answer), "meta", name="robots", content="noindex")
        assert "Nothing that is on it was lost" in visible_text(main_element(answer))
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert not answer.cookies


def test_a_file_is_refused_in_plain_text_and_not_offered_for_saving(answers):
    for answer in (answers[address] for address in FILES):
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.text == "The record cannot be read just now. Try again in a few minutes.\n"
        assert "Content-Disposition" not in answer.headers


def test_the_api_says_it_in_its_own_form_readable_from_other_sites(answers):
    for answer in (answers[address] for address in API):
        assert answer.json() == {"errors": ["The record cannot be read just now. Try again in a few minutes."]}
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_an_outage_is_a_line_in_the_log_for_each_request_and_no_more(caplog):
    with gone() as client:
        client.get("/timeline/")
    [record] = [entry for entry in caplog.records if entry.name == "django.request"]
    assert request_log.add_request_id(record)
    line = request_log.JsonFormatter().format(record)
    assert json.loads(line)["message"] == "Service Unavailable: /timeline/: nobody is there"
    assert "Traceback" not in line


# What became of a form


def outcome(answer):
    assert answer.status_code == 503
    return visible_text(find_all(main_element(answer), "strong")[0])


NOTHING = "Nothing of what you sent was recorded."
UNCERTAIN = "It is not certain whether what you sent was recorded."


@pytest.mark.postgresql
def test_a_form_that_could_not_be_saved_says_so_and_how_it_is_sent_again(clerk):
    with gone("commitments_area", clerk):
        answer = clerk.post("/admin/commitments/area/add/", {"slug": "one", "name": "One", "position": "1"})
    assert outcome(answer) == NOTHING
    assert "Your browser still has what you typed" in visible_text(main_element(answer))


def test_a_form_sent_to_a_database_that_nobody_serves_says_so(settings, clerk):
    nobody = ConnectionHandler({"default": database("postgresql://nobody@127.0.0.1:1/nothing")})["default"]
    with connection.execute_wrapper(lambda *_all: nobody.cursor()):
        assert outcome(clerk.post("/admin/commitments/area/add/")) == NOTHING


@pytest.mark.urls("tests.web.test_errors")
def test_where_the_commit_itself_failed_nobody_claims_to_know(clerk, file):
    def save(_request):
        file.cursor().execute("PRAGMA journal_mode = DELETE")  # so that a reader can stop a commit
        with held(file, "BEGIN", "SELECT * FROM one"):
            begin(file)
            file.cursor().execute("INSERT INTO one VALUES (1)")
            file.commit()

    WORK.append(save)
    assert outcome(clerk.post("/save/")) == UNCERTAIN


@pytest.mark.postgresql
@pytest.mark.urls("tests.web.test_errors")
def test_where_something_failed_after_the_view_nobody_claims_to_know(clerk):
    def save(request):
        request.session["seen"] = 1  # stored on the way out
        return HttpResponse("saved")

    WORK.append(save)
    with gone("UPDATE", clerk):
        assert outcome(clerk.post("/save/")) == UNCERTAIN
