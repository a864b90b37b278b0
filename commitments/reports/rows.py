"""The rows of an export: one generator for every format, in batches, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from commitments.models import Organisation
from commitments.querysets import CommitmentQuerySet
from commitments.reports.columns import COLUMNS, Column, Context

BATCH = 500


def rows(
    found: CommitmentQuerySet, day: date, page_address: Callable[[str], str], columns: Sequence[Column] = COLUMNS
) -> Iterator[list[list[Any]]]:
    """Batches of rows, a cell for each column. One query streams them; one before it names the organisations."""
    bodies = Organisation.objects.values_list("pk", "name", "side")
    names, sides = {str(pk): name for pk, name, _ in bodies}, {str(pk): side for pk, _, side in bodies}
    context = Context(day, page_address, names, sides)
    sources = list(dict.fromkeys(source for column in columns for source in column.sources))
    places = {source: place for place, source in enumerate(sources)}
    plan = [(column.read, [places[source] for source in column.sources]) for column in columns]
    values = found.values_list(*sources).iterator(chunk_size=BATCH)
    while batch := list(islice(values, BATCH)):
        yield [
            [row[at[0]] if read is None else read(context, *[row[place] for place in at]) for read, at in plan]
            for row in batch
        ]
