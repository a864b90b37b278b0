"""How much one visitor may ask for, so that there is enough for all: where from, how often, and the refusal.

Counted in the last minute, for the network that a question comes from, by each worker in its own memory: it is asked
of many requests, may be forgotten, and is written down nowhere. What is refused or told "304" costs little, and does
not count: `limit_search` and `limit_export` are called where an answer is really made.
"""

import hashlib
import ipaddress
import re
import time
from collections.abc import Callable
from functools import wraps
from math import ceil
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.throttling import SimpleRateThrottle

IPV6_NETWORK_BITS = 64  # bits of an IPv6 address that one household or office has to itself


def client_network(request: HttpRequest) -> str:
    """Where a request comes from: behind a proxy that is trusted, the address that it wrote down last."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.TRUST_PROXY else ""
    address = forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    address = re.sub(r"^\[(.*)\](:\d+)?$|^([\d.]+):\d+$", r"\1\3", address)  # some proxies write the port, too
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # with a port, a socket of the machine itself: as it is
        return str(address)
    if isinstance(parsed, ipaddress.IPv6Address) and not parsed.ipv4_mapped:
        return str(ipaddress.ip_network((parsed, IPV6_NETWORK_BITS), strict=False))
    return str(parsed)


class NetworkRateThrottle(SimpleRateThrottle):
    """So many requests of one kind in a minute from one network."""

    cache = caches["visits"]
    timer = time.monotonic  # a clock that is put back would refuse everybody until it is as late again

    def __init__(self, kind: str, limit: int) -> None:
        self.kind, self.rate = kind, f"{limit}/min"
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        # A digest, because not every address is a name that a cache takes.
        return hashlib.sha256(f"{self.kind} {client_network(request)}".encode()).hexdigest()


class RateLimitedError(Throttled):
    """One question too many; the API's own error of this kind, so that the API answers it like its others.

    `seconds`: after how many to ask again.
    """

    def __init__(self, limit: int, wait: float | None) -> None:
        super().__init__()
        self.limit, self.seconds = limit, max(1, ceil(wait or 1))

    def message(self) -> str:
        """What the refusal says."""
        message = _("At most %(most)s requests a minute are answered. Ask again in %(wait)s seconds.")
        return message % {"most": self.limit, "wait": self.seconds}


def count_request(request: Any, kind: str, limit: int) -> None:
    """Count one request of a kind; RateLimitedError where there were as many as may be."""
    throttle = NetworkRateThrottle(kind, limit)
    if not throttle.allow_request(request, None):  # type: ignore[arg-type]  # no view is asked for
        raise RateLimitedError(limit, throttle.wait())


def limit_search(request: Any) -> None:
    """Count an answer that words are looked for in."""
    if request.GET.get("q", "").strip():
        count_request(request, "search", settings.SEARCHES_PER_MINUTE)


def limit_export(request: HttpRequest) -> None:
    """Count a file, and the words that are looked for in it."""
    limit_search(request)
    count_request(request, "export", settings.EXPORTS_PER_MINUTE)


def rate_limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answers 429 where a limit is reached: a page where a page was asked for, else a line of text."""

    @wraps(view)
    def limited(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except RateLimitedError as problem:
            return too_many_requests_response(request, problem)

    return limited


def too_many_requests_response(request: HttpRequest, problem: RateLimitedError) -> HttpResponse:
    """429, and when to come back."""
    if request.path.endswith("/"):
        response = render(request, "429.html", {"said": problem.message()}, status=429)
    else:
        response = HttpResponse(f"{problem.message()}\n", status=429, content_type="text/plain; charset=utf-8")
    response.headers["Retry-After"] = str(problem.seconds)
    response.headers["Cache-Control"] = "no-store"
    return response
