"""Downloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.filters import CommitmentFilter, PeriodFilter, known_names, names_of_a_period, problems_of
from commitments.keeping import for_everybody
from commitments.languages import current
from commitments.limits import exporting
from commitments.models import LedgerEntry
from commitments.reports import ledger_lines, period
from commitments.reports.datasets import Dataset
from commitments.reports.download import Export, Format, TooManyRowsError, download, page_address, send
from commitments.reports.package import package
from commitments.reports.rows import rows
from commitments.reports.schema import of_document
from commitments.wording import listed

READABLE = {"ensure_ascii": False, "indent": 2}
# Whether columns are headed by their labels, in the language of the address, or by their names.
LABELS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}


@for_everybody
def table(request: HttpRequest, dataset: Dataset, form: Format) -> HttpResponseBase:
    """A table of what the list's filter finds, all pages."""
    asked = CommitmentFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form, [*known_names(), "labels"]) + problems_of_labels(request.GET):
        return refused(problems)
    exporting(request)
    return sent(request, asked, dataset, dataset.found(asked), form)


@for_everybody
def commitment(request: HttpRequest, dataset: Dataset, form: Format, reference: str) -> HttpResponseBase:
    """The row of one commitment."""
    asked = CommitmentFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form, ["as_of", "labels"]) + problems_of_labels(request.GET):
        return refused(problems)
    exporting(request)
    found = asked.qs.filter(reference=reference)
    get_object_or_404(found)
    return sent(request, asked, replace(dataset, name=reference), found, form)


def sent(
    request: HttpRequest, asked: CommitmentFilter, dataset: Dataset, found: QuerySet[Any], form: Format
) -> HttpResponseBase:
    """The file of these rows."""
    export = Export(
        name=f"{dataset.name}-{asked.day.isoformat()}",
        title=str(dataset.title),
        columns=dataset.columns,
        found=found,
        batches=rows(found, asked.day, page_address(request), dataset.columns, current()),
        day=asked.day,
        asked=asked.in_words,
        query={name: values for name, values in asked.data.lists() if name in asked.filters},
        labelled=LABELS[request.GET.get("labels", "")],
    )
    return file_of(export, form)


@for_everybody
def progress(request: HttpRequest, form: Format) -> HttpResponseBase:
    """Every commitment as it stood on two days, with what changed between them."""
    asked = PeriodFilter(request.GET, localdate())
    names = [*names_of_a_period(), "labels"]
    if problems := problems_of(request.GET, asked.form, names) + problems_of_labels(request.GET):
        return refused(problems)
    exporting(request)
    found, first, last = asked.qs, asked.first, asked.day
    export = Export(
        name=f"progress-{first.isoformat()}-{last.isoformat()}",
        title=period.title(first, last),
        columns=period.PERIOD_COLUMNS,
        found=found,
        batches=period.rows(found, first, last, page_address(request)),
        day=last,
        asked=asked.in_words,
        labelled=LABELS[request.GET.get("labels", "")],
    )
    return file_of(export, form)


def file_of(export: Export, form: Format) -> HttpResponseBase:
    """The file; 400 where the format cannot hold the rows."""
    try:
        return download(export, form)
    except TooManyRowsError as problem:
        return refused([str(problem)])


@for_everybody
def datapackage(request: HttpRequest) -> HttpResponse:
    """The description of all tables, as of a day. Whole: a part of them would refer to what is not in it."""
    asked = CommitmentFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form, ["as_of"]):
        return refused(problems)
    question = f"?{asked.data.urlencode()}" if asked.data else ""
    return JsonResponse(package(question), json_dumps_params=READABLE)


@for_everybody
def json_schema(request: HttpRequest, dataset: Dataset) -> HttpResponse:
    """What a program may expect of a table as JSON."""
    return JsonResponse(of_document(dataset.columns), json_dumps_params=READABLE)


def problems_of_labels(data: QueryDict) -> list[str]:
    """Where `labels` is asked for with another value than these."""
    message = _("labels: “%(value)s” is not one of the values allowed here: %(allowed)s.")
    allowed = listed(filter(None, LABELS))
    return [
        message % {"value": value[:60], "allowed": allowed} for value in data.getlist("labels") if value not in LABELS
    ]


@for_everybody
def ledger_jsonl(request: HttpRequest) -> HttpResponseBase:
    """The whole ledger as it stands now: a part of it, or a past day of it, could not be checked."""
    unknown = _("“%(name)s” is not a name known here. The ledger is given whole, so there are no names.")
    if problems := [unknown % {"name": name[:60]} for name in request.GET]:
        return refused(problems)
    exporting(request)
    day = localdate()
    name, content_type = f"ledger-{day.isoformat()}.jsonl", "application/x-ndjson; charset=utf-8"
    return send(name, content_type, LedgerEntry.objects.all(), lambda _moment: ledger_lines.stream(day))


def refused(problems: Sequence[str]) -> HttpResponse:
    """400, a problem in each line."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")
