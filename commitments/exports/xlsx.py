"""XLSX: real dates and numbers, the header in sight, a filter; a second sheet says what the file is.

Written in constant memory: a row is on the disk before the next one is made. Texts stay texts whatever
they begin with, because they are written as texts; so nothing needs an apostrophe here.
"""

import tempfile
from collections.abc import Callable, Generator, Sequence
from datetime import date
from itertools import chain
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter.format import Format as CellFormat
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from commitments.exports.columns import Column, ColumnType
from commitments.exports.csv import CellWriter
from commitments.exports.download import Export, ExportFormat, ExportMoment
from commitments.i18n.phrases import with_label

MAX_ROWS = 1_048_575  # below the header
MAX_CELL_LENGTH = 32_767  # characters in a cell
CUT_MARK = gettext_lazy(" … [cut: a spreadsheet’s cell holds no more. The CSV has all of it.]")
CHUNK_BYTES = 1 << 16
WIDTHS = {ColumnType.TEXT: 40, ColumnType.TEXTS: 30, ColumnType.ADDRESS: 30}
# Excel counts days from the last day of 1899, and believes that 1900 had a 29 February.
EPOCH, MARCH_1900 = date(1899, 12, 31).toordinal(), date(1900, 3, 1).toordinal()


def write_xlsx(export: Export, moment: ExportMoment) -> Generator[bytes]:
    """The rows, and a sheet that says what the file is."""

    def write(workbook: Workbook) -> None:
        _write_workbook(workbook, export, moment)
        _write_about_sheet(workbook.add_worksheet(_("About this file")), export, moment)

    yield from stream_workbook(write)


def stream_workbook(write: Callable[[Workbook], None]) -> Generator[bytes]:
    """What `write` puts into a workbook, in pieces, once it is whole: its table of contents stands at its end."""
    with tempfile.TemporaryFile() as file:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
            write(workbook)
        file.seek(0)
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _write_workbook(workbook: Workbook, export: Export, moment: ExportMoment) -> None:
    sheet, bold = workbook.add_worksheet(_("Rows")), workbook.add_format({"bold": True})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, moment.count, len(export.columns) - 1)
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, WIDTHS.get(column.type, 14))
    for place, heading in enumerate(export.headings):
        sheet.write_string(0, place, heading, bold)
    joined = CellWriter(export.columns).joined
    writers = _cell_writers(sheet, export.columns, workbook.add_format({"num_format": "yyyy-mm-dd"}))
    for number, row in enumerate(chain.from_iterable(export.batches), 1):
        for place, (cell, write_cell) in enumerate(zip(joined(row), writers, strict=True)):
            if cell is not None and cell != "":
                write_cell(number, place, cell)


def _cell_writers(sheet: Worksheet, columns: Sequence[Column], day: CellFormat) -> list[Callable[[int, int, Any], Any]]:
    """How the cells of each column are put into the sheet."""

    def put_day(row: int, place: int, text: str) -> None:
        sheet.write_number(row, place, day_serial(text), day)

    def put_text(row: int, place: int, text: str) -> None:
        sheet.write_string(row, place, cut_text(text))

    writers_by_type = {
        ColumnType.DAY: put_day,
        ColumnType.WHOLE: sheet.write_number,
        ColumnType.NUMBER: sheet.write_number,
    }
    return [writers_by_type.get(column.type, put_text) for column in columns]


def cut_text(text: str) -> str:
    """As much of a text as a cell holds, and that it was cut."""
    cut_mark = str(CUT_MARK)
    return text if len(text) <= MAX_CELL_LENGTH else text[: MAX_CELL_LENGTH - len(cut_mark)] + cut_mark


def day_serial(day: str) -> int:
    """The number that spreadsheets keep for a day."""
    ordinal = date.fromisoformat(day).toordinal()
    return ordinal - EPOCH + (ordinal >= MARCH_1900)


def _write_about_sheet(sheet: Worksheet, export: Export, moment: ExportMoment) -> None:
    """What the file is."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    facts = [
        (_("Title"), export.title),
        (_("As of"), export.day.isoformat()),
        (_("Filter"), "\n".join(export.filter_description) or _("none")),
        (_("Rows"), str(moment.count)),
        (_("Head of the ledger"), moment.head),
        (_("Licence"), _("Creative Commons Attribution 4.0; the quotes are the releases’ own")),
        *((column.name, with_label(column.label, column.description)) for column in export.columns),
    ]
    for number, (name, value) in enumerate(facts):
        sheet.write_string(number, 0, str(name))
        sheet.write_string(number, 1, value)


XLSX = ExportFormat("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write_xlsx, MAX_ROWS)
