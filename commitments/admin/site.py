"""The admin's own site: who comes in, what everybody else is told, and the dashboard (“Desk”) that it opens with."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.options import TO_FIELD_VAR
from django.contrib.contenttypes import views as contenttype_views
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from commitments.accounts.kept_forms import form_stamp
from commitments.accounts.sessions import session_end
from commitments.admin import kept_forms
from commitments.admin.base import parse_key
from commitments.admin.dashboard import dashboard
from commitments.admin.date_fields import read_date_view
from commitments.admin.help import help_index, help_page_view
from commitments.admin.menu import describe
from commitments.i18n.site_name import site_name

View = TypeVar("View", bound=Callable[..., Any])


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the user must set one up first. Recovery codes alone are none."""
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return settings.REQUIRE_MFA and not is_mfa_enabled(request.user, factors)


def tells_of_others(view: Callable[..., Any], request: HttpRequest) -> bool:
    """Whether a view is the history of a table that the user may not look at.

    The stock one looks for the row first, and so tells whether there is one.
    """
    model_admin = getattr(view, "__self__", None)
    if not isinstance(model_admin, admin.ModelAdmin) or view.__name__ != "history_view":
        return False
    return not model_admin.has_view_or_change_permission(request)


def _model_of(content_type_id: str) -> Any:
    """The model whose number stands in an address; None where that is no number, or nobody's."""
    key = parse_key(content_type_id)
    kind = ContentType.objects.filter(pk=key).first() if key else None
    return kind.model_class() if kind else None


class StaffSite(admin.AdminSite):
    """The stock site with a dashboard; with REQUIRE_MFA=1 it is closed to whoever has no second factor."""

    index_title = _("Desk")
    enable_nav_sidebar = False  # tables need the width

    @property
    def site_header(self) -> str:  # type: ignore[override]
        # What the site is called, in the page's language.
        return gettext("%(site)s: staff") % {"site": site_name()}

    site_title = site_header

    def get_urls(self) -> list[Any]:
        # The stock addresses; those that lead to a row's public page ask first. And what a typed date means, and help.
        own = path(
            "r/<path:content_type_id>/<path:object_id>/", self.admin_view(self.view_on_site), name="view_on_site"
        )
        forget = path("kept/<int:pk>/forget/", self.admin_view(kept_forms.forget_view), name="forget_form")
        read = path("read-date/", self.admin_view(read_date_view), name="read_date")
        guide = [
            path("help/", help_index, name="help"),
            path("help/<slug:name>/", help_page_view, name="help_page"),
        ]
        return [own, forget, read, *guide, *super().get_urls()]

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        """Lead to the public page of what the user may look at here; else 404, whether or not there is such a row."""
        model_admin = self._registry.get(_model_of(content_type_id))
        row = model_admin.get_object(request, object_id) if model_admin else None
        if not model_admin or not row or not model_admin.has_view_permission(request, row):
            raise Http404
        return cast("HttpResponse", contenttype_views.shortcut(request, content_type_id, object_id))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        # With what stands behind each name.
        return describe(super().get_app_list(request, app_label))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        # The dashboard, and below it everything else.
        return super().index(request, {"desk": dashboard(request)} | (extra_context or {}))

    def has_permission(self, request: HttpRequest) -> bool:
        # Active, staff, and with a second factor where that is a must.
        return super().has_permission(request) and not lacks_second_factor(request)

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        # When the sign-in ends, once that is near; for whom forms are opened, and whether one is shown as it was typed.
        context = {
            "signed_in_until": session_end(request),
            "site_url": reverse("overview"),
            "form_stamp": form_stamp(request.user),
            "typed_again": kept_forms.is_shown_again(request),
            "kept_form": getattr(request, "kept_form", None),
        }
        return super().each_context(request) | context

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        # Say why to those who are signed in and may not: asking them to sign in would lead them in a circle. A form
        # that cannot be taken is kept.
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            allowed, elsewhere = self.has_permission(request), kept_forms.is_somebody_elses(request)
            if request.method == "POST" and (elsewhere or not allowed):
                kept_forms.keep_for_later(request)
            if request.user.is_authenticated and not allowed:
                return no_access_page(request)
            if request.user.is_authenticated and elsewhere:
                return kept_forms.somebody_elses_page(request)
            if request.user.is_authenticated and tells_of_others(view, request):
                raise PermissionDenied
            if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
                # The stock forms refuse the name of any other column, but look for a column without a name.
                raise DisallowedModelAdminToField("No column has an empty name.")
            return (
                kept_forms.answer(guarded, request, *args, **kwargs) if allowed else guarded(request, *args, **kwargs)
            )

        return cast("View", inner)


@never_cache
def no_access_page(request: HttpRequest) -> HttpResponse:
    """No page of the admin: what is missing, and where to get it."""
    return render(request, "admin/refused.html", {"staff": request.user.is_staff}, status=403)
