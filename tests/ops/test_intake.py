"""manage.py intake: proposals of a text as JSON, and as a file that the import of commitments takes."""

import json
from io import StringIO

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from commitments.admin.imports.commitments import CommitmentResource
from commitments.models import Commitment, Ownership
from commitments.workflow.intake.cells import COLUMNS, new_references
from tests import factories
from tests.helpers.imports import counts, editor, imported, upload, uploads

__all__ = ["editor", "uploads"]
pytestmark = pytest.mark.django_db
TEXT = """Joint release

Culture

The Leisure and Cultural Services Department will hold a festival by June 2021. We will train around 40 artists
within two years.

The Leisure and Cultural Services Department signed an agreement with the Opera House, with a view to supporting
young singers.

上海市文化和旅游局将在2022年底前建成剧院。
"""


@pytest.fixture
def second(db):
    factories.AreaFactory(slug="culture", name="Culture")
    factories.OrganisationFactory(slug="lcsd", name="Leisure and Cultural Services Department", short_name="LCSD")
    factories.OrganisationFactory(slug="opera", name="Opera House")
    factories.OrganisationFactory(slug="wly", name="Shanghai Culture Bureau", name_zh_hans="上海市文化和旅游局")
    return factories.ReleaseFactory(slug="second", issued_on="2020-05-01")


@pytest.fixture
def text(tmp_path):
    file = tmp_path / "release.txt"
    file.write_text(TEXT, encoding="utf-8")
    return file


def call(*arguments):
    printed, complaints = StringIO(), StringIO()
    call_command("intake", *map(str, arguments), stdout=printed, stderr=complaints)
    return printed.getvalue(), complaints.getvalue()


def test_json_is_a_list_with_offsets_into_the_text_as_it_is(second, text):
    printed, complaints = call(text, "--json")
    proposals = json.loads(printed)
    assert [TEXT[proposal["start"] : proposal["end"]] for proposal in proposals] == [p["text"] for p in proposals]
    assert [(p["kind"], p["deadline"], p["owners"]) for p in proposals] == [
        ("action", "2021-06", ["lcsd"]),
        ("action", None, []),
        ("agreement", None, ["lcsd"]),
        ("continuing", None, ["lcsd"]),
        ("action", "2022", ["wly"]),
    ]
    assert proposals[1]["deadline_words"] == "within two years"
    assert proposals[1]["deadline_doubt"]
    assert (proposals[1]["target"], proposals[1]["unit"], proposals[1]["target_approximate"]) == ("40", "artists", True)
    assert {proposal["area"] for proposal in proposals} == {"culture"}
    assert "5 proposals" in complaints


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_offsets_count_every_sign_of_the_file(text, ends):
    text.write_bytes(TEXT.replace("\n", ends).encode())
    whole = text.read_bytes().decode()
    proposals = json.loads(call(text, "--json")[0])
    assert [whole[proposal["start"] : proposal["end"]] for proposal in proposals] == [p["text"] for p in proposals]
    assert len(proposals) == 5


def test_each_guess_says_why_and_how_sure_it_is(second, text):
    for proposal in json.loads(call(text, "--json")[0]):
        assert proposal["why"]
        assert proposal["owner_reason"]
        assert proposal["area_reason"]
        assert all(0 <= value <= 1 for name, value in proposal.items() if name.endswith("sure") and value is not None)


def test_the_workbook_imports_as_it_is(second, text, editor, uploads, tmp_path):
    book = tmp_path / "proposals.xlsx"
    call(text, "--out", book, "--release", "second")
    preview = upload(editor, "commitment", book.read_bytes(), "proposals.xlsx")
    assert counts(preview)[0] == 5, preview.context
    imported(editor, "commitment", book.read_bytes(), "proposals.xlsx")
    stored = Commitment.objects.order_by("pk")
    assert [(row.deadline and str(row.deadline), row.deadline_as_stated, row.level) for row in stored] == [
        ("2021-06", "by June 2021", "primary"),
        (None, "within two years", "primary"),
        (None, "", "primary"),
        (None, "", "aim"),
        ("2022", "在2022年底前", "primary"),
    ]
    assert stored[3].part_of == stored[2]
    assert all(row.published_at is None for row in stored)
    assert Ownership.objects.filter(organisation__slug="lcsd").count() == 3


def test_why_each_is_there_stands_on_a_sheet_that_is_not_imported(second, text, tmp_path):
    book = tmp_path / "proposals.xlsx"
    call(text, "--out", book, "--release", "second")
    rows = list(openpyxl.load_workbook(book)["Reasons"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 5
    assert all(reference and why for reference, _sure, why, _words in rows)
    assert "within two years" in rows[1][2]


def test_its_columns_are_those_of_the_import():
    assert set(COLUMNS) <= {column.name for column in CommitmentResource.expected}


def test_a_cell_that_looks_like_a_formula_is_a_text(second, tmp_path):
    file, book = tmp_path / "release.txt", tmp_path / "proposals.xlsx"
    file.write_text("- =1+1 will be built by the Opera House\n- Build a hall\n", encoding="utf-8")
    call(file, "--out", book, "--release", "second")
    cells = [cell for row in openpyxl.load_workbook(book).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def test_references_go_on_from_those_that_were_used(second):
    area = second.commitments.model._meta.get_field("area").related_model.objects.get(slug="culture")
    factories.CommitmentFactory(reference="CU-07", area=area)
    assert new_references(["culture", "culture", None, "rail-and-road"]) == ["CU-08", "CU-09", "PL-01", "RAR-01"]


def test_no_reference_is_given_of_which_spreadsheets_make_a_date(second):
    assert new_references(["marine-art-research", "november"]) == ["PL-01", "NO-01"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The text is empty"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"We will\x00 act", "control character"),
        (b"a" * 8_000_001, "Split it"),
    ],
)
def test_what_cannot_be_read_says_what_to_do(tmp_path, content, message):
    file = tmp_path / "text.txt"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call(file, "--json")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.txt cannot be read"):
        call(tmp_path / "nothing.txt", "--json")


def test_rows_need_a_release(second, text, tmp_path):
    with pytest.raises(CommandError, match=r"--release which release the rows belong to\. On record: second"):
        call(text, "--out", tmp_path / "proposals.xlsx")


def test_nothing_is_stored(second, text, django_assert_num_queries):
    with django_assert_num_queries(2):  # organisations and areas
        call(text, "--json")
    assert not Commitment.objects.exists()


def test_the_day_can_be_given(tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("We will open a hall this year.", encoding="utf-8")
    assert json.loads(call(file, "--json")[0])[0]["deadline"] is None
    assert json.loads(call(file, "--json", "--issued-on", "2020-05-01")[0])[0]["deadline"] == "2020"
