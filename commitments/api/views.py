"""The addresses of the API. Each starts at a table of `exports.datasets`, and its rows are those of the exports."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import ceil
from typing import Any, NoReturn

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from commitments.api.cursors import CursorError, RowOrder
from commitments.api.errors import Retracted
from commitments.api.openapi import openapi_description
from commitments.exports.datasets import DATASETS, Dataset
from commitments.exports.download import page_url_builder
from commitments.exports.json import LICENCE, row_objects
from commitments.exports.rows import iter_batches
from commitments.i18n.languages import current_language
from commitments.models import LedgerHead
from commitments.query.entries import retraction_of_publication
from commitments.query.filters import CommitmentFilter, list_params, query_errors
from commitments.query.forms import PER_PAGE
from commitments.query.localized import localize_record_text
from commitments.web.links import replace_params
from commitments.web.page_cache import get_or_make
from commitments.web.rate_limits import count_request, limit_search


class LimitedView(APIView):
    """An address that one network is answered so often a minute and no more (API_PER_MINUTE)."""

    def check_throttles(self, request: Request) -> None:
        count_request(request, "api", settings.API_PER_MINUTE)


class CachedView(LimitedView):
    """An address that is read and never written to, and whose answer is the same for whoever asks."""

    http_method_names = ["get", "head"]  # noqa: RUF012  (as in Django)

    def get(self, request: Request, **identity: Any) -> HttpResponseBase:
        """The kept answer, a new one, or 304."""
        return get_or_make(request._request, partial(self.written, request, **identity))

    def written(self, request: Request, **identity: Any) -> HttpResponse:
        """The answer as it is sent."""
        response = self.answer(request, **identity)
        content = request.accepted_renderer.render(response.data, request.accepted_media_type)
        headers = dict(response.headers) | {"Content-Type": request.accepted_renderer.media_type}
        return HttpResponse(content, headers=headers)

    def answer(self, request: Request, **identity: Any) -> Response:
        """What is asked for."""
        raise NotImplementedError


class Index(CachedView):
    """Where everything is."""

    def answer(self, request: Request, **identity: Any) -> Response:
        """The addresses of the collections, of the schema and of its documentation."""
        refuse_parameters(request)
        names = [*(f"api_{name}" for name in DATASETS), "api_schema", "api_docs"]
        addresses = {name.removeprefix("api_"): request.build_absolute_uri(reverse(name)) for name in names}
        return Response(addresses | {"licence": LICENCE})


class AnyAccept(BaseContentNegotiation):
    """One form, whatever is accepted: programs that fetch a schema ask for many."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Schema(CachedView):
    """The description of the API, for programs."""

    content_negotiation_class = AnyAccept

    def answer(self, request: Request, **identity: Any) -> Response:
        refuse_parameters(request)
        return Response(openapi_description())


class Collection(CachedView):
    """The rows of a table that have to do with the commitments that the list's filter finds."""

    dataset: Dataset = DATASETS["commitments"]

    @classmethod
    def names(cls, dataset: Dataset) -> list[str]:
        """What may be asked for: the list's names, but no order of what has only one."""
        names = [name for name in list_params() if name != "sort" or dataset.name == "commitments"]
        return [*names, "cursor"]

    def answer(self, request: Request, **identity: Any) -> Response:
        """One page of them, and how many there are."""
        filterset = CommitmentFilter(request.GET, localdate())
        raise_problems(
            [*query_errors(request.GET, filterset.form, self.names(self.dataset)), *cursor_errors(filterset.data)]
        )
        limit_search(request)
        page = self.page(filterset)
        head = LedgerHead.objects.get().digest
        content: dict[str, Any] = {
            "count": page.count,
            "as_of": filterset.day.isoformat(),
            "ledger_head": head,
            "next": None,
        }
        response = Response(headers={"X-Row-Count": str(page.count), "X-Ledger-Head": head})
        if page.next:
            # With the day, so that a walk through all pages stays on it though midnight comes.
            query = replace_params(filterset.data, **page.next, as_of=content["as_of"])
            content["next"] = request.build_absolute_uri(request.path + query)
            response.headers["Link"] = f'<{content["next"]}>; rel="next"'
        response.data = content | {"results": page.items}
        return response

    def page(self, filterset: CommitmentFilter) -> ResultPage:
        """The rows of the page that is asked for."""
        order = RowOrder(self.dataset, filterset.form.cleaned_data["sort"])
        queryset = order.sorted(self.dataset.queryset(filterset))
        count, size = queryset.count(), filterset.form.cleaned_data["per_page"] or PER_PAGE
        if number := filterset.form.cleaned_data["page"] or 0:
            raise_problems(page_errors(number, last=max(1, ceil(count / size))))
            # Rows before the page are passed over by their keys alone.
            queryset = queryset.filter(pk__in=queryset.values("pk")[(number - 1) * size : number * size + 1])
        elif cursor := filterset.data.get("cursor"):
            queryset = queryset.filter(rows_after_cursor(order, cursor))
        items = row_items(self.request, self.dataset, queryset[: size + 1], filterset.day)
        if len(items) <= size:
            return ResultPage(count, items, {})
        last = items[size - 1]
        return ResultPage(count, items[:size], {"page": number + 1} if number else {"cursor": order.cursor(last)})


