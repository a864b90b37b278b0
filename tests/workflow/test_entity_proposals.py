"""Who may put names and descriptions on record, whatever the page that they come from."""

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.utils import timezone

from commitments.models import EntityProposal, LedgerEntry, NewsSource
from commitments.workflow.entity_proposals import (
    ProposalRefusedError,
    decline_proposals,
    editors_among,
    propose_change,
    put_on_record,
    record_change,
    record_proposals,
)
from tests import factories
from tests.helpers.people import member

pytestmark = pytest.mark.django_db
RENAMED = {"name": {"before": "Office of Bridges", "after": "Office of Ferries"}}


@pytest.fixture
def body(db):
    return factories.published(owners=[factories.OrganisationFactory(name="Office of Bridges")]).owners.get()


@pytest.fixture
def publisher(db):
    return member("Publisher")


@pytest.mark.postgresql
def test_only_a_publisher_changes_what_is_on_record_and_with_four_eyes_none_alone(body, publisher, settings):
    before = LedgerEntry.objects.count()
    with pytest.raises(ValidationError, match="propose the change"):
        record_change(body, RENAMED, "Renamed.", member("Editor"))
    settings.FOUR_EYES = True
    with pytest.raises(ValidationError, match="propose the change"):
        record_change(body, RENAMED, "Renamed.", publisher)
    assert LedgerEntry.objects.count() == before
    settings.FOUR_EYES = False
    assert record_change(body, RENAMED, "Renamed.", publisher).sequence == before + 1


WRONG = {
    "no reason": (RENAMED, "", "reason"),
    "another's name": ({"name": {"before": "Office of Bridges", "after": "Taken"}}, "Renamed.", "name"),
    "no such side": ({"side": {"before": "hong_kong", "after": "mars"}}, "Moved.", "side"),
}


@pytest.mark.parametrize(("changes", "reason", "field"), WRONG.values(), ids=WRONG)
def test_what_the_ledger_would_refuse_is_not_even_proposed(body, publisher, changes, reason, field):
    factories.OrganisationFactory(name="Taken")
    with pytest.raises(ValidationError) as refusal:
        propose_change(body, changes, reason, publisher)
    assert set(refusal.value.error_dict) == {field}
    assert not EntityProposal.objects.exists()


@pytest.mark.postgresql
def test_one_that_is_refused_stops_all_and_is_named(body, publisher):
    other = factories.published().owners.get()
    good = propose_change(other, {"note": {"before": "", "after": "Sails."}}, "It says so.", publisher)
    stale = propose_change(body, RENAMED, "Renamed.", publisher)
    record_change(body, {"name": {"before": "Office of Bridges", "after": "Tunnels"}}, "Renamed.", publisher)
    before = LedgerEntry.objects.count()
    with pytest.raises(ProposalRefusedError) as refusal:
        record_proposals([good, stale], publisher)
    assert (refusal.value.proposal, set(refusal.value.error_dict)) == (stale, {"name"})
    assert LedgerEntry.objects.count() == before


def test_a_proposal_is_recorded_under_a_key_of_its_own(body, publisher):
    proposal = propose_change(body, RENAMED, "Renamed.", publisher)
    assert record_proposals([proposal], publisher)[0].key == f"proposal/{proposal.pk}"


def test_several_are_declined_or_none(body, publisher):
    first, second = (propose_change(body, RENAMED, "Renamed.", publisher) for _number in range(2))
    decline_proposals([first], "No.", publisher)
    with pytest.raises(ProposalRefusedError):
        decline_proposals([second, first], "No.", publisher)
    assert EntityProposal.objects.get(pk=second.pk).state == "waiting"


def test_what_is_on_record_is_not_put_there_again(publisher):
    source = NewsSource.objects.create(slug="gazette", name="Gazette", source="party", why="It is printed there.")
    put_on_record(source, publisher)
    with pytest.raises(ValidationError, match="is on record already"):
        put_on_record(source, publisher)


EDITS = {
    "added": (ADDITION, '[{"added": {}}]', True),
    "changed": (CHANGE, '[{"changed": {"fields": ["Name"]}}]', True),
    "saved as it was": (CHANGE, "[]", False),
}


@pytest.mark.parametrize(("flag", "message", "edited"), EDITS.values(), ids=EDITS)
def test_the_admin_s_log_says_who_wrote_it(publisher, flag, message, edited):
    row = factories.ReleaseFactory()
    LogEntry.objects.log_actions(publisher.pk, [row], flag, message, single_object=True)
    LogEntry.objects.update(change_message=message, action_time=timezone.now())
    other = member("Editor")
    assert editors_among(row, [publisher.pk, other.pk]) == ({publisher.pk} if edited else set())
    assert not editors_among(factories.AreaFactory(pk=row.pk), [publisher.pk])


def test_a_release_s_sections_are_part_of_it(publisher):
    release = factories.ReleaseFactory()
    section = release.sections.create(position=1, heading="Everything")
    LogEntry.objects.log_actions(publisher.pk, [section], ADDITION, single_object=True)
    assert editors_among(release, [publisher.pk])
