"""The rows of an export: one generator for every format, in batches, so that memory does not grow with them."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from commitments.models import Organisation
from commitments.reports.columns import Column, Context

BATCH = 500
KEPT = 10_000  # combinations of owners whose names are put together once


def rows(
    found: QuerySet[Any], day: date, address: Callable[[str, str], str], columns: Sequence[Column]
) -> Generator[list[list[Any]]]:
    """Batches of rows, a cell for each column. One query streams them; one before it names the organisations."""
    context = context_of(day, address)
    sources = list(dict.fromkeys(source for column in columns for source in column.sources))
    places = {source: place for place, source in enumerate(sources)}
    as_they_stand = itemgetter(*(places[column.sources[0]] for column in columns))
    computed = [
        (place, column.read, itemgetter(*(places[source] for source in column.sources)), len(column.sources) == 1)
        for place, column in enumerate(columns)
        if column.read
    ]
    values = found.values_list(*sources).iterator(chunk_size=BATCH)
    while batch := list(islice(values, BATCH)):
        made = []
        for row in batch:
            cells = list(as_they_stand(row))
            for place, read, values_of, alone in computed:
                cells[place] = read(context, values_of(row)) if alone else read(context, *values_of(row))
            made.append(cells)
        yield made


def context_of(day: date, address: Callable[[str, str], str]) -> Context:
    """What all rows need. One query."""
    bodies = {str(pk): (name, side) for pk, name, side in Organisation.objects.values_list("pk", "name", "side")}
    names = {pk: name for pk, (name, _side) in bodies.items()}
    return Context(day, address, listed(names), listed({pk: side for pk, (_name, side) in bodies.items()}))


def listed(values: Mapping[str, str]) -> Callable[[str | None], list[str]]:
    """From keys, joined by commas, to their values, sorted and each once. Nobody may change the lists."""

    @lru_cache(KEPT)
    def of(keys: str | None) -> list[str]:
        return sorted({values[key] for key in keys.split(",")}) if keys else []

    return of
