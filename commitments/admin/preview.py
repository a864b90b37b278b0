"""What the public would see if an entry were on record: its page, made within a dry run that leaves nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import resolve

from commitments.ledger.append import NewEntry, dry_run
from commitments.models import Commitment

PREVIEW_BUTTON = "_preview"  # the name of the button
COPIED_META = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO")


def preview_entry(request: HttpRequest, entry: NewEntry, commitment: Commitment) -> str:
    """The commitment's public page with the entry on it. ValidationError where the ledger refuses the entry."""
    page: str = dry_run(entry, lambda: render_public_page(request, commitment))
    return page


def render_public_page(request: HttpRequest, commitment: Commitment) -> str:
    """The page as anybody gets it now, for a frame of its own: its links open in another window."""
    preview_request = HttpRequest()
    preview_request.is_preview = True  # type: ignore[attr-defined]  # read by `web.page_cache`: it is not to be kept
    preview_request.method, preview_request.path = "GET", commitment.get_absolute_url()
    preview_request.path_info = preview_request.path
    preview_request.META = {name: request.META[name] for name in COPIED_META if name in request.META}
    preview_request.resolver_match = match = resolve(preview_request.path)
    text: str = match.func(preview_request, *match.args, **match.kwargs).content.decode()
    return text.replace("<head>", '<head><base target="_blank">', 1)
