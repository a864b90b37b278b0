"""The cells of a workbook's first sheet, read as they come and none that is not there.

openpyxl reads what is small: the table of contents, the styles, the formats of dates. Its way of reading sheets and
texts takes some 20 microseconds for each tag, fills up each row to its last cell and each gap with rows, and reads what
follows the rows, too. Here both are read by expat, a hundredth of that, and what is there is counted while it is read.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import SHARED_STRINGS

PIECE_BYTES = 1 << 16
FORMULA, ERROR = "f", "e"
DATE_ERROR = "#VALUE!"
# Formats of dates that the standard has for Chinese alone (ECMA-376, 18.8.30), and openpyxl has not.
CHINESE_DATES = dict.fromkeys((27, 36, 50, 52, 57), 'yyyy"年"m"月"') | dict.fromkeys(
    (28, 29, 30, 31, 51, 53, 54, 58), "yyyy-mm-dd"
)


@dataclass(slots=True)
class CellText:
    """The words of a cell or of a shared text: all of its `t`, without those that say how it is pronounced."""

    pieces: list[str] = field(default_factory=list)
    is_open: bool = False
    is_pronunciation: bool = False

    def start(self, name: str) -> None:
        """A tag within the text."""
        if name == "rPh":
            self.is_pronunciation = True
        elif name == "t":
            self.is_open = not self.is_pronunciation

    def end(self, name: str) -> None:
        if name == "rPh":
            self.is_pronunciation = False
        elif name == "t":
            self.is_open = False

    def take(self) -> str:
        """All of it; the next text begins."""
        text = "".join(self.pieces)
        self.pieces, self.is_open, self.is_pronunciation = [], False, False
        return text


class SharedTexts:
    """The texts that cells refer to by their numbers. It is told of tags, without their namespace, and of words."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.text = CellText()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A text, or a piece of it."""
        self.text.start(name)

    def end(self, name: str) -> None:
        """A text is whole."""
        self.text.end(name)
        if name == "si":
            self.texts.append(self.text.take().replace("x005F_", ""))

    def words(self, text: str) -> None:
        """Of the text that is open."""
        if self.text.is_open:
            self.text.pieces.append(text)


@dataclass(slots=True)
class SheetCell:
    """A cell as it stands in the sheet: the number of its column, from 0, its type and style, and what it holds."""

    place: int
    type: str
    style: int
    text: str = ""
    is_formula: bool = False


