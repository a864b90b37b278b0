"""How long staff stay signed in, and ending it at once."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.signals import authenticator_added
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from commitments.accounts.kept_forms import note_waiting

MINUTE, HOUR = 60, 60 * 60


class SessionLimits:
    """Ends a session SESSION_HOURS after the sign-in, and keeps it from its idle limit while it is used.

    Public pages ask for no session, so that they stay free of cookies and of this query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(reverse("admin:index")) and request.user.is_authenticated:
            keep_or_end_session(request, time.time())
        return self.get_response(request)


def connect_signals() -> None:
    """Ask to be told of each sign-in and each new second factor."""
    user_logged_in.connect(start_session_clocks)
    user_logged_in.connect(note_waiting)
    authenticator_added.connect(end_other_sessions)


def start_session_clocks(request: HttpRequest, **kwargs: Any) -> None:
    """Somebody signed in: both clocks start."""
    request.session["signed_in_at"] = request.session["seen_at"] = time.time()


def keep_or_end_session(request: HttpRequest, now: float) -> None:
    """End a session whose hours are over. Else store it once a minute, which moves its expiry, the idle limit.

    One that began, or was seen, at a time that has not come yet is from a clock that ran ahead, and would last until
    then.
    """
    latest = max(request.session.get("signed_in_at", 0), request.session.get("seen_at", 0))
    if latest > now + MINUTE:
        logout(request)
        messages.info(request, _("The clock of this site was put right after you signed in. Please sign in again."))
    elif now >= request.session.get("signed_in_at", 0) + settings.SESSION_SECONDS:
        logout(request)
        messages.info(request, _("You were signed in for as long as a sign-in lasts. Please sign in again."))
    elif now >= request.session.get("seen_at", 0) + MINUTE:
        request.session["seen_at"] = now


def session_end(request: HttpRequest) -> datetime | None:
    """When a sign-in ends that lasts for less than another hour; None where there is more time."""
    end = request.session.get("signed_in_at", 0) + settings.SESSION_SECONDS
    return datetime.fromtimestamp(end, tz=UTC) if end < time.time() + HOUR else None


@never_cache
def session_keepalive(request: HttpRequest) -> HttpResponse:
    """Somebody is typing (typing.js): to have asked is all it takes. 401 where nobody is signed in any more."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Session"})
    return HttpResponse(status=204)


def end_sessions(user: User, except_key: str | None = None) -> None:
    """End all sessions of a user, except for the one with that key."""
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=except_key or "")
    session_keys = [session.pk for session in sessions if session.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=session_keys).delete()


def end_other_sessions(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A new second factor: whoever signed in elsewhere without it signs in again."""
    end_sessions(user, except_key=request.session.session_key)
