"""Addresses that are read and never written to, and the one moment of the database that an answer speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar

from django.db import connection
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

_open: ContextVar[bool] = ContextVar("a snapshot is open", default=False)


def safe_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Anything but GET and HEAD is answered 405, with a token or without."""
    return csrf_exempt(require_safe(view))


@contextmanager
def snapshot() -> Iterator[None]:
    """One unchanging view of the database for reading, so that a count and the rows that it counts agree.

    Not `transaction.atomic()`, which on SQLite would take the writers' lock for as long as somebody
    downloads. Inside another transaction or snapshot that one's view holds.
    """
    if connection.in_atomic_block or _open.get():
        yield
        return
    begin = "BEGIN DEFERRED" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    _open.set(True)
    try:
        yield
    finally:
        _open.set(False)
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")


class Body:
    """A streamed answer with what must stay open while it is sent, such as its snapshot.

    The server closes it when it is sent or the reader has gone: then `opened` is closed, last opened first.
    """

    def __init__(self, pieces: Iterable[bytes], opened: ExitStack) -> None:
        self.pieces, self.opened = pieces, opened

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)

    def close(self) -> None:
        """End the query before its snapshot, and both before Django closes the connection."""
        self.opened.close()
