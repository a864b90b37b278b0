"""What staff take out, a spreadsheet opens and saves, and they bring back: nothing is changed that nobody changed."""

import io
from decimal import Decimal

import openpyxl
import pytest

from commitments.admin.imports import files
from commitments.models import Commitment, DraftUpdate, Organisation
from tests import factories
from tests.helpers.imports import (
    as_csv,
    body,
    changes,
    counts,
    exported,
    imported,
    member,
    place,
    pledge,
    refusals,
    report,
    rows_of,
    upload,
    wrong,
)
from tests.helpers.spreadsheets import LOCALES, excel_shows, saved_by_excel, saved_by_excel_as_workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_stands_still", "uploads")]


def workbook_of(client, model, query=""):
    answer = client.get(place(model, "export.xlsx").rstrip("/") + query)
    return b"".join(answer.streaming_content)


def sheets_of(data):
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets


def column(sheet, name):
    """The cells of a column, without its header."""
    place = [cell.value for cell in sheet[1]].index(name) + 1
    return [sheet.cell(line, place) for line in range(2, sheet.max_row + 1)]


# What Excel does to a CSV

# What a cell says, and what Excel shows of it in en-GB, en-US, zh-HK and zh-CN.
EXCEL = {
    "2018-11-05": ("05/11/2018", "11/5/2018", "5/11/2018", "2018/11/5"),
    "2018-11": ("Nov-18",) * 4,
    "2018-H1": ("2018-H1",) * 4,
    "2018": ("2018",) * 4,
    "November 2018": ("Nov-18",) * 4,
    "5 November 2018": ("05-Nov-18", "5-Nov-18", "05-Nov-18", "05-Nov-18"),
    "1 July": ("01-Jul", "1-Jul", "01-Jul", "7月1日"),
    "2018年11月": ("2018年11月",) * 4,
    "MAR-01": ("01-Mar", "1-Mar", "01-Mar", "3月1日"),
    "MAR-45": ("Mar-45",) * 4,
    "true": ("TRUE",) * 4,
    "40%": ("40%",) * 4,
    "007": ("7",) * 4,
    "1E5": ("1E+05",) * 4,
    "12345678901234567890": ("1.23457E+19",) * 4,
    "12.50": ("12.5",) * 4,
    "'=1+1": ("'=1+1",) * 4,
}


def test_the_rules_of_excel_are_these():
    assert {cell: tuple(excel_shows(cell, locale) for locale in LOCALES) for cell in EXCEL} == EXCEL


@pytest.fixture
def hostile(editor):
    """Commitments whose every text is one that Excel changes, drafts and public; two have such a reference."""
    release, owner = factories.ReleaseFactory(slug="first"), factories.OrganisationFactory(slug="lcsd")
    common = {"release": release, "deadline_basis": "stated", "target": Decimal(40), "unit": "per cent"}
    dates = ("2018-11-05", "2018-11", "2018-H1", "2018", "2019-01-02")
    for number, text in enumerate(EXCEL):
        values = common | {
            "owner_inferred": True,
            "deadline": dates[number % len(dates)],
            "title": text,
            "deadline_as_stated": text,
        }
        values |= {"note": text, "owner_note": text, "measure": text, "review_on": "2027-02-01"}
        factories.CommitmentFactory(reference=f"HC-{number:02}", owners=[owner], **values)
        commitment = factories.published(reference=f"HP-{number:02}", owners=[owner], **values)
        factories.record("report", commitment, note=text, status="in_progress", achieved="12.5")
    for reference in ("MAR-01", "MAR-45"):
        factories.CommitmentFactory(reference=reference, owners=[owner], **common, deadline="2018-11", title="Dated")
    return editor


def all_unchanged(client, data, ending="csv"):
    preview = upload(client, "commitment", data, f"file.{ending}")
    assert refusals(preview) == []
    assert (changes(preview), counts(preview)[2]) == ([], sum(counts(preview)))
    return counts(preview)[2]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_csv_that_excel_opened_and_saved_comes_back_unchanged(editor, client, release, locale):
    for data in (exported(editor, "commitment"), client.get("/commitments.csv").content):
        assert all_unchanged(editor, saved_by_excel(data, locale)) == 57


def test_a_csv_that_excel_saved_as_a_workbook_comes_back_unchanged(editor, release):
    assert all_unchanged(editor, saved_by_excel_as_workbook(exported(editor, "commitment")), "xlsx") == 57


