"""Mails of what somebody waits for: publishers, authors and readers are told by the outbox, in their language."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage as Arrived

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client

from commitments.models import Affiliation, Commitment, DraftUpdate, EntityProposal, ErrorReport, OutgoingMail
from commitments.workflow.drafts import return_drafts, submit
from commitments.workflow.entity_proposals import decline_proposals, propose_change
from commitments.workflow.entry_proposals import decline_proposal, record_or_propose
from commitments.workflow.outbox import deliver_waiting
from commitments.workflow.publications import correction_by, return_commitments, send_commitments
from commitments.workflow.redactions import request_redaction
from tests import factories
from tests.helpers.admin_forms import Form, change, fill
from tests.helpers.drafts import waiting
from tests.helpers.imports import as_csv, imported
from tests.helpers.mail import mail_server
from tests.helpers.people import owners_were_told, signed_in
from tests.helpers.postgresql import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads")]
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
SITE = "https://tracker.example:8443"
LINK = re.compile(r"https?://\S+")


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture(autouse=True)
def outbox(settings):
    settings.EMAIL_BACKEND = "commitments.workflow.outbox.OutboxBackend"
    settings.MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 2
    settings.SITE_URL = SITE
    return settings


def account(name, role, organisation=None, language="en-gb", **fields):
    user = User.objects.create_user(name, **{"email": f"{name}@body.example", "is_staff": True} | fields)
    user.groups.add(Group.objects.get(name=role))
    if organisation:
        Affiliation.objects.create(user=user, organisation=organisation, language=language)
    owners_were_told()
    return user


@pytest.fixture
def public(db):
    return factories.published(reference="TT-01", title="Build a bridge")


@pytest.fixture
def people(public):
    """An author, and two who publish: one of them reads Traditional Chinese."""
    return {
        "author": account("author", "Editor"),
        "ann": account("ann", "Publisher"),
        "bob": account("bob", "Publisher", public.owners.get(), "zh-hant"),
    }


def written():
    """Body of each mail in the outbox, by the address that it is for."""
    return {mail.content["to"][0]: mail.content["body"] for mail in OutgoingMail.objects.all()}


def drafted(public, author, number=1):
    draft = waiting(public, number, author=author, state="draft")
    draft.edits.create(user=author)
    return draft


# What begins to wait


@pytest.mark.postgresql
def test_publishers_are_told_what_waits_and_where_each_in_their_language(people, public):
    send_commitments([factories.CommitmentFactory()], people["author"])
    submit([drafted(public, people["author"])], people["author"])
    mails = written()
    assert set(mails) == {"ann@body.example", "bob@body.example"}
    assert "1 draft update waits\n" in mails["ann@body.example"]
    assert LINK.findall(mails["ann@body.example"]) == [
        f"{SITE}/admin/commitments/draftupdate/?state=waiting",
        f"{SITE}/admin/commitments/commitment/?draft=waiting",
        f"{SITE}/admin/",
    ]
    assert f"{SITE}/zh-hant/admin/commitments/draftupdate/?state=waiting" in mails["bob@body.example"]
    assert "waits" not in mails["bob@body.example"]


def test_whoever_sends_it_is_not_told(people, public):
    submit([drafted(public, people["ann"])], people["ann"])
    assert set(written()) == {"bob@body.example"}


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_staff": False}, {"email": ""}])
def test_nor_is_whoever_cannot_sign_in_or_has_no_address(people, public, fields):
    User.objects.filter(username="ann").update(**fields)
    submit([drafted(public, people["author"])], people["author"])
    assert set(written()) == {"bob@body.example"}


@pytest.mark.postgresql
def test_what_begins_to_wait_within_minutes_is_told_in_one_mail(people, public, now):
    submit([drafted(public, people["author"])], people["author"])
    due = OutgoingMail.objects.first().due_at
    now.shift(60)
    submit([drafted(public, people["author"], 2)], people["author"])
    assert OutgoingMail.objects.count() == 2
    assert "2 draft updates wait" in written()["ann@body.example"]
    assert {mail.due_at for mail in OutgoingMail.objects.all()} == {due}


def test_a_mail_that_was_tried_already_is_followed_by_another(people, public):
    submit([drafted(public, people["author"])], people["author"])
    OutgoingMail.objects.update(attempts=1)
    submit([drafted(public, people["author"], 2)], people["author"])
    assert OutgoingMail.objects.count() == 4


@pytest.mark.postgresql
def test_it_is_told_if_the_transaction_is_and_not_else(people, public):
    with transaction.atomic():
        submit([drafted(public, people["author"])], people["author"])
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def proposed_name(public, author):
    changes = {"name": {"before": public.owners.get().name, "after": "Another name"}}
    propose_change(public.owners.get(), changes, "Renamed.", author)


def proposed_correction(public, author):
    record_or_propose(correction_by(public, {"title": "Mend a bridge"}, "It stood.", author), author)


def imported_update(public, author):
    row = {"draft": "", "reference": "TT-01", "kind": "check", "date": "2026-11-20", "searched": "Web pages."}
    imported(signed_in(author), "draftupdate", as_csv(row))


OTHERS = {
    "a change of a name": (proposed_name, "1 change of a name or description waits"),
    "a correction": (proposed_correction, "1 correction, retraction or translation waits"),
    "an imported update": (imported_update, "1 draft update waits"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_of_every_kind_that_waits(people, public, name, outbox):
    outbox.FOUR_EYES = True
    act, words = OTHERS[name]
    act(public, people["author"])
    assert words in written()["ann@body.example"]


def test_administrators_are_told_of_a_redaction_that_another_one_asked_for(public):
    asking, _other = account("ada", "Administrator"), account("abe", "Administrator")
    entry = public.entries.get(kind="published")
    request_redaction(entry, entry.data | {"note": "Removed."}, "A name.", asking)
    assert set(written()) == {"abe@body.example"}
    assert "1 redaction waits" in written()["abe@body.example"]


# What comes back


@pytest.mark.postgresql
def test_everybody_who_had_a_hand_in_a_draft_is_told_why_it_came_back_in_one_mail(people, public):
    other = account("other", "Editor")
    drafts = [drafted(public, people["author"], number) for number in (1, 2)]
    drafts[0].edits.create(user=other)
    return_drafts(drafts, "Name the course.", people["ann"])
    mails = written()
    assert set(mails) == {"author@body.example", "other@body.example"}
    assert mails["author@body.example"].count("Why: Name the course.") == 2
    assert mails["other@body.example"].count("Why: Name the course.") == 1
    assert f"{SITE}/admin/commitments/draftupdate/{drafts[0].pk}/change/" in mails["other@body.example"]


def test_authors_of_a_commitment_that_came_back_are_told_too(people):
    fields = {"release": factories.ReleaseFactory().pk, "area": factories.AreaFactory().pk, "paragraph": "1"}
    words = {"title": "Dig a tunnel", "quote": "will dig", "done_when": "It is dug.", "reference": "TT-02"}
    choices = {"kind": "action", "force": "promise", "owners": [str(factories.OrganisationFactory().pk)]}
    fill(signed_in(people["author"]), "/admin/commitments/commitment/add/", **fields, **words, **choices)
    draft = Commitment.objects.get(reference="TT-02")
    return_commitments([draft], "Which tunnel?", people["ann"])
    assert "TT-02 Dig a tunnel\nWhy: Which tunnel?\n" in written()["author@body.example"]
    assert f"{SITE}/admin/commitments/commitment/{draft.pk}/change/" in written()["author@body.example"]


def test_a_contributor_is_told_nothing_of_what_they_reach_no_more(people, public):
    writer = account("writer", "Contributor", public.owners.get())
    draft = drafted(public, writer)
    Affiliation.objects.filter(user=writer).update(organisation=factories.OrganisationFactory())
    return_drafts([draft], "Why?", people["ann"])
    assert written() == {}


def test_whoever_returns_a_draft_that_they_changed_is_not_told(people, public):
    draft = drafted(public, people["ann"])
    return_drafts([draft], "Not yet.", people["ann"])
    assert written() == {}


def test_whose_proposal_is_declined_is_told_why(people, public, outbox):
    outbox.FOUR_EYES = True
    proposed_name(public, people["author"])
    OutgoingMail.objects.all().delete()
    decline_proposals(EntityProposal.objects.all(), "It is called that.", people["ann"])
    assert "Why: It is called that." in written()["author@body.example"]


def test_so_is_whose_correction_is_declined_but_nobody_who_takes_back_their_own(people, public, outbox):
    outbox.FOUR_EYES = True
    new_entry = correction_by(public, {"title": "Mend a bridge"}, "It stood.", people["author"])
    proposal = record_or_propose(new_entry, people["author"])
    OutgoingMail.objects.all().delete()
    decline_proposal(proposal, "It did not.", people["ann"])
    assert "Why: It did not." in written()["author@body.example"]
    OutgoingMail.objects.all().delete()
    again = record_or_propose(new_entry, people["author"])
    OutgoingMail.objects.all().delete()
    decline_proposal(again, "A slip.", people["author"])
    assert written() == {}


# A reader who asked for it


def reported(**fields):
    said = {"token": "t" * 32, "what": "Wrong.", "email": "reader@example.org", "wants_mail": True}
    return ErrorReport.objects.create(**said | fields)


def answered(report, people, **typed):
    said = {"state": "upheld", "answer": "It is put right."} | typed
    return fill(signed_in(people["ann"]), change(report), **said)


@pytest.mark.postgresql
def test_a_reader_who_asked_for_it_is_told_once_in_the_language_of_their_page_and_forgotten(people):
    report = reported(language="zh-hans")
    answered(report, people)
    mails = written()
    assert "It is put right." in mails["reader@example.org"]
    assert LINK.findall(mails["reader@example.org"]) == [f"{SITE}/zh-hans/report-an-error/{report.token}/"]
    assert "Wrong." not in mails["reader@example.org"]
    assert ErrorReport.objects.get().email == ""
    OutgoingMail.objects.all().delete()
    answered(report, people, answer="Once more.")
    assert written() == {}


@pytest.mark.parametrize("fields", [{"wants_mail": False}, {"email": ""}])
def test_a_reader_who_did_not_ask_is_sent_nothing(people, fields):
    answered(reported(**fields), people)
    assert written() == {}


def test_nor_is_one_whose_report_is_only_taken_in_hand(people):
    answered(reported(), people, state="in_hand", answer="")
    assert written() == {}


# All of them


@pytest.mark.postgresql
def test_every_mail_arrives_written_by_a_machine_with_links_to_this_host_and_port_alone(people, public, now, outbox):
    with mail_server(outbox.EMAIL_PORT) as server:
        draft = drafted(public, people["author"])
        submit([draft], people["author"])
        return_drafts([draft], "Name the course.", people["ann"])
        answered(reported(), people)
        now.shift(600)
        deliver_waiting()
        arrived: list[Arrived] = server.arrived
    assert len(arrived) == 4
    assert {mail["Auto-Submitted"] for mail in arrived} == {"auto-generated"}
    links = [link for mail in arrived for link in LINK.findall(mail.get_content())]
    assert len(links) >= 6
    assert [link for link in links if not link.startswith(f"{SITE}/")] == []
    assert OutgoingMail.objects.count() == 0


def test_links_lead_where_they_say(people, public):
    submit([drafted(public, people["author"])], people["author"])
    pages = [link.removeprefix(SITE) for link in LINK.findall(written()["ann@body.example"])]
    answers = [signed_in(people["ann"]).get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].context["cl"].result_count == DraftUpdate.objects.count() == 1


# The form


def send(client, now, path="/report-an-error/", **said):
    form = Form(client.get(path)).fields
    now.shift(10)
    return client.post(path, form | {"what": "It is wrong."} | said)


def test_without_the_tick_the_form_says_that_nothing_will_be_sent(public):
    assert "Without this tick nothing is sent to you" in Client().get("/report-an-error/").text


@pytest.mark.parametrize("language", ["en-gb", "zh-hant"])
def test_with_the_tick_the_report_keeps_consent_and_language(public, now, language):
    path = "/zh-hant/report-an-error/" if language == "zh-hant" else "/report-an-error/"
    send(Client(), now, path, email="reader@example.org", wants_mail="on")
    report = ErrorReport.objects.get()
    assert (report.wants_mail, report.language) == (True, language)


def test_a_tick_without_an_address_is_asked_about_and_nothing_typed_is_lost(public, now):
    answer = send(Client(), now, wants_mail="on")
    assert answer.status_code == 400
    assert "Give the address that is to be written to" in answer.text
    assert Form(answer).fields["what"] == "It is wrong."
    assert Form(answer).fields["wants_mail"] == "on"


@pytest.mark.parametrize(("wants", "words"), [(True, "One mail is sent to it"), (False, "Nothing is sent to it.")])
def test_the_report_s_page_says_whether_something_will_be_sent(wants, words):
    report = reported(wants_mail=wants)
    assert words in Client().get(f"/report-an-error/{report.token}/").text
