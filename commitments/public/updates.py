"""What changed: every entry of the ledger, the latest recorded first."""

from typing import Any

from django.core.paginator import EmptyPage, Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from commitments.domain.choices import EntryKind
from commitments.query.entity_changes import describe_entity_changes
from commitments.query.entries import public_entries, with_details
from commitments.query.forms import PER_PAGE
from commitments.web.links import replace_params
from commitments.web.pages import Page, day_page

# What most readers come for: what happened, not that somebody looked or mended a comma.
NEWS = "news"
NEWS_KINDS = (EntryKind.REPORT, EntryKind.CONTEXT)


@day_page
def updates_page(page: Page) -> HttpResponse:
    """What changed: every entry of the ledger, the latest recorded first; with `entry`, those of one kind, or news."""
    request = page.request
    kind = request.GET.get("entry", "")
    if kind and kind not in (NEWS, *EntryKind):
        return page.render("bad_page", status=400, kinds=[NEWS, *EntryKind])
    entries = public_entries(page.day)
    if kind:
        entries = entries.filter(kind__in=NEWS_KINDS if kind == NEWS else [kind])
    paginator = Paginator(entries.values_list("pk", flat=True), PER_PAGE)
    twice = any(len(request.GET.getlist(name)) > 1 for name in ("entry", "page"))
    try:
        shown_page = paginator.page(0 if twice else int(request.GET.get("page") or 1))
    except (ValueError, EmptyPage):
        return page.render("bad_page", status=400, last=paginator.num_pages)
    shown = list(with_details(shown_page))
    described = describe_entity_changes([*shown, *(entry.target for entry in shown if entry.target)])
    return page.render(
        "updates",
        kinds=entry_kind_links(request, kind),
        entries=[(entry, described.get(entry.sequence), described.get(entry.target_id or 0)) for entry in shown],
        page=shown_page,
        previous=replace_params(request.GET, page=shown_page.number - 1),
        next=replace_params(request.GET, page=shown_page.number + 1),
    )


def entry_kind_links(request: HttpRequest, shown: str) -> list[dict[str, Any]]:
    """What the page can be asked for: all, news, and each kind of entries."""
    choices = [("", _("All")), (NEWS, _("news")), *((kind.value, kind.label) for kind in EntryKind)]
    return [
        {
            "label": label,
            "address": replace_params(request.GET, entry=value or None, page=None),
            "shown": value == shown,
        }
        for value, label in choices
    ]
