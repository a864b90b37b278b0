"""The rows of an export: one generator for every format, in batches, so that memory does not grow with them."""

from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet

from commitments.exports.columns import Column, RowContext
from commitments.i18n.collation import collation_key
from commitments.i18n.languages import RECORD_LANGUAGE, column_suffix
from commitments.models import Organisation
from commitments.query.expressions import BATCH_SIZE

MAX_COMBINATIONS = 10_000  # combinations of owners whose names are put together once


def iter_batches(
    queryset: QuerySet[Any],
    day: date,
    address: Callable[[str, str], str],
    columns: Sequence[Column],
    language: str = RECORD_LANGUAGE,
) -> Generator[list[list[Any]]]:
    """Batches of rows, a cell for each column. One query streams them; one before it names the organisations.

    Texts are in the language where they are translated, and else in that of the record.
    """
    context = row_context(day, address, language)
    columns = [column.in_language(language) for column in columns]
    sources = list(dict.fromkeys(source for column in columns for source in column.sources))
    places = {source: place for place, source in enumerate(sources)}
    as_they_stand = itemgetter(*(places[column.sources[0]] for column in columns))
    computed = [
        (place, column.read, itemgetter(*(places[source] for source in column.sources)), len(column.sources) == 1)
        for place, column in enumerate(columns)
        if column.read
    ]
    values = queryset.values_list(*sources).iterator(chunk_size=BATCH_SIZE)
    while batch := list(islice(values, BATCH_SIZE)):
        rows = []
        for row in batch:
            cells = list(as_they_stand(row))
            for place, read, values_of, alone in computed:
                cells[place] = read(context, values_of(row)) if alone else read(context, *values_of(row))
            rows.append(cells)
        yield rows


def row_context(day: date, address: Callable[[str, str], str], language: str) -> RowContext:
    """What all rows need. One query."""
    organisations = Organisation.objects.values_list("pk", "side", "name", f"name{column_suffix(language)}")
    names, sides = {}, {}
    for pk, side, name, in_language in organisations:
        names[str(pk)], sides[str(pk)] = in_language or name, side
    return RowContext(day, address, joined_lookup(names, language), joined_lookup(sides))


def joined_lookup(values: Mapping[str, str], language: str = RECORD_LANGUAGE) -> Callable[[str | None], list[str]]:
    """From keys, joined by commas, to their values, in the language's order, each once. Nobody may change the lists."""

    @lru_cache(MAX_COMBINATIONS)
    def lookup(keys: str | None) -> list[str]:
        return (
            sorted({values[key] for key in keys.split(",")}, key=lambda value: collation_key(value, language))
            if keys
            else []
        )

    return lookup