@pytest.mark.parametrize("locale", LOCALES)
def test_so_does_one_full_of_what_excel_changes(hostile, locale):
    assert all_unchanged(hostile, saved_by_excel(exported(hostile, "commitment"), locale)) == 2 * len(EXCEL) + 2


def test_so_does_that_one_as_a_workbook(hostile):
    data = saved_by_excel_as_workbook(exported(hostile, "commitment"))
    assert all_unchanged(hostile, data, "xlsx") == 2 * len(EXCEL) + 2


def test_what_somebody_changed_in_it_is_changed(hostile):
    [row] = [row for row in rows_of(exported(hostile, "commitment")) if row["reference"] == "HC-00"]
    assert row["deadline"] == "2018-11-05"
    shown = saved_by_excel(as_csv(row | {"deadline": "2018-11-06", "target": "50%", "title": "2018-12-05"}), "en-GB")
    assert changes(upload(hostile, "commitment", shown)) == [
        ("HC-00", "title", "2018-11-05", "05/12/2018"),
        ("HC-00", "deadline", "2018-11-05", "2018-11-06"),
        ("HC-00", "target", "40", "50"),
    ] or wrong(upload(hostile, "commitment", shown))


def test_drafts_of_updates_come_back_unchanged(editor):
    factories.published(reference="AA-01")
    imported(editor, "draftupdate", as_csv(report(), report(date="2019-11-05", note="5 November 2018")))
    for data, ending in (
        (saved_by_excel(exported(editor, "draftupdate"), "en-US"), "csv"),
        (saved_by_excel_as_workbook(exported(editor, "draftupdate")), "xlsx"),
        (workbook_of(editor, "draftupdate"), "xlsx"),
    ):
        assert counts(upload(editor, "draftupdate", data, f"a.{ending}")) == (0, 0, 2, 0)


# Workbooks that staff take out


def test_a_workbook_of_staff_comes_back_unchanged(hostile):
    assert all_unchanged(hostile, workbook_of(hostile, "commitment"), "xlsx") == 2 * len(EXCEL) + 2


def test_days_are_days_and_texts_are_texts_whatever_they_look_like(hostile):
    [rows, *_others] = sheets_of(workbook_of(hostile, "commitment"))
    deadlines = {
        cell.value if isinstance(cell.value, str) else str(cell.value.date()) for cell in column(rows, "deadline")
    }
    assert deadlines == {"2018-11-05", "2018-11", "2018-H1", "2018", "2019-01-02"}
    assert {(cell.is_date, cell.number_format) for cell in column(rows, "deadline")} == {
        (True, "yyyy-mm-dd"),
        (False, "@"),
    }
    assert {cell.number_format for name in ("title", "reference") for cell in column(rows, name)} == {"@"}
    assert {type(cell.value) for cell in column(rows, "title")} == {str}
    assert {cell.value for cell in column(rows, "target")} == {40}
    assert {str(cell.value.date()) for cell in column(rows, "review_on") if cell.value} == {"2027-02-01"}


def test_the_header_stays_in_sight_and_what_a_cell_may_hold_can_be_chosen(editor, culture):
    factories.CommitmentFactory(reference="TT-01")
    for data in (workbook_of(editor, "commitment"), editor.get(place("commitment") + "template.xlsx").content):
        rows, columns, allowed = sheets_of(data)
        assert rows.freeze_panes == "B2"
        lists = {next(iter(rule.sqref.ranges)).min_col: rule.formula1 for rule in rows.data_validations.dataValidation}
        names = [cell.value for cell in rows[1]]
        offered = {}
        for name in ("kind", "area", "owners", "owner_inferred"):
            reference = lists[names.index(name) + 1].split("!")[1].replace("$", "")
            offered[name] = [cell.value for [cell] in allowed[reference]]
        assert offered["kind"] == ["agreement", "action", "continuing", "target", "done_at_release"]
        assert "culture" in offered["area"]
        assert "Leisure and Cultural Services Department" in offered["owners"]
        assert offered["owner_inferred"] == ["true", "false"]
        assert "done_when" in [cell.value for cell in columns["A"]]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_selected_rows_alone_are_taken_out(editor, release, ending):
    chosen = Commitment.objects.filter(reference__in=["CU-06", "AV-01"])
    data = {"action": f"export_selected_{ending}", "_selected_action": [str(row.pk) for row in chosen]}
    answer = b"".join(editor.post("/admin/commitments/commitment/", data).streaming_content)
    sheet = files.read_sheet(answer, f"a.{ending}")
    assert sorted(row.cells["reference"] for row in sheet.rows) == sorted(chosen.values_list("reference", flat=True))


