"""CSV, as spreadsheets and programs both read it (RFC 4180): UTF-8 with a byte-order mark, CRLF, nothing that runs."""

import csv
from collections.abc import Generator, Sequence
from typing import Any

from commitments.exports.columns import SEPARATOR, Column, ColumnType
from commitments.exports.download import Export, ExportFormat, ExportMoment

# What makes a spreadsheet take a text for a formula, with the full-width forms that some of them fold.
FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
FREE_TEXT_TYPES = (ColumnType.TEXT, ColumnType.TEXTS, ColumnType.ADDRESS)


class _Line:
    """Lets csv.writer hand its text over instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def write_csv(export: Export, _moment: ExportMoment) -> Generator[bytes]:
    """The file, a piece a batch; the header comes at once."""
    writer, prepared = csv.writer(_Line()), CellWriter(export.columns).defused
    yield ("\ufeff" + writer.writerow(export.headings)).encode()
    for batch in export.batches:
        yield "".join([writer.writerow(prepared(row)) for row in batch]).encode()


CSV = ExportFormat("csv", "text/csv; charset=utf-8", write_csv)


class CellWriter:
    """From a row's values to cells of text, in place: numbers and dates are left alone."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.lists = [place for place, column in enumerate(columns) if column.type is ColumnType.TEXTS]
        self.truths = [place for place, column in enumerate(columns) if column.type is ColumnType.YES_NO]
        self.free = [place for place, column in enumerate(columns) if column.type in FREE_TEXT_TYPES]

    def joined(self, row: list[Any]) -> list[Any]:
        """Several values in one cell, and yes or no as "true" or "false"."""
        for place in self.lists:
            row[place] = SEPARATOR.join(row[place])
        for place in self.truths:
            row[place] = "true" if row[place] else "false"
        return row

    def defused(self, row: list[Any]) -> list[Any]:
        """With an apostrophe before each text that a spreadsheet would run, too."""
        self.joined(row)
        for place in self.free:
            cell = row[place]
            if cell and cell[0] in FORMULA_STARTS:
                row[place] = "'" + cell
        return row


def strip_defusing(cell: str) -> str:
    """The text of a cell, without the apostrophe that `CellWriter.defused` put before it."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell
