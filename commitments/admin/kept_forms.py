"""What was typed into a form that could not be taken is there again: after signing in, or at once.

`accounts.kept_forms` keeps it. Here it is shown: the page that the form was sent to is asked once more as if it were
sent now, but told to refuse it, so that it comes back filled in as after any mistake. Whatever such a page does is
taken back. A page that would take the form nevertheless, or leads elsewhere, is answered by one that lists what was
typed and sends it again at a press.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.accounts import kept_forms
from commitments.admin.form_snapshot import FormSnapshot, typed_texts
from commitments.models import KeptForm

View = Callable[..., HttpResponse]


def is_somebody_elses(request: HttpRequest) -> bool:
    """Whether a form was opened for another user than the one who is signed in where it was sent."""
    return request.method == "POST" and kept_forms.form_owner(request) not in (None, request.user.pk)


def keep_for_later(request: HttpRequest) -> bool:
    """Keep a form that cannot be taken, and tell whoever is to sign in now; whether it is kept."""
    kept = kept_forms.keep_form(request)
    if kept and not request.user.is_authenticated:
        message = _(
            "You are signed out. Nothing was saved, and what you typed is kept for you for three days: sign in with "
            "the account that opened the form, and it is there again."
        )
        messages.warning(request, message)
    return kept


def somebody_elses_page(request: HttpRequest) -> HttpResponse:
    """The form was opened for another account than the one that is signed in now."""
    return render(request, "admin/somebody_elses_form.html", status=HTTPStatus.FORBIDDEN)


def answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """A page of staff's; where a form waits for the user there, the form as it was typed."""
    if request.method == "POST" and not is_shown_again(request):
        kept_forms.forget_form(request)
    elif request.method == "GET" and (kept := kept_forms.waiting_form(request)):
        request.kept_form = kept  # type: ignore[attr-defined]  # read by `StaffSite.each_context`
        data = QueryDict(mutable=True)
        for name, values in kept.data.items():
            data.setlist(name, values)
        if shown := show_again(view, request, data, *args, **kwargs):
            return shown
        kept.delete()
    return view(request, *args, **kwargs)


def is_shown_again(request: HttpRequest) -> bool:
    """Whether a page is only asked to show a form as it was typed."""
    return getattr(request, "is_shown_again", False)


def show_again(view: View, request: HttpRequest, data: QueryDict, *args: Any, **kwargs: Any) -> HttpResponse | None:
    """The form as it was typed, unsaved; None where nothing was typed that the page does not show by itself."""
    sent = as_if_sent(request, data)
    try:
        with transaction.atomic():
            response = view(sent, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            transaction.set_rollback(True)
    except (PermissionDenied, Http404) as refusal:
        return list_of_typed(request, data, str(refusal) or _("Your role does not allow it any more, or it is gone."))
    if response.status_code in (HTTPStatus.OK, HTTPStatus.CONFLICT):
        response.status_code = HTTPStatus.OK
        return response
    return list_of_typed(request, data, "")


def as_if_sent(request: HttpRequest, data: QueryDict) -> HttpRequest:
    """The request as if the form were sent now, to be refused. It is the same one: pages keep things on it."""
    _files = request.FILES  # to read them later would read all of the request once more, as it came
    request.method = "POST"
    request.POST = data  # type: ignore[assignment]  # django-stubs: the immutable kind
    request.is_shown_again = True  # type: ignore[attr-defined]
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # nothing of it is stored
    request.refusal = ValidationError(_("Nothing of it is saved yet. Check it and send it again."))  # type: ignore[attr-defined]
    return request


def list_of_typed(request: HttpRequest, data: QueryDict, why: str) -> HttpResponse | None:
    """What was typed, in a list, to be sent again where that can be; None where it is nothing.

    Messages of what was taken back were never true, and are dropped.
    """
    request._messages = default_storage(request)  # type: ignore[attr-defined]
    request.method, request.POST = "GET", QueryDict()
    snapshot = FormSnapshot.loads(data.get("seen", "")) or FormSnapshot()
    typed = typed_texts(data, snapshot.all_values())
    if not typed:
        return None
    context = {"title": _("What you typed"), "typed": typed, "why": why, "address": request.get_full_path()}
    names = (kept_forms.TOKEN_FIELD, kept_forms.STAMP_FIELD)
    context["sent"] = [(name, value) for name, values in data.lists() if name not in names for value in values]
    return TemplateResponse(request, "admin/kept_form.html", admin.site.each_context(request) | context)


def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw away what was kept, and open the form as it is without it."""
    kept = get_object_or_404(KeptForm, pk=pk, user=request.user.pk)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:index"))
    kept.delete()
    messages.success(request, _("What you had typed is thrown away."))
    return HttpResponseRedirect(kept.path)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Settings' CSRF_FAILURE_VIEW: a form that Django cannot be sure of, such as after a sign-in in another tab.

    Where its stamp shows that we gave it to whoever is signed in, it comes back as it was typed. No other site can
    read a stamp, and nothing is stored, so this takes no form that is not ours.
    """
    match = request.resolver_match
    if match is None or match.namespace != admin.site.name or kept_forms.form_owner(request) is None:
        return render(request, "403_csrf.html", status=HTTPStatus.FORBIDDEN)  # passwords and codes among them
    if not request.user.is_authenticated:
        keep_for_later(request)
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if is_somebody_elses(request) or not admin.site.has_permission(request):
        kept_forms.keep_form(request)
        return somebody_elses_page(request)
    shown = show_again(match.func, request, request.POST.copy(), *match.args, **match.kwargs)
    return shown or HttpResponseRedirect(request.get_full_path())