@pytest.mark.parametrize("model", ["commitment", "draftupdate"])
def test_whoever_sees_a_list_takes_its_rows_out(release, model):
    page = member("Contributor", "clerk").get(f"/admin/commitments/{model}/")
    assert f'href="{place(model, "export.xlsx").rstrip("/")}"' in page.text
    actions = dict(page.context["action_form"].fields["action"].choices) if page.context["action_form"] else {}
    assert page.context["cl"].result_count == 0 or "export_selected_xlsx" in actions


def test_organisations_go_out_and_come_back_as_a_workbook(editor, release):
    data = workbook_of(editor, "organisation")
    assert counts(upload(editor, "organisation", data, "a.xlsx")) == (0, 0, Organisation.objects.count(), 0)


# References of which a spreadsheet makes a date


@pytest.mark.postgresql
@pytest.mark.parametrize("cell", ["01-Mar", "1-Mar", "3月1日", "01/03/2026", "3/1/2026", "mar-01", "MAR01"])
def test_a_reference_that_became_a_date_is_found_again(editor, culture, cell):
    factories.CommitmentFactory(reference="MAR-01", title="Hold a week")
    [row] = rows_of(exported(editor, "commitment"))
    assert counts(upload(editor, "commitment", as_csv(row | {"reference": cell}))) == (0, 0, 1, 0)


@pytest.mark.parametrize("cell", ["MAR-01", "01-Mar", "SEPT-12", "june-03"])
def test_no_reference_is_given_of_which_a_spreadsheet_makes_a_date(editor, culture, cell):
    [(_row, name, message)] = wrong(upload(editor, "commitment", as_csv(pledge(reference=cell))))
    assert (name, "Begin it with other letters" in message) == ("reference", True)


def test_a_reference_is_known_in_any_spelling(editor, culture):
    imported(editor, "commitment", as_csv(pledge()))
    factories.published(reference="AA-01")
    row = pledge(reference="tt01", title="Hold two weeks", part_of="ａａ-01")
    assert changes(upload(editor, "commitment", as_csv(row))) == [
        ("TT-01", "title", "Hold a week", "Hold two weeks"),
        ("TT-01", "part_of", "", "AA-01"),
    ]
    assert DraftUpdate.objects.count() == 0
    assert counts(upload(editor, "draftupdate", as_csv(report(reference="aa 01")))) == (1, 0, 0, 0)


# What else a cell may say

UNDERSTOOD = [
    ("owners", "LCSD", "Leisure and Cultural Services Department"),
    ("owners", "the leisure and cultural services department", "Leisure and Cultural Services Department"),
    ("owners", "康樂及文化事務署", "Leisure and Cultural Services Department"),
    ("owners", "康乐及文化事务署；WHS", "Leisure and Cultural Services Department; 上海市文化和旅游局"),
    ("owners", "lcsd、上海市文化和旅遊局", "Leisure and Cultural Services Department; 上海市文化和旅游局"),
    ("owners", "Cultural Services Office, lcsd", "Leisure and Cultural Services Department"),
    ("owners", "A, B and C Bureau、lcsd", "A, B and C Bureau; Leisure and Cultural Services Department"),
    ("owners", "A, B and C Bureau", "A, B and C Bureau"),
    ("area", "Culture and Tourism", "culture"),
    ("area", "文化及旅遊", "culture"),
    ("area", "CULTURE", "culture"),
    ("release", "The First Plenary", "first"),
    ("kind", "Done when announced", "done_at_release"),
    ("kind", "持續工作", "continuing"),
    ("kind", "持续性工作", "continuing"),
    ("kind", "ACTION", "action"),
    ("level", "Pledge", "primary"),
    ("target", "1,200", "1200"),
    ("target", "１ ２００", "1200"),
    ("target", "40 %", "40"),
    ("target", "40.00", "40"),
    ("owner_inferred", "是", "true"),
    ("owner_inferred", "N", "false"),
]


@pytest.fixture
def named(culture):
    Organisation.objects.filter(slug="lcsd").update(
        name_zh_hant="康樂及文化事務署", aliases="Cultural Services Office\nUrban Services Department (until 1999)"
    )
    factories.OrganisationFactory(slug="abc", name="A, B and C Bureau", short_name="ABC")
    factories.AreaFactory(slug="tourism", name="Tourism")
    area, release = factories.AreaFactory(slug="other"), Commitment._meta.get_field("release").related_model
    type(area).objects.filter(slug="culture").update(name="Culture and Tourism", name_zh_hant="文化及旅遊")
    release.objects.filter(slug="first").update(title="First Plenary")


