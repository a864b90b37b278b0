"""Downloads."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from commitments.filters import CommitmentFilter, PeriodFilter, names_of_a_period, problems_of
from commitments.querysets import CommitmentQuerySet
from commitments.reading import for_reading
from commitments.reports import csv, period
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
def progress_csv(request: HttpRequest) -> HttpResponseBase:
    """Every commitment as it stood on two days, with what changed between them, as CSV."""
    asked = PeriodFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form, names_of_a_period()):
        return refused(problems)
    found, first, last = asked.qs, asked.first, asked.day
    pieces = csv.stream(period.rows(found, first, last, page_address(request)), period.PERIOD_COLUMNS)
    return download(pieces, found, f"progress-{first.isoformat()}-{last.isoformat()}.csv")


@for_reading
def commitment_csv(request: HttpRequest, reference: str) -> HttpResponseBase:
    """The row of one commitment as CSV."""
    asked = CommitmentFilter(request.GET, localdate())
    if problems := problems_of(request.GET, asked.form, ["as_of"]):
        return refused(problems)
    found = asked.qs.filter(reference=reference)
    get_object_or_404(found)
    return csv_of(request, found, asked.day, reference)


def refused(problems: list[str]) -> HttpResponse:
    """400, a problem in each line."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def csv_of(request: HttpRequest, found: CommitmentQuerySet, day: date, name: str) -> StreamingHttpResponse:
    """The file of some commitments."""
    return download(csv.stream(rows(found, day, page_address(request))), found, f"{name}-{day.isoformat()}.csv")
