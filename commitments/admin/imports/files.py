"""Reading the files that staff upload, CSV or XLSX, into rows of plain text.

Whatever is wrong with a file as a whole is a ValidationError that says what to do. What is wrong with a
row is kept with the row, so that the preview can name all of them at once.

What a file costs is limited by what is in it, not by what it claims: only cells that are there are read, and they are
counted, with their characters and the processor time that they take.
"""

import csv
import io
import re
import time
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from datetime import time as day_time
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.admin.imports.file_kinds import UTF16, is_workbook
from commitments.admin.imports.workbook import ERROR, SheetCell, Workbook
from commitments.i18n.phrases import join_list

MAX_COLUMNS = 100
LAST_ROW_OF_EXCEL, LAST_COLUMN_OF_EXCEL = 1_048_576, 16_384
# Of all cells together: twice what 10,000 full rows hold. One text that a million cells refer to is counted for each.
MAX_CHARACTERS = 40_000_000
CHECKED_EVERY = 1000  # lines or tags, between two looks at the time that they took
# What a workbook may hold once unpacked. 10,000 full rows take about 20 MB; Python never unpacks more of
# a member than the archive declares. Tags, because one of five bytes takes a microsecond or, where openpyxl reads it,
# becomes an object of a kilobyte: a full sheet has four a cell, everything else of an ordinary workbook less than a
# thousand. Those of all sheets, and of all members of each other kind, are counted together.
MAX_MEMBERS = 500
MAX_UNPACKED = 64 * 1024 * 1024
MAX_TAGS = {"xl/worksheets/": 6_000_000, "xl/sharedStrings": 1_600_000, "": 20_000}
# What openpyxl runs into where a workbook is broken; it has no error of its own.
WORKBOOK_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, RuntimeError, SyntaxError,
    StopIteration, TypeError, ValueError, expat.ExpatError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
SEPARATOR_LINE = re.compile(r'"?sep=(?P<sign>[^\s"]|\t)"?[;,]*\r?(?:\n|$)', re.IGNORECASE)
DELIMITERS = (",", ";", "\t", "，", "；")  # the first that stands between names of columns is it
INVALID_CHARS = re.compile("[\0\ud800-\udfff]")
# The parts of a number format that are no places of a date: colours and locales, quoted and escaped text.
FORMAT_NOISE = re.compile(r"\[[^]]*\]|\"[^\"]*\"|\\.")


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row by its number in the spreadsheet; by place its cells that are there, and problems (-1: with it all)."""

    number: int
    cells: dict[int, str]
    problems: dict[int, str]


class Deadline:
    """The processor time of this thread that a file may take: a busy machine refuses no more than an idle one."""

    def __init__(self) -> None:
        self.ends = time.thread_time() + settings.IMPORT_SECONDS

    def check(self) -> None:
        """Raise ValidationError where it has passed."""
        if time.thread_time() > self.ends:
            message = _(
                "Reading this file takes longer than %(seconds)s seconds. Split it, or copy its rows into a new one."
            )
            raise ValidationError(message % {"seconds": settings.IMPORT_SECONDS})


class CellCount:
    """The cells of a file, their characters and its time, counted while it is read; each has its limit."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.cells = self.characters = self.steps = 0

    def step(self) -> None:
        """One line or tag more: look at the time now and then."""
        self.steps += 1
        if self.steps % CHECKED_EVERY == 0:
            self.deadline.check()

    def add(self, cells: int) -> None:
        """So many cells more."""
        self.cells += cells
        if self.cells > settings.IMPORT_MAX_CELLS:
            message = _("The file has more than %(most)s cells. Remove empty rows and columns, or split it.")
            raise ValidationError(message % {"most": f"{settings.IMPORT_MAX_CELLS:,}"})

    def add_text(self, text: str) -> None:
        """The characters of a cell more."""
        self.characters += len(text)
        if self.characters > MAX_CHARACTERS:
            message = _("The cells of this file hold more than %(most)s characters. Split it.")
            raise ValidationError(message % {"most": f"{MAX_CHARACTERS:,}"})


