"""An internal owner: whoever a commitment is assigned to reaches it and is reminded; no entry names them."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from commitments.ledger.append import append_entries, new_entity_entry
from commitments.ledger.new_entries import Actor
from commitments.models import Affiliation, Assignment, Commitment, LedgerEntry, Organisation
from commitments.workflow.assignments import assign
from commitments.workflow.reminders import reminder_letters
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, fill, record_address
from tests.helpers.days import NOW
from tests.helpers.people import member, signed_in
from tests.helpers.public_addresses import body
from tests.workflow.test_two_people import WAYS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed", "uploads")]
LIST = reverse("admin:commitments_commitment_changelist")
ASSIGN = reverse("admin:commitments_commitment_assign")
OFFICE, OFFICER = "quiet-office", "quiet-officer"


@pytest.fixture
def office(db):
    return factories.OrganisationFactory(
        slug=OFFICE, name="The Quiet Office", short_name="QO", name_zh_hant="靜處", name_zh_hans="静处"
    )


@pytest.fixture
def public(db):
    """Past its deadline; owned by a body that nobody here works for."""
    return factories.published(reference="TT-01", title="Build a bridge", deadline="2020")


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


def choose(client, *commitments):
    chosen = {"action": "assign_selected", "_selected_action": [commitment.pk for commitment in commitments]}
    return client.post(LIST, chosen)


def confirm(client, page, **said):
    return Form(page).send(client, ASSIGN, "_confirm", **said)


# Assigning


@pytest.mark.postgresql
def test_many_are_assigned_at_once_drafts_included_and_the_list_and_the_log_say_to_whom(editor, office, public):
    draft, officer = factories.CommitmentFactory(), member("Contributor")
    page = choose(editor, public, draft)
    confirm(editor, page, lead_office=str(office.pk), desk_officer=str(officer.pk))
    assert {(row.lead_office, row.desk_officer) for row in Assignment.objects.all()} == {(office, officer)}
    assert editor.get(f"{LIST}?assigned=yes").text.count("The Quiet Office · contributor") == 2
    assert LogEntry.objects.filter(change_message="Assigned to: The Quiet Office · contributor.").count() == 2


def test_it_is_taken_back_by_choosing_nobody(editor, office, public):
    assign([public], office, None, member("Publisher"))
    page = editor.get(ASSIGN, {"commitment": public.pk})
    assert Form(page).fields["lead_office"] == str(office.pk)
    confirm(editor, page, lead_office="")
    assert not Assignment.objects.exists()


def test_what_somebody_else_assigned_meanwhile_is_shown_first_and_what_was_chosen_stays(editor, office, public):
    page = choose(editor, public)
    other = factories.OrganisationFactory(name="Another Office")
    assign([public], other, None, member("Publisher"))
    answer = confirm(editor, page, lead_office=str(office.pk))
    assert answer.status_code == 409
    assert "Somebody else has assigned it meanwhile." in answer.text
    assert Form(answer).fields["lead_office"] == str(office.pk)
    assert Assignment.objects.get().lead_office == other
    assert confirm(editor, answer).status_code == 302


def test_nobody_is_assigned_who_cannot_draft(editor, public):
    administrator = member("Administrator")
    answer = confirm(editor, choose(editor, public), desk_officer=str(administrator.pk))
    assert answer.status_code == 409
    assert not Assignment.objects.exists()


def test_what_was_retracted_is_assigned_to_nobody(editor, public):
    Commitment.objects.filter(pk=public.pk).update(retracted_at=NOW)
    assert editor.get(ASSIGN, {"commitment": public.pk}).status_code == 302


@pytest.mark.parametrize("role", ["Contributor", "Administrator"])
def test_others_assign_nothing(role, public):
    client = signed_in(member(role, public.owners.get()))
    assert client.post(ASSIGN, {"chosen": ""}).status_code == 403
    assert "assign_selected" not in client.get(LIST).text


# What it gives


@pytest.fixture(params=["office", "officer"])
def assigned(request, office, public):
    """Somebody who looks after it: by working for its lead office, or as its desk officer."""
    contributor = member("Contributor", office if request.param == "office" else None)
    by_office = request.param == "office"
    assign([public], office if by_office else None, None if by_office else contributor, contributor)
    return contributor


@pytest.mark.postgresql
def test_they_reach_it_draft_for_it_and_reach_nothing_else(assigned, public):
    other = factories.published(reference="TT-02")
    client = signed_in(assigned)
    assert "TT-01" in client.get(LIST).text
    assert "TT-02" not in client.get(LIST).text
    assert fill(client, record_address(public), "_send", **REPORT).status_code == 302
    assert client.get(record_address(other)).status_code == 403
    assert client.get(change(other)).status_code == 302


def test_their_desk_counts_it_and_leads_to_it(assigned, public):
    text = signed_in(assigned).get("/admin/").text
    address, count = re.search(
        r'<a href="([^"]+)"><strong>(\d+)</strong> assigned to me or my office</a>', text
    ).groups()
    assert count == "1"
    assert "TT-01" in signed_in(assigned).get(address.replace("&amp;", "&")).text
    assert "You are tied to no organisation yet" not in text


def test_they_are_reminded_of_it(assigned, public):
    User.objects.filter(pk=assigned.pk).update(email="quiet@example.org")
    [letter] = reminder_letters(date(2026, 11, 29))
    assert (letter.user, letter.references) == (assigned, ["TT-01"])


def test_once_it_is_assigned_to_somebody_else_they_reach_it_no_more(assigned, public):
    assign([public], None, None, assigned)
    assert "TT-01" not in signed_in(assigned).get(LIST).text


# Never public


@pytest.mark.parametrize("by", ["office", "officer"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_entry_that_they_record_names_whom_it_is_assigned_to(way, by, office, public, settings):
    settings.FOUR_EYES = False
    user = User.objects.create_superuser(OFFICER)
    Affiliation.objects.create(user=user, organisation=office)
    append_entries([new_entity_entry(office, Actor())])  # on record, so that entries may name it elsewhere
    assign([public], *((office, None) if by == "office" else (None, user)), user)
    before = LedgerEntry.objects.count()
    way(signed_in(user), public)
    later = LedgerEntry.objects.filter(sequence__gt=before, commitment="TT-01")
    assert {entry.organisation for entry in later} <= {""}


def test_where_their_body_is_a_public_owner_the_entry_names_it(public):
    owner = public.owners.get()
    user = member("Publisher", owner)
    assign([public], owner, user, user)
    fill(signed_in(user), record_address(public), "_publish", **REPORT)
    assert LedgerEntry.objects.last().organisation == owner.slug


def test_a_body_that_is_not_on_record_is_named_by_no_entry(office, public):
    fill(signed_in(member("Publisher", office)), record_address(public), "_publish", **REPORT)
    assert LedgerEntry.objects.last().kind == "report"
    assert LedgerEntry.objects.last().organisation == ""


def test_a_lead_office_that_is_on_record_is_named_nowhere_beside_what_is_assigned_to_it(public, office):
    assert not Organisation.objects.public(date(2026, 11, 29)).filter(slug=OFFICE).exists()
    factories.published(reference="ZZ-01", owners=[office])
    pages = [f"/commitments/TT-01/{end}" for end in ("", "?as_of=2026-11-29")] + ["/api/v1/commitments/TT-01/"]
    before = [body(Client().get(page)) for page in pages]
    assign([public], office, None, member("Publisher", office))
    assert [body(Client().get(page)) for page in pages] == before
