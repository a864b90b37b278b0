"""Organisations by all their names: found wherever one is named, and added beside the box of owners."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from commitments.ledger.append import append_entries
from commitments.ledger.entity_contents import entity_fields, make_entity_content
from commitments.ledger.new_entries import NewEntry
from commitments.ledger.verify import verify_ledger
from commitments.models import Commitment, EntityProposal, Organisation
from tests import factories
from tests.helpers.admin_forms import Form, change, clerk, fill
from tests.helpers.imports import as_csv, pledge, refusals, upload
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed", "uploads")]
ADD = reverse("admin:commitments_organisation_add") + "?_to_field=id&_popup=1"
NEW = {"slug": "harbour", "name": "Harbour Office", "short_name": "HO", "kind": "department", "side": "hong_kong"}


def plus(client, commitment):
    """Beside which boxes an organisation can be added."""
    text = client.get(change(commitment)).text
    return [name for name in ("owners", "partners", "release", "area", "part_of") if f'id="add_id_{name}"' in text]


@pytest.fixture
def draft(db):
    return factories.CommitmentFactory(reference="TT-01")


def test_whoever_may_add_organisations_is_offered_to_beside_owners_and_partners_alone(draft):
    assert plus(signed_in(member("Editor")), draft) == ["owners", "partners"]
    assert plus(clerk("view_commitment", "change_commitment", "work_for_all"), draft) == []


def test_what_is_added_is_a_draft_and_is_chosen_in_the_form_that_stays_open(draft):
    editor = signed_in(member("Editor"))
    answer = Form(editor.get(ADD)).send(editor, ADD, "_save", **NEW)
    added = Organisation.objects.get(slug="harbour")
    assert (added.published_at, "popup_response" in answer.text, str(added.pk) in answer.text) == (None, True, True)
    fill(editor, change(draft), owners=[str(added.pk)])
    assert [str(owner) for owner in draft.owners.all()] == ["Harbour Office"]


def test_with_four_eyes_nobody_puts_on_record_what_they_added_beside_the_owners(settings):
    settings.FOUR_EYES = True
    client, another = signed_in(member("Publisher")), User.objects.create_user("another", is_staff=True)
    another.groups.add(Group.objects.get(name="Publisher"))
    Form(client.get(ADD)).send(client, ADD, "_save", **NEW)
    owner = Organisation.objects.get(slug="harbour")
    draft = factories.CommitmentFactory(reference="TT-02", owners=[owner])
    refused = fill(client, change(draft), "_publish")
    assert refused.status_code == 200
    assert Commitment.objects.public().count() == 0
    assert fill(signed_in(another), change(draft), "_publish").status_code == 302


# By all their names


@pytest.fixture
def renamed(db):
    """On record, with names in three languages, other names and a former one."""
    body = factories.OrganisationFactory(slug="lcsd", name="Urban Services Department")
    factories.published(reference="AA-01", owners=[body])
    fields = entity_fields(Organisation.objects.get(slug="lcsd"))
    fields |= {
        "name": "Leisure and Cultural Services Department",
        "name_zh_hant": "康樂及文化事務署",
        "short_name": "LCSD",
    }
    fields |= {"aliases": "Culture and Leisure Office", "aliases_zh_hans": "康文署"}
    append_entries([NewEntry("entity", make_entity_content(fields, "Renamed."), entity=body.entity)])
    return Organisation.objects.get(slug="lcsd")


NAMES = (
    "leisure and cultural",
    "康乐及文化事务署",
    "LCSD",
    "Culture and Leisure Office",
    "康文署",
    "Urban Services Department",
)


@pytest.mark.postgresql
def test_each_of_its_names_finds_it_in_a_box_a_list_and_the_public_search(renamed, client):
    editor = signed_in(member("Editor"))
    box = {"app_label": "commitments", "model_name": "commitment", "field_name": "owners"}
    for name in NAMES:
        found = editor.get(reverse("admin:autocomplete"), box | {"term": name}).json()["results"]
        assert [row["text"] for row in found] == [str(renamed)], name
        assert editor.get("/admin/commitments/organisation/", {"q": name}).context["cl"].result_count == 1, name
        assert editor.get("/admin/commitments/commitment/", {"q": name}).context["cl"].result_count == 1, name
        assert "AA-01" in client.get("/commitments/", {"q": name}).text, name
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_each_of_its_names_names_it_in_a_file(renamed):
    factories.ReleaseFactory(slug="first")
    factories.AreaFactory(slug="culture")
    editor = signed_in(member("Editor"))
    rows = [pledge(reference=f"TT-{line}", owners=name) for line, name in enumerate(NAMES[1:], 10)]
    preview = upload(editor, "commitment", as_csv(*rows))
    assert refusals(preview) == []
    assert {row.cells["owners"] for row in preview.context["new"].rows} == {str(renamed)}


def test_another_name_is_public_and_so_takes_an_entry(renamed):
    """A name by which a release or a report calls it is a fact like the others: nobody adds one in passing."""
    editor = signed_in(member("Editor"))
    fill(editor, change(renamed), aliases="LCSD Hong Kong", reason="So the report calls it.")
    assert Organisation.objects.get(slug="lcsd").aliases == "Culture and Leisure Office"
    assert EntityProposal.objects.get().changes["aliases"]["after"] == "LCSD Hong Kong"
