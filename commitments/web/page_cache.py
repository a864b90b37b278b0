"""Public answers, kept and known by name, so that nothing is made or sent twice and nothing kept can be stale.

The name of an answer is a digest of all that it depends on: the record's version, which changes in the very
transaction that changes the record, the software with its settings, language, address and the day in Hong
Kong. So nothing has to be forgotten in time: what is out of date is never asked for again. The name is also
the ETag, so who has an answer is told so before anything is made.
"""

import hashlib
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial, wraps
from http import HTTPStatus
from itertools import chain
from typing import Any, cast

from django.conf import settings
from django.core.cache import caches
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.cache import get_conditional_response
from django.utils.http import parse_etags, parse_http_date_safe
from django.utils.timezone import localdate
from django.utils.translation import get_language

from commitments.models.ledger import record_version
from commitments.web import replica
from commitments.web.snapshot import ClosingStream, public_get, snapshot
from commitments.web.work_budget import counted_stream, making_answer

# A browser always asks whether its copy still holds (must-revalidate, or it would take the last directive for itself).
# A cache that many share asks after five seconds, and may answer with what it has for fifteen more while it does: on
# the day of a plenary it asks once for thousands of readers.
CACHE_CONTROL = "public, max-age=0, must-revalidate, s-maxage=5, stale-while-revalidate=15"
MAX_CACHED_BYTES = 128 * 1024  # of an answer that is kept; what is longer is streamed anew each time
CACHE_SECONDS = 24 * 60 * 60  # no answer is asked for after its day


def cache_public(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Makes a view one that is only read, and whose answer is the same for whoever asks: it is kept.

    An answer that says itself how it may be kept (Cache-Control) is left alone, and so is all but 200.
    """

    @public_get
    @wraps(view)
    def cached_view(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return get_or_make(request, partial(view, request, *args, **kwargs))

    return cached_view


def get_or_make(request: HttpRequest, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The kept answer to a request; else the one that `make` makes, all of it of one moment, from now on kept."""
    if getattr(request, "is_preview", False):  # it tells what is not on record
        return make()
    return replica.with_fallback(request, partial(make_in_snapshot, request, make))


def make_in_snapshot(
    request: HttpRequest, make: Callable[[], HttpResponseBase], database: str = DEFAULT_DB_ALIAS
) -> HttpResponseBase:
    """The answer, its name and all that it tells from one snapshot of the database."""
    with ExitStack() as stack:
        stack.enter_context(snapshot(database))
        name = cache_key(request)
        if weak_etag(name) in parse_etags(request.headers.get("If-None-Match", "")):
            return HttpResponseNotModified(headers={"ETag": weak_etag(name), "Cache-Control": CACHE_CONTROL})
        if cached := caches["pages"].get(name):
            headers, content = cached
            return conditional_response(request, HttpResponse(content, headers=dict(headers) | {"X-Cache": "hit"}))
        with making_answer(request):
            response = store(request, name, make(), stack)
        return conditional_response(request, response)


def cache_key(request: HttpRequest) -> str:
    """The name of the answer to a request at this moment. Takes one query.

    While the software is being written (DEBUG) no name comes twice.
    """
    made_by = secrets.token_hex() if settings.DEBUG else settings.MADE_BY
    parts = (record_version(), made_by, get_language(), localdate(), request.build_absolute_uri())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def weak_etag(name: str) -> str:
    """Weak, because the answer is the same whether compressed or not."""
    return f'W/"{name[:32]}"'


def store(request: HttpRequest, name: str, response: HttpResponseBase, stack: ExitStack) -> HttpResponseBase:
    """A new answer: named, and kept under its name where it may be and is short enough."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    if response.status_code != HTTPStatus.OK or response.has_header("Cache-Control") or response.cookies:
        return response
    response.headers["Cache-Control"] = CACHE_CONTROL
    response.headers.setdefault("ETag", weak_etag(name))
    if isinstance(response, StreamingHttpResponse):
        response = buffer_stream(request, response, stack)
    if isinstance(response, HttpResponse) and len(response.content) <= MAX_CACHED_BYTES:
        caches["pages"].set(name, [list(response.headers.items()), response.content], CACHE_SECONDS)
    return response


def buffer_stream(request: HttpRequest, response: StreamingHttpResponse, stack: ExitStack) -> HttpResponseBase:
    """The answer whole where it is short; else as the stream that it is, which takes over what is open for it.

    What of a stream is made while it is sent is counted for whoever asked, too.
    """
    stream = iter(response)
    chunks: list[bytes] = []
    while sum(map(len, chunks)) <= MAX_CACHED_BYTES:
        chunk = next(stream, None)
        if chunk is None:
            return HttpResponse(b"".join(chunks), headers=response.headers)
        chunks.append(chunk)
    response.streaming_content = ClosingStream(chain(chunks, counted_stream(request, stream)), stack.pop_all())
    return response


def conditional_response(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """304 in place of an answer that the reader has, by its own ETag or date."""
    last_modified = response.headers.get("Last-Modified")
    if response.streaming or response.status_code != HTTPStatus.OK or "ETag" not in response.headers:
        return response
    timestamp = parse_http_date_safe(last_modified) if last_modified else None
    return (
        get_conditional_response(request, response.headers["ETag"], timestamp, cast("HttpResponse", response))
        or response
    )