def test_a_cell_is_understood_as_people_write_it(editor, named):
    rows = [
        pledge(reference=f"TT-{line}", unit="weeks", owner_note="It says so.") | {name: cell}
        for line, (name, cell, _value) in enumerate(UNDERSTOOD, 10)
    ]
    preview = upload(editor, "commitment", as_csv(*rows))
    assert refusals(preview) == []
    read = [row.cells[name] for row, (name, *_rest) in zip(preview.context["new"].rows, UNDERSTOOD, strict=True)]
    assert read == [value for _name, _cell, value in UNDERSTOOD]


MEANT = [
    ("owners", "Leisure and Cultural Service Dept", "Did you mean “Leisure and Cultural Services Department”?"),
    ("owners", "Cultural Services", "Did you mean “Leisure and Cultural Services Department”?"),
    ("area", "Cultre and Tourism", "Did you mean “Culture and Tourism”?"),
    ("release", "First Plenery", "Did you mean “First Plenary”?"),
    ("kind", "agrement", "Did you mean “agreement”?"),
    ("part_of", "TT-90", "Did you mean “TT-99”?"),
    ("target", "1.2E+12", "Write all its figures"),
    ("target", "12,5", "is not a number"),
]


def test_where_nothing_fits_it_is_asked_what_was_meant(editor, named):
    factories.CommitmentFactory(reference="TT-99")
    rows = [pledge(reference=f"XX-{line}") | {name: cell} for line, (name, cell, _words) in enumerate(MEANT, 10)]
    problems = wrong(upload(editor, "commitment", as_csv(*rows)))
    assert [name for _row, name, _message in problems] == [name for name, *_rest in MEANT]
    missing = [case for case, (*_where, message) in zip(MEANT, problems, strict=True) if case[2] not in message]
    assert missing == []


def test_an_update_of_a_reference_that_is_none_names_the_nearest(editor):
    factories.published(reference="AA-01")
    [(_row, _column, message)] = wrong(upload(editor, "draftupdate", as_csv(report(reference="AA-10"))))
    assert "Did you mean “AA-01”?" in message


def test_a_name_of_two_bodies_says_which(editor, culture):
    factories.OrganisationFactory(slug="other", name="Other Department", short_name="lcsd ")
    Organisation.objects.filter(slug="other").update(short_name="L.C.S.D", aliases="Culture House")
    Organisation.objects.filter(slug="whs").update(aliases="culture  house")
    [(_row, _column, message)] = wrong(upload(editor, "commitment", as_csv(pledge(owners="CULTURE HOUSE"))))
    assert "Other Department, 上海市文化和旅游局" in message


def test_percent_of_a_workbook_is_as_it_is_shown(editor, culture):
    book, file = openpyxl.Workbook(), io.BytesIO()
    row = pledge(unit="per cent") | {"target": 0.4}
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.active.cell(2, len(row)).number_format = "0%"
    book.save(file)
    imported(editor, "commitment", file.getvalue(), "a.xlsx")
    assert Commitment.objects.get().target == 40


def test_what_a_spreadsheet_hides_is_said_and_read(editor, culture):
    book, file = openpyxl.Workbook(), io.BytesIO()
    rows = [pledge(reference=f"TT-1{number}") for number in range(4)]
    for row in ([*rows[0]], *([*row.values()] for row in rows)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    book.active.row_dimensions[5].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(file)
    preview = upload(editor, "commitment", file.getvalue(), "a.xlsx")
    assert counts(preview) == (4, 0, 0, 0)
    assert "Rows 3, 5 are hidden in the spreadsheet" in preview.text
    assert "read like all others: title." in preview.text


def test_a_preview_shows_every_cell_of_a_new_row(editor, culture):
    row = pledge(commitment_note="A note of its own.", measure="weeks held", owner_note="It says so.")
    preview = upload(editor, "commitment", as_csv(row))
    shown = {name: cell for name, cell, _remark in preview.context["new"].rows[0].filled_cells}
    assert shown == row | {
        "owners": "Leisure and Cultural Services Department",
        "level": "primary",
        "owner_inferred": "false",
        "target_approximate": "false",
    }
    assert [cell for cell in shown.values() if cell not in preview.text.replace("&#x27;", "'")] == []
    assert "read from “lcsd”" in preview.text


def test_a_list_of_organisations_can_be_imported_with_words_for_kinds(editor, culture):
    imported(editor, "organisation", as_csv(body(kind="Association", side="上海")))
    assert Organisation.objects.get(slug="new-body").side == "shanghai"
