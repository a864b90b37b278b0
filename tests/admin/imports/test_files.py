"""Files from anywhere: what a person meant is read, and whatever is wrong is said without harm."""

import io
import time
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import datetime

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from openpyxl.cell import WriteOnlyCell

from commitments.admin.imports import files
from tests.helpers.imports import as_csv, as_xlsx, body, confirm, pledge, refusals, stored, upload, wrong

pytestmark = pytest.mark.usefixtures("uploads")
HEADER = b"slug,name\r\n"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/sharedStrings.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
SHEET = f"<worksheet {MAIN}>{{}}<sheetData>{{}}</sheetData></worksheet>"
NAMES = '<row r="1"><c r="A1" t="inlineStr"><is><t>slug</t></is></c></row>'
TINY = SHEET.format("", NAMES)


def workbook(sheet=TINY, **more):
    """An XLSX made by hand: `more` members replace or join the usual ones."""
    sheets = '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
    related = f'<Relationship Id="r{{}}" Type="{OFFICE}/{{}}" Target="{{}}"/>'
    members = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": RELATIONS.format(related.format(1, "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}">{sheets}</workbook>',
        "xl/_rels/workbook.xml.rels": RELATIONS.format(related.format(1, "worksheet", "worksheets/sheet1.xml")),
        "xl/sharedStrings.xml": f"<sst {MAIN}></sst>",
        "xl/styles.xml": f"<styleSheet {MAIN}></styleSheet>",
        "xl/worksheets/sheet1.xml": sheet,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (members | more).items():
            archive.writestr(name, content)
    return file.getvalue()


