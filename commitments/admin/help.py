"""Help: its views, and which page of it, or which part of one, fits a page of the admin."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AbstractUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from commitments.admin.base import staff_user
from commitments.admin.help_pages import PAGES, help_page
from commitments.i18n.languages import current_language

# The role's own page first, then those of the roles whose work it does as well.
READS = {
    "Administrator": ("administrator",),
    "Publisher": ("publisher", "editor", "contributor"),
    "Editor": ("editor", "contributor"),
    "Contributor": ("contributor",),
}
# By how the name of an address begins; the longest counts. Of several parts the first that stands on a page which the
# user's roles read, else the first of all. What is not named here leads to the page of the role.
PLACES: dict[str, tuple[str, ...]] = {
    "account_": ("first-day#sign-in",),
    "admin:password_change": ("first-day#sign-in",),
    "mfa_": ("first-day#add-a-second-factor",),
    "admin:auth_user": ("administrator#a-new-account",),
    "admin:auth_group": ("administrator#roles",),
    "admin:commitments_accountchange": ("administrator#who-changed-what",),
    "admin:commitments_affiliation": ("administrator#roles",),
    "admin:commitments_agreement": ("editor#names",),
    "admin:commitments_area": ("editor#names",),
    "admin:commitments_assignment": ("editor#who-looks-after-it",),
    "admin:commitments_commitment": ("editor#a-new-pledge", "contributor#find-a-commitment"),
    "admin:commitments_commitment_assign": ("editor#who-looks-after-it",),
    "admin:commitments_commitment_changelist": (
        "publisher#publish-commitments",
        "editor#a-new-pledge",
        "contributor#find-a-commitment",
    ),
    "admin:commitments_commitment_export": ("editor#many-at-once-with-excel",),
    "admin:commitments_commitment_import": ("editor#many-at-once-with-excel",),
    "admin:commitments_commitment_process_import": ("editor#many-at-once-with-excel",),
    "admin:commitments_commitment_publish": ("publisher#publish-commitments", "editor#a-new-pledge"),
    "admin:commitments_commitment_record": ("contributor#many-at-once",),
    "admin:commitments_commitment_return": ("publisher#return-a-draft",),
    "admin:commitments_commitment_translations": ("editor#translations",),
    "admin:commitments_deleteddraft": ("contributor#your-drafts",),
    "admin:commitments_draftcommitment": ("publisher#publish-commitments", "editor#a-new-pledge"),
    "admin:commitments_draftupdate": ("contributor#record-progress",),
    "admin:commitments_draftupdate_changelist": ("publisher#review-and-publish", "contributor#your-drafts"),
    "admin:commitments_draftupdate_import": ("editor#many-at-once-with-excel",),
    "admin:commitments_draftupdate_process_import": ("editor#many-at-once-with-excel",),
    "admin:commitments_draftupdate_publish": ("publisher#review-and-publish",),
    "admin:commitments_draftupdate_return": ("publisher#return-a-draft",),
    "admin:commitments_draftupdate_send": ("contributor#your-drafts",),
    "admin:commitments_entityproposal": ("publisher#names-on-record", "editor#change-what-is-on-record"),
    "admin:commitments_entryproposal": ("publisher#two-people-for-each-entry",),
    "admin:commitments_errorreport": ("editor#answer-readers",),
    "admin:commitments_evidence": ("contributor#evidence",),
    "admin:commitments_intake": ("editor#a-whole-release",),
    "admin:commitments_intake_publish": ("publisher#publish-commitments", "editor#a-whole-release"),
    "admin:commitments_keptform": ("first-day#if-something-goes-wrong",),
    "admin:commitments_ledgerentry": ("publisher#correct",),
    "admin:commitments_ledgerentry_retract": ("publisher#retract",),
    "admin:commitments_linkcheck": ("editor#pages-that-vanish",),
    "admin:commitments_newssource": ("editor#names", "contributor#evidence"),
    "admin:commitments_occasion": ("editor#names",),
    "admin:commitments_organisation": ("editor#names",),
    "admin:commitments_organisation_import": ("editor#many-at-once-with-excel",),
    "admin:commitments_organisation_process_import": ("editor#many-at-once-with-excel",),
    "admin:commitments_outgoingmail": ("first-day#mails-that-you-get",),
    "admin:commitments_redactionrequest": ("administrator#remove-words",),
    "admin:commitments_release": ("editor#names",),
    "admin:commitments_reminder": ("first-day#mails-that-you-get",),
    "admin:commitments_section": ("editor#names",),
    "admin:commitments_translation": ("editor#translations",),
    "admin:forget_form": ("first-day#if-something-goes-wrong",),
}


def pages_read_by(user: AbstractUser) -> list[str]:
    """Pages of the user's roles, the most telling first; for somebody without a role, that of the first day."""
    held = set(READS) if user.is_superuser else set(user.groups.values_list("name", flat=True))
    pages = [page for role, read in READS.items() if role in held for page in read]
    return list(dict.fromkeys(pages)) or [PAGES[0]]


def place_for(user: AbstractUser, path: str) -> str:
    """The page, and where there is one the part (`publisher#retract`), that fits an address of the admin."""
    read = pages_read_by(user)
    try:
        view_name = resolve(path).view_name
    except Resolver404:
        view_name = ""
    fitting = max((start for start in PLACES if view_name.startswith(start)), key=len, default="")
    parts = PLACES.get(fitting) or (read[0],)
    return next((part for part in parts if part.partition("#")[0] in read), parts[0])


@never_cache
@require_safe
@login_required
def help_index(request: HttpRequest) -> HttpResponse:
    """All pages; `?for=` an address of the admin leads to what fits it instead."""
    if path := request.GET.get("for", ""):
        page, hash_sign, part = place_for(staff_user(request), path).partition("#")
        return redirect(reverse("admin:help_page", args=[page]) + hash_sign + part)
    return TemplateResponse(request, "admin/help/index.html", _context(request) | {"title": _("Help")})


@never_cache
@require_safe
@login_required
def help_page_view(request: HttpRequest, name: str) -> HttpResponse:
    """One page; 404 for any other name."""
    if name not in PAGES:
        raise Http404
    page = help_page(current_language(), name)
    return TemplateResponse(request, "admin/help/page.html", _context(request) | {"title": page.title, "page": page})


def _context(request: HttpRequest) -> dict[str, Any]:
    """Whoever is signed in may read all of it, also before they have a second factor."""
    return admin.site.each_context(request) | {
        "has_permission": True,
        "help_pages": [help_page(current_language(), name) for name in PAGES],
        "own_page": pages_read_by(staff_user(request))[0],
    }
