"""Reading the files that staff upload, CSV or XLSX, into rows of plain text.

Whatever is wrong with a file as a whole is a ValidationError that says what to do. What is wrong with a
row is kept with the row, so that the preview can name all of them at once.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import openpyxl
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from commitments.i18n.phrases import join_list

ZIP, OLE, UTF16 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", (b"\xff\xfe", b"\xfe\xff")
MAX_COLUMNS = 100
LAST_ROW_OF_EXCEL = 1_048_576
# What a workbook may hold once unpacked. 10,000 full rows take about 20 MB; Python never unpacks more of
# a member than the archive declares. Tags, because one of five bytes becomes an object of a kilobyte:
# a full sheet has four a cell, everything else of an ordinary workbook less than a thousand.
MAX_MEMBERS = 500
MAX_UNPACKED = 64 * 1024 * 1024
MAX_TAGS = {"xl/worksheets/": 3_000_000, "xl/sharedStrings": 1_600_000, "": 20_000}
# What openpyxl runs into where a workbook is broken; it has no error of its own.
WORKBOOK_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError, AttributeError, EOFError, LookupError, NotImplementedError, OSError, RuntimeError, SyntaxError,
    TypeError, ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
INVALID_CHARS = re.compile("[\0\ud800-\udfff]")
# The parts of a number format that are no places of a date: colours and locales, quoted and escaped text.
FORMAT_NOISE = re.compile(r"\[[^]]*\]|\"[^\"]*\"|\\.")
# The cells of a row, and by place what is wrong with them.
RawRow = tuple[list[str], dict[int, str]]


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


def check_size(size: int) -> None:
    """Before anything is read: at most IMPORT_MAX_BYTES."""
    if size > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        raise ValidationError(_("The file is larger than %(most)s MB. Split it.") % {"most": limit})


def read_sheet(data: bytes, name: str = "") -> Sheet:
    """The rows of a file. It is what its content says; a name that says otherwise is a mistake to be told of."""
    suffix = PurePath(name).suffix.lower()
    if data.startswith(OLE):
        raise ValidationError(
            _("This is an old Excel file (.xls), or has a password. Save it as a workbook (.xlsx) without one.")
        )
    if data.startswith(ZIP):
        if suffix not in ("", ".xlsx"):
            raise ValidationError(_("The name ends in “%(suffix)s”, but this is no such file.") % {"suffix": suffix})
        return _read_xlsx(data)
    if suffix not in ("", ".csv"):
        raise ValidationError(_("Only CSV and XLSX can be imported, and the file’s name must end in what it is."))
    return _build_sheet(_csv_records(_decode(data)))


def _decode(data: bytes) -> str:
    if data.startswith(UTF16) or b"\0" in data[:1000]:
        raise ValidationError(_("This is not UTF-8. In the spreadsheet, save it as “CSV UTF-8”."))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = _("Line %(line)s is not UTF-8. In the spreadsheet, save it as “CSV UTF-8”.")
        raise ValidationError(message % {"line": line}) from error


def _csv_records(text: str) -> Iterator[RawRow]:
    """The records. Excel separates by semicolons where the comma is the decimal sign: then the header has no comma."""
    header = text[: text.find("\n")] if "\n" in text else text
    delimiter = ";" if ";" in header and "," not in header else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for cells in reader:
            width = width or len(cells)
            problems = {}
            if len(cells) not in (0, width):
                counts = {"found": len(cells), "expected": width}
                problems[-1] = _(
                    "It has %(found)s cells, the header %(expected)s. Is a comma or quotation mark missing?"
                )
                problems[-1] %= counts
            formulas = [place for place, cell in enumerate(cells) if cell.startswith("=")]
            yield cells, problems | dict.fromkeys(formulas, _("This is a formula. Paste its value instead."))
    except csv.Error as error:
        message = _(
            "The CSV cannot be read near line %(line)s (%(error)s). Look for a quotation mark without its pair."
        )
        raise ValidationError(message % {"line": reader.line_num, "error": error}) from error


def _read_xlsx(data: bytes) -> Sheet:
    """The first sheet. Cells are read one row at a time; what the workbook unpacks to is measured before."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_zip_bombs(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out of a workbook is not what is imported
            workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = workbook.worksheets[0]
            sheet.reset_dimensions()  # the size that the sheet claims for itself
            return _build_sheet(_xlsx_records(sheet))
        finally:
            workbook.close()
    except ValidationError:
        raise
    except WORKBOOK_ERRORS as error:
        message = _("This workbook cannot be read. Open it in the spreadsheet, save it as .xlsx and try again.")
        raise ValidationError(message) from error


