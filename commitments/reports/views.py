"""Downloads."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate

from commitments.filters import CommitmentFilter, problems_of
from commitments.models import LedgerHead
from commitments.querysets import CommitmentQuerySet
from commitments.reading import for_reading, snapshot
from commitments.reports import csv
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


def refused(problems: list[str]) -> HttpResponse:
    """400, a problem in each line."""
    return HttpResponse("\n".join(problems) + "\n", status=400, content_type="text/plain; charset=utf-8")


def csv_of(request: HttpRequest, found: CommitmentQuerySet, day: date, name: str) -> StreamingHttpResponse:
    """The file: row count, ledger head and rows of one and the same moment."""
    moment = ExitStack()
    moment.enter_context(snapshot())
    pieces = csv.stream(rows(found, day, page_address(request)))
    response = StreamingHttpResponse(Body(moment, pieces), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day.isoformat()}.csv"'
    response["X-Row-Count"] = str(found.count())
    response["X-Ledger-Head"] = LedgerHead.objects.get().digest
    return response


class Body:
    """A streamed file; the server closes it when it is sent or the reader has gone, and the snapshot with it."""

    def __init__(self, moment: ExitStack, pieces: Generator[bytes]) -> None:
        self.moment, self.pieces = moment, pieces

    def __iter__(self) -> Iterator[bytes]:
        return self.pieces

    def close(self) -> None:
        """End the query before its snapshot, and both before Django closes the connection."""
        self.pieces.close()
        self.moment.close()


def page_address(request: HttpRequest) -> Callable[[str], str]:
    """A commitment's full address from its reference, without asking the URL resolver for each row."""
    pattern = request.build_absolute_uri(reverse("commitment", args=["AA-00"]))
    return pattern.replace("AA-00", "{}").format
