"""Where one comes back to: the filtered list that one came from, and the next of its rows.

A form knows its list by its address. Django's own `_changelist_filters` is the query string of the list of the form's
own model; `list` is that of the list of commitments, from which one comes to record progress. `outline` is the key of
a release that is being read, whose outline needs something that is added in the form.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.db import models
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from commitments.admin.base import ModelAdmin, parse_key, url_name
from commitments.models import Commitment
from commitments.query.localized import display_title

LIST_FIELD, OWN_LIST_FIELD, OUTLINE_FIELD = "list", "_changelist_filters", "outline"  # in addresses
NEXT_FIELD = "next_in_list"  # the name of a hidden box
MOST_ROWS = 5_000  # of a list, among which the next is looked for
PAGE_FIELDS = ("p", "all")  # of a list's address: they choose no rows


@dataclass(frozen=True, slots=True)
class ListedRow:
    """A row of a list: its key, what it is called, and where it leads from there."""

    key: int
    title: str
    address: str

    @property
    def link(self) -> SafeString:
        """For a message."""
        return format_html('<a href="{}">{}</a>', self.address, self.title)


class CameFrom:
    """The list that somebody came from to a form."""

    def __init__(self, model_admin: ModelAdmin, request: HttpRequest, query: str) -> None:
        self.model_admin, self.request, self.query = model_admin, request, query

    @property
    def address(self) -> str:
        """The list as it was filtered."""
        address = reverse(f"admin:{url_name(self.model_admin, 'changelist')}")
        return f"{address}?{self.query}" if self.query else address

    def next_after(self, key: int) -> ListedRow | None:
        """The row after one of the list; the first where that one is not in it any more."""
        return self._row(lambda keys: keys[keys.index(key) + 1 :] if key in keys else keys)

    def still_there(self, key: int, done: int) -> ListedRow | None:
        """A row, where it is still in the list; else the first that is not done."""
        return self._row(lambda keys: [one for one in keys if one == key] or [one for one in keys if one != done])

    def _row(self, choose: Any) -> ListedRow | None:
        asked = copy(self.request)
        query = QueryDict(self.query, mutable=True)
        for name in PAGE_FIELDS:
            query.pop(name, None)
        asked.method, asked.GET = "GET", query  # type: ignore[assignment]  # django-stubs: the immutable kind
        try:
            changelist = self.model_admin.get_changelist_instance(asked)
        except IncorrectLookupParameters:
            return None
        left = choose(list(changelist.queryset.values_list("pk", flat=True)[:MOST_ROWS]))
        row = self.model_admin.get_queryset(self.request).filter(pk=left[0]).first() if left else None
        if row is None:
            return None
        filters = urlencode({OWN_LIST_FIELD: self.query}) if self.query else ""
        address = add_preserved_filters(
            {"preserved_filters": filters, "opts": self.model_admin.opts}, changelist.url_for_result(row)
        )
        return ListedRow(row.pk, display_title(row) if isinstance(row, Commitment) else str(row), address)


def came_from(model_admin: ModelAdmin, request: HttpRequest) -> CameFrom | None:
    """The list that the address of a form names; None where it names none."""
    if LIST_FIELD in request.GET:
        return CameFrom(admin.site.get_model_admin(Commitment), request, request.GET[LIST_FIELD])
    if OWN_LIST_FIELD in request.GET:
        return CameFrom(model_admin, request, request.GET[OWN_LIST_FIELD])
    return None


def with_list(address: str, query: str) -> str:
    """The address of a form, which leads back to the list of commitments with this query string."""
    return f"{address}&{urlencode({LIST_FIELD: query})}"


def outline_address(request: HttpRequest) -> str:
    """The outline that the address of a form names; empty where it names none."""
    key = parse_key(request.GET.get(OUTLINE_FIELD))
    return reverse("admin:commitments_intake_outline", args=[key]) if key else ""


def place_in_list(model_admin: ModelAdmin, request: HttpRequest, row: models.Model | None) -> dict[str, Any]:
    """For a form's page: the list that one came from and the row after this one; nothing where there is no list."""
    if address := outline_address(request):
        return {"came_from": address, "came_from_outline": True}
    source = came_from(model_admin, request)
    if source is None:
        return {}
    return {"came_from": source.address, "next_in_list": source.next_after(row.pk) if row and row.pk else None}


def back_to_list(model_admin: ModelAdmin, request: HttpRequest, row: models.Model) -> HttpResponseRedirect | None:
    """To the list that one came from, with a message that leads to the next; None where there is no list."""
    if address := outline_address(request):
        return HttpResponseRedirect(address)
    source = came_from(model_admin, request)
    if source is None:
        return None
    following = source.still_there(parse_key(request.POST.get(NEXT_FIELD)), row.pk)
    if following:
        words = format_html(_("Next in this list: {name}."), name=following.link)
        model_admin.message_user(request, words, messages.INFO)
    return HttpResponseRedirect(source.address)


def decision_query(request: HttpRequest, chosen_by: str, default: str) -> str:
    """The query string of the list from which rows were chosen for a page of confirmation, with its question mark.

    `chosen_by`: the key by which the address says which row the page is about.
    """
    query = request.GET.copy()
    query.pop(chosen_by, None)
    return f"?{query.urlencode()}" if query else default
