"""Downloads."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from commitments.filters import CommitmentFilter, problems_of
from commitments.models import LedgerEntry
from commitments.querysets import CommitmentQuerySet
from commitments.reading import for_reading
from commitments.reports import csv, ledger_lines
from commitments.reports.download import download, page_address
from commitments.reports.rows import rows


@for_reading
def commitments_csv(request: HttpRequest) -> HttpResponseBase:
    """Exactly the list's filter, all pages, as CSV."""
    asked = CommitmentFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form):
        return refused(problems)
    return csv_of(request, asked.qs, asked.day, "commitments")


@for_reading
def commitment_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The row of one commitment as CSV."""
    asked = CommitmentFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form, ["as_of"]):
        return refused(problems)
    found = asked.qs.filter(reference=reference)
    get_object_or_404(found)
    return csv_of(request, found, asked.day, reference)


@for_reading
def ledger_jsonl(request: HttpRequest) -> HttpResponseBase:
    """The whole ledger as it stands now: a part of it, or a past day of it, could not be checked."""
    unknown = _("“%(name)s” is not a name known here. The ledger is given whole, so there are no names.")
    if problems := [unknown % {"name": name[:60]} for name in request.GET]:
        return refused(problems)
    day = localdate()
    name, content_type = f"ledger-{day.isoformat()}.jsonl", "application/x-ndjson; charset=utf-8"
    return download(ledger_lines.stream(day), LedgerEntry.objects.all(), name, content_type)


def refused(problems: list[str]) -> HttpResponse:
    """400, a problem in each line."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def csv_of(request: HttpRequest, found: CommitmentQuerySet, day: date, name: str) -> StreamingHttpResponse:
    """The file of some commitments."""
    return download(csv.stream(rows(found, day, page_address(request))), found, f"{name}-{day.isoformat()}.csv")
