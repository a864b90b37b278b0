"""Files of organisations that are on record make proposals; files of staff carry all that their forms hold."""

import pytest

from commitments.models import Commitment, DraftUpdate, EntityProposal, LedgerEntry, Organisation
from tests import factories
from tests.helpers.imports import as_csv, confirm, imported, member, place, upload
from tests.helpers.ledger_acts import retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("uploads", "the_day_is_fixed")]


@pytest.fixture
def editor(db):
    return member("Editor")


@pytest.fixture
def body(db):
    return factories.published(owners=[factories.OrganisationFactory(slug="bridges", name="Bridges")]).owners.get()


@pytest.mark.postgresql
def test_a_row_about_an_organisation_on_record_waits_for_a_publisher(editor, body):
    before = LedgerEntry.objects.count()
    row = {"slug": "bridges", "name": "Office of Ferries", "reason": "Renamed."}
    preview = upload(editor, "organisation", as_csv(row))
    assert "the change waits for a publisher" in preview.text
    answer = confirm(editor, "organisation", preview)
    assert "1 change waits for a publisher." in answer.text
    proposal = EntityProposal.objects.get()
    assert proposal.changes == {"name": {"before": "Bridges", "after": "Office of Ferries"}}
    assert (proposal.reason, proposal.author.username) == ("Renamed.", "editor")
    assert (Organisation.objects.get(pk=body.pk).name, LedgerEntry.objects.count()) == ("Bridges", before)


def test_without_a_reason_it_is_told(editor, body):
    preview = upload(editor, "organisation", as_csv({"slug": "bridges", "name": "Office of Ferries"}))
    assert "It is on record: say here why it changes." in preview.text
    assert "import" not in preview.context


def test_the_same_file_again_proposes_nothing_more(editor, body):
    data = as_csv({"slug": "bridges", "name": "Office of Ferries", "reason": "Renamed."})
    imported(editor, "organisation", data)
    assert "everything in the file is on record already" in upload(editor, "organisation", data).text
    assert EntityProposal.objects.count() == 1


def test_drafts_in_the_same_file_are_stored(editor, body):
    draft = factories.OrganisationFactory(slug="ferries")
    rows = [
        {"slug": "bridges", "name": "Office of Bridges", "reason": "Renamed."},
        {"slug": "ferries", "name": "Office of Ferries", "reason": ""},
    ]
    imported(editor, "organisation", as_csv(*rows))
    assert Organisation.objects.get(pk=draft.pk).name == "Office of Ferries"
    assert EntityProposal.objects.get().slug == "bridges"


def test_other_names_are_imported_and_exported(editor):
    row = {"slug": "lcsd", "name": "Leisure", "kind": "government", "side": "hong_kong", "aliases_zh_hant": "康文署"}
    imported(editor, "organisation", as_csv(row))
    assert Organisation.objects.get(slug="lcsd").aliases_zh_hant == "康文署"
    assert "康文署" in b"".join(editor.get(place("organisation", "export"))).decode()


@pytest.mark.postgresql
def test_a_commitment_s_short_title_and_what_it_repeats_are_imported_and_exported(editor, body):
    earlier = factories.published(reference="TT-01")
    release = factories.ReleaseFactory(issued_on="2024-04-25")
    factories.CommitmentFactory(reference="TT-02", release=release)
    row = {"reference": "TT-02", "short_title": "The second week", "repeats_with_why": "TT-01: the same, anew."}
    imported(editor, "commitment", as_csv(row))
    stored = Commitment.objects.get(reference="TT-02")
    assert (stored.short_title, stored.repetitions.get().repeated) == ("The second week", earlier)
    exported = b"".join(editor.get(place("commitment", "export"))).decode()
    assert "TT-01: the same, anew." in exported
    preview = upload(editor, "commitment", exported.encode())
    assert "everything in the file is on record already" in preview.text


def test_what_a_row_repeats_must_be_there(editor):
    factories.CommitmentFactory(reference="TT-02")
    row = {"reference": "TT-02", "repeats_with_why": "TT-99: the same"}
    assert "There is no commitment “TT-99”." in upload(editor, "commitment", as_csv(row)).text


def test_a_copy_of_evidence_is_imported(editor):
    factories.published(reference="TT-01")
    row = {"reference": "TT-01", "kind": "context", "date": "2019", "note": "It opened."}
    row |= {f"evidence_1_{name}": text for name, text in factories.evidence(copy="mirror").items()}
    imported(editor, "draftupdate", as_csv(row))
    assert DraftUpdate.objects.get().evidence.get().copy == "mirror"


def test_what_was_retracted_is_changed_by_no_file(editor):
    retract(factories.published(reference="TT-01").entries.get())
    change = {"reference": "TT-01", "title": "Another"}
    update = {"reference": "TT-01", "kind": "check", "date": "2019-11-05", "searched": "Pages."}
    for model, row in (("commitment", change), ("draftupdate", update)):
        assert "TT-01 was retracted, and that is final." in upload(editor, model, as_csv(row)).text
