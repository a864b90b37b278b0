"""Browsers in which somebody signed in before: a signed cookie that no script reads, on staff's pages alone.

It opens nothing. It only spares its owner the limits that strangers can use up (`accounts.attempts`). It names the
accounts that signed in there by keyed digests, since a desk may be shared, and lasts for LASTS_FOR after the last time.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac

LASTS_FOR = timedelta(days=90)
MAX_ACCOUNTS = 5  # of one browser
SALT = "known browser"


def known_browser(request: HttpRequest, account: User | None) -> str:
    """The name of the browser that asks, where this account signed in there before; else nothing."""
    known = _read_cookie(request)
    return str(known["id"]) if account and _digest(account) in known["accounts"] else ""


def remember_browser(request: HttpRequest, response: HttpResponse, account: User) -> None:
    """Set the cookie: this account, too, signed in there."""
    known, own = _read_cookie(request), _digest(account)
    accounts = [own, *(other for other in known["accounts"] if other != own)][:MAX_ACCOUNTS]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps({"id": known["id"], "accounts": accounts}, salt=SALT),
        max_age=LASTS_FOR,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read_cookie(request: HttpRequest) -> dict[str, Any]:
    """What we wrote there; where that is nothing, forged or too old, a new browser that nobody signed in with."""
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        known: dict[str, Any] = signing.loads(cookie, salt=SALT, max_age=LASTS_FOR)
    except signing.BadSignature:
        return {"id": secrets.token_urlsafe(12), "accounts": []}
    return known


def _digest(account: User) -> str:
    return salted_hmac(SALT, str(account.pk), algorithm="sha256").hexdigest()[:32]
