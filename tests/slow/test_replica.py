"""A real primary, a real streaming replica, and a server that answers the public from it while it is there."""

import csv
import io
import json
import socket
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count

import psycopg
import pytest

from commitments.web.replica import PAUSE_SECONDS
from tests.helpers import installation as installations
from tests.helpers.installation import Installation
from tests.helpers.postgresql import cluster, program
from tests.helpers.programs import missing
from tests.helpers.staff import Staff, add_staff

pytestmark = pytest.mark.processes
STAFF = {"Cookie": "sessionid=of-somebody"}
# Nothing kept answers these: a day of its own for each question.
days = (f"?as_of=20{year}-0{month}-{day}" for day in range(10, 29) for year in range(19, 26) for month in range(1, 10))
numbers = count(1)


@pytest.fixture(scope="module")
def primary():
    if not program("pg_basebackup"):
        missing("PostgreSQL", "postgresql")
    with cluster(None, "fsync=off") as made:
        yield made


@pytest.fixture(scope="module")
def replica(primary):
    empty = Installation(primary.url)
    installations.fill(empty)
    add_staff(empty)
    with cluster(primary, "hot_standby_feedback=on", "fsync=off") as made:
        yield made


@pytest.fixture(scope="module")
def server(primary, replica):
    """One process with four threads."""
    settings = {"REPLICA_URL": replica.url, "STATEMENT_SECONDS": "1"}
    with Installation(primary.url, settings).serve(workers=1) as started:
        yield started


@pytest.fixture(scope="module")
def desk(server):
    return Staff(server)


def asked(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(statement).fetchone()[0]


def get(server, path, headers=None):
    request = urllib.request.Request(server.url + path, headers=headers or {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.headers, answer.read().decode("utf-8-sig")


def status(server, path, headers=None):
    try:
        get(server, path, headers)
    except urllib.error.HTTPError as refused:
        return refused.code
    return 200


def until(true, seconds=20.0):
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not (so := true()) and time.monotonic() < end:
        time.sleep(0.1)
    return so


@contextmanager
def behind(replica):
    """While this lasts nothing new reaches the replica's readers."""
    asked(replica.url, "SELECT pg_wal_replay_pause()")
    assert until(lambda: asked(replica.url, "SELECT pg_get_wal_replay_pause_state()") == "paused")
    yield
    asked(replica.url, "SELECT pg_wal_replay_resume()")


def published(desk):
    note = f"Note number {next(numbers)}"
    assert desk.publish(commitment=8, note=note)
    return note


def readers(replica):
    """How many others are connected to it."""
    return asked(
        replica.url,
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()",
    )


@pytest.fixture(autouse=True)
def the_replica_is_in_use(server, replica):
    """A test before may have killed it: then it is left alone for some seconds."""
    assert until(lambda: status(server, f"/commitments/{next(days)}") == 200 and readers(replica))


def test_the_public_is_told_what_the_replica_knows_and_staff_what_they_published(server, desk, replica):
    with behind(replica):
        note = published(desk)
        assert note not in get(server, "/updates/")[1]
        assert note in desk.get("/updates/")
    assert until(lambda: note in get(server, "/updates/")[1])


@pytest.mark.parametrize("headers", [{}, STAFF])
def test_all_that_an_answer_tells_is_from_one_of_the_two(server, desk, replica, headers):
    with behind(replica):
        note = published(desk)
        csv_headers, text = get(server, "/data/updates.csv", headers)
        last = json.loads(get(server, "/ledger.jsonl", headers)[1].splitlines()[-1])
        api = json.loads(get(server, "/api/v1/commitments/", headers)[1])
    rows = list(csv.DictReader(io.StringIO(text)))
    assert (note == rows[-1]["note"]) == bool(headers)
    assert int(rows[-1]["entry"]) == last["sequence"]
    assert {csv_headers["X-Ledger-Head"], api["ledger_head"]} == {last["digest"]}


def test_whether_the_database_answers_is_asked_of_the_primary(server, replica):
    before = asked(replica.url, "SELECT sum(xact_commit) FROM pg_stat_database")
    assert [status(server, "/healthz") for _time in range(5)] == [200] * 5
    assert asked(replica.url, "SELECT sum(xact_commit) FROM pg_stat_database") - before < 5


@pytest.mark.parametrize("headers", [{}, STAFF])
def test_what_takes_too_long_is_stopped_and_not_tried_again_elsewhere(server, primary, replica, headers):
    """A lock that is held on the primary is held on the replica, too."""
    with psycopg.connect(primary.url) as connection:
        connection.execute("LOCK TABLE commitments_section")
        asked(primary.url, "SELECT pg_switch_wal()")  # or the replica would hear of it some time later
        assert until(lambda: asked(replica.url, "SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock'"))
        begun = time.monotonic()
        assert status(server, f"/releases/4th-plenary-2018/{next(days)}", headers) == 503
        assert 0.9 < time.monotonic() - begun < 1.9
    assert until(lambda: status(server, f"/releases/4th-plenary-2018/{next(days)}", headers) == 200)


def test_a_replica_that_is_killed_costs_no_answer(server, replica):
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(status, server, f"/timeline/{next(days)}") for _time in range(20)]
        replica.kill()
        assert {one.result() for one in answers} == {200}
    replica.start()


def test_a_replica_that_failed_is_left_alone_for_some_seconds_and_then_asked_again(server, replica):
    replica.kill()
    assert status(server, f"/commitments/{next(days)}") == 200
    with socket.create_server(("127.0.0.1", replica.port)) as door:  # in its place; tells of nothing but who knocks
        door.settimeout(0.1)
        assert status(server, f"/commitments/{next(days)}") == 200
        with pytest.raises(TimeoutError):
            door.accept()[0].close()
        time.sleep(PAUSE_SECONDS)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(status, server, f"/commitments/{next(days)}")
            door.settimeout(5)
            door.accept()[0].close()
            assert answer.result() == 200
    replica.start()
