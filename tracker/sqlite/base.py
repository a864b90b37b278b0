"""Writers of SQLite that wait for each other in turn.

SQLite's own way of waiting is unfair: it looks at the lock ever more seldom, so that whoever came last gets it
first. Of eight who published at once one waited for eleven seconds within the first four hundred updates, and with
more to do it would have been told "database is locked". So here they stand in line: the threads of a process in the
order in which they came, and the first of each process for a lock on a file beside the database. Whoever has that
looks at SQLite's own lock every millisecond.

The line is for fairness alone; SQLite's lock is what keeps writers apart. So nobody waits in it for longer than for
SQLite (20 s), where there can be no such file they do without, and where it stands still most give up at once: the
threads that they hold are needed by those who only read.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db.backends.sqlite3 import base

from commitments.ops.private_files import database_path, give_to_owner_of

LOOK_EVERY = 0.001  # seconds
PATIENT_WAITERS = 2  # of a process that wait to the end: of the four threads of a worker two are left for readers
STANDSTILL = 1.0  # seconds in which nobody's turn came: then all others give up
PRIMARY = 0xFF  # of SQLite's codes: the last byte, which says what it is about
NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction when its turn has come; after OPTIONS["timeout"] seconds in all it gives up, as before."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        # A connection; to read only where this process may not write to the database, as for verifying a copy.
        try:
            return super().get_new_connection(conn_params)
        except sqlite3.OperationalError as error:
            read_only = _read_only_address(conn_params["database"])
            if not read_only or error.sqlite_errorcode & PRIMARY not in NOT_WRITABLE:
                raise
        self.init_commands = ["PRAGMA query_only = ON"]
        return super().get_new_connection(conn_params | {"database": read_only})

    # Django's own, and the one part of it here that no document promises: every transaction of SQLite's begins in it,
    # and a wrapper of queries would have to know its BEGIN by the words. tests/tracker/test_sqlite.py says if it moves.
    def _start_transaction_under_autocommit(self) -> None:
        # Django documents no other way to begin one: it calls this wherever a transaction begins, and
        # tests/tracker/test_sqlite.py fails where it no longer does.
        connection: Any = self.connection
        timeout: float = self.settings_dict["OPTIONS"]["timeout"]
        until = time.monotonic() + timeout
        with self.wrap_database_errors, self._first_of_the_queue(until):
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                while not self._begun(connection, until):
                    time.sleep(LOOK_EVERY)
            finally:
                connection.execute(f"PRAGMA busy_timeout = {1000 * timeout}")

    @contextmanager
    def _first_of_the_queue(self, until: float) -> Iterator[None]:
        """Left as soon as the transaction has begun, so that whoever is stuck in one holds up nobody for ever.

        Raises sqlite3.OperationalError, as SQLite does, for those whose turn does not come.
        """
        if self.is_in_memory_db():
            yield
            return
        path = database_path(self.settings_dict["NAME"])
        line = _lines.setdefault(str(path), WaitingLine())
        with line.place(until), _locked_queue(path, until):
            yield

    def _begun(self, connection: Any, until: float) -> bool:
        try:
            connection.execute(f"BEGIN {self.settings_dict['OPTIONS']['transaction_mode']}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            return False
        return True


class WaitingLine:
    """The threads of this process that wait to write to one database, in the order in which they came."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._moved_at = 0.0  # when somebody's turn came last

    @contextmanager
    def place(self, until: float) -> Iterator[None]:
        """Entered by one thread at a time; raises sqlite3.OperationalError where a thread's turn does not come."""
        me, came_at = object(), time.monotonic()
        with self._changed:
            if not self._waiting:
                self._moved_at = came_at
            self._waiting.append(me)
        try:
            with self._changed:
                while (position := self._waiting.index(me)) > 0:
                    limit = until if position < PATIENT_WAITERS else min(until, self._end_of_patience(came_at))
                    if time.monotonic() >= limit:
                        raise _locked_error()
                    self._changed.wait(limit - time.monotonic())
            yield
            self._moved_at = time.monotonic()
        finally:
            with self._changed:
                self._waiting.remove(me)
                self._changed.notify_all()

    def _end_of_patience(self, came_at: float) -> float:
        """At once for whoever comes when the line stands still already; for others when it has since they came."""
        stands_still = came_at >= self._moved_at + STANDSTILL
        return came_at if stands_still else max(came_at, self._moved_at) + STANDSTILL


_lines: dict[str, WaitingLine] = {}


@contextmanager
def _locked_queue(database: Path, until: float) -> Iterator[None]:
    """The first of this process waits for the first of each other; raises sqlite3.OperationalError in the end.

    Not by a lock on the database's own file: to close that would take away the locks that SQLite has on it.
    """
    queue = _open_queue(database)
    try:
        while queue is not None and not _has_lock(queue):
            if time.monotonic() >= until:
                raise _locked_error()
            time.sleep(LOOK_EVERY)
        yield
    finally:
        if queue is not None:
            os.close(queue)


def _open_queue(database: Path) -> int | None:
    """The file beside the database, for its owner alone; None where there is none that this process may open."""
    name = f"{database}-queue"
    flags = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        is_new = not os.path.lexists(name)
        queue = os.open(name, flags, 0o600)
        if is_new:  # by a command of root's, perhaps: the server must be able to open it, too
            give_to_owner_of(database, queue)
    except OSError:
        return None
    return queue


def _has_lock(queue: int) -> bool:
    try:
        fcntl.flock(queue, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _locked_error() -> sqlite3.OperationalError:
    """What SQLite itself raises where somebody else writes for too long."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode, error.sqlite_errorname = sqlite3.SQLITE_BUSY, "SQLITE_BUSY"
    return error


def _read_only_address(database: str) -> str:
    """The address under which SQLite reads a database that cannot be written to; empty for one that can be."""
    path = database_path(database)
    folder_is_writable = os.access(path.parent, os.W_OK)
    if folder_is_writable and os.access(path, os.W_OK) and not database.startswith("file:"):
        return ""
    # To read beside somebody who writes takes a file beside the database. Where there is none, and none can be made,
    # nobody writes: then the file is read as it is.
    way = "mode=ro" if folder_is_writable or Path(f"{path}-wal").exists() else "immutable=1"
    return f"file:{quote(str(path))}?{way}"
