"""The public downloads: tables, the report between two days, the Data Package and the ledger."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.exports.data_package import data_package
from commitments.exports.datasets import Dataset
from commitments.exports.download import Export, ExportFormat, TooManyRowsError, download, page_url_builder, stream_file
from commitments.exports.json_schema import document_schema
from commitments.exports.ledger_jsonl import stream_ledger
from commitments.exports.progress import PERIOD_COLUMNS, iter_period_batches
from commitments.exports.rows import iter_batches
from commitments.i18n.languages import current_language
from commitments.i18n.phrases import join_list
from commitments.models import LedgerEntry
from commitments.query.filters import CommitmentFilter, PeriodFilter, list_params, period_params, query_errors
from commitments.query.period import period_title
from commitments.web.page_cache import cache_public
from commitments.web.rate_limits import limit_export

JSON_PARAMS = {"ensure_ascii": False, "indent": 2}
# Whether columns are headed by their labels, in the language of the address, or by their names.
LABEL_VALUES = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


@cache_public
def export_table(request: HttpRequest, dataset: Dataset, form: ExportFormat) -> HttpResponseBase:
    """A table of what the list's filter finds, all pages."""
    filterset = CommitmentFilter(request.GET, localdate())
    if problems := query_errors(request.GET, filterset.form, [*list_params(), "labels"]) + label_errors(request.GET):
        return bad_query_response(problems)
    limit_export(request)
    return table_response(request, filterset, dataset, dataset.queryset(filterset), form)


@cache_public
def export_commitment(request: HttpRequest, dataset: Dataset, form: ExportFormat, reference: str) -> HttpResponseBase:
    """The row of one commitment."""
    filterset = CommitmentFilter(request.GET, localdate())
    if problems := query_errors(request.GET, filterset.form, ["as_of", "labels"]) + label_errors(request.GET):
        return bad_query_response(problems)
    limit_export(request)
    commitments = filterset.qs.filter(reference=reference)
    get_object_or_404(commitments)
    return table_response(request, filterset, replace(dataset, name=reference), commitments, form)


def table_response(
    request: HttpRequest, filterset: CommitmentFilter, dataset: Dataset, queryset: QuerySet[Any], form: ExportFormat
) -> HttpResponseBase:
    """The file of these rows."""
    export = Export(
        name=f"{dataset.name}-{filterset.day.isoformat()}",
        title=str(dataset.title),
        columns=dataset.columns,
        queryset=queryset,
        batches=iter_batches(queryset, filterset.day, page_url_builder(request), dataset.columns, current_language()),
        day=filterset.day,
        filter_description=filterset.description,
        query={name: values for name, values in filterset.data.lists() if name in filterset.filters},
        labelled=LABEL_VALUES[request.GET.get("labels", "")],
    )
    return file_response(export, form)


@cache_public
def export_progress(request: HttpRequest, form: ExportFormat) -> HttpResponseBase:
    """Every commitment as it stood on two days, with what changed between them."""
    filterset = PeriodFilter(request.GET, localdate())
    names = [*period_params(), "labels"]
    if problems := query_errors(request.GET, filterset.form, names) + label_errors(request.GET):
        return bad_query_response(problems)
    limit_export(request)
    commitments, first, last = filterset.qs, filterset.first, filterset.day
    export = Export(
        name=f"progress-{first.isoformat()}-{last.isoformat()}",
        title=period_title(first, last),
        columns=PERIOD_COLUMNS,
        queryset=commitments,
        batches=iter_period_batches(commitments, first, last, page_url_builder(request)),
        day=last,
        filter_description=filterset.description,
        labelled=LABEL_VALUES[request.GET.get("labels", "")],
    )
    return file_response(export, form)


def file_response(export: Export, form: ExportFormat) -> HttpResponseBase:
    """The file; 400 where the format cannot hold the rows."""
    try:
        return download(export, form)
    except TooManyRowsError as problem:
        return bad_query_response([str(problem)])


@cache_public
def export_data_package(request: HttpRequest) -> HttpResponse:
    """The description of all tables, as of a day. Whole: a part of them would refer to what is not in it."""
    filterset = CommitmentFilter(request.GET, localdate())
    if problems := query_errors(request.GET, filterset.form, ["as_of"]):
        return bad_query_response(problems)
    query = f"?{filterset.data.urlencode()}" if filterset.data else ""
    return JsonResponse(data_package(query), json_dumps_params=JSON_PARAMS)


@cache_public
def export_json_schema(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """What a program may expect of a table as JSON."""
    return JsonResponse(document_schema(dataset.columns), json_dumps_params=JSON_PARAMS)


def label_errors(data: QueryDict) -> list[str]:
    """Where `labels` is asked for with a value that is none of LABEL_VALUES."""
    message = _("labels: “%(value)s” is not one of the values allowed here: %(allowed)s.")
    allowed = join_list(filter(None, LABEL_VALUES))
    return [
        message % {"value": value[:60], "allowed": allowed}
        for value in data.getlist("labels")
        if value not in LABEL_VALUES
    ]


@cache_public
def export_ledger(request: HttpRequest) -> HttpResponseBase:
    """The whole ledger as it stands now: a part of it, or a past day of it, could not be checked."""
    message = _("“%(name)s” is not a name known here. The ledger is given whole, so there are no names.")
    if problems := [message % {"name": name[:60]} for name in request.GET]:
        return bad_query_response(problems)
    limit_export(request)
    day = localdate()
    name, content_type = f"ledger-{day.isoformat()}.jsonl", "application/x-ndjson; charset=utf-8"
    return stream_file(name, content_type, LedgerEntry.objects.all(), lambda _moment: stream_ledger(day))


def bad_query_response(problems: Sequence[str]) -> HttpResponse:
    """400, a problem in each line."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")
