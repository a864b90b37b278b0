"""What machines ask: does it live, and is all of it there."""

from functools import cache
from typing import Any

from django.core.cache import caches
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from commitments.ledger import triggers
from commitments.ledger.clock import clock_state
from commitments.models import OutgoingMail
from commitments.web.snapshot import public_get

GONE = 503


@never_cache
@public_get
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers; else 503, as everywhere (`web.errors`)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@public_get
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether requests should be sent here: 200, or 503 with what is missing.

    Without a cache it works, only slower; by a clock that is wrong it answers, and records nothing; mails that nobody
    sends are no reason to send readers elsewhere, either.
    """
    extras: dict[str, str] = {}
    try:
        missing = sorted(
            known_migrations() - {".".join(key) for key in MigrationRecorder(connection).applied_migrations()}
        )
        parts: dict[str, Any] = {
            "database": "ok",
            "migrations": missing or "ok",
            "triggers": triggers.broken_triggers(connection) or "ok",
        }
        if not missing:
            extras["mail"] = mail_state()
    except DatabaseError:
        parts = {"database": "gone"}
    ready = set(map(str, parts.values())) == {"ok"}
    if parts["database"] == "ok":
        extras["clock"] = clock_state()
    return JsonResponse({"ready": ready} | parts | {"cache": cache_state()} | extras, status=200 if ready else GONE)


@cache
def known_migrations() -> set[str]:
    """The migrations that this version of the software knows, as `commitments.0001_initial`. Read once."""
    return {".".join(key) for key in MigrationLoader(None).disk_migrations or ()}


def mail_state() -> str:
    """Whether somebody sends what is in the outbox. It says nothing of single mails: anybody may ask."""
    return "waiting" if OutgoingMail.objects.forgotten(timezone.now()).exists() else "ok"


def cache_state() -> str:
    """Whether the cache of public answers keeps what it is given. One that does not answer raises nothing."""
    pages = caches["pages"]
    pages.set("readyz", "ok", 60)
    return str(pages.get("readyz", "gone"))
