"""Addresses that are read and never written to, and the one moment of the database that an answer speaks of."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from commitments.models.snapshot import read_snapshot
from commitments.web.rate_limits import rate_limited


def public_get(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Anything but GET and HEAD is answered 405, with a token or without; what is asked for too often, 429."""
    return csrf_exempt(require_safe(rate_limited(view)))


@contextmanager
def snapshot(database: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One unchanging view of a database, in which no statement may take longer than STATEMENT_SECONDS."""
    with read_snapshot(database, settings.STATEMENT_SECONDS):
        yield


class ClosingStream:
    """A streamed answer with what must stay open while it is sent, such as its snapshot.

    Closed when all of it was read, or by the server where the reader has gone: then `stack` is, last opened first. So
    the query ends before its snapshot, and both before Django closes the connection.
    """

    def __init__(self, pieces: Iterable[bytes], stack: ExitStack) -> None:
        self.pieces, self.stack, self.close = pieces, stack, stack.close

    def __iter__(self) -> Iterator[bytes]:
        with self.stack:
            yield from self.pieces
