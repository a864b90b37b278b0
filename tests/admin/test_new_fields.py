"""Short titles, what is promised again and copies of evidence, in the forms of staff."""

import pytest

from commitments.admin.repeats_field import parse_repeats
from commitments.ledger.verify import verify_ledger
from commitments.models import Commitment, DraftEvidence, Evidence, LedgerEntry
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, errors, fill, publish_draft, record_address
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
WEEK = "TT-01: the same week, announced anew."


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


@pytest.fixture
def earlier(db):
    return factories.published(reference="TT-01")


@pytest.fixture
def later(earlier):
    """A draft of a later release."""
    release = factories.ReleaseFactory(issued_on="2024-04-25")
    return factories.CommitmentFactory(reference="TT-02", release=release)


@pytest.mark.postgresql
def test_a_draft_names_what_it_repeats_line_by_line_and_is_published_with_it(later, publisher):
    fill(publisher, change(later), repeats=WEEK, short_title="The second week")
    assert [str(row) for row in later.repetitions.all()] == ["TT-01 " + later.repetitions.get().repeated.title]
    page = Form(publisher.get(change(later)))
    assert (page.fields["repeats"], page.fields["short_title"]) == (WEEK, "The second week")
    publish_draft(publisher, change(later))
    content = LedgerEntry.objects.last().data
    assert content["repeats"] == [{"reference": "TT-01", "why": "the same week, announced anew."}]
    assert content["short_title"] == "The second week"
    assert list(verify_ledger()) == []


@pytest.mark.postgresql
def test_what_is_public_is_corrected_to_repeat_something(later, publisher):
    publish_draft(publisher, change(later))
    fill(publisher, change(later), repeats=WEEK, reason="It was overlooked.")
    assert later.repetitions.get().why == "the same week, announced anew."
    before = LedgerEntry.objects.count()
    fill(publisher, change(later), reason="Nothing.")
    assert LedgerEntry.objects.count() == before


def test_a_draft_s_lines_can_be_taken_out_again(later, publisher):
    fill(publisher, change(later), repeats=WEEK)
    fill(publisher, change(later), repeats="")
    assert not later.repetitions.exists()


UNREADABLE = {
    "no colon": ("TT-01 the same", "Line 1: write the reference"),
    "no why": ("TT-01:", "Line 1: write the reference"),
    "no reference": ("\nthe week: the same", "Line 2: write the reference"),
    "twice": (f"{WEEK}\n{WEEK}", "Line 2: TT-01 is named twice."),
    "too long": ("TT-01: " + "a" * 301, "Line 1: say it in at most 300 characters."),
    "nothing there": ("TT-99: the same", "There is no commitment “TT-99”."),
}


@pytest.mark.parametrize(("typed", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_line_that_cannot_be_read_is_named_and_stays_as_typed(later, publisher, typed, message):
    answer = fill(publisher, change(later), repeats=typed)
    assert message in errors(answer)["repeats"]
    assert Form(answer).fields["repeats"].strip() == typed.strip()
    assert not later.repetitions.exists()


def test_what_was_not_promised_earlier_is_refused_beside_the_box(later, publisher):
    factories.published(reference="TT-03", release=later.release)
    answer = fill(publisher, change(later), "_publish", repeats="TT-03: the same")
    assert errors(answer)["repeats"] == "TT-03 was not promised in an earlier release."
    assert not Commitment.objects.get(reference="TT-02").repetitions.exists()


def test_lines_are_read_as_people_write_them():
    assert parse_repeats(" tt-01 ： the same \r\n\n") == [{"reference": "TT-01", "why": "the same"}]


@pytest.mark.postgresql
def test_a_copy_is_typed_with_the_evidence_and_recorded(earlier, publisher):
    fill(publisher, record_address(earlier), "_publish", **REPORT | {"evidence-0-copy": "reprint"})
    assert (DraftEvidence.objects.get().copy, Evidence.objects.get().copy) == ("reprint", "reprint")
    assert LedgerEntry.objects.last().data["evidence"][0]["copy"] == "reprint"