def _refuse_zip_bombs(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        message = _("The workbook unpacks to more than an import can need. Copy the rows into a new, plain workbook.")
        raise ValidationError(message)
    for member in members:
        if member.filename.endswith((".xml", ".rels")):
            limit = next(limit for start, limit in MAX_TAGS.items() if member.filename.startswith(start))
            with archive.open(member) as packed:
                if sum(piece.count(b"<") for piece in iter(lambda: packed.read(65536), b"")) > limit:
                    message = _("The workbook holds too much beside its rows. Copy them into a new, plain workbook.")
                    raise ValidationError(message)


def _xlsx_records(sheet: Any) -> Iterator[RawRow]:
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > LAST_ROW_OF_EXCEL:
            raise ValidationError(_("The sheet has more rows than a spreadsheet can hold. Copy them into a new one."))
        cells, problems = [], {}
        for place, cell in enumerate(row):
            if cell.data_type == "f":
                problems[place] = _("This is a formula. Paste its value instead.")
            elif cell.data_type == "e":
                problems[place] = _("The spreadsheet shows an error here: %(error)s.") % {"error": cell.value}
            cells.append("=" if place in problems else cell_text(cell.value, cell.number_format or ""))
        yield cells, problems


def cell_text(value: Any, number_format: str = "") -> str:
    """What a person means by the value of a cell: a date as it is shown, 40.0 as 40."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        # A spreadsheet keeps and shows 15 digits: 0.1 + 0.2 is 0.3.
        return f"{Decimal(format(value, '.15g')).normalize():f}"
    if isinstance(value, datetime):
        return _day_text(value.date(), number_format) if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return _day_text(value, number_format)
    return str(value)


def _day_text(day: date, number_format: str) -> str:
    """Excel makes a day of “2018-11”, but shows no day: then a month is meant, or a year."""
    places = FORMAT_NOISE.sub("", number_format).lower()
    if "y" not in places or "d" in places:
        return day.isoformat()
    return f"{day:%Y-%m}" if "m" in places else f"{day:%Y}"


def _build_sheet(records: Iterator[RawRow]) -> Sheet:
    header, _problems = next(records, ([], {}))
    columns = [cell.strip() for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    _check_header(columns)
    rows = []
    for number, (cells, problems) in enumerate(records, 2):
        stripped = [cell.strip() for cell in cells]
        if any(stripped):
            rows.append(_build_row(number, columns, stripped, problems))
        if len(rows) > settings.IMPORT_MAX_ROWS:
            limit = settings.IMPORT_MAX_ROWS
            raise ValidationError(_("The file has more than %(most)s rows. Split it.") % {"most": limit})
    if not rows:
        raise ValidationError(_("The file holds a header and no rows. Fill in a row for each thing to be imported."))
    return Sheet(columns, rows)


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


def _build_row(number: int, columns: list[str], cells: list[str], problems_by_place: dict[int, str]) -> SheetRow:
    problems = {
        columns[place] if 0 <= place < len(columns) else "": message for place, message in problems_by_place.items()
    }
    if any(cells[len(columns) :]):
        problems.setdefault("", _("It has a cell beyond the last column of the header. Empty it, or name its column."))
    for name, cell in zip(columns, cells, strict=False):
        if INVALID_CHARS.search(cell):
            problems[name] = _("It holds a character that is no text. Type the cell again.")
    row = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
    return SheetRow(number, row, problems)
