"""The worker of the server that `make run` starts: gunicorn's threads, which wait for nobody's request for long.

Each thread reads one request. Gunicorn itself sets no end to that, so eight senders who send a byte now and then would
hold all eight threads for as long as they like. Here a request that does not come in time is cut off. It is the best
that a server of a few threads can do; readers still wait until then. In production nginx stands in front, takes each
request whole before a thread is asked, and counts the connections of each address (docs/deploy.md).

Gunicorn documents no hook for it: three methods of its worker are overridden and one of its reader is, and
tests/tracker/test_server.py fails where they move.
"""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

HEADER_SECONDS, BODY_SECONDS = 10.0, 30.0  # for the whole of each, from when a thread begins to read


class DeadlineWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """As the module says; for everything else gunicorn's own worker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._until: dict[TConn, float] = {}  # of what threads are reading now
        self._late: set[TConn] = set()

    def handle(self, conn: TConn) -> Any:
        # In a thread: read a request and answer it.
        self._until[conn] = time.monotonic() + HEADER_SECONDS
        try:
            return super().handle(conn)
        finally:
            self._until.pop(conn, None)
            self._late.discard(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        # In a thread, once the header is there: answer it, while the application reads the body.
        self._until[conn] = time.monotonic() + BODY_SECONDS
        unreader = conn.parser.unreader
        unreader.chunk = self._refusing_late(conn, type(unreader).chunk.__get__(unreader))
        return super().handle_request(req, conn)

    def _refusing_late(self, conn: TConn, read: Callable[..., bytes]) -> Callable[..., bytes]:
        """Without this a body that was cut off would be taken for a short one, and half a form recorded."""

        def chunk(*size_hint: int | None) -> bytes:
            data = read(*size_hint)
            if conn in self._late:
                raise TimeoutError("The request did not come in time.")
            return data

        return chunk

    def murder_pending(self) -> None:
        """In the main thread, each second: cut off whoever is late, which wakes the thread that reads.

        Only to read is over: an answer that is being written, which may take as long as its reader likes, goes on.
        """
        super().murder_pending()
        now = time.monotonic()
        for conn, until in list(self._until.items()):
            if until < now and conn not in self._late:
                self._late.add(conn)
                with suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
