"""Dates typed in forms and in files: one reader for both, and what it understood is shown before it is stored."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override

from commitments.admin.date_fields import TypedDateField, TypedDayField
from commitments.admin.imports.cells import read_typed_date
from commitments.domain.typed_dates import is_notation
from commitments.models import Commitment, DraftUpdate, Release
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, errors, fill, record_address
from tests.helpers.imports import as_csv, changes, counts, imported, pledge, report, upload, wrong
from tests.helpers.people import member, signed_in
from tests.helpers.typed_dates import ASKED, READ, REFUSED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed", "uploads")]
LANGUAGES = ("en-gb", "zh-hant", "zh-hans")


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


def cleaned(field, text):
    """What a box makes of a text: the notation stored, or the message and what then stands in the box."""
    try:
        return str(field.clean(text)), text
    except ValidationError as problem:
        return problem.messages[0], field.bound_data(text, None)


def in_file(text):
    try:
        return read_typed_date("date", text)
    except ValidationError as problem:
        return problem.messages[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_box_and_a_cell_read_the_same_dates_and_a_box_shows_them_first(language):
    field = TypedDateField()
    with override(language):
        for text, notation in READ.items():
            assert in_file(text) == notation
            message, then = cleaned(field, text)
            if is_notation(text):
                assert message == notation
            else:
                assert (text in message, then) == (True, notation)
                assert cleaned(field, then) == (notation, notation)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_box_and_a_cell_ask_and_refuse_alike_and_what_was_typed_stays(language):
    field = TypedDateField()
    with override(language):
        for text in (*ASKED, *REFUSED):
            assert cleaned(field, text) == (in_file(text), text)
            assert text[:40] in in_file(text)


def test_a_box_for_a_day_takes_no_more_and_no_less():
    field = TypedDayField()
    assert field.clean("2018-11-05") == date(2018, 11, 5)
    assert cleaned(field, "5 November 2018")[1] == "2018-11-05"
    assert cleaned(field, "Nov 2018") == ("“Nov 2018” is no day. Write one as 2018-11-05.", "Nov 2018")


def test_a_deadline_is_told_by_the_day_on_which_it_ends_and_stored_when_the_form_is_sent_again(editor):
    draft = factories.CommitmentFactory(reference="TT-01")
    form = Form(editor.get(change(draft)))
    answer = form.send(
        editor, change(draft), "_save", deadline="Q2 2022", deadline_basis="stated", review_on="30/6/2027"
    )
    assert "is read as until 30 June 2022" in errors(answer)["deadline"]
    assert "is read as 30 June 2027" in errors(answer)["review_on"]
    assert Commitment.objects.get().deadline is None
    Form(answer).send(editor, change(draft), "_save")
    stored = Commitment.objects.get()
    assert (str(stored.deadline), stored.review_on) == ("2022-Q2", date(2027, 6, 30))


def test_a_form_with_a_date_that_may_be_two_comes_back_with_the_question_and_all_that_was_typed(editor):
    commitment = factories.published(reference="TT-01")
    typed = REPORT | {"date": "1/2/2022", "evidence-0-date": "5/11/2018"}
    answer = fill(editor, record_address(commitment), **typed)
    assert "2022-02-01 (1 February 2022), 2022-01-02 (2 January 2022)" in errors(answer)["date"]
    assert "2018-11-05 (5 November 2018)" in str(errors(answer)["rows"])
    fields = Form(answer).fields
    assert {name: fields[name] for name in typed} == typed
    assert not DraftUpdate.objects.exists()


def test_a_day_of_a_release_is_shown_and_typed_in_one_notation(editor):
    release = factories.ReleaseFactory(slug="third", issued_on="2018-11-05")
    assert Form(editor.get(change(release))).fields["issued_on"] == "2018-11-05"
    answer = fill(editor, change(release), issued_on="2018年11月6日")
    Form(answer).send(editor, change(release), "_save")
    assert Release.objects.get(slug="third").issued_on == date(2018, 11, 6)


def test_what_was_not_touched_is_not_changed(editor):
    draft = factories.CommitmentFactory(reference="TT-01", deadline="2018-11-05", deadline_basis="stated")
    fill(editor, change(draft), title="Another title")
    assert str(Commitment.objects.get().deadline) == "2018-11-05"


# What the script beside a box asks


def asked(client, text, takes="date", language=""):
    return client.get(f"{language}{reverse('admin:read_date')}", {"text": text, "takes": takes}).json()


def test_the_script_is_told_what_is_read_and_what_may_be_chosen(editor):
    assert asked(editor, "30/6/2022", "deadline") == {"notation": "2022-06-30", "label": "until 30 June 2022"}
    question = asked(editor, "1/2/2022")
    assert question["problem"] == "“1/2/2022” can be read in several ways."
    assert question["choices"][0] == {"notation": "2022-02-01", "label": "1 February 2022"}
    assert asked(editor, "2018-19", "day")["choices"] == [{"notation": "2019-03-31", "label": "31 March 2019"}]
    assert "soon" in asked(editor, "soon")["problem"]


def test_only_staff_may_ask(client):
    assert client.get(reverse("admin:read_date"), {"text": "2018"}).status_code == 302


# Files


@pytest.fixture
def culture(db):
    factories.ReleaseFactory(slug="first")
    factories.AreaFactory(slug="culture")
    factories.OrganisationFactory(slug="lcsd", name="Leisure and Cultural Services Department")


def test_a_preview_shows_how_each_date_of_a_file_was_read(editor, culture):
    row = pledge(deadline="first half of 2018", deadline_basis="stated", review_on="2027年1月31日")
    preview = upload(editor, "commitment", as_csv(row))
    assert "read from “first half of 2018”, until 30 June 2018" in preview.text
    assert "read from “2027年1月31日”, 31 January 2027" in preview.text
    imported(editor, "commitment", as_csv(row))
    stored = Commitment.objects.get()
    assert (str(stored.deadline), stored.review_on) == ("2018-H1", date(2027, 1, 31))
    preview = upload(editor, "commitment", as_csv(row | {"deadline": "Q3 2018"}))
    assert changes(preview) == [("TT-01", "deadline", "2018-H1", "2018-Q3")]
    assert "read from “Q3 2018”, until 30 September 2018" in preview.text


def test_a_preview_asks_about_a_date_that_may_be_two(editor, culture):
    factories.published(reference="AA-01")
    [(_row, column, message)] = wrong(upload(editor, "commitment", as_csv(pledge(deadline="1/2/2022"))))
    assert (column, "2022-02-01 (1 February 2022)" in message) == ("deadline", True)
    columns = {column for _row, column, _message in wrong(upload(editor, "draftupdate", as_csv(report(date="5/11"))))}
    assert columns == {"date"}


def test_a_date_that_may_say_what_is_on_record_changes_nothing(editor, culture):
    row = pledge(deadline="2018-11-05", deadline_basis="stated")
    imported(editor, "commitment", as_csv(row))
    for spelling in ("05/11/2018", "11/5/2018", "2018/11/5", "5-Nov-18", "2018年11月5日"):
        assert counts(upload(editor, "commitment", as_csv(row | {"deadline": spelling}))) == (0, 0, 1, 0), spelling


def test_the_form_for_many_reads_the_same(editor):
    commitment = factories.published(reference="TT-01")
    data = {"chosen": commitment.pk, "kind": "check", "date": "5 Nov 2026", "searched": "Pages."}
    data |= {"form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0}
    answer = editor.post(reverse("admin:commitments_commitment_record"), data)
    assert 'value="2026-11-05"' in answer.text
    assert not DraftUpdate.objects.exists()
