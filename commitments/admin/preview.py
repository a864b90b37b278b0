"""What the public would see if an entry were on record: a page, made within a dry run that leaves nothing."""

from django.db import models
from django.http import Http404, HttpRequest
from django.urls import resolve

from commitments.ledger.append import dry_run
from commitments.ledger.new_entries import NewEntry

PREVIEW_BUTTON = "_preview"  # the name of the button
COPIED_META = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")


def preview_entry(request: HttpRequest, entry: NewEntry, row: models.Model) -> str:
    """A row's public page with the entry on it; empty where it has none. ValidationError where the ledger refuses."""
    page: str = dry_run([entry], lambda: render_public_page(request, row))
    return page


def render_public_page(request: HttpRequest, row: models.Model) -> str:
    """The page as anybody gets it now, for a frame of its own: its links open in another window.

    Empty for what has no page of its own, and for what is not public yet, such as a release of a day to come.
    """
    if not hasattr(row, "get_absolute_url"):
        return ""
    preview_request = HttpRequest()
    preview_request.is_preview = True  # type: ignore[attr-defined]  # read by `web.page_cache`: it is not to be kept
    preview_request.method, preview_request.path = "GET", row.get_absolute_url()
    preview_request.path_info = preview_request.path
    preview_request.META = {name: request.META[name] for name in COPIED_META if name in request.META}
    preview_request.resolver_match = match = resolve(preview_request.path)
    try:
        text: str = match.func(preview_request, *match.args, **match.kwargs).content.decode()
    except Http404:
        return ""
    return text.replace("<head>", '<head><base target="_blank">', 1)
