"""CSV, as spreadsheets and programs both read it (RFC 4180): UTF-8 with a byte-order mark, CRLF, nothing that runs."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from commitments.reports.columns import COLUMNS, NAMES

# What makes a spreadsheet take a text for a formula, with the full-width forms that some of them fold.
DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")
TEXT_COLUMNS = tuple(place for place, column in enumerate(COLUMNS) if column.is_text)


class _Line:
    """Lets csv.writer hand its text over instead of keeping it."""

    def write(self, text: str) -> str:
        """What was written."""
        return text


def stream(batches: Iterable[Sequence[list[Any]]]) -> Generator[bytes]:
    """The file, a piece a batch; the header comes at once."""
    writer = csv.writer(_Line())
    yield ("\ufeff" + writer.writerow(NAMES)).encode()
    for batch in batches:
        yield "".join([writer.writerow(defused(row)) for row in batch]).encode()


def defused(row: list[Any]) -> list[Any]:
    """The row with an apostrophe before each text that a spreadsheet would run. Numbers and dates are left alone."""
    for place in TEXT_COLUMNS:
        cell = row[place]
        if cell and cell[0] in DANGEROUS:
            row[place] = "'" + cell
    return row
