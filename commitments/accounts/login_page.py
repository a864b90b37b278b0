"""The page to sign in at, and what it says to who is signed in already."""

from __future__ import annotations

from allauth.account import views
from allauth.account.utils import get_next_redirect_url
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache


@never_cache
def login(request: HttpRequest) -> HttpResponseBase:
    """Allauth's page, but it sends nobody back to a page that sent them here.

    Between two servers that do not take one another's sessions, as while SECRET_KEY is changed or where their clocks
    differ, a browser would go to and fro until it gives up.
    """
    if request.method == "GET" and REDIRECT_FIELD_NAME in request.GET and request.user.is_authenticated:
        next_page = get_next_redirect_url(request) or reverse("admin:index")
        return render(request, "account/signed_in_already.html", {"next_page": next_page})
    response: HttpResponseBase = views.login(request)
    return response
