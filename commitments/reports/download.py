"""A file that is sent while it is made, for the public and for staff."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse

from commitments.models import LedgerHead
from commitments.reading import snapshot


def download(
    pieces: Generator[bytes], found: QuerySet[Any], name: str, content_type: str = "text/csv; charset=utf-8"
) -> StreamingHttpResponse:
    """The file: row count, ledger head and rows of one and the same moment."""
    moment = ExitStack()
    moment.enter_context(snapshot())
    response = StreamingHttpResponse(Body(moment, pieces), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
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
