"""What is logged: a line for each answer, for each slow query and for what goes wrong, all with the request's id.

Never in a line: who asked (no network address), what was asked for in words (the values of a query), what opens a
door (tokens in addresses, cookies, forms, parameters of SQL). docs/operations.md describes the fields.
"""

import json
import logging
import re
import secrets
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import connections
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

access_log, slow_query_log = logging.getLogger("tracker.access"), logging.getLogger("tracker.slow_query")
request_id: ContextVar[str] = ContextVar("request_id", default="")

PROXY_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")  # an id that a proxy may give to a request
TOKEN_ROUTES = {"error_report_status", "account_reset_password_from_key"}  # routes whose address opens a door
# In an address that is none of ours, perhaps one of those mistyped: what may be a token, or somebody's.
PRIVATE_PARTS = re.compile(r"[^/]*@[^/]*|[\w=-]{24,}")
PARAMETER_NAME = re.compile(r"[a-z_]{1,30}")  # what parameters of ours look like


class RequestLog:
    """Middleware, before all others: gives each request its id, and logs how it was answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # The answer, with the id in its header; logged at once, or when the last of a download was sent.
        proxy_id = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUST_PROXY else ""
        # Where views and templates find it, whatever a visitor had written there.
        request.META["HTTP_X_REQUEST_ID"] = proxy_id if PROXY_REQUEST_ID.fullmatch(proxy_id) else secrets.token_hex(16)
        request_id.set(request.META["HTTP_X_REQUEST_ID"])
        timer = RequestTimer()
        with timer.counting():
            response = self.get_response(request)
        response.headers["X-Request-ID"] = request.META["HTTP_X_REQUEST_ID"]
        if isinstance(response, StreamingHttpResponse):
            done = partial(timer.end, request, response)
            response.streaming_content = CountedStream(response.streaming_content, timer, done)
        else:
            timer.end(request, response, len(response.content))  # type: ignore[attr-defined]
        return response


class RequestTimer:
    """Time and queries of one request."""

    def __init__(self) -> None:
        self.began, self.queries = time.perf_counter(), 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what each database is asked."""
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(self.query))
            yield

    def query(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run a query; a line where that takes SLOW_QUERY_MS or longer. Its parameters are what readers typed."""
        began = time.perf_counter()
        self.queries += 1
        try:
            return execute(sql, params, many, context)
        finally:
            ms = milliseconds_since(began)
            if 0 < settings.SLOW_QUERY_MS <= ms:
                slow_query_log.warning("a slow query", extra={"fields": {"ms": ms, "sql": " ".join(str(sql).split())}})

    def end(self, request: HttpRequest, response: HttpResponseBase, size: int) -> None:
        """The line of the access log."""
        fields = {
            "method": request.method,
            "path": loggable_path(request),
            "query": query_names(request),
            "status": response.status_code,
            "ms": milliseconds_since(self.began),
            "bytes": size,
            "queries": self.queries,
            "cache": response.headers.get("X-Cache", ""),
        }
        access_log.info("answered", extra={"fields": fields})


class CountedStream:
    """The pieces of a download, counted; `done` is told their bytes when it was sent, or its reader went away."""

    def __init__(self, pieces: Any, timer: RequestTimer, done: Callable[[int], None]) -> None:
        self.size, self.done = 0, done
        self.pieces = self.counted(pieces, timer)

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def counted(self, pieces: Any, timer: RequestTimer) -> Generator[bytes]:
        """What is asked for while it is sent is counted, too."""
        with timer.counting():
            for piece in pieces:
                self.size += len(piece)
                yield piece

    def close(self) -> None:
        """Called by the server in any case."""
        self.pieces.close()
        self.done(self.size)


def milliseconds_since(began: float) -> float:
    """Milliseconds, to a tenth."""
    return round((time.perf_counter() - began) * 1000, 1)


def query_names(request: HttpRequest) -> list[str]:
    """The names of the parameters in the address, without their values."""
    try:
        return [name if PARAMETER_NAME.fullmatch(name) else "…" for name in list(request.GET)[:30]]
    except SuspiciousOperation:  # too many to be read: the answer has said so
        return ["…"]


def loggable_path(request: HttpRequest) -> str:
    """The path as it may be written down: the route's name where the path itself opens a door."""
    name = request.resolver_match.url_name if request.resolver_match else None
    if name is None:  # no page of ours, or what takes in everything under /admin/ and /api/
        return PRIVATE_PARTS.sub("…", request.path)
    return f"<{name}>" if name in TOKEN_ROUTES else request.path


def add_request_id(record: logging.LogRecord) -> bool:
    """A filter that lets everything pass: adds the request's id, and takes out of Django's lines what opens a door."""
    record.request_id = request_id.get()
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        record.msg, record.args = record.getMessage().replace(request.path, loggable_path(request)), ()
    if getattr(record, "status_code", 0) == HTTPStatus.SERVICE_UNAVAILABLE and record.exc_info:
        # While the database is gone every request fails: a traceback for each would soon fill the disk, too.
        record.msg, record.exc_info = f"{record.msg}: {record.exc_info[1]}", None
    return True


class LineFormatter(logging.Formatter):
    """For people: `2026-11-26 21:00:00,000 INFO tracker.access [id] answered method=GET path=/commitments/ …`."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's own name
        # One line, whatever was asked for: what would begin another is written as its code.
        fields = getattr(record, "fields", {})
        fields_text = "".join(f" {name}={value}" for name, value in fields.items())
        return "".join(
            character if character.isprintable() else repr(character)[1:-1]
            for character in super().formatMessage(record) + fields_text
        )


class JsonFormatter(logging.Formatter):
    """For programs: an object a line."""

    def format(self, record: logging.LogRecord) -> str:
        # The fields that all lines have, and those of the line's own.
        values = {
            "time": datetime.fromtimestamp(record.created, tz=UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": getattr(record, "request_id", ""),
            "message": record.getMessage(),
        } | getattr(record, "fields", {})
        if record.exc_info:
            values["exception"] = self.formatException(record.exc_info)
        return json.dumps(values, ensure_ascii=False)
