"""How those wait who want to write to SQLite at the same time, and that nobody waits for ever."""

import fcntl
import os
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from stat import S_IMODE

import pytest
from django.db import OperationalError, transaction
from django.db.backends.sqlite3 import base as django_sqlite
from django.db.utils import ConnectionHandler

from commitments.web.errors import is_database_unavailable
from tracker.environment import database, sqlite_database


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "one.sqlite3"
    sqlite3.connect(path).execute("CREATE TABLE one (words)").connection.close()
    return path


def connected(path, timeout):
    """A connection of its own."""
    connection = ConnectionHandler({"default": database(f"sqlite:///{path}")})["default"]
    connection.settings_dict["OPTIONS"] |= {"timeout": timeout}
    connection.connect()
    return connection


@contextmanager
def transaction_of(connection):
    """A transaction that writes."""
    connection.connect()
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    yield
    connection.commit()


@contextmanager
def held_database(path):
    """Somebody is in a transaction that writes, and does not end it."""
    connected(path, timeout=1).close()  # so that it is in the mode in which readers do not wait
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.close()


def begin(path, timeout):
    """The same, in a transaction that writes."""
    connection = connected(path, timeout)
    try:
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    except OperationalError:
        connection.close()
        raise
    return connection


@pytest.mark.django_db
def test_django_still_begins_each_transaction_where_the_queue_stands(path, monkeypatch):
    """By a private method of its own: should Django rename it, nobody would wait in turn any more."""
    begun, connection = [], connected(path, timeout=1)
    monkeypatch.setattr(type(connection), "_start_transaction_under_autocommit", lambda _self: begun.append(1))
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    assert begun == [1]
    assert hasattr(django_sqlite.DatabaseWrapper, "_start_transaction_under_autocommit")
    connection.close()


@pytest.mark.django_db
def test_of_many_who_write_without_a_pause_each_gets_its_turn(path):
    """With SQLite's own way of waiting somebody's turn comes after dozens of the others'."""
    connected(path, timeout=1).close()  # the first of all changes the file's mode, for which nobody stands in line
    turns, all_there = [], threading.Barrier(5)

    def write(name):
        """How many turns the others had while this one waited for each of its own."""
        waited = []
        all_there.wait()
        for _number in range(20):
            connection = connected(path, timeout=20)
            before = len(turns)
            connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
            waited.append(len(turns) - before)
            turns.append(name)
            time.sleep(0.003)
            connection.commit()
            connection.close()
        return waited

    with ThreadPoolExecutor(5) as pool:
        assert max(max(waited) for waited in pool.map(write, range(5))) <= 15


@pytest.mark.django_db
def test_behind_somebody_who_never_ends_all_give_up_when_their_time_is_over_and_not_one_after_the_other(path):
    stuck, begun = begin(path, timeout=0), time.monotonic()

    def write(_number):
        with pytest.raises(OperationalError, match="database is locked"):
            begin(path, timeout=1)
        return time.monotonic() - begun

    with ThreadPoolExecutor(5) as pool:
        waits = list(pool.map(write, range(5)))
    assert min(waits) >= 1
    assert max(waits) < 3
    stuck.rollback()
    stuck.close()
    begin(path, timeout=0).close()


@pytest.mark.django_db
def test_a_statement_outside_a_transaction_waits_as_long_as_settings_say(path):
    connection = begin(path, timeout=7)
    connection.rollback()
    assert connection.cursor().execute("PRAGMA busy_timeout").fetchone() == (7000,)
    connection.close()


@pytest.mark.django_db
def test_what_is_committed_is_on_the_disk_and_readers_wait_for_no_writer(path):
    connection = begin(path, timeout=0)
    connection.rollback()
    pragmas = ("synchronous", "journal_mode", "foreign_keys")
    assert [connection.cursor().execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas] == [2, "wal", 1]
    connection.close()


@pytest.mark.django_db
def test_django_begins_its_transactions_in_the_queue(path, monkeypatch):
    monkeypatch.setattr(transaction, "connections", ConnectionHandler({"default": database(f"sqlite:///{path}")}))
    with transaction.atomic():
        assert path.with_name(f"{path.name}-queue").exists()
    transaction.get_connection().close()


# The queue itself


@contextmanager
def held_queue(path):
    """Somebody has the queue's lock and does nothing."""
    descriptor = os.open(f"{path}-queue", os.O_RDONLY | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    yield
    os.close(descriptor)


@pytest.mark.django_db
def test_who_may_lock_the_queue_is_its_owner_alone(path):
    begin(path, timeout=1).close()
    assert S_IMODE(path.with_name(f"{path.name}-queue").stat().st_mode) == 0o600


@pytest.mark.django_db
def test_behind_a_queue_that_is_held_a_writer_gives_up_when_its_time_is_over_and_it_is_an_outage_that_passes(path):
    begun = time.monotonic()
    with held_queue(path), pytest.raises(OperationalError, match="database is locked") as caught:
        begin(path, timeout=0.5)
    assert 0.5 <= time.monotonic() - begun < 2
    assert is_database_unavailable(caught.value)
    begin(path, timeout=0).close()


@pytest.mark.django_db
@pytest.mark.parametrize("held", [held_queue, held_database])
def test_where_the_line_stands_still_two_of_a_process_wait_to_the_end_and_the_others_leave_their_threads(path, held):
    def write(_number):
        begun = time.monotonic()
        with pytest.raises(OperationalError, match="database is locked"):
            begin(path, timeout=3)
        return time.monotonic() - begun

    with held(path), ThreadPoolExecutor(6) as pool:
        first = [pool.submit(write, number) for number in range(5)]
        time.sleep(1.5)
        assert pool.submit(write, 6).result() < 0.5  # comes when it is known that nothing moves
        waits = sorted(job.result() for job in first)
    assert max(waits[:3]) < 2
    assert min(waits[3:]) >= 3


@pytest.mark.django_db
def test_readers_wait_for_no_queue(path):
    with held_queue(path):
        begun = time.monotonic()
        connection = connected(path, timeout=20)
        assert connection.cursor().execute("SELECT count(*) FROM one").fetchone() == (0,)
        connection.close()
    assert time.monotonic() - begun < 1


@pytest.mark.django_db
def test_a_queue_that_cannot_be_opened_stops_no_writer_and_is_not_followed_elsewhere(path):
    path.with_name(f"{path.name}-queue").symlink_to(path.with_name("elsewhere"))
    begin(path, timeout=0).close()
    assert not path.with_name("elsewhere").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a#b.sqlite3", "a?b.sqlite3", "a%25b.sqlite3", "file:a.sqlite3"])
def test_a_file_of_any_name_is_written_to_and_read_from_where_it_is(tmp_path, name):
    configuration = sqlite_database(tmp_path / name)
    for _time in range(2):
        connection = ConnectionHandler({"default": configuration})["default"]
        with transaction_of(connection):
            connection.cursor().execute("CREATE TABLE IF NOT EXISTS one (words)")
        connection.close()
    assert {file.name for file in tmp_path.iterdir()} == {name, f"{name}-queue"}