@dataclass(slots=True)
class SheetRow:
    """One row: its number as a spreadsheet counts, its cells and what is wrong with it, by column ("": the row)."""

    number: int
    cells: dict[str, str]
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The first sheet of a file, without its blank rows. Row 1 is the header."""

    columns: list[str]
    rows: list[SheetRow]
    hidden_rows: tuple[int, ...] = ()  # that the spreadsheet does not show, and that are read all the same
    hidden_columns: tuple[str, ...] = ()


def check_size(size: int) -> None:
    """Before anything is read: at most IMPORT_MAX_BYTES."""
    if size > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        raise ValidationError(_("The file is larger than %(most)s MB. Split it.") % {"most": limit})


def read_sheet(data: bytes, name: str = "") -> Sheet:
    """The rows of a file. It is what its content says; a name that says otherwise is a mistake to be told of.

    Raises ValidationError where it cannot be read, or would take more than a file may: time, rows, columns or cells.
    """
    count = CellCount(Deadline())
    if is_workbook(data, PurePath(name).suffix.lower()):
        return _read_xlsx(data, count)
    return _build_sheet(_csv_rows(_decode(data), count), count)


def _decode(data: bytes) -> str:
    if data.startswith(UTF16) or b"\0" in data[:1000]:
        raise ValidationError(_("This is not UTF-8. In the spreadsheet, save it as “CSV UTF-8”."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("Line %(line)s is not UTF-8. In the spreadsheet, save it as “CSV UTF-8”.")
        raise ValidationError(message % {"line": line}) from error


def _csv_rows(text: str, count: CellCount) -> Iterator[RawRow]:
    """The records. A first line that only tells Excel what separates them is no row, as in the spreadsheet."""
    separated = SEPARATOR_LINE.match(text)
    if separated:
        text = text[separated.end() :]
    delimiter = separated["sign"] if separated else _delimiter(text.partition("\n")[0])
    reader = csv.reader(_csv_lines(text, delimiter, count), delimiter=delimiter, strict=True)
    width = 0
    try:
        for number, cells in enumerate(reader, 1):
            width = width or len(cells)
            count.add(len(cells))
            if number > 1 and not any(cells):
                continue
            problems = {}
            if len(cells) not in (0, width):
                counts = {"found": len(cells), "expected": width}
                problems[-1] = _(
                    "It has %(found)s cells, the header %(expected)s. Is a comma or quotation mark missing?"
                )
                problems[-1] %= counts
            if formulas := [place for place, cell in enumerate(cells) if cell.startswith("=")]:
                problems |= dict.fromkeys(formulas, _("This is a formula. Paste its value instead."))
            yield RawRow(number, dict(enumerate(cells)), problems)
    except csv.Error as error:
        message = _(
            "The CSV cannot be read near line %(line)s (%(error)s). Look for a quotation mark without its pair."
        )
        raise ValidationError(message % {"line": reader.line_num, "error": error}) from error


def _delimiter(header: str) -> str:
    """What separates the cells. Excel takes semicolons where the comma is the decimal sign, and tabs for text."""
    return next((sign for sign in DELIMITERS if sign in header), ",")


def _csv_lines(text: str, delimiter: str, count: CellCount) -> Iterator[str]:
    """The lines, each looked at before it becomes a list of cells."""
    for number, line in enumerate(io.StringIO(text, newline=""), 1):
        count.step()
        if number > LAST_ROW_OF_EXCEL:
            raise ValidationError(_too_many_rows())
        if line.count(delimiter) >= LAST_COLUMN_OF_EXCEL:
            message = _(
                "Line %(line)s has more cells than a spreadsheet has columns. Leave the columns of the template."
            )
            raise ValidationError(message % {"line": number})
        yield line


def _too_many_rows() -> str:
    return _("The sheet has more rows than a spreadsheet can hold. Copy them into a new one.")


def _read_xlsx(data: bytes, count: CellCount) -> Sheet:
    """The first sheet. Cells are read one row at a time; what the workbook unpacks to is measured before."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_zip_bombs(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out of a workbook is not what is imported
            workbook = Workbook(data, count.deadline.check)
            return _with_hidden(_build_sheet(_xlsx_rows(workbook, count), count), workbook)
    except ValidationError:
        raise
    except WORKBOOK_ERRORS as error:
        message = _("This workbook cannot be read. Open it in the spreadsheet, save it as .xlsx and try again.")
        raise ValidationError(message) from error


def _with_hidden(sheet: Sheet, workbook: Workbook) -> Sheet:
    """With what the spreadsheet does not show, by the numbers of rows and the names of columns."""
    rows = tuple(row.number for row in sheet.rows if row.number in workbook.hidden_rows)
    columns = tuple(name for place, name in enumerate(sheet.columns) if workbook.is_hidden_column(place))
    return replace(sheet, hidden_rows=rows, hidden_columns=columns)


