"""A file that is sent while it is made, all of one moment: for the public and for staff."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from commitments.exports.columns import Column
from commitments.models import LedgerHead
from commitments.web.snapshot import ClosingStream, snapshot


@dataclass(frozen=True, slots=True)
class ExportMoment:
    """What is true of the moment of which a file speaks: how many rows, and how the ledger ended."""

    count: int
    head: str


@dataclass(frozen=True, slots=True)
class Export:
    """What a file says in whatever format. `batches`: lists of rows of `queryset`, a cell for each column.

    `filter_description`: the question in words, a line each. `query`: the same as programs put it. `labelled`:
    whether the columns are headed by their labels instead of their names.
    """

    name: str
    title: str
    columns: Sequence[Column]
    queryset: QuerySet[Any]
    batches: Generator[list[list[Any]]]
    day: date
    filter_description: Sequence[str] = ()
    query: Mapping[str, list[str]] = field(default_factory=dict)
    labelled: bool = False

    @property
    def headings(self) -> list[str]:
        return [str(column.label) if self.labelled else column.name for column in self.columns]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file: its extension, its media type and how it is written. `max_rows`: how many rows it can hold."""

    extension: str
    content_type: str
    write: Callable[[Export, ExportMoment], Generator[bytes]]
    max_rows: int | None = None


class TooManyRowsError(ValueError):
    """The format cannot hold so many rows."""


def download(export: Export, form: ExportFormat) -> StreamingHttpResponse:
    """The export as a file; TooManyRowsError where the format cannot hold it."""

    def write(moment: ExportMoment) -> Generator[bytes]:
        with closing(export.batches):
            yield from form.write(export, moment)

    return stream_file(f"{export.name}.{form.extension}", form.content_type, export.queryset, write, form.max_rows)


def stream_file(
    name: str,
    content_type: str,
    queryset: QuerySet[Any],
    write: Callable[[ExportMoment], Generator[bytes]],
    max_rows: int | None = None,
) -> StreamingHttpResponse:
    """The file that `write` makes: row count, ledger head and rows of one and the same moment."""
    with ExitStack() as stack:
        stack.enter_context(snapshot())
        moment = ExportMoment(queryset.count(), LedgerHead.objects.get().digest)
        if max_rows is not None and moment.count > max_rows:
            raise TooManyRowsError(_too_many_message(moment.count, max_rows))
        pieces = stack.enter_context(closing(write(moment)))
        response = StreamingHttpResponse(ClosingStream(pieces, stack.pop_all()), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Row-Count"] = str(moment.count)
    response["X-Ledger-Head"] = moment.head
    return response


def _too_many_message(count: int, max_rows: int) -> str:
    message = _("This file can hold %(most)s rows, and there are %(count)s. Filter the list, or take CSV or JSON.")
    return message % {"most": max_rows, "count": count}


def page_url_builder(request: HttpRequest) -> Callable[[str, str], str]:
    """From a page's name in `urls.py` and its reference or slug to its full address; the resolver is asked once."""

    @cache
    def pattern(name: str) -> str:
        return request.build_absolute_uri(reverse(name, args=["AA-00"])).replace("AA-00", "{}")

    return lambda name, identity: pattern(name).format(identity)