@dataclass(frozen=True, slots=True)
class ResultPage:
    """Some of `count` rows. `next`: what the query string of the next page says; empty on the last one."""

    count: int
    items: list[dict[str, Any]]
    next: dict[str, Any]


class Item(CachedView):
    """One row of a table, by its key."""

    dataset: Dataset = DATASETS["commitments"]

    def answer(self, request: Request, **identity: Any) -> Response:
        """The row as of the day; of a commitment with all that was recorded of it."""
        filterset = CommitmentFilter(request.GET, localdate())
        raise_problems(query_errors(request.GET, filterset.form, ["as_of"]))
        [(name, value)] = identity.items()
        source = str(next(column.sources[0] for column in self.dataset.columns if column.name == name))
        items = row_items(
            request, self.dataset, self.dataset.queryset(filterset).filter(**{source: value}), filterset.day
        )
        if not items:
            self.refuse_retracted(value)
            values = {"table": self.dataset.name, "day": filterset.day.isoformat()}
            raise NotFound(_("There is no such row among the %(table)s on %(day)s.") % values)
        if self.dataset.name == "commitments":
            items[0]["updates"] = commitment_updates(request, filterset, value)
        return Response(items[0], headers={"X-Ledger-Head": LedgerHead.objects.get().digest})

    def refuse_retracted(self, key: str) -> None:
        """410 with the reason, for a commitment that was put on record by mistake."""
        retraction = retraction_of_publication(key, localdate()) if self.dataset.name == "commitments" else None
        if retraction:
            values = {
                "reference": key,
                "entry": retraction.sequence,
                "day": date_format(localdate(retraction.recorded_at)),
                "reason": localize_record_text(retraction.commitment, (retraction.data or {}).get("reason", "")).text,
            }
            raise Retracted(
                [
                    _("%(reference)s was put on record by mistake, and is retracted.") % values,
                    _("Entry %(entry)s of the ledger, recorded on %(day)s, says why: %(reason)s") % values,
                ]
            )


class UnknownAddress(LimitedView):
    """Where the API has no address."""

    http_method_names = ["get", "head"]  # noqa: RUF012  (as in Django)
    schema = None

    def get(self, request: Request, elsewhere: str) -> NoReturn:
        raise NotFound(_("There is nothing at this address. See %(index)s.") % {"index": reverse("api_index")})


def row_items(request: Request, dataset: Dataset, queryset: QuerySet[Any], day: date) -> list[dict[str, Any]]:
    """The rows as objects."""
    batches = iter_batches(queryset, day, page_url_builder(request._request), dataset.columns, current_language())
    return [item for batch in batches for item in row_objects(batch, dataset.columns)]


def commitment_updates(request: Request, filterset: CommitmentFilter, reference: str) -> list[dict[str, Any]]:
    """A commitment's updates by the day, each with its evidence."""
    read_rows = partial(row_items, request, day=filterset.day)
    update_table, evidence_table = DATASETS["updates"], DATASETS["evidence"]
    evidence_by_entry = defaultdict(list)
    for row in read_rows(
        evidence_table, queryset=evidence_table.queryset(filterset).filter(update__commitment__reference=reference)
    ):
        evidence_by_entry[row["entry"]].append(row)
    update_rows = read_rows(
        update_table, queryset=update_table.queryset(filterset).filter(commitment__reference=reference)
    )
    return [update | {"evidence": evidence_by_entry[update["entry"]]} for update in update_rows]


def raise_problems(problems: list[str]) -> None:
    """400 where there is a problem."""
    if problems:
        raise ValidationError(problems)


def refuse_parameters(request: Request) -> None:
    """400 where the query string says anything."""
    message = _("“%(name)s” is not a name known here: this address takes no parameters.")
    raise_problems([message % {"name": name[:60]} for name in request.GET])


def cursor_errors(data: QueryDict) -> list[str]:
    """Where a query string asks for a page in two ways, or twice."""
    cursors = data.getlist("cursor")
    problems = [_("cursor: Ask for one value only.")] if len(cursors) > 1 else []
    return problems + (
        [_("cursor: Ask for a cursor or for a page, not for both.")] if cursors and "page" in data else []
    )


def page_errors(number: int, last: int) -> list[str]:
    """Where there is no such page."""
    message = _("page: There is no page %(number)s: the last one is %(last)s.")
    return [message % {"number": number, "last": last}] if number > last else []


def rows_after_cursor(order: RowOrder, cursor: str) -> Any:
    """What comes after a cursor; 400 where it is none of ours."""
    try:
        return order.after(cursor)
    except CursorError as problem:
        message = _(
            "cursor: This is not where a page of this list ended in this order. Take it from “next”, unchanged."
        )
        raise ValidationError([message]) from problem