def _refuse_zip_bombs(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        message = _("The workbook unpacks to more than an import can need. Copy the rows into a new, plain workbook.")
        raise ValidationError(message)
    left = dict(MAX_TAGS)
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            kind = next(start for start in left if member.filename.startswith(start))
            with archive.open(member) as packed:
                left[kind] -= sum(piece.count(b"<") for piece in iter(lambda: packed.read(65536), b""))
            if left[kind] < 0:
                message = _("The workbook holds too much beside its rows. Copy them into a new, plain workbook.")
                raise ValidationError(message)


def _xlsx_rows(workbook: Workbook, count: CellCount) -> Iterator[RawRow]:
    """The rows that are there, each with the cells that hold something."""

    def count_cell(before_it: int) -> None:
        count.add(1)
        if before_it >= LAST_COLUMN_OF_EXCEL:
            message = _("A row has more cells than a spreadsheet has columns. Copy the rows into a new one.")
            raise ValidationError(message)

    for number, cells in workbook.rows(count_cell):
        if number > LAST_ROW_OF_EXCEL:
            raise ValidationError(_too_many_rows())
        if cells or number == 1:
            yield _xlsx_row(workbook, number, cells)


def _xlsx_row(workbook: Workbook, number: int, sheet_cells: list[SheetCell]) -> RawRow:
    """A row, its cells as a person means them."""
    cells: dict[int, str] = {}
    problems: dict[int, str] = {}
    for cell in sheet_cells:
        if cell.is_formula:
            problems[cell.place] = _("This is a formula. Paste its value instead.")
        else:
            value, number_format = workbook.value(cell)
            if cell.type == ERROR:
                problems[cell.place] = _("The spreadsheet shows an error here: %(error)s.") % {"error": value}
            cells[cell.place] = cell_text(value, number_format)
        if cell.place in problems:
            cells[cell.place] = "="  # it is there, and is no blank
    return RawRow(number, cells, problems)


def cell_text(value: Any, number_format: str = "") -> str:
    """What a person means by the value of a cell: a date as it is shown, 40.0 as 40, 0.4 in per cent as 40%."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and "%" in FORMAT_NOISE.sub("", number_format):
        return cell_text(float(value) * 100) + "%"
    if isinstance(value, float):
        # A spreadsheet keeps and shows 15 digits: 0.1 + 0.2 is 0.3.
        return f"{Decimal(format(value, '.15g')).normalize():f}"
    if isinstance(value, datetime):
        return _day_text(value.date(), number_format) if value.time() == day_time() else value.isoformat(" ")
    if isinstance(value, date):
        return _day_text(value, number_format)
    return str(value)


def _day_text(day: date, number_format: str) -> str:
    """Excel makes a day of “2018-11”, but shows no day: then a month is meant, or a year."""
    places = FORMAT_NOISE.sub("", number_format).lower()
    if "y" not in places or "d" in places:
        return day.isoformat()
    return f"{day:%Y-%m}" if "m" in places else f"{day:%Y}"


def _build_sheet(raw_rows: Iterator[RawRow], count: CellCount) -> Sheet:
    columns: list[str] | None = None
    rows: list[SheetRow] = []
    for raw in raw_rows:
        if columns is None:
            columns = _header(raw)
            continue
        cells = {place: text for place, cell in raw.cells.items() if (text := cell.strip())}
        if not cells:
            continue
        for text in cells.values():
            count.add_text(text)
        rows.append(_build_row(raw.number, columns, cells, raw.problems))
        if len(rows) > settings.IMPORT_MAX_ROWS:
            limit = settings.IMPORT_MAX_ROWS
            raise ValidationError(_("The file has more than %(most)s rows. Split it.") % {"most": limit})
    if columns is None:
        _check_header([])
    if not rows:
        raise ValidationError(_("The file holds a header and no rows. Fill in a row for each thing to be imported."))
    return Sheet(columns or [], rows)


def _header(raw: RawRow) -> list[str]:
    """The names of the columns: of the first row, up to its last cell that says something."""
    named = {place: name for place, cell in raw.cells.items() if (name := cell.strip())} if raw.number == 1 else {}
    columns = [named.get(place, "") for place in range(max(named, default=-1) + 1)]
    _check_header(columns)
    return columns


def _check_header(columns: list[str]) -> None:
    if not columns:
        raise ValidationError(_("The first row is empty. It must hold the names of the columns."))
    if len(columns) > MAX_COLUMNS:
        raise ValidationError(
            _("The first row has %(found)s cells. Leave the columns of the template.") % {"found": len(columns)}
        )
    if "" in columns:
        place = columns.index("") + 1
        raise ValidationError(_("Column %(place)s has no name. Name it, or remove it.") % {"place": place})
    repeated = sorted({name for name in columns if columns.count(name) > 1})
    if repeated:
        raise ValidationError(_("Two columns have the same name: %(names)s.") % {"names": join_list(repeated)})


def _build_row(number: int, columns: list[str], cells: dict[int, str], problems_by_place: dict[int, str]) -> SheetRow:
    """A row by the names of the header. Of what stands beyond that it is only said that it is there."""
    problems = {
        columns[place] if 0 <= place < len(columns) else "": message for place, message in problems_by_place.items()
    }
    if any(place >= len(columns) for place in cells):
        problems.setdefault("", _("It has a cell beyond the last column of the header. Empty it, or name its column."))
    row = dict.fromkeys(columns, "") | {columns[place]: text for place, text in cells.items() if place < len(columns)}
    for name, text in row.items():
        if INVALID_CHARS.search(text):
            problems[name] = _("It holds a character that is no text. Type the cell again.")
    return SheetRow(number, row, problems)
