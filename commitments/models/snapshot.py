"""One unchanging view of a database for reading: what an answer, or a verification, speaks of."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import DEFAULT_DB_ALIAS, connections

_open_database: ContextVar[str] = ContextVar("the database of which a snapshot is open", default="")


def snapshot_database() -> str:
    """The database that is read: that of the open snapshot; without one the primary."""
    return _open_database.get() or DEFAULT_DB_ALIAS


@contextmanager
def read_snapshot(database: str = DEFAULT_DB_ALIAS, statement_seconds: int = 0) -> Iterator[None]:
    """One unchanging view of a database for reading, so that a count and the rows that it counts agree.

    On PostgreSQL no statement within it may take longer than `statement_seconds`: OperationalError; 0: any time.

    Not `transaction.atomic()`, which on SQLite would take the writers' lock for as long as somebody
    downloads. Inside another transaction or snapshot that one's view holds.
    """
    connection = connections[database]
    if connection.in_atomic_block or _open_database.get():
        yield
        return
    with connection.cursor() as cursor:
        # On PostgreSQL both at once: each would be a way to the server and back.
        limit = f"SET LOCAL statement_timeout = '{statement_seconds}s'"
        on_postgresql = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {limit}"
        cursor.execute("BEGIN DEFERRED" if connection.vendor == "sqlite" else on_postgresql)
    _open_database.set(database)
    try:
        yield
    finally:
        _open_database.set("")
        if connection.connection is not None:  # somebody may have closed it: then the snapshot is over, too
            with connection.cursor() as cursor:
                cursor.execute("COMMIT")
