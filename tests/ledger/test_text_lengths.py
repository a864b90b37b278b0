"""New texts have a length that forms, imports, translations and exports agree on; what is on record stays as it is."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from commitments.domain.text_lengths import MAX_TEXT_LENGTH
from commitments.exports import xlsx
from commitments.ledger.append import append_entries, new_correction, new_publication, new_redaction, new_retraction
from commitments.ledger.verify import verify_ledger
from commitments.models import Commitment, DraftUpdate, LedgerEntry, Organisation
from commitments.workflow.drafts import return_drafts
from commitments.workflow.entity_proposals import record_change
from tests import factories
from tests.helpers.admin_forms import REPORT, errors, fill, record_address
from tests.helpers.imports import as_csv, changes, exported, pledge, report, upload, wrong
from tests.helpers.ledger_acts import BY, before_texts_had_a_length, refused, verify
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LONG, LONGEST = "長" * (MAX_TEXT_LENGTH + 1), "長" * MAX_TEXT_LENGTH
OF_BEFORE = "It was published before there was a limit." * 2000


@pytest.fixture
def of_before():
    """A commitment and a report with notes of 84,000 characters, recorded as the version before did."""
    with before_texts_had_a_length():
        commitment = factories.published(reference="TT-01", note=OF_BEFORE)
        factories.record("report", commitment, note=OF_BEFORE)
    return commitment


def test_a_text_fits_into_a_cell_of_a_workbook_with_room_for_more():
    assert 3 * MAX_TEXT_LENGTH < xlsx.MAX_CELL_LENGTH


@pytest.mark.parametrize("kind", ["report", "context", "check"])
def test_a_note_of_an_update_has_a_length(kind):
    commitment = factories.published()
    assert refused(factories.new(kind, commitment, note=LONG)) == {"note"}
    factories.record(kind, commitment, note=LONGEST)


@pytest.mark.parametrize("field", ["note", "owner_note"])
def test_so_have_the_texts_of_a_publication_and_of_a_correction(field):
    assert refused(new_publication(factories.CommitmentFactory(**{field: LONG}), BY)) == {field}
    commitment = factories.published()
    assert refused(new_correction(commitment, {field: LONG}, "A reason.", BY)) == {field}


def test_so_has_every_reason():
    commitment = factories.published(note="Some words.")
    entry = LedgerEntry.objects.get(commitment=commitment)
    remaining = entry.data | {"note": ""}
    for new_entry in (
        new_correction(commitment, {"note": "Other."}, LONG, BY),
        new_retraction(entry, LONG, BY),
        new_redaction(entry, remaining, LONG, BY),
    ):
        assert refused(new_entry) == {"reason"}


def test_so_have_the_words_of_an_organisation():
    organisation = factories.OrganisationFactory()
    factories.published(owners=[organisation])
    organisation = Organisation.objects.get(pk=organisation.pk)
    with pytest.raises(ValidationError) as problem:
        record_change(organisation, {"note": {"before": "", "after": LONG}}, "A reason.", member("Publisher"))
    assert [*problem.value.message_dict] == ["note"]


def test_a_redaction_leaves_nothing_longer_than_there_was():
    entry = LedgerEntry.objects.get(commitment=factories.published(note="Some words."))
    assert refused(new_redaction(entry, entry.data | {"note": LONG}, "A reason.", BY)) == {"note"}


@pytest.mark.postgresql
def test_what_was_longer_before_verifies_and_is_rebuilt(of_before):
    assert list(verify_ledger()) == []
    Commitment.objects.filter(pk=of_before.pk).update(note="Something else.")
    assert list(verify_ledger()) != []
    verify("--rebuild")
    assert list(verify_ledger()) == []
    assert Commitment.objects.get(pk=of_before.pk).note == OF_BEFORE


def test_of_what_was_longer_before_all_else_is_corrected_retracted_and_redacted(of_before):
    append_entries([new_correction(of_before, {"title": "Another title"}, "A reason.", BY)])
    update = LedgerEntry.objects.get(kind="report")
    remaining = update.data | {"note": OF_BEFORE.replace("published", "███")}
    append_entries([new_redaction(update, remaining, "A reason.", BY)])
    append_entries([new_retraction(update, "A reason.", BY)])
    assert list(verify_ledger()) == []


def test_its_correction_in_a_form_leaves_the_long_note_as_it_is(of_before):
    desk = signed_in(member("Publisher"))
    address = reverse("admin:commitments_commitment_change", args=[of_before.pk])
    assert fill(desk, address, title="Another title", reason="A reason.").status_code == 302
    stored = Commitment.objects.get(pk=of_before.pk)
    assert (stored.title, stored.note) == ("Another title", OF_BEFORE)


def test_its_export_can_be_imported_and_changes_nothing(of_before, editor):
    preview = upload(editor, "commitment", exported(editor, "commitment"))
    assert (wrong(preview), changes(preview)) == ([], [])


@pytest.mark.parametrize("role", ["Contributor", "Publisher"])
def test_a_form_says_it_beside_the_text_and_keeps_what_was_typed(role):
    commitment = factories.published()
    desk = signed_in(member(role, commitment.owners.get()) if role == "Contributor" else member(role))
    answer = fill(desk, record_address(commitment), **REPORT | {"note": LONG})
    assert "10,001 characters, and a text has at most 10,000" in str(errors(answer)["note"])
    assert not DraftUpdate.objects.exists()


@pytest.mark.usefixtures("uploads", "culture")
@pytest.mark.parametrize("column", ["commitment_note", "owner_note"])
def test_an_import_says_it_beside_the_cell(editor, column):
    [(row, name, message)] = wrong(upload(editor, "commitment", as_csv(pledge(**{column: LONG}))))
    assert (row, name) == (2, column)
    assert "at most 10,000" in message


@pytest.mark.usefixtures("uploads")
def test_so_does_an_import_of_updates_and_of_their_translations(editor):
    factories.published(reference="AA-01")
    for column in ("note", "note_zh_hant"):
        preview = upload(editor, "draftupdate", as_csv(report(**{column: LONG})))
        assert [name for _row, name, _message in wrong(preview)] == [column]


def test_a_reason_for_returning_a_draft_has_a_length_too():
    with pytest.raises(ValidationError, match="at most 10,000"):
        return_drafts([], LONG, None)
