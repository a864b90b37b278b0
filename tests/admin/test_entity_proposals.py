"""Proposed changes of names and descriptions: seen from before to after, recorded or declined by a publisher."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.ledger.verify import verify_ledger
from commitments.models import EntityProposal, LedgerEntry, Organisation, RedactionRequest
from commitments.workflow.redactions import decide_redaction, request_redaction
from tests import factories
from tests.helpers.admin_forms import Form, add, change, fill
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = "admin:commitments_entityproposal_changelist"


@pytest.fixture
def commitment(db):
    return factories.published(reference="TT-01", owners=[factories.OrganisationFactory(name="Office of Bridges")])


@pytest.fixture
def body(commitment):
    return commitment.owners.get()


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


def propose(client, row, reason="Renamed.", **typed):
    """The proposal that the form of something on record makes."""
    assert fill(client, change(row), reason=reason, **typed).status_code == 302
    return EntityProposal.objects.latest("pk")


def decide(client, name, *proposals, **typed):
    address = reverse(f"admin:commitments_entityproposal_{name}")
    return client.post(address, {"proposal": [proposal.pk for proposal in proposals], **typed}, follow=True)


def preview(answer):
    return unescape(re.search(r'srcdoc="([^"]*)"', answer.text)[1])


@pytest.mark.postgresql
def test_a_publisher_sees_before_and_after_and_records_it(body, editor, publisher):
    proposal = propose(editor, body, name="Office of Ferries", side="shanghai")
    page = publisher.get(change(proposal))
    assert '<span class="before">Office of Bridges</span> → <strong>Office of Ferries</strong>' in page.text.replace(
        "</span> → \n", "</span> → "
    )
    assert "<strong>Shanghai</strong>" in page.text
    assert "Office of Ferries" in preview(page)
    answer = decide(publisher, "record", proposal)
    entry = LedgerEntry.objects.last()
    assert f">{entry.sequence}</a>" in answer.text
    assert (entry.entity, entry.data["reason"], entry.role) == (body.entity, "Renamed.", "publisher")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.published_as, proposal.decided_by.username) == ("recorded", entry, "publisher")
    assert list(verify_ledger()) == []


def test_only_the_fields_proposed_are_changed(body, editor, publisher):
    proposal = propose(editor, body, name="Office of Ferries")
    fill(publisher, change(body), note="Sails at noon.", reason="It says so.")
    decide(publisher, "record", proposal)
    stored = Organisation.objects.get(pk=body.pk)
    assert (stored.name, stored.note) == ("Office of Ferries", "Sails at noon.")


@pytest.mark.postgresql
def test_a_field_that_has_changed_since_is_named_and_nothing_is_recorded(body, editor, publisher):
    proposal = propose(editor, body, name="Office of Ferries")
    fill(publisher, change(body), name="Office of Tunnels", reason="Renamed again.")
    before = LedgerEntry.objects.count()
    assert "Name: This has changed since the change was proposed." in publisher.get(change(proposal)).text
    answer = decide(publisher, "record", proposal)
    assert "Name: This has changed since the change was proposed." in answer.text
    assert answer.status_code == 409
    assert LedgerEntry.objects.count() == before
    assert EntityProposal.objects.get().state == "waiting"


def test_a_commitment_published_meanwhile_does_not_stand_in_an_agreement_s_way(commitment, editor, publisher):
    release = commitment.release
    agreement = {"number": 1, "basis": "named", "title": "Agreement", "commitments": []}
    typed = {f"agreements-0-{name}": value for name, value in agreement.items()} | {"agreements-TOTAL_FORMS": "1"}
    fill(publisher, change(release), reason="It was signed.", **typed)
    proposal = propose(editor, release, **{"agreements-0-title": "Agreement on ferries"})
    fill(publisher, change(release), **{"agreements-0-commitments": [str(commitment.pk)]})
    decide(publisher, "record", proposal)
    stored = release.agreements.get()
    assert (stored.title, list(stored.commitments.all())) == ("Agreement on ferries", [commitment])


def test_a_publisher_declines_with_a_reason_that_its_author_reads_on_the_desk(body, editor, publisher):
    proposal = propose(editor, body, name="Office of Ferries")
    assert "Say why. The author reads it." in decide(publisher, "decline", proposal).text
    decide(publisher, "decline", proposal, reason="The law says bridges.")
    assert EntityProposal.objects.get().state == "declined"
    for page in (editor.get("/admin/"), editor.get(reverse(LIST), {"state": "mine"}), editor.get(change(proposal))):
        assert "The law says bridges." in page.text
    assert not LedgerEntry.objects.filter(content__contains="Ferries").exists()


@pytest.mark.parametrize(("name", "state"), [("record", "recorded"), ("decline", "declined")])
def test_the_page_of_one_has_forms_that_decide_on_it(body, editor, publisher, name, state):
    proposal = propose(editor, body, name="Office of Spans")
    address = reverse(f"admin:commitments_entityproposal_{name}")
    action = f'action="{address}?proposal={proposal.pk}"'
    assert publisher.get(change(proposal)).text.count(action) == 1
    publisher.post(f"{address}?proposal={proposal.pk}", {"reason": "Not so."})
    assert EntityProposal.objects.get(pk=proposal.pk).state == state


def test_what_is_decided_stays_decided(body, editor, publisher):
    proposal = propose(editor, body, name="Office of Ferries")
    decide(publisher, "record", proposal)
    assert "Somebody has decided on it already." in decide(publisher, "decline", proposal, reason="Late.").text
    assert EntityProposal.objects.get().state == "recorded"


@pytest.mark.postgresql
def test_many_are_recorded_at_once_or_none(commitment, body, editor, publisher):
    proposals = [propose(editor, body, name="Office of Ferries"), propose(editor, commitment.area, name="Harbours")]
    chosen = {"action": "record_selected", "_selected_action": [row.pk for row in proposals]}
    form = Form(publisher.post(reverse(LIST), chosen))
    fill(publisher, change(body), name="Office of Tunnels", reason="Renamed.")
    before = LedgerEntry.objects.count()
    assert "Nothing was done." in decide(publisher, "record", *proposals).text
    assert LedgerEntry.objects.count() == before
    fill(publisher, change(body), name="Office of Bridges", reason="No, it was not.")
    assert "proposal" in form.fields
    decide(publisher, "record", *proposals)
    assert [entry.entity for entry in LedgerEntry.objects.all()][-2:] == [body.entity, commitment.area.entity]


def test_one_builds_upon_another_of_the_same_thing(body, editor, publisher):
    first, second = propose(editor, body, name="Office of Ferries"), propose(editor, body, note="Sails at noon.")
    decide(publisher, "record", second, first)
    stored = Organisation.objects.get(pk=body.pk)
    assert (stored.name, stored.note) == ("Office of Ferries", "Sails at noon.")


def test_an_editor_decides_nothing(body, editor):
    proposal = propose(editor, body, name="Office of Ferries")
    assert {name: decide(editor, name, proposal).status_code for name in ("record", "decline")} == {
        "record": 403,
        "decline": 403,
    }
    assert "_record" not in Form(editor.get(change(proposal))).buttons


@pytest.mark.postgresql
def test_with_four_eyes_nobody_records_what_they_proposed(body, publisher, settings):
    settings.FOUR_EYES = True
    proposal = propose(publisher, body, name="Office of Ferries")
    assert "_record" not in Form(publisher.get(change(proposal))).buttons
    assert "somebody else must put it on record" in decide(publisher, "record", proposal).text
    second = User.objects.create_user("second", is_staff=True)
    second.groups.add(Group.objects.get(name="Publisher"))
    decide(signed_in(second), "record", proposal)
    assert EntityProposal.objects.get().state == "recorded"


def test_with_four_eyes_nobody_puts_what_they_drafted_on_record_by_way_of_a_release(
    commitment, editor, publisher, settings
):
    settings.FOUR_EYES = True
    fill(publisher, add(type(commitment.area)), slug="harbours", name="Harbours", position="7")
    area = type(commitment.area).objects.get(slug="harbours")
    section = {"sections-0-position": "1", "sections-0-area": str(area.pk), "sections-TOTAL_FORMS": "1"}
    proposal = propose(editor, commitment.release, **section)
    assert "You wrote or changed “Harbours”" in decide(publisher, "record", proposal).text
    assert EntityProposal.objects.get().state == "waiting"


def test_the_desk_counts_what_waits_and_leads_to_it(body, editor, publisher):
    propose(editor, body, name="Office of Ferries")
    tile = re.search(r'<a href="([^"]+)"><strong>1</strong> changes of names', publisher.get("/admin/").text)
    assert "Renamed." in publisher.get(unescape(tile[1])).text


def test_the_form_of_what_is_on_record_names_the_changes_that_wait(body, editor, publisher):
    propose(editor, body, name="Office of Ferries", reason="So says the law.")
    assert "So says the law." in publisher.get(change(body)).text


def test_history_says_which_entry_it_became(body, editor, publisher):
    decide(publisher, "record", propose(editor, body, name="Office of Ferries"))
    messages = {entry.get_change_message() for entry in LogEntry.objects.filter(user__username="publisher")}
    assert messages == {f"Recorded as entry {LedgerEntry.objects.last().sequence}."}


def test_a_list_takes_no_more_queries_for_many(body, editor, publisher):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert publisher.get(reverse(LIST)).status_code == 200
        return len(captured)

    propose(editor, body, note="0")
    of_one = queries()
    for number in range(1, 6):
        propose(editor, body, note=str(number))
    assert queries() == of_one


@pytest.mark.postgresql
def test_a_redaction_takes_the_words_out_of_proposals_and_the_log_too(body, editor, publisher):
    decide(publisher, "record", propose(editor, body, note="Ask Jane Doe.", reason="As Jane Doe says."))
    decide(publisher, "record", propose(editor, body, note="Ask nobody."))
    entry = LedgerEntry.objects.get(content__contains="As Jane Doe")
    second = User.objects.create_user("second", is_staff=True)
    second.groups.add(Group.objects.get(name="Administrator"))
    asking = reverse("admin:commitments_redactionrequest_ask", args=[entry.pk])
    administrator = signed_in(member("Administrator"))
    form = Form(administrator.get(asking))
    cut = {name: "Removed." for name, text in form.fields.items() if text and "Jane Doe" in text}
    assert "Jane Doe" not in preview(form.send(administrator, asking, "_preview", **cut, reason="A name."))
    form.send(administrator, asking, "_write", **cut, reason="A name.")
    granting = reverse("admin:commitments_redactionrequest_decide", args=[RedactionRequest.objects.get().pk])
    signed_in(second).post(granting, {"_grant": "1"})
    texts = [*EntityProposal.objects.values_list("changes", "reason"), *LogEntry.objects.values_list("change_message")]
    texts += [*LedgerEntry.objects.values_list("content"), *RedactionRequest.objects.values_list("remaining", "reason")]
    assert "Jane Doe" not in str(texts)
    assert list(verify_ledger()) == []


def test_what_waits_upon_words_that_are_redacted_says_what_is_left_of_them(body, editor, publisher):
    decide(publisher, "record", propose(editor, body, note="Ask Jane Doe."))
    waiting = propose(editor, body, note="Ask nobody.", reason="Nobody is there.")
    first = User.objects.create_user("first", is_staff=True)
    remaining = LedgerEntry.objects.last().data
    remaining["fields"]["note"] = "Ask."
    request_redaction(LedgerEntry.objects.last(), remaining, "A name.", first)
    decide_redaction(RedactionRequest.objects.get(), User.objects.get(username="editor"), granted=True)
    waiting.refresh_from_db()
    assert waiting.changes == {"note": {"before": "Ask.", "after": "Ask nobody."}}
    decide(publisher, "record", waiting)
    assert Organisation.objects.get(pk=body.pk).note == "Ask nobody."
