"""Addresses that are read and never written to, and the one moment of the database that an answer speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from commitments.web.rate_limits import rate_limited

_open_database: ContextVar[str] = ContextVar("the database of which a snapshot is open", default="")


def public_get(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Anything but GET and HEAD is answered 405, with a token or without; what is asked for too often, 429."""
    return csrf_exempt(require_safe(rate_limited(view)))


def snapshot_database() -> str:
    """The database that is read: that of the open snapshot; without one the primary."""
    return _open_database.get() or DEFAULT_DB_ALIAS


@contextmanager
def snapshot(database: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One unchanging view of a database for reading, so that a count and the rows that it counts agree.

    On PostgreSQL no statement within it may take longer than STATEMENT_SECONDS: OperationalError.

    Not `transaction.atomic()`, which on SQLite would take the writers' lock for as long as somebody
    downloads. Inside another transaction or snapshot that one's view holds.
    """
    connection = connections[database]
    if connection.in_atomic_block or _open_database.get():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED" if connection.vendor == "sqlite" else _begin_on_postgresql())
    _open_database.set(database)
    try:
        yield
    finally:
        _open_database.set("")
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")


def _begin_on_postgresql() -> str:
    """Both at once: each would be a way to the server and back."""
    limit = f"SET LOCAL statement_timeout = '{settings.STATEMENT_SECONDS}s'"
    return f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {limit}"


class ClosingStream:
    """A streamed answer with what must stay open while it is sent, such as its snapshot.

    The server closes it when it is sent or the reader has gone: then `stack` is closed, last opened first.
    """

    def __init__(self, pieces: Iterable[bytes], stack: ExitStack) -> None:
        self.pieces, self.stack = pieces, stack

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        """End the query before its snapshot, and both before Django closes the connection."""
        self.stack.close()
