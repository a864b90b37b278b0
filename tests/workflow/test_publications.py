"""Publishing several drafts: in which order, all or none, and which one stopped it."""

import pytest

from commitments.models import Commitment, LedgerEntry
from commitments.workflow.publications import (
    PublicationRefusedError,
    check_publishable,
    in_order_of_parts,
    publish_commitments,
)
from tests import factories
from tests.helpers.people import member

pytestmark = pytest.mark.django_db


@pytest.fixture
def publisher(db):
    return member("Publisher")


def test_each_comes_after_what_it_is_part_of():
    whole = factories.CommitmentFactory(reference="ZZ-01")
    part = factories.CommitmentFactory(reference="BB-01", part_of=whole)
    smaller = factories.CommitmentFactory(reference="AA-01", part_of=part)
    other = factories.CommitmentFactory(reference="CC-01", part_of=factories.CommitmentFactory())
    assert in_order_of_parts([smaller, part, other, whole]) == [other, whole, part, smaller]


def test_a_circle_of_parts_ends():
    first = factories.CommitmentFactory(reference="AA-01")
    second = factories.CommitmentFactory(reference="BB-01", part_of=first)
    first.part_of = second
    assert in_order_of_parts([second, first]) == [first, second]


@pytest.mark.postgresql
def test_one_that_is_refused_stops_all_and_is_named(publisher):
    good, nobody = factories.CommitmentFactory(reference="AA-01"), factories.CommitmentFactory(owners=[])
    with pytest.raises(PublicationRefusedError) as refusal:
        publish_commitments([good, nobody], publisher)
    assert refusal.value.commitment == nobody
    assert not LedgerEntry.objects.exists()


def test_to_ask_whether_it_could_be_published_stores_nothing(publisher):
    draft = factories.CommitmentFactory()
    check_publishable(draft, publisher)
    assert not LedgerEntry.objects.exists()
    assert len(publish_commitments([draft], publisher)) == 1


def test_what_cannot_be_put_on_record_stops_the_draft_that_names_it(publisher):
    factories.CommitmentFactory(reference="AA-01")
    wrong = factories.CommitmentFactory(reference="BB-01")
    wrong.owners.update(site="no address")
    with pytest.raises(PublicationRefusedError) as refusal:
        publish_commitments(Commitment.objects.all(), publisher)
    assert (refusal.value.commitment, set(refusal.value.error_dict)) == (wrong, {"site"})
