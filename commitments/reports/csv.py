"""CSV, as spreadsheets and programs both read it (RFC 4180): UTF-8 with a byte-order mark, CRLF, nothing that runs."""

from __future__ import annotations

import csv
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from commitments.reports.columns import COLUMNS, Column

# What makes a spreadsheet take a text for a formula, with the full-width forms that some of them fold.
DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")


class _Line:
    """Lets csv.writer hand its text over instead of keeping it."""

    def write(self, text: str) -> str:
        """What was written."""
        return text


def stream(batches: Iterable[Sequence[list[Any]]], columns: Sequence[Column] = COLUMNS) -> Generator[bytes]:
    """The file, a piece a batch; the header comes at once."""
    writer = csv.writer(_Line())
    texts = [place for place, column in enumerate(columns) if column.is_text]
    yield ("\ufeff" + writer.writerow([column.name for column in columns])).encode()
    for batch in batches:
        yield "".join([writer.writerow(defused(row, texts)) for row in batch]).encode()


def defused(row: list[Any], texts: Sequence[int]) -> list[Any]:
    """The row with an apostrophe before each text that a spreadsheet would run. Numbers and dates are left alone."""
    for place in texts:
        cell = row[place]
        if cell and cell[0] in DANGEROUS:
            row[place] = "'" + cell
    return row


def undefused(cell: str) -> str:
    """The text of a cell, without the apostrophe that `defused` put before it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in DANGEROUS else cell
