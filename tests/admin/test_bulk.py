"""Recording the same for many commitments: what will be written is shown first, and is written whole or not at all."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.admin.base import MAX_EVIDENCE
from commitments.ledger.verify import verify_ledger
from commitments.models import DraftEvidence, DraftUpdate, State, Update
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.crowds import crowd
from tests.helpers.ledger_acts import count_entries
from tests.helpers.people import member, signed_in
from tests.helpers.queries import writing_queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = reverse("admin:commitments_commitment_changelist")
PAGE = reverse("admin:commitments_commitment_record")
REPORT = {
    "kind": "report",
    "status": "in_progress",
    "date": "2019-11",
    "note": "All of them were begun.",
    "searched": "",
    "form-0-title": "Annual report",
    "form-0-publisher": "Gazette",
    "form-0-url": "https://example.org/annual",
    "form-0-relation": "direct",
    "form-0-source": "party",
}


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


def choose(client, commitments):
    """Choose commitments in the list; the page with one form for all."""
    chosen = {
        "action": "record_selected",
        "_selected_action": [commitment.pk for commitment in commitments],
        "select_across": 0,
    }
    return client.post(LIST, chosen)


def look(client, page, **typed):
    return Form(page).send(client, PAGE, "_preview", **typed)


def write(client, page):
    return Form(page).send(client, PAGE, "_write")


def stored():
    return [count_entries(), *(model.objects.count() for model in (Update, DraftUpdate, DraftEvidence))]


def test_what_will_be_written_is_shown_before_it_is(publisher):
    many = [factories.published(reference=f"TT-0{n}") for n in (1, 2, 3)]
    before = stored()
    page = look(publisher, choose(publisher, many), **REPORT)
    assert page.text.count("<strong>in progress (November 2019)</strong>") == 3
    assert stored() == before


@pytest.mark.postgresql
def test_two_hundred_are_written_in_one_go(publisher):
    many = crowd(range(1, 201), parties_as_stated="everyone")
    page = look(publisher, choose(publisher, many), **REPORT)
    assert "Publish 200 updates" in page.text
    with CaptureQueriesContext(connection) as captured:
        assert write(publisher, page).status_code == 302
    assert stored() == [400, 200, 200, 200]
    assert State.objects.count() == 600  # before its date, from it on, and from the day of recording on
    assert len(captured) < 110  # in batches: not one for each
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_one_row_that_cannot_be_stops_all_and_is_named(publisher):
    many = crowd(range(1, 21), parties_as_stated="everyone")
    factories.record(
        "report",
        many[16],
        date="2019-11",
        note=REPORT["note"],
        evidence=[factories.evidence(title="Annual report", url="https://example.org/annual")],
    )
    before = stored()
    page = look(publisher, choose(publisher, many), **REPORT)
    assert f"Row 17, {many[16].reference}: This is on record already, to the letter" in page.text
    assert "Publish 20 updates" not in page.text
    assert stored() == before


@pytest.mark.postgresql
def test_one_that_became_impossible_in_between_stops_all_and_what_was_typed_is_kept(publisher):
    many = [factories.published(reference=f"TT-0{n}") for n in (1, 2, 3)]
    page = look(publisher, choose(publisher, many), **REPORT)
    factories.record(
        "report",
        many[1],
        date="2019-11",
        note=REPORT["note"],
        evidence=[factories.evidence(title="Annual report", url="https://example.org/annual")],
    )
    before = stored()
    answer = write(publisher, page)
    assert "Nothing was written. Row 2, TT-02:" in answer.text
    assert {name: Form(answer).fields[name] for name in REPORT} == REPORT
    assert stored() == before


def test_what_is_changed_after_the_look_is_looked_at_again(publisher):
    many = [factories.published(reference="TT-01")]
    page = look(publisher, choose(publisher, many), **REPORT)
    answer = Form(page).send(publisher, PAGE, "_write", note="Something else.")
    assert "What will be written" in answer.text
    assert Update.objects.count() == 0
    assert write(publisher, answer).status_code == 302
    assert Update.objects.get().note == "Something else."


@pytest.mark.postgresql
def test_a_contributor_s_wait_for_publishing(db):
    body = factories.OrganisationFactory()
    many = [factories.published(owners=[body]) for _number in range(3)]
    client = signed_in(member("Contributor", body))
    page = look(client, choose(client, many), **REPORT)
    assert "Send 3 updates for publishing" in page.text
    assert write(client, page).status_code == 302
    assert {draft.state for draft in DraftUpdate.objects.all()} == {"waiting"}
    assert Update.objects.count() == 0


def test_with_four_eyes_a_publisher_s_wait_too(publisher, settings):
    settings.FOUR_EYES = True
    page = look(publisher, choose(publisher, [factories.published()]), **REPORT)
    write(publisher, page)
    assert (DraftUpdate.objects.get().state, Update.objects.count()) == ("waiting", 0)


def test_a_check_of_many_is_the_form_that_opens(publisher):
    page = choose(publisher, [factories.published(), factories.published()])
    fields = Form(page).fields
    assert (fields["kind"], fields["date"]) == ("check", "2026-11-29")
    answer = look(publisher, page, searched="Press releases.")
    assert write(publisher, answer).status_code == 302
    assert [update.kind for update in Update.objects.all()] == ["check", "check"]


WRONG = {
    "no date": ({"date": ""}, "Say when it happened."),
    "a date that is none": ({"date": "soon"}, "is not a date that exists"),
    "evidence missing": ({"form-0-relation": "related"}, "needs direct evidence"),
    "an address that is none": ({"form-0-url": "ftp://x.example/"}, "begins with https://"),
}


@pytest.mark.parametrize(("typed", "message"), WRONG.values(), ids=WRONG)
def test_what_is_refused_says_why_and_keeps_what_was_typed(publisher, typed, message):
    answer = look(publisher, choose(publisher, [factories.published()]), **REPORT | typed)
    assert message in answer.text
    fields = Form(answer).fields
    assert {name: fields[name] for name in REPORT} == REPORT | typed
    assert stored() == [1, 0, 0, 0]


def test_drafts_of_commitments_are_left_out(publisher):
    page = choose(publisher, [factories.CommitmentFactory()])
    assert page.status_code == 302


# To look costs nobody anything


@pytest.mark.postgresql
def test_to_look_writes_nothing_and_locks_nothing(publisher):
    many = crowd(range(1, 31), parties_as_stated="everyone")
    chosen = choose(publisher, many)
    with CaptureQueriesContext(connection) as captured:
        look(publisher, chosen, **REPORT)
    assert writing_queries(captured) == []


def test_to_send_what_was_never_looked_at_locks_nothing_either(publisher):
    chosen = choose(publisher, [factories.published()])
    with CaptureQueriesContext(connection) as captured:
        Form(chosen).send(publisher, PAGE, "_write", looked_at="0" * 64, **REPORT)
    assert writing_queries(captured) == []


def test_the_form_for_many_takes_no_more_pages_of_evidence_than_the_form_for_one(publisher):
    chosen = choose(publisher, [factories.published()])
    pages = {
        name.replace("-0-", f"-{number}-"): f"{text}/{number}" if name.endswith("url") else text
        for number in range(MAX_EVIDENCE + 1)
        for name, text in REPORT.items()
        if "-0-" in name
    }
    answer = look(publisher, chosen, **REPORT | pages, **{"form-TOTAL_FORMS": str(MAX_EVIDENCE + 1)})
    assert "Please submit at most 50 forms." in answer.text
    assert "What will be written" not in answer.text


def test_a_text_that_is_too_long_is_said_beside_it(publisher):
    answer = look(publisher, choose(publisher, [factories.published()]), **REPORT | {"note": "x" * 10_001})
    assert "at most 10,000" in str(answer.context["form"].errors["note"])


def test_a_host_of_mixed_scripts_is_shown_before_it_is_written_and_written_by_whoever_goes_on(publisher):
    odd = "https://ехample.org/annual"  # its first two letters are Cyrillic
    page = look(publisher, choose(publisher, [factories.published()]), **REPORT | {"form-0-url": odd})
    assert "letters of several scripts (Cyrillic + Latin)" in page.text
    assert write(publisher, page).status_code == 302
    assert DraftEvidence.objects.get().url == odd
