"""What the public would see if an entry were on record: its page, made within a rehearsal that leaves nothing."""

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
    asking = HttpRequest()
    asking.is_preview = True  # type: ignore[attr-defined]  # asked for by `keeping`: it is not to be kept
    asking.method, asking.path = "GET", commitment.get_absolute_url()
    asking.path_info = asking.path
    asking.META = {name: request.META[name] for name in COPIED_META if name in request.META}
    asking.resolver_match = found = resolve(asking.path)
    text: str = found.func(asking, *found.args, **found.kwargs).content.decode()
    return text.replace("<head>", '<head><base target="_blank">', 1)
