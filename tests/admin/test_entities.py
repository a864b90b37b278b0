"""Names and descriptions: drafts are edited; what is on record changes by an entry or a proposal, never by a form."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from commitments.ledger.append import append_entries, new_publication
from commitments.ledger.new_entries import Actor
from commitments.ledger.verify import verify_ledger
from commitments.models import (
    Agreement,
    Area,
    Commitment,
    EntityProposal,
    LedgerEntry,
    NewsSource,
    Occasion,
    Organisation,
    Release,
)
from tests import factories
from tests.helpers.admin_forms import Form, add, change, errors, fill
from tests.helpers.html import main_element, visible_text
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]


@pytest.fixture
def commitment(db):
    """Public, with all that it names."""
    draft = factories.CommitmentFactory(reference="TT-01")
    draft.release.sections.create(position=1, heading="Everything", area=draft.area)
    append_entries([new_publication(draft, Actor())])
    return Commitment.objects.get()


@pytest.fixture
def body(commitment):
    return commitment.owners.get()


@pytest.fixture
def editor(db):
    return signed_in(member("Editor"))


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


def put_on_record_address(row):
    return reverse(f"admin:commitments_{row._meta.model_name}_put_on_record", args=[row.pk])


def delete_address(row):
    return reverse(f"admin:commitments_{row._meta.model_name}_delete", args=[row.pk])


def preview(answer):
    return unescape(re.search(r'srcdoc="([^"]*)"', answer.text)[1])


def stored(row):
    return type(row).objects.values().get(pk=row.pk)


def named_by(commitment):
    return [commitment.owners.get(), commitment.area, commitment.release]


# Drafts


@pytest.mark.parametrize(
    "make",
    [factories.OrganisationFactory, factories.AreaFactory, factories.ReleaseFactory],
    ids=["body", "area", "release"],
)
def test_a_draft_is_edited_and_thrown_away_as_before(editor, make):
    row = make()
    field = "title" if isinstance(row, Release) else "name"
    assert fill(editor, change(row), **{field: "Another"}).status_code == 302
    assert stored(row)[field] == "Another"
    editor.post(delete_address(row), {"post": "yes"})
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert not LedgerEntry.objects.exists()


def test_a_draft_release_goes_with_its_sections_and_agreements(editor):
    release = factories.ReleaseFactory()
    release.sections.create(position=1, heading="Everything")
    release.agreements.create(number=1, title="Agreement", basis="named")
    editor.post(delete_address(release), {"post": "yes"})
    assert not Release.objects.exists()


def test_a_news_source_and_an_occasion_are_drafted(editor):
    fill(editor, add(NewsSource), slug="gazette", name="Gazette", source="party", why="The government prints it.")
    fill(editor, add(Occasion), slug="5th", day="2021-08-30", name="5th Plenary Session")
    assert NewsSource.objects.get().published_at is None
    assert Occasion.objects.get().published_at is None


# What is on record


@pytest.mark.postgresql
def test_an_editor_proposes_and_nothing_public_changes(body, editor):
    before = stored(body), LedgerEntry.objects.count()
    assert fill(editor, change(body), name="Office of Ferries", reason="Renamed in 2026.").status_code == 302
    assert (stored(body), LedgerEntry.objects.count()) == before
    proposal = EntityProposal.objects.get()
    assert (proposal.entity, proposal.reason, proposal.author.username) == (body.entity, "Renamed in 2026.", "editor")
    assert proposal.changes == {"name": {"before": body.name, "after": "Office of Ferries"}}


@pytest.mark.postgresql
def test_a_publisher_s_change_is_looked_at_and_then_an_entry(body, publisher):
    looked = fill(publisher, change(body), "_preview", name="Office of Ferries", reason="Renamed in 2026.")
    assert "Office of Ferries" in preview(looked)
    assert not LedgerEntry.objects.filter(entity=body.entity, content__contains="Ferries").exists()
    assert Form(looked).send(publisher, change(body), "_save").status_code == 302
    entry = LedgerEntry.objects.last()
    assert (entry.kind, entry.entity, entry.data["reason"]) == ("entity", body.entity, "Renamed in 2026.")
    assert Organisation.objects.get(pk=body.pk).name == "Office of Ferries"
    assert list(verify_ledger()) == []


def test_a_change_without_a_reason_is_refused_beside_the_box(body, publisher, editor):
    for client in (publisher, editor):
        answer = fill(client, change(body), name="Office of Ferries")
        assert errors(answer)["reason"] == "Give the reason. It will be public."
        assert Form(answer).fields["name"] == "Office of Ferries"
    assert not EntityProposal.objects.exists()


def test_a_form_sent_back_unchanged_records_nothing(body, publisher):
    before = LedgerEntry.objects.count()
    assert fill(publisher, change(body)).status_code == 302
    assert (LedgerEntry.objects.count(), EntityProposal.objects.count()) == (before, 0)


def test_with_four_eyes_a_publisher_proposes_too(body, publisher, settings):
    settings.FOUR_EYES = True
    before = LedgerEntry.objects.count()
    fill(publisher, change(body), name="Office of Ferries", reason="Renamed.")
    assert (LedgerEntry.objects.count(), EntityProposal.objects.count()) == (before, 1)


@pytest.mark.postgresql
def test_sections_and_agreements_change_with_their_release_and_not_before(commitment, publisher):
    release = commitment.release
    typed = {"sections-0-heading": "All of it", "reason": "As it is printed."}
    looked = fill(publisher, change(release), "_preview", **typed)
    assert "All of it" in looked.text
    assert release.sections.get().heading == "Everything"
    Form(looked).send(publisher, change(release), "_save")
    assert release.sections.get().heading == "All of it"
    assert list(verify_ledger()) == []


def test_a_draft_noted_under_an_agreement_is_no_entry_and_is_kept(commitment, publisher):
    release = commitment.release
    agreement = {"number": 1, "basis": "named", "title": "Agreement"}
    draft = factories.CommitmentFactory(reference="TT-02", release=release)
    row = {f"agreements-0-{name}": text for name, text in agreement.items()}
    more = {"agreements-TOTAL_FORMS": "1", "reason": "It was signed."}
    fill(publisher, change(release), **row, **more)
    before = LedgerEntry.objects.count()
    fill(publisher, change(release), **{"agreements-0-commitments": [str(draft.pk)]})
    assert LedgerEntry.objects.count() == before
    assert list(Agreement.objects.get().commitments.all()) == [draft]


def test_what_a_changed_release_names_becomes_public_before_it(commitment, publisher):
    area = factories.AreaFactory(name="Harbours")
    typed = {"sections-1-position": "2", "sections-1-area": str(area.pk), "sections-TOTAL_FORMS": "2"}
    looked = fill(publisher, change(commitment.release), "_preview", reason="A section was left out.", **typed)
    assert not Area.objects.get(pk=area.pk).published_at
    Form(looked).send(publisher, change(commitment.release), "_save")
    first, second = LedgerEntry.objects.order_by("-sequence")[:2]
    assert (first.entity, second.entity) == (commitment.release.entity, area.entity)
    assert Area.objects.get(pk=area.pk).published_at is not None


def test_the_slug_of_what_is_on_record_cannot_be_posted(commitment, publisher):
    for row in named_by(commitment):
        fill(publisher, change(row), slug="another", reason="Because.")
        assert stored(row)["slug"] == row.slug


def test_the_day_of_a_release_is_fixed_once_something_was_published_from_it(commitment, publisher):
    before = stored(commitment.release)
    fill(publisher, change(commitment.release), issued_on="2017-01-01", reason="Because.")
    assert stored(commitment.release) == before


def test_what_is_on_record_cannot_be_deleted(commitment, publisher):
    for row in named_by(commitment):
        assert publisher.post(delete_address(row), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        publisher.post(reverse(f"admin:commitments_{row._meta.model_name}_changelist"), chosen)
        assert type(row).objects.filter(pk=row.pk).exists()


def test_sections_and_agreements_are_edited_on_their_release_s_page_alone(commitment, publisher):
    section = commitment.release.sections.get()
    assert publisher.get(change(section)).status_code == 200
    assert publisher.post(change(section), {"heading": "Other", "_save": "1"}).status_code == 403
    assert publisher.get(add(type(section))).status_code == 403
    assert publisher.post(delete_address(section), {"post": "yes"}).status_code == 403
    assert stored(section)["heading"] == "Everything"


def test_the_second_of_two_is_told_and_loses_nothing_that_was_typed(body, publisher, editor):
    form = Form(editor.get(change(body)))
    fill(publisher, change(body), name="Office of Ferries", reason="Renamed.")
    answer = form.send(editor, change(body), "_save", note="Sails at noon.", reason="It says so.")
    assert "publisher" in errors(answer)["__all__"]
    assert "to “Office of Ferries”" in errors(answer)["__all__"]
    fields = Form(answer).fields
    assert (fields["note"], fields["reason"], fields["name"]) == ("Sails at noon.", "It says so.", "Office of Ferries")
    Form(answer).send(editor, change(body), "_save")
    assert EntityProposal.objects.get().changes == {"note": {"before": "", "after": "Sails at noon."}}


def test_history_says_which_entry_changed_it(body, publisher):
    fill(publisher, change(body), name="Office of Ferries", reason="Renamed.")
    message = LogEntry.objects.latest("pk").get_change_message()
    assert message == f"Changed by entry {LedgerEntry.objects.last().sequence}."


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (factories.OrganisationFactory, "aliases_zh_hant"),
        (factories.ReleaseFactory, "known_through"),
        (factories.ReleaseFactory, "not_read"),
    ],
    ids=["aliases", "known_through", "not_read"],
)
def test_the_new_fields_are_typed_in_the_forms(editor, make, field):
    row = make()
    fill(editor, change(row), **{field: "康文署"})
    assert stored(row)[field] == "康文署"


# Putting a draft on record by itself


def test_a_release_that_was_not_read_is_put_on_record_by_a_publisher(publisher, editor):
    area, release = factories.AreaFactory(name="Harbours"), factories.ReleaseFactory(title="Third session")
    release.sections.create(position=1, area=area)
    assert editor.get(put_on_record_address(release)).status_code == 403
    page = publisher.get(put_on_record_address(release))
    assert "Third session" in preview(page)
    assert "Harbours" in page.text
    assert not LedgerEntry.objects.exists()
    answer = Form(page).send(publisher, put_on_record_address(release), "_record")
    assert answer.status_code == 302
    assert [entry.entity for entry in LedgerEntry.objects.all()] == [area.entity, release.entity]
    assert "Third session" in visible_text(main_element(Client().get(release.get_absolute_url())))
    assert list(verify_ledger()) == []


def test_what_changed_since_it_was_shown_is_shown_again(publisher):
    occasion = Occasion.objects.create(slug="5th", day="2021-08-30", name="5th Plenary Session")
    form = Form(publisher.get(put_on_record_address(occasion)))
    Occasion.objects.update(name="6th Plenary Session")
    answer = form.send(publisher, put_on_record_address(occasion), "_record")
    assert "It has changed since this page showed it." in answer.text
    assert not LedgerEntry.objects.exists()


def test_with_four_eyes_nobody_puts_on_record_what_they_drafted(publisher, settings):
    settings.FOUR_EYES = True
    fill(publisher, add(NewsSource), slug="gazette", name="Gazette", source="party", why="The government prints it.")
    source = NewsSource.objects.get()
    page = publisher.get(put_on_record_address(source))
    assert "You wrote or changed “Gazette”" in page.text
    publisher.post(put_on_record_address(source), {"shown": page.context["shown"]})
    assert not LedgerEntry.objects.exists()


def test_organisations_and_areas_become_public_with_a_commitment_alone(publisher):
    assert "Put on record" not in publisher.get(change(factories.OrganisationFactory())).text
    assert "Put on record" in publisher.get(change(factories.ReleaseFactory())).text


def test_what_a_publication_puts_on_record_can_be_edited_no_more(editor):
    draft = factories.CommitmentFactory()
    form = Form(editor.get(change(draft.area)))
    append_entries([new_publication(Commitment.objects.get(), Actor())])
    answer = form.send(editor, change(draft.area), "_save", name="Other")
    assert errors(answer)["reason"] == "Give the reason. It will be public."
    assert Area.objects.get(pk=draft.area.pk).name == draft.area.name
