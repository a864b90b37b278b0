"""Publishing commitments: looked at as the public will see them, confirmed, and said with the entry."""

import re
from html import unescape

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from commitments.ledger.verify import verify_ledger
from commitments.models import Area, Commitment, LedgerEntry
from tests import factories
from tests.helpers.admin_forms import Form, add, change, errors, fill, publish_draft
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = "admin:commitments_commitment_changelist"
PUBLISH = "admin:commitments_commitment_publish"


@pytest.fixture
def draft(db):
    return factories.CommitmentFactory(reference="TT-01", title="Build a bridge")


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


def preview(answer):
    return unescape(re.search(r'srcdoc="([^"]*)"', answer.text)[1])


def choose(client, *drafts):
    """The page of confirmation for drafts chosen in the list."""
    chosen = {"action": "publish_selected", "_selected_action": [row.pk for row in drafts]}
    return client.post(reverse(LIST), chosen)


def confirm(client, page, **typed):
    return Form(page).send(client, reverse(PUBLISH), "_confirm", **typed)


def second_publisher():
    user = User.objects.create_user("second", is_staff=True)
    user.groups.add(Group.objects.get(name="Publisher"))
    return signed_in(user)


@pytest.mark.postgresql
def test_it_is_looked_at_as_the_public_will_see_it_and_nothing_is_public_yet(draft, publisher):
    answer = fill(publisher, change(draft), "_publish", title="Build two bridges")
    page = publisher.get(answer.headers["Location"])
    assert "Build two bridges" in preview(page)
    assert str(draft.owners.get()) in page.text
    assert not LedgerEntry.objects.exists()
    assert Client().get(draft.get_absolute_url()).status_code == 404


@pytest.mark.postgresql
def test_the_next_press_publishes_it_and_says_by_which_entry(draft, publisher):
    publish_draft(publisher, change(draft))
    entry = LedgerEntry.objects.last()
    message = publisher.get(reverse(LIST)).context["messages"]
    text = [str(one) for one in message][-1]
    assert re.sub("<[^>]*>", "", text) == f"TT-01 is public, entry {entry.sequence}."
    assert draft.get_absolute_url() in text
    assert LogEntry.objects.latest("pk").get_change_message() == f"Published as entry {entry.sequence}."
    assert list(verify_ledger()) == []


def test_what_changed_since_it_was_shown_is_shown_again(draft, publisher):
    page = choose(publisher, draft)
    Area.objects.update(name="Harbours")
    answer = confirm(publisher, page)
    assert answer.status_code == 409
    assert "is not what this page showed" in answer.text
    assert "Harbours" in preview(answer)
    assert not LedgerEntry.objects.exists()


def test_what_the_release_itself_reports_of_it_goes_with_it(draft, publisher):
    Commitment.objects.filter(pk=draft.pk).update(kind="agreement")
    report = draft.drafts.create(kind="report", date="2018-08-24", status="completed", basis="release", note="Signed.")
    back = publisher.post(reverse(LIST), {"action": "return_selected", "_selected_action": [draft.pk]})
    Form(back).send(publisher, reverse("admin:commitments_commitment_return"), "_confirm", reason="Name both.")
    report.refresh_from_db()
    assert (report.state, report.returned_because) == ("returned", "Name both.")
    page = choose(publisher, draft)
    assert "Signed." in preview(page)
    confirm(publisher, page)
    assert list(LedgerEntry.objects.exclude(kind="entity").values_list("kind", flat=True)) == ["published", "report"]


def test_several_are_published_together_each_after_what_it_is_part_of(draft, publisher):
    part = factories.CommitmentFactory(reference="AA-01", part_of=draft, release=draft.release)
    page = choose(publisher, part, draft)
    confirm(publisher, page)
    published = LedgerEntry.objects.filter(kind="published")
    assert [entry.commitment_id for entry in published] == ["TT-01", "AA-01"]
    text = str(list(publisher.get(reverse(LIST)).context["messages"])[-1])
    numbers = [entry.sequence for entry in published]
    assert re.sub("<[^>]*>", "", text) == "TT-01 is public, entry {}. AA-01 is public, entry {}.".format(*numbers)


def test_one_that_cannot_be_published_is_named_and_none_is(draft, publisher):
    nobody = factories.CommitmentFactory(reference="TT-02", owners=[])
    page = choose(publisher, draft, nobody)
    assert [bool(row["stopped"]) for row in page.context_data["rows"]] == [False, True]
    assert "_confirm" not in Form(page).buttons
    publisher.post(reverse(PUBLISH), {"chosen": page.context_data["chosen"]})
    assert not LedgerEntry.objects.exists()


def test_the_same_page_sent_twice_publishes_once(draft, publisher):
    page = choose(publisher, draft)
    confirm(publisher, page)
    before = LedgerEntry.objects.count()
    assert "TT-01 is public already." in confirm(publisher, page).text
    assert LedgerEntry.objects.count() == before


def test_a_forged_page_and_an_editor_publish_nothing(draft, publisher):
    publisher.post(reverse(PUBLISH), {"chosen": "forged"})
    editor = signed_in(member("Editor"))
    assert editor.post(reverse(PUBLISH), {"chosen": choose(publisher, draft).context_data["chosen"]}).status_code == 403
    assert "publish_selected" not in editor.get(reverse(LIST)).text
    assert not LedgerEntry.objects.exists()


# Four eyes


@pytest.mark.postgresql
def test_with_four_eyes_nobody_publishes_what_puts_their_own_organisation_on_record(draft, publisher, settings):
    settings.FOUR_EYES = True
    fill(publisher, change(draft.owners.get()), name="Office of Bridges")
    answer = fill(publisher, change(draft), "_publish")
    assert "You wrote or changed “Office of Bridges”" in errors(answer)["__all__"]
    assert "You wrote or changed “Office of Bridges”" in choose(publisher, draft).text
    other = second_publisher()
    confirm(other, choose(other, draft))
    assert LedgerEntry.objects.filter(kind="published").exists()


def test_with_four_eyes_what_is_on_record_already_bars_nobody(draft, publisher, settings):
    fill(publisher, change(draft.area), name="Harbours")
    publish_draft(publisher, change(draft))
    settings.FOUR_EYES = True
    parts = {"release": draft.release, "area": draft.area, "owners": [draft.owners.get()]}
    publish_draft(publisher, change(factories.CommitmentFactory(**parts)))
    assert Commitment.objects.public().count() == 2


def test_with_four_eyes_an_imported_organisation_is_its_importer_s(publisher, settings):
    settings.FOUR_EYES = True
    csv = b"slug,name,kind,side\nbridges,Office of Bridges,government,hong_kong\n"
    from tests.helpers.imports import imported

    imported(publisher, "organisation", csv)
    draft = factories.CommitmentFactory(owners=[type(factories.OrganisationFactory()).objects.get(slug="bridges")])
    assert "You wrote or changed “Office of Bridges”" in choose(publisher, draft).text


def test_with_four_eyes_a_correction_puts_nobody_s_own_organisation_on_record(publisher, settings):
    commitment = factories.published()
    settings.FOUR_EYES = True
    body = {"slug": "bridges", "name": "Office of Bridges", "kind": "government", "side": "hong_kong"}
    model = type(commitment.owners.get())
    fill(publisher, add(model), **body)
    typed = {"owners": [str(model.objects.get(slug="bridges").pk)], "reason": "They build bridges."}
    answer = fill(publisher, change(commitment), **typed)
    assert "You wrote or changed “Office of Bridges”" in errors(answer)["__all__"]
    assert not LedgerEntry.objects.filter(kind="correction").exists()
