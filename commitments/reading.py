"""Addresses that are read and never written to: pages, exports, feeds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from commitments.limits import kept_to_the_limits


def for_reading(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Anything but GET and HEAD is answered 405, with a token or without; what is asked for too often, 429."""
    return csrf_exempt(require_safe(kept_to_the_limits(view)))


@contextmanager
def snapshot() -> Iterator[None]:
    """One unchanging view of the database for reading, so that a count and the rows that it counts agree.

    Not `transaction.atomic()`, which on SQLite would take the writers' lock for as long as somebody
    downloads. Inside another transaction that one's view holds.
    """
    if connection.in_atomic_block:
        yield
        return
    begin = "BEGIN DEFERRED" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.cursor() as cursor:
        cursor.execute(begin)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
