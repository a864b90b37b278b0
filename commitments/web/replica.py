"""Public answers are read from a streaming replica, where REPLICA_URL names one; all else from the primary.

All of one answer is read from one database, which is chosen before its first query. A replica that fails costs
nobody an answer: it is made once more, from the primary, and the replica is left alone for some seconds.
"""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.http import HttpRequest, HttpResponseBase
from psycopg.errors import QueryCanceled

from commitments.models.snapshot import snapshot_database

ALIAS = "replica"
PAUSE_SECONDS = 5  # seconds in which a replica that failed is not asked again, by the process that met it
_not_before = 0.0


class Router:
    """Reads go where a snapshot is open, everything else to the primary."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return snapshot_database()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _first: Any, _second: Any, **_hints: Any) -> bool:
        # They are one and the same record.
        return True

    def allow_migrate(self, alias: str, _app: str, **_hints: Any) -> bool:
        # What the primary is given reaches the replica by itself.
        return alias == DEFAULT_DB_ALIAS


def with_fallback(request: HttpRequest, make: Callable[[str], HttpResponseBase]) -> HttpResponseBase:
    """The answer from the replica, if the request may have it from there; from the primary where that fails.

    What took the replica too long is not asked of the primary, which would take as long.
    """
    global _not_before  # noqa: PLW0603  (what one thread learns, all of the process know)
    if may_use_replica(request):
        try:
            return make(ALIAS)
        except Error as problem:
            if isinstance(problem.__cause__, QueryCanceled):
                raise
            connections[ALIAS].close()
            _not_before = time.monotonic() + PAUSE_SECONDS
    return make(DEFAULT_DB_ALIAS)


def may_use_replica(request: HttpRequest) -> bool:
    """Whoever is signed in sees at once what they published; a replica may be a moment behind."""
    staff = settings.SESSION_COOKIE_NAME in request.COOKIES
    return ALIAS in settings.DATABASES and not staff and time.monotonic() >= _not_before
