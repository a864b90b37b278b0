"""Writers of SQLite that wait for each other in turn.

SQLite's own way of waiting is unfair: it looks at the lock ever more seldom, so that whoever came last gets it
first. Of eight who published at once one waited for eleven seconds within the first four hundred updates, and with
more to do it would have been told "database is locked". So here they stand in a queue (a lock on a file beside the
database, which the system gives in the order in which it was asked for), and the first of it looks every millisecond.
"""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base

LOOK_EVERY = 0.001  # seconds
PRIMARY = 0xFF  # of SQLite's codes: the last byte, which says what it is about


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction when its turn has come; after OPTIONS["timeout"] seconds in all it gives up, as before."""

    def _start_transaction_under_autocommit(self) -> None:
        connection: Any = self.connection
        timeout: float = self.settings_dict["OPTIONS"]["timeout"]
        until = time.monotonic() + timeout
        with self.wrap_database_errors, self._first_of_the_queue():
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                while not self._begun(connection, until):
                    time.sleep(LOOK_EVERY)
            finally:
                connection.execute(f"PRAGMA busy_timeout = {1000 * timeout}")

    @contextmanager
    def _first_of_the_queue(self) -> Iterator[None]:
        """Left as soon as the transaction has begun, so that whoever is stuck in one holds up nobody for ever."""
        if self.is_in_memory_db():
            yield
            return
        # Not the database's own file: to close that would take away the locks that SQLite has on it.
        with Path(f"{self.settings_dict['NAME']}-queue").open("w") as queue:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield

    def _begun(self, connection: Any, until: float) -> bool:
        try:
            connection.execute(f"BEGIN {self.settings_dict['OPTIONS']['transaction_mode']}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            return False
        return True
