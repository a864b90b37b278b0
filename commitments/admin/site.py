"""The admin's own site: who comes in, what everybody else is told, and the dashboard (“Desk”) that it opens with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from commitments.accounts.sessions import session_end
from commitments.admin.dashboard import dashboard
from commitments.i18n.site_name import site_name

View = TypeVar("View", bound=Callable[..., Any])


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the user must set one up first. Recovery codes alone are none."""
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return settings.REQUIRE_MFA and not is_mfa_enabled(request.user, factors)


class StaffSite(admin.AdminSite):
    """The stock site with a dashboard; with REQUIRE_MFA=1 it is closed to whoever has no second factor."""

    index_title = _("Desk")
    enable_nav_sidebar = False  # tables need the width

    @property
    def site_header(self) -> str:  # type: ignore[override]
        """What the site is called, in the page's language."""
        return gettext("%(site)s: staff") % {"site": site_name()}

    site_title = site_header

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The dashboard, and below it everything else."""
        return super().index(request, {"desk": dashboard(request)} | (extra_context or {}))

    def has_permission(self, request: HttpRequest) -> bool:
        """Active, staff, and with a second factor where that is a must."""
        return super().has_permission(request) and not lacks_second_factor(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """And when the sign-in ends, once that is near: what is typed then would be lost."""
        context = {"signed_in_until": session_end(request), "site_url": reverse("overview")}
        return super().each_context(request) | context

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Say why to those who are signed in and may not: asking them to sign in would lead them in a circle."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                return no_access_page(request)
            response: HttpResponse = guarded(request, *args, **kwargs)
            return response

        return cast("View", inner)


@never_cache
def no_access_page(request: HttpRequest) -> HttpResponse:
    """No page of the admin: what is missing, and where to get it."""
    return render(request, "admin/refused.html", {"staff": request.user.is_staff}, status=403)
