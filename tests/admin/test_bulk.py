"""Recording the same for many commitments: drafts are made, and looked at; they are written whole or not at all."""

import re

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
    """Make the drafts; the page of the review that shows them, or the form with what stops it."""
    return Form(page).send(client, PAGE, "go", **typed)


def decide(client, page, name, button="go"):
    """Sent as if it had been opened by whoever sends it: a colleague's form is kept for the colleague, and no more."""
    return Form(page).send(client, reverse(f"admin:commitments_draftupdate_{name}"), button, opened_by="")


def stored():
    return [count_entries(), *(model.objects.count() for model in (Update, DraftUpdate, DraftEvidence))]


def test_what_will_be_written_is_shown_before_it_is(publisher):
    many = [factories.published(reference=f"TT-0{n}") for n in (1, 2, 3)]
    page = look(publisher, choose(publisher, many), **REPORT)
    assert page.text.count("<strong>in progress (November 2019)</strong>") == 3
    assert stored() == [3, 0, 3, 3]  # nothing on record
    assert {draft.state for draft in DraftUpdate.objects.all()} == {"draft"}  # and nobody was asked to decide


@pytest.mark.postgresql
def test_two_hundred_are_written_in_one_go(publisher):
    many = crowd(range(1, 201), parties_as_stated="everyone")
    page = look(publisher, choose(publisher, many), **REPORT)
    assert "Publish 200 updates" in page.text
    with CaptureQueriesContext(connection) as captured:
        assert decide(publisher, page, "publish").status_code == 302
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
def test_one_that_became_impossible_in_between_stops_all_and_is_named(publisher):
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
    answer = decide(publisher, page, "publish")
    assert answer.status_code == 409
    assert answer.text.count('class="stopped"') == 1
    assert stored() == before
    assert {draft.note for draft in DraftUpdate.objects.all()} == {REPORT["note"]}


def test_what_is_not_wanted_after_the_look_is_thrown_away(publisher):
    page = look(publisher, choose(publisher, [factories.published(), factories.published()]), **REPORT)
    assert decide(publisher, page, "publish", "_drop").status_code == 302
    assert stored() == [2, 0, 0, 0]


def test_nobody_throws_away_or_sends_what_somebody_else_wrote_or_what_waits(publisher):
    body = factories.OrganisationFactory()
    many = [factories.published(owners=[body])]
    author, colleague = signed_in(member("Contributor", body)), signed_in(member("Editor"))
    page = look(author, choose(author, many), **REPORT)
    for button in ("go", "_drop"):
        assert decide(colleague, page, "send", button).status_code == 409
    assert decide(publisher, page, "publish", "_drop").status_code == 409
    decide(author, page, "send")
    assert decide(author, page, "send", "_drop").status_code == 409
    assert DraftUpdate.objects.get().state == "waiting"


@pytest.mark.postgresql
def test_a_contributor_s_are_sent_for_publishing(db):
    body = factories.OrganisationFactory()
    many = [factories.published(owners=[body]) for _number in range(3)]
    client = signed_in(member("Contributor", body))
    page = look(client, choose(client, many), **REPORT)
    assert "Send 3 updates for publishing" in page.text
    assert decide(client, page, "publish").status_code == 403
    assert decide(client, page, "send").status_code == 302
    assert {draft.state for draft in DraftUpdate.objects.all()} == {"waiting"}
    assert Update.objects.count() == 0


def test_with_four_eyes_a_publisher_s_are_sent_too(publisher, settings):
    settings.FOUR_EYES = True
    page = look(publisher, choose(publisher, [factories.published()]), **REPORT)
    assert decide(publisher, page, "publish").status_code == 409
    decide(publisher, page, "send")
    assert (DraftUpdate.objects.get().state, Update.objects.count()) == ("waiting", 0)


def test_no_more_are_taken_at_once_than_a_page_holds(publisher, monkeypatch):
    monkeypatch.setattr("commitments.admin.bulk.MAX_AT_ONCE", 2)
    many = [factories.published() for _number in range(3)]
    assert choose(publisher, many).status_code == 302
    page = choose(publisher, many[:2])
    chosen = ",".join(str(commitment.pk) for commitment in many)
    assert look(publisher, page, **REPORT, chosen=chosen).status_code == 302
    assert stored() == [3, 0, 0, 0]


def test_a_check_of_many_is_the_form_that_opens(publisher):
    page = choose(publisher, [factories.published(), factories.published()])
    fields = Form(page).fields
    assert (fields["kind"], fields["date"]) == ("check", "2026-11-29")
    answer = look(publisher, page, searched="Press releases.")
    assert decide(publisher, answer, "publish").status_code == 302
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
def test_to_look_takes_nothing_that_who_publishes_waits_for(publisher):
    many = crowd(range(1, 31), parties_as_stated="everyone")
    chosen = choose(publisher, many)
    with CaptureQueriesContext(connection) as captured:
        look(publisher, chosen, **REPORT)
    written = {table for query in writing_queries(captured) for table in re.findall(r'"(commitments_\w+)"', query)}
    assert written <= {"commitments_draftupdate", "commitments_draftevidence"}


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
    assert not DraftUpdate.objects.exists()


def test_a_text_that_is_too_long_is_said_beside_it(publisher):
    answer = look(publisher, choose(publisher, [factories.published()]), **REPORT | {"note": "x" * 10_001})
    assert "at most 10,000" in str(answer.context["form"].errors["note"])


def test_a_host_of_mixed_scripts_is_shown_before_it_is_written_and_written_by_whoever_goes_on(publisher):
    odd = "https://ехample.org/annual"  # its first two letters are Cyrillic
    page = look(publisher, choose(publisher, [factories.published()]), **REPORT | {"form-0-url": odd})
    assert "letters of several scripts (Cyrillic + Latin)" in page.text
    assert decide(publisher, page, "publish").status_code == 302
    assert DraftEvidence.objects.get().url == odd
