"""A deleted draft can be had back for a week, whole, by whoever may delete such a draft."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.forms.models import model_to_dict
from django.utils import timezone

from commitments.ledger.verify import verify_ledger
from commitments.models import (
    Assignment,
    Commitment,
    DeletedDraft,
    DraftCommitment,
    DraftEdit,
    DraftUpdate,
    Organisation,
)
from commitments.workflow.deleted_drafts import restore
from commitments.workflow.draft_edits import note_edits
from commitments.workflow.publications import return_commitments
from tests import factories
from tests.helpers.admin_forms import REPORT, fill
from tests.helpers.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
LIST = "/admin/commitments/deleteddraft/"


@pytest.fixture
def editor(world):
    return signed_in(world.editor)


@pytest.fixture
def draft(editor):
    fill(editor, "/admin/commitments/draftupdate/add/?commitment=1", "_send", **REPORT)
    return DraftUpdate.objects.get()


def delete(client, model, key):
    return client.post(f"/admin/commitments/{model}/{key}/delete/", {"post": "yes"}, follow=True)


def bring_back(client):
    keys = [str(key) for key in DeletedDraft.objects.values_list("pk", flat=True)]
    return client.post(LIST, {"action": "bring_back", "_selected_action": keys}, follow=True)


def whole(draft):
    evidence = [model_to_dict(row) for row in draft.evidence.order_by("pk")]
    edits = [*DraftEdit.objects.filter(draft=draft).values("user")]
    values = DraftUpdate.objects.values().get(pk=draft.pk)
    # JSON keeps thousandths of a second.
    times = {name: values.pop(name).replace(microsecond=0) for name in ("created_at", "changed_at")}
    return values | times, evidence, edits


def test_a_draft_update_comes_back_with_its_evidence_its_state_and_everyone_who_wrote_it(editor, draft):
    before = whole(draft)
    page = delete(editor, "draftupdate", draft.pk)
    assert f'href="{LIST}"' in page.text
    assert not DraftUpdate.objects.exists()
    page = bring_back(editor)
    assert f'href="/admin/commitments/draftupdate/{draft.pk}/change/"' in page.text
    assert whole(DraftUpdate.objects.get()) == before
    assert before[1]
    assert before[2]
    assert not DeletedDraft.objects.exists()


def test_a_draft_commitment_comes_back_with_its_owners_and_the_drafts_of_its_updates(editor):
    commitment = factories.CommitmentFactory(reference="ZZ-01", owners=[Organisation.objects.first()])
    commitment.drafts.create(note="Its draft.")
    before = Commitment.objects.values().get(pk=commitment.pk)
    delete(editor, "commitment", commitment.pk)
    assert not Commitment.objects.filter(reference="ZZ-01").exists()
    bring_back(editor)
    assert Commitment.objects.values().get(reference="ZZ-01") == before
    assert [*Commitment.objects.get(reference="ZZ-01").owners.all()] == [Organisation.objects.first()]
    assert DraftUpdate.objects.get().note == "Its draft."
    assert list(verify_ledger()) == []


def test_a_draft_commitment_comes_back_as_far_as_it_had_come_and_assigned_to_whom_it_was(world, editor):
    commitment = factories.CommitmentFactory(reference="ZZ-01")
    note_edits(world.editor, commitments=[commitment.pk])
    return_commitments([commitment], "Name the place.", world.publisher)
    Assignment.objects.create(commitment=commitment, desk_officer=world.contributor)
    delete(editor, "commitment", commitment.pk)
    assert not DraftCommitment.objects.filter(commitment=commitment.pk).exists()
    bring_back(editor)
    drafting = DraftCommitment.objects.get(commitment__reference="ZZ-01")
    assert (drafting.state, drafting.returned_because) == ("returned", "Name the place.")
    assert (drafting.author, drafting.commitment.assignment.desk_officer) == (world.editor, world.contributor)


def test_drafts_that_were_made_together_and_thrown_away_come_back_too(editor):
    page = editor.post("/admin/commitments/commitment/record/", BULK)
    sent = {"chosen": page.context["chosen"], "_drop": "1"}
    page = editor.post(page.context["address"], sent, follow=True)
    assert "2 drafts are thrown away." in page.text
    assert f'href="{LIST}"' in page.text
    bring_back(editor)
    assert DraftUpdate.objects.filter(note="Said of both.").count() == 2


BULK = {
    "chosen": "1,2",
    "kind": "context",
    "date": "2019",
    "note": "Said of both.",
    "form-TOTAL_FORMS": "1",
    "form-INITIAL_FORMS": "0",
    "form-0-title": "Page",
    "form-0-publisher": "Gazette",
    "form-0-url": "https://example.org/both",
    "form-0-relation": "context",
    "form-0-source": "independent",
}


def test_where_the_reference_is_taken_meanwhile_it_stays_where_it_is_and_says_so(editor):
    commitment = factories.CommitmentFactory(reference="ZZ-01")
    delete(editor, "commitment", commitment.pk)
    other = factories.CommitmentFactory(reference="ZZ-01")
    page = bring_back(editor)
    assert "cannot be had back" in page.text
    assert Commitment.objects.get(reference="ZZ-01") == other
    assert DeletedDraft.objects.exists()


def test_where_what_it_names_is_gone_it_says_so(editor):
    owner = Organisation.objects.create(slug="gone", name="Gone", kind="department", side="hong_kong")
    commitment = factories.CommitmentFactory(reference="ZZ-01", owners=[owner])
    delete(editor, "commitment", commitment.pk)
    owner.delete()
    with pytest.raises(ValidationError, match="cannot be had back"):
        restore(DeletedDraft.objects.get())
    assert not Commitment.objects.filter(reference="ZZ-01").exists()


def test_after_a_week_it_is_gone(editor, draft):
    delete(editor, "draftupdate", draft.pk)
    DeletedDraft.objects.update(deleted_at=timezone.now() - timedelta(days=7))
    assert draft.commitment.reference not in editor.get(LIST).text.partition("result_list")[2]
    DeletedDraft.objects.delete_expired(timezone.now())
    assert not DeletedDraft.objects.exists()


def test_a_contributor_finds_what_they_deleted_themselves_and_nothing_else(world, editor, draft):
    delete(editor, "draftupdate", draft.pk)
    contributor = signed_in(world.contributor)
    assert contributor.get(LIST).context["cl"].result_count == 0
    own = Commitment.objects.get(reference="CU-08").drafts.create(note="Mine.", author=world.contributor)
    delete(contributor, "draftupdate", own.pk)
    assert contributor.get(LIST).context["cl"].result_count == 1
    bring_back(contributor)
    assert [*DraftUpdate.objects.all()] == [own]
