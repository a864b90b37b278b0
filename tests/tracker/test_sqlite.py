"""How those wait who want to write to SQLite at the same time."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from tracker.settings import database


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


def begin(path, timeout):
    """The same, in a transaction that writes."""
    connection = connected(path, timeout)
    connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    return connection


@pytest.mark.django_db
def test_of_many_who_write_without_a_pause_each_gets_its_turn(path):
    """With SQLite's own way of waiting somebody's turn comes after dozens of the others'."""
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