class SheetRows:
    """The rows that are there, by their numbers, until the sheet's data end. `count_cells`: told of each cell."""

    def __init__(self, count_cells: Callable[[int], None]) -> None:
        self.count_cells = count_cells
        self.rows: list[tuple[int, list[SheetCell]]] = []
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[range] = []
        self.is_done = False
        self.row_number = 0
        self.cells: list[SheetCell] = []
        self.cell: SheetCell | None = None
        self.place = -1
        self.value_is_open = False
        self.value: list[str] = []
        self.text = CellText()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row, a cell, or something within a cell."""
        if name == "c":
            self.count_cells(len(self.cells))
            self._start_cell(attributes)
        elif name == "row":
            self.row_number = int(float(attributes["r"])) if "r" in attributes else self.row_number + 1
            self.place = -1
            if _is_hidden(attributes):
                self.hidden_rows.add(self.row_number)
        elif name == "col" and _is_hidden(attributes):
            self.hidden_columns.append(range(int(attributes["min"]) - 1, int(attributes["max"])))
        elif self.cell is not None:
            if name == "v":
                self.value_is_open = True
            elif name == "f":
                self.cell.is_formula = True
            else:
                self.text.start(name)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        letters = attributes.get("r", "").rstrip("0123456789")
        self.place = column_index_from_string(letters) - 1 if letters else self.place + 1
        self.cell = SheetCell(self.place, attributes.get("t", "n"), int(attributes.get("s", 0)))

    def end(self, name: str) -> None:
        if name == "v":
            self.value_is_open = False
        elif name == "c" and self.cell is not None:
            text, value = self.text.take(), "".join(self.value)
            self.cell.text, self.value = text if self.cell.type == "inlineStr" else value, []
            if self.cell.text or self.cell.is_formula:
                self.cells.append(self.cell)
            self.cell = None
        elif name == "row":
            self.rows.append((self.row_number, self.cells))
            self.cells = []
        elif name == "sheetData":
            self.is_done = True
        elif self.cell is not None:
            self.text.end(name)

    def words(self, text: str) -> None:
        """Of the value, or of the text in its place."""
        if self.value_is_open:
            self.value.append(text)
        elif self.text.is_open:
            self.text.pieces.append(text)


def _is_hidden(attributes: dict[str, str]) -> bool:
    """Whether a row or a column is not shown: by somebody, by a filter, or because it has no height or width."""
    size = attributes.get("ht") or attributes.get("width") or "1"
    return attributes.get("hidden") in ("1", "true") or float(size) == 0


class Workbook:
    """The first sheet of a workbook. `look`: called for each piece of it that is read, and may raise."""

    def __init__(self, data: bytes, look: Callable[[], None]) -> None:
        # Read all but the rows. Whatever is broken raises one of many errors (files.WORKBOOK_ERRORS).
        self.look = look
        reader = ExcelReader(io.BytesIO(data), read_only=True, keep_links=False)
        self.archive: zipfile.ZipFile = reader.archive
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(self.archive, reader.wb)
        look()
        self.book = reader.wb
        names = set(self.archive.namelist())
        sheets = [
            (sheet.state != "visible", relation.target)
            for sheet, relation in reader.parser.find_sheets()
            if relation.target in names and "chartsheet" not in relation.Type
        ]
        _is_hidden_sheet, self.path = min(sheets, key=lambda sheet: sheet[0])  # the first that one sees
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[range] = []
        texts, part = SharedTexts(), reader.package.find(SHARED_STRINGS)
        if part is not None:
            for _piece in self._read(part.PartName[1:], texts):
                pass
        self.texts = texts.texts

    def rows(self, count_cells: Callable[[int], None]) -> Iterator[tuple[int, list[SheetCell]]]:
        """Each row that is there by its number, with its cells that hold something.

        `count_cells` is told of each cell that is there, and how many of its row held something before it.
        """
        rows = SheetRows(count_cells)
        self.hidden_rows, self.hidden_columns = rows.hidden_rows, rows.hidden_columns
        for _piece in self._read(self.path, rows):
            yield from rows.rows
            rows.rows = []
            if rows.is_done:
                return

    def value(self, cell: SheetCell) -> tuple[Any, str]:
        """What a cell holds, and the format in which it is shown; its type becomes that of an error where it is one."""
        value: Any = cell.text
        if cell.type == "n":
            value = float(value) if any(mark in value for mark in ".eE") else int(value)
            if cell.style in self.book._date_formats or self._format_number(cell.style) in CHINESE_DATES:
                value = self._day(cell, value)
        elif cell.type == "s":
            value = self.texts[int(value)]
        elif cell.type == "b":
            value = bool(int(value))
        elif cell.type == "d":
            value = from_ISO8601(value)
        return value, self._number_format(cell.style)

    def _day(self, cell: SheetCell, value: float) -> Any:
        """The day of a number; an error where there is none."""
        try:
            return from_excel(value, self.book.epoch, timedelta=cell.style in self.book._timedelta_formats)
        except (OverflowError, ValueError):
            cell.type = ERROR
            return DATE_ERROR

    def _number_format(self, style: int) -> str:
        number = self._format_number(style)
        if number in CHINESE_DATES:
            return CHINESE_DATES[number]
        if number < BUILTIN_FORMATS_MAX_SIZE:
            return str(BUILTIN_FORMATS.get(number, "General"))
        return str(self.book._number_formats[number - BUILTIN_FORMATS_MAX_SIZE])

    def _format_number(self, style: int) -> int:
        return int(self.book._cell_styles[style].numFmtId)

    def is_hidden_column(self, place: int) -> bool:
        """Whether the spreadsheet shows no such column. Known once the rows were read."""
        return any(place in columns for columns in self.hidden_columns)

    def _read(self, name: str, tags: SharedTexts | SheetRows) -> Iterator[None]:
        """Read a member piece by piece, telling `tags` of it. None may declare a type: that could bring entities."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = lambda tag, attributes: tags.start(tag.rpartition(" ")[2], attributes)
        parser.EndElementHandler = lambda tag: tags.end(tag.rpartition(" ")[2])
        parser.CharacterDataHandler = tags.words
        parser.StartDoctypeDeclHandler = _refuse_doctype
        with self.archive.open(name) as member:
            while piece := member.read(PIECE_BYTES):
                self.look()
                parser.Parse(piece)
                yield
            parser.Parse(b"", True)  # noqa: FBT003  (it takes no name)
            yield


def _refuse_doctype(*_declared: Any) -> None:
    raise ValueError("A workbook declares no document type.")