def open_document():
    """The beginning of a spreadsheet as LibreOffice saves it by itself."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<a/>")
    return file.getvalue()


def row(number, text="x", column="A"):
    return f'<row r="{number}"><c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def cells(data, name="file.csv"):
    return [(sheet_row.number, sheet_row.cells, sheet_row.problems) for sheet_row in files.read_sheet(data, name).rows]


def names(data, name="file.csv"):
    return [list(texts.values()) for _number, texts, _problems in cells(data, name)]


def refusal(data, name="file.csv"):
    with pytest.raises(ValidationError) as refused:
        files.read_sheet(data, name)
    return refused.value.messages[0]


# What is read


@pytest.mark.parametrize(
    "data",
    [
        HEADER + b"a,\xe4\xb8\x8a\xe6\xb5\xb7\r\n",
        b"\xef\xbb\xbf" + HEADER + b"a,\xe4\xb8\x8a\xe6\xb5\xb7\r\n",
        b"slug;name\na;\xe4\xb8\x8a\xe6\xb5\xb7",
        b'slug , name,,\n\n  a ,"\xe4\xb8\x8a\xe6\xb5\xb7",,\n,,,\n',
        b"slug\tname\r\na\t\xe4\xb8\x8a\xe6\xb5\xb7\r\n",
        "slug；name\na；上海\n".encode(),
        b"sep=;\r\nslug;name\r\na;\xe4\xb8\x8a\xe6\xb5\xb7\r\n",
        b"\xef\xbb\xbfsep=,\nslug,name\na,\xe4\xb8\x8a\xe6\xb5\xb7\n",
    ],
    ids=[
        *("plain", "byte-order mark", "semicolons", "spaces and blank rows", "tabs", "wide semicolons"),
        *("what Excel is told", "the same with commas"),
    ],
)
def test_a_csv_is_read_however_it_was_saved(data):
    assert names(data) == [["a", "上海"]]


def test_rows_are_numbered_as_in_the_spreadsheet():
    assert [number for number, _texts, _problems in cells(b'slug,name\n"a\nb",x\n\nc,y\n')] == [2, 4]


# A value, how it is shown, and what is meant.
MEANT = [
    (2019, "General", "2019"),
    (2019.0, "General", "2019"),
    (40.0, "0.00", "40"),
    (0.1 + 0.2, "General", "0.3"),
    (12.5, "General", "12.5"),
    (1e15, "General", "1000000000000000"),
    (True, "General", "true"),
    (datetime(2018, 11, 5), "yyyy-mm-dd", "2018-11-05"),
    (datetime(2018, 11, 1), "mmm-yy", "2018-11"),
    (datetime(2018, 11, 1), "[$-409][Red]mmm\\-yy;@", "2018-11"),
    (datetime(2018, 1, 1), "yyyy", "2018"),
    (datetime(2018, 11, 5), 'd "of" mmmm yyyy', "2018-11-05"),
    ("2018-11", "@", "2018-11"),
    (None, "General", ""),
]


def test_a_cell_of_a_workbook_says_what_a_person_means():
    book, file = openpyxl.Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    sheet.append(["slug", "name"])
    for value, number_format, _meant in MEANT:
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = number_format
        sheet.append(["a", cell])
    book.save(file)
    assert [name for _slug, name in names(file.getvalue(), "file.xlsx")] == [meant for *_shown, meant in MEANT]


def test_a_month_in_a_format_that_chinese_alone_has_is_a_month():
    """57 is 2018年11月, 31 is 2018年11月5日; 43405 is 1 November 2018."""
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in (0, 57, 31))
    sheet = NAMES + "".join(f'<row r="{n}"><c r="A{n}" s="{n - 1}"><v>{43403 + n}</v></c></row>' for n in (2, 3))
    more = {"xl/styles.xml": f"<styleSheet {MAIN}><cellXfs>{styles}</cellXfs></styleSheet>"}
    assert names(workbook(SHEET.format("", sheet), **more), "file.xlsx") == [["2018-11"], ["2018-11-02"]]


def test_the_first_sheet_that_one_sees_is_read():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["hidden"])
    book.active.sheet_state = "hidden"
    for text in ("slug", "a"):
        (book["Seen"] if "Seen" in book else book.create_sheet("Seen")).append([text])
    book.active = 1
    book.save(file)
    assert names(file.getvalue(), "file.xlsx") == [["a"]]


def test_only_the_first_sheet_is_read_and_blank_rows_at_the_end_are_none():
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["slug"])
    book.active.append(["a"])
    book.active["A900"] = " "
    book.create_sheet().append(["nothing", "of", "interest"])
    book.save(file)
    assert names(file.getvalue(), "file.xlsx") == [["a"]]


def test_what_a_sheet_claims_of_its_own_size_is_not_believed():
    data = workbook(SHEET.format('<dimension ref="A1:XFD1048576"/>', NAMES + row(2)))
    assert names(data, "file.xlsx") == [["x"]]


# What is wrong with a row is told with the row


@pytest.mark.parametrize(
    ("data", "number", "column", "message"),
    [
        (HEADER + b"a,b\nc\n", 3, "", "1 cells, the header 2"),
        (HEADER + b"a,b,c\n", 2, "", "3 cells, the header 2"),
        (HEADER + b"a,=1+1\n", 2, "name", "Paste its value"),
        (HEADER + b"a," + b"b" * 1000 + b"\0\n", 2, "name", "no text"),
    ],
    ids=["too few", "too many", "formula", "NUL"],
)
def test_a_wrong_row_of_a_csv_is_told(data, number, column, message):
    [(row_number, _texts, problems)] = [sheet_row for sheet_row in cells(data) if sheet_row[2]]
    assert row_number == number
    assert message in problems[column]


@pytest.mark.parametrize(
    ("values", "column", "message"),
    [
        (["a", "=1+1"], "name", "Paste its value"),
        (["a", "#REF!"], "name", "an error here: #REF!"),
        (["a", "b", "c"], "", "beyond the last column"),
    ],
)
def test_a_wrong_row_of_a_workbook_is_told(values, column, message):
    [(number, _texts, problems)] = cells(as_xlsx(["slug", "name"], values), "file.xlsx")
    assert number == 2
    assert message in problems[column]


# What cannot be read is refused as a whole, and nothing is written

REFUSED = {
    "empty": (b"", "a.csv", "first row is empty"),
    "header only": (HEADER, "a.csv", "no rows"),
    "no name": (b"slug,,name\na,b,c\n", "a.csv", "Column 2 has no name"),
    "same name": (b"slug,name,slug\na,b,c\n", "a.csv", "same name: slug"),
    "UTF-16": ("slug,name\na,b\n".encode("utf-16"), "a.csv", "save it as “CSV UTF-8”"),
    "UTF-16 without mark": ("slug,name\na,b\n".encode("utf-16-le"), "a.csv", "save it as “CSV UTF-8”"),
    "Windows-1252": (HEADER + "a,b\nc,é\n".encode("cp1252"), "a.csv", "Line 3 is not UTF-8"),
    "Big5": (HEADER + "a,上海\n".encode("big5"), "a.csv", "Line 2 is not UTF-8"),
    "open quotation": (HEADER + b'a,"b\nc,d\n', "a.csv", "quotation mark"),
    "endless cell": (HEADER + b"a," + b"x" * 200_000 + b"\n", "a.csv", "field larger"),
    "too many columns": (b",".join(b"c%d" % n for n in range(200)) + b"\n", "a.csv", "200 cells"),
    "XLS": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "old Excel file"),
    "XLS named XLSX": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xlsx", "old Excel file"),
    "ODS": (open_document, "a.ods", "save it as “Excel 2007–365 (.xlsx)”"),
    "ODS named XLSX": (open_document, "a.xlsx", "This is an OpenDocument spreadsheet"),
    "XLSM": (workbook, "a.XLSM", "may hold macros (.xlsm)"),
    "XLSB": (workbook, "a.xlsb", "save it as “Excel Workbook (.xlsx)”"),
    "Numbers": (workbook, "a.numbers", "Export it from there to Excel"),
    "CSV named XLSX": (HEADER + b"a,b\n", "a.xlsx", "Only CSV and XLSX"),
    "PDF": (b"%PDF-1.7\n", "a.pdf", "Only CSV and XLSX"),
    "XLSX named CSV": (workbook, "a.csv", "ends in “.csv”"),
    "broken zip": (b"PK\x03\x04" + bytes(100), "a.xlsx", "cannot be read"),
    "zip of no workbook": (lambda: workbook(**{"xl/workbook.xml": "<a/>"}), "a.xlsx", "cannot be read"),
    "half a workbook": (lambda: workbook()[:700], "a.xlsx", "cannot be read"),
    "no XML": (lambda: workbook("<worksheet"), "a.xlsx", "cannot be read"),
    "zip bomb": (lambda: workbook(**{"xl/media/a.bin": bytes(70 * 2**20)}), "a.xlsx", "unpacks to more"),
    "many members": (lambda: workbook(**{f"a{n}.xml": "<a/>" for n in range(600)}), "a.xlsx", "unpacks to more"),
    "style bomb": (
        lambda: workbook(
            **{"xl/styles.xml": f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 500_000}</cellXfs></styleSheet>"}
        ),
        "a.xlsx",
        "too much beside its rows",
    ),
    "string bomb": (
        lambda: workbook(**{"xl/sharedStrings.xml": f"<sst {MAIN}>{'<si/>' * 5_000_000}</sst>"}),
        "a.xlsx",
        "too much beside its rows",
    ),
    "entities": (
        lambda: workbook('<!DOCTYPE a [<!ENTITY b "bbbb">]>' + SHEET.format("", NAMES + row(2, "&b;"))),
        "a.xlsx",
        "cannot be read",
    ),
    "row a thousand million": (
        lambda: workbook(SHEET.format("", NAMES + row(10**9))),
        "a.xlsx",
        "more rows than a spreadsheet",
    ),
    "wide header": (lambda: workbook(SHEET.format("", row(1, column="XFD"))), "a.xlsx", "cells"),
}


@pytest.mark.parametrize(("content", "name", "message"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_in_few_words_and_little_memory(monkeypatch, content, name, message):
    monkeypatch.setattr(files, "LAST_ROW_OF_EXCEL", 10_000)
    data = content() if callable(content) else content
    tracemalloc.start()
    text = refusal(data, name)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert message in text
    assert peak < 20 * 2**20


def test_a_cell_far_below_is_neither_lost_nor_costly():
    [first, last] = cells(workbook(SHEET.format("", NAMES + row(2) + row(200_000, "far"))), "file.xlsx")
    assert (first[0], last[0], last[1]) == (2, 200_000, {"slug": "far"})


def test_a_file_has_at_most_so_many_rows(settings):
    settings.IMPORT_MAX_ROWS = 2
    assert len(cells(HEADER + b"a,b\nc,d\n")) == 2
    assert "more than 2 rows" in refusal(HEADER + b"a,b\nc,d\ne,f\n")


# What a file costs is limited by what is in it, whatever it claims


def seconds_for(data, name="file.xlsx"):
    """The processor time that a file takes, read or refused."""
    begun = time.thread_time()
    with suppress(ValidationError):
        files.read_sheet(data, name)
    return time.thread_time() - begun


LAST, MERGED = "XFD", '<mergeCell ref="A1:XFD1048576"/>'  # the last column; all cells as one
SHORT = {
    "blank cells in the last column": lambda: workbook(
        SHEET.format("", NAMES + "".join(f'<row r="{n}"><c r="{LAST}{n}"/></row>' for n in range(2, 6000)))
    ),
    "gaps between rows": lambda: workbook(SHEET.format("", NAMES + row(500_000) + row(1_000_000))),
    "merged ranges": lambda: workbook(
        SHEET.format("", NAMES + row(2)).replace(
            "</worksheet>", f"<mergeCells>{MERGED * 200_000}</mergeCells></worksheet>"
        )
    ),
    "texts that nothing refers to": lambda: workbook(
        **{"xl/sharedStrings.xml": f"<sst {MAIN}>{'<si/>' * 500_000}</sst>"}
    ),
    "a text of many pieces": lambda: workbook(
        SHEET.format("", NAMES + row(2)), **{"xl/sharedStrings.xml": f"<sst {MAIN}><si>{'<r/>' * 500_000}</si></sst>"}
    ),
    "tags before the rows": lambda: workbook(SHEET.format("<a/>" * 500_000, NAMES + row(2))),
}


@pytest.mark.parametrize("content", SHORT.values(), ids=SHORT)
def test_a_small_workbook_takes_little_time_whatever_it_claims(content):
    data = content()
    assert len(data) < 60_000
    assert seconds_for(data) < 4


TOO_MUCH = {
    "cells": (
        lambda: workbook(SHEET.format("", NAMES + f"<row>{'<c/>' * 600}</row>" * 2)),
        "a.xlsx",
        "more than 1,000 cells. Remove empty rows and columns, or split it.",
    ),
    "cells of a CSV": (b"slug,name\n" + b",,,,\n" * 300, "a.csv", "more than 1,000 cells"),
    "cells in a row": (
        lambda: workbook(SHEET.format("", NAMES + f"<row>{('<c><v>1</v></c>') * 16_400}</row>")),
        "a.xlsx",
        "cells",
    ),
    "cells in a line": (b"slug,name\n" + b"," * 20_000 + b"\n", "a.csv", "Line 2 has more cells"),
    "columns of a CSV": (b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "a.csv", "Line 1 has more cells"),
    "lines": (b"slug\na\n" + b"\n" * 1_100_000, "a.csv", "more rows than a spreadsheet"),
    "characters": (
        lambda: workbook(
            SHEET.format("", NAMES + "".join('<row><c t="s"><v>0</v></c></row>' for _number in range(300))),
            **{"xl/sharedStrings.xml": f"<sst {MAIN}><si><t>{'x' * 200_000}</t></si></sst>"},
        ),
        "a.xlsx",
        "more than 40,000,000 characters",
    ),
    "tags of all sheets": (
        lambda: workbook(**{f"xl/worksheets/s{n}.xml": "<a/>" * 700_000 for n in range(10)}),
        "a.xlsx",
        "too much beside its rows",
    ),
}


@pytest.mark.parametrize(("content", "name", "message"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_file_of_more_than_a_file_may_hold_is_refused_with_the_limit_and_what_to_do(settings, content, name, message):
    settings.IMPORT_MAX_CELLS = 1_000
    assert message in refusal(content() if callable(content) else content, name)


@pytest.mark.parametrize(
    ("data", "name"), [(b"slug\n" + b"a\n" * 5000, "a.csv"), (workbook(SHEET.format("", NAMES + row(2))), "a.xlsx")]
)
def test_a_file_that_takes_longer_than_a_file_may_is_given_up(settings, data, name):
    settings.IMPORT_SECONDS = 0
    assert "longer than 0 seconds. Split it" in refusal(data, name)


@pytest.mark.django_db
def test_so_is_one_whose_rows_take_long_to_judge(editor, culture, settings):
    settings.IMPORT_SECONDS = 0
    assert "longer than 0 seconds" in refusals(upload(editor, "commitment", as_csv(pledge())))


@pytest.mark.django_db
@pytest.mark.parametrize("model", ["commitment", "organisation"])
def test_a_file_is_read_before_anybody_has_to_wait_for_it(editor, culture, settings, monkeypatch, model):
    preview = upload(editor, model, as_csv(pledge() if model == "commitment" else body()))
    read, depths = files.read_sheet, []
    monkeypatch.setattr(files, "read_sheet", lambda *a: depths.append(len(connection.savepoint_ids)) or read(*a))
    before = len(connection.savepoint_ids)
    confirm(editor, model, preview)
    assert depths == [before]


@pytest.mark.django_db
def test_a_file_over_the_limit_is_refused_unread(editor, settings, monkeypatch):
    settings.IMPORT_MAX_BYTES = 1024 * 1024
    monkeypatch.setattr(files, "read_sheet", None)
    assert "larger than 1 MB" in refusals(upload(editor, "commitment", bytes(1024 * 1024 + 1)))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["Big5", "no XML"])
def test_a_refused_file_leaves_nothing_behind(editor, uploads, kind):
    content, name, _message = REFUSED[kind]
    before = stored()
    answer = upload(editor, "organisation", content() if callable(content) else content, name)
    assert answer.status_code == 200
    assert "Nothing was imported." in answer.text
    assert stored() == before
    assert list(uploads.iterdir()) == []


@pytest.mark.django_db
def test_a_formula_of_a_workbook_is_named_in_the_preview(editor, culture):
    preview = upload(editor, "commitment", as_xlsx(list(pledge()), list(pledge(title="=A1").values())), "file.xlsx")
    assert wrong(preview) == [(2, "title", "This is a formula. Paste its value instead.")]
