"""Writers of SQLite that wait for each other in turn.

SQLite's own way of waiting is unfair: it looks at the lock ever more seldom, so that whoever came last gets it
first. Of eight who published at once one waited for eleven seconds within the first four hundred updates, and with
more to do it would have been told "database is locked". So here they stand in a queue (a lock on a file beside the
database, which the system gives in the order in which it was asked for), and the first of it looks every millisecond.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from django.db.backends.sqlite3 import base

LOOK_EVERY = 0.001  # seconds
PRIMARY = 0xFF  # of SQLite's codes: the last byte, which says what it is about
NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


class DatabaseWrapper(base.DatabaseWrapper):
    """Begins a transaction when its turn has come; after OPTIONS["timeout"] seconds in all it gives up, as before."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection; to read only where this process may not write to the database, as for verifying a copy."""
        try:
            return super().get_new_connection(conn_params)
        except sqlite3.OperationalError as error:
            read_only = _read_only_address(conn_params["database"])
            if not read_only or error.sqlite_errorcode & PRIMARY not in NOT_WRITABLE:
                raise
        self.init_commands = ["PRAGMA query_only = ON"]
        return super().get_new_connection(conn_params | {"database": read_only})

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
        # For reading is enough, so that whoever may read it can stand in line, although a command of root's made it.
        queue = os.open(f"{self.settings_dict['NAME']}-queue", os.O_RDONLY | os.O_CREAT, 0o644)
        try:
            fcntl.flock(queue, fcntl.LOCK_EX)
            yield
        finally:
            os.close(queue)

    def _begun(self, connection: Any, until: float) -> bool:
        try:
            connection.execute(f"BEGIN {self.settings_dict['OPTIONS']['transaction_mode']}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() >= until:
                raise
            return False
        return True


def _read_only_address(database: str) -> str:
    """The address under which SQLite reads a database that cannot be written to; empty for one that can be."""
    path = Path(unquote(database.removeprefix("file:").partition("?")[0])).absolute()
    folder_is_writable = os.access(path.parent, os.W_OK)
    if folder_is_writable and os.access(path, os.W_OK) and "mode=ro" not in database:
        return ""
    # To read beside somebody who writes takes a file beside the database. Where there is none, and none can be made,
    # nobody writes: then the file is read as it is.
    way = "mode=ro" if folder_is_writable or Path(f"{path}-wal").exists() else "immutable=1"
    return f"file:{quote(str(path))}?{way}"
