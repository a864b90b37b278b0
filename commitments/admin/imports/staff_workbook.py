"""The workbooks that staff take out, edit and import again, and their templates.

Days are days, texts are texts whatever they look like, the header stays in sight; what a cell may hold can be chosen
from a list, and stands with its meaning on sheets of its own.
"""

from collections.abc import Callable, Generator, Iterable, Sequence
from itertools import chain
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from commitments.admin.imports.base import ImportResource
from commitments.admin.imports.cells import ExpectedColumn
from commitments.exports.columns import Column, ColumnType
from commitments.exports.csv import CellWriter
from commitments.exports.download import Export, ExportFormat, ExportMoment
from commitments.exports.xlsx import MAX_ROWS, WIDTHS, XLSX, cut_text, day_serial, stream_workbook
from commitments.i18n.phrases import join_list

AnyColumn = Column | ExpectedColumn
LENGTH_OF_A_DAY = 10  # characters of a day in our notation; a date that is less is a text
NUMBERS = (ColumnType.WHOLE, ColumnType.NUMBER)
TRUTHS = [("true", ""), ("false", "")]


def staff_xlsx(resource: ImportResource) -> ExportFormat:
    """The format of a list's rows as a workbook that can be imported again."""

    def write(export: Export, _moment: ExportMoment) -> Generator[bytes]:
        joined = CellWriter(export.columns).joined
        rows = (joined(row) for row in chain.from_iterable(export.batches))
        return stream_workbook(lambda workbook: _write_sheets(workbook, resource, export.columns, rows))

    return ExportFormat(XLSX.extension, XLSX.content_type, write, MAX_ROWS)


def template_workbook(resource: ImportResource) -> bytes:
    """The same without rows, and with those columns alone that are imported."""
    return b"".join(stream_workbook(lambda workbook: _write_sheets(workbook, resource, resource.expected, ())))


def _write_sheets(
    workbook: Workbook, resource: ImportResource, columns: Sequence[AnyColumn], rows: Iterable[Sequence[Any]]
) -> None:
    rows_sheet, bold = workbook.add_worksheet(_("Rows")), workbook.add_format({"bold": True})
    columns_sheet, allowed_sheet = workbook.add_worksheet(_("Columns")), workbook.add_worksheet(_("Allowed values"))
    _write_columns(columns_sheet, bold, resource.expected)
    lists = {column.name: TRUTHS for column in columns if column.type == ColumnType.YES_NO} | resource.allowed_values()
    places = _write_allowed(allowed_sheet, bold, lists)
    _write_rows(workbook, rows_sheet, columns, rows, bold)
    for place, column in enumerate(columns):
        if column.name in places:
            _offer_list(rows_sheet, place, f"='{allowed_sheet.name}'!{places[column.name]}")


def _write_rows(
    workbook: Workbook, sheet: Worksheet, columns: Sequence[AnyColumn], rows: Iterable[Sequence[Any]], bold: Any
) -> None:
    text, day = workbook.add_format({"num_format": "@"}), workbook.add_format({"num_format": "yyyy-mm-dd"})
    number = workbook.add_format({"num_format": "General"})
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, 0, len(columns) - 1)
    formats = {ColumnType.DAY: day, **dict.fromkeys(NUMBERS, number)}
    for place, column in enumerate(columns):
        # What is typed below the rows, too: a month in a box for text stays one.
        sheet.set_column(place, place, WIDTHS.get(column.type, 14), formats.get(column.type, text))
        sheet.write_string(0, place, column.name, bold)
    writers = [_cell_writer(sheet, column.type, text, day, number) for column in columns]
    for line, row in enumerate(rows, 1):
        for place, (cell, write) in enumerate(zip(row, writers, strict=True)):
            if cell is not None and cell != "":
                write(line, place, cell)


def _cell_writer(
    sheet: Worksheet, kind: ColumnType, text: Any, day: Any, number: Any
) -> Callable[[int, int, Any], Any]:
    def write_text(row: int, place: int, cell: Any) -> None:
        sheet.write_string(row, place, cut_text(str(cell)), text)

    def write_date(row: int, place: int, cell: str) -> None:
        if len(cell) == LENGTH_OF_A_DAY:
            sheet.write_number(row, place, day_serial(cell), day)
        else:
            write_text(row, place, cell)

    def write_number(row: int, place: int, cell: Any) -> None:
        sheet.write_number(row, place, float(cell), number)

    writers: dict[ColumnType, Callable[[int, int, Any], Any]]
    writers = dict.fromkeys((ColumnType.DAY, ColumnType.PARTIAL_DATE), write_date) | dict.fromkeys(
        NUMBERS, write_number
    )
    return writers.get(kind, write_text)


def _write_columns(sheet: Worksheet, bold: Any, expected: Sequence[ExpectedColumn]) -> None:
    """What each column that is imported holds."""
    sheet.freeze_panes(1, 0)
    for place, (width, heading) in enumerate(
        ((28, _("Column")), (10, _("Needed")), (70, _("What it holds")), (50, _("Write one of")))
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, bold)
    for line, column in enumerate(expected, 1):
        needed, allowed = _("yes") if column.needed else "", join_list(column.allowed)
        for place, cell in enumerate((column.name, needed, str(column.description), allowed)):
            if cell:
                sheet.write_string(line, place, cell)


def _write_allowed(sheet: Worksheet, bold: Any, lists: dict[str, list[tuple[str, str]]]) -> dict[str, str]:
    """By column the range of what it may hold; beside each value what it is called, where that is something else."""
    sheet.freeze_panes(1, 0)
    for place, name in enumerate(lists):
        sheet.set_column(2 * place, 2 * place + 1, 24)
        sheet.write_string(0, 2 * place, name, bold)
    longest = max(map(len, lists.values()), default=0)
    for line in range(longest):  # line by line: the workbook is written in constant memory
        for place, values in enumerate(lists.values()):
            for beside, cell in enumerate(values[line] if line < len(values) else ()):
                if cell:
                    sheet.write_string(line + 1, 2 * place + beside, cell)
    places = {name: 2 * place for place, name in enumerate(lists)}
    return {name: xl_range_abs(1, places[name], len(values), places[name]) for name, values in lists.items() if values}


def _offer_list(sheet: Worksheet, place: int, source: str) -> None:
    """A list to choose from, which refuses nothing: an import knows other names as well, and several in a cell."""
    sheet.data_validation(
        1,
        place,
        settings.IMPORT_MAX_ROWS,
        place,
        {"validate": "list", "source": source, "show_error": False, "ignore_blank": True},
    )
