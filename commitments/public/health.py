"""What machines ask: does it live, and is all of it there."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from commitments import triggers
from commitments.reading import safe_only

GONE = 503


@never_cache
@safe_only
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; else 503, as everywhere (`outage`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@safe_only
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests should be sent here: 200, or 503 with what is missing. Without a cache it works, only slower."""
    try:
        missing = sorted(on_disk() - {".".join(key) for key in MigrationRecorder(connection).applied_migrations()})
        parts: dict[str, Any] = {
            "database": "ok",
            "migrations": missing or "ok",
            "triggers": triggers.problems(connection) or "ok",
        }
    except DatabaseError:
        parts = {"database": "gone"}
    ready = set(map(str, parts.values())) == {"ok"}
    return JsonResponse({"ready": ready} | parts | {"cache": kept()}, status=200 if ready else GONE)


@cache
def on_disk() -> set[str]:
    """The migrations that this version of the software knows, as `commitments.0001_initial`. Read once."""
    return {".".join(key) for key in MigrationLoader(None).graph.nodes}


def kept() -> str:
    """Whether the cache of public answers keeps what it is given. One that does not answer raises nothing."""
    pages = caches["pages"]
    pages.set("readyz", "ok", 60)
    return str(pages.get("readyz", "gone"))
