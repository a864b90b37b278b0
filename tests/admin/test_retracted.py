"""Mistakes of ours: a publication that is retracted, and a deadline that was mistyped."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from commitments.models import Commitment, LedgerEntry
from tests import factories
from tests.helpers.admin_forms import REPORT, Form, change, errors, fill, record_address
from tests.helpers.ledger_acts import retract
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = "admin:commitments_commitment_changelist"


@pytest.fixture
def commitment(db):
    return factories.published(reference="TT-01", title="Build a bridge", deadline="2019")


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


@pytest.fixture
def retracted(commitment):
    retract(LedgerEntry.objects.get(kind="published"))
    return Commitment.objects.get()


def retract_address(commitment):
    return reverse("admin:commitments_ledgerentry_retract", args=[commitment.entries.get(kind="published").pk])


def listed(client, **filters):
    page = client.get(reverse(LIST), filters)
    return [row.reference for row in page.context["cl"].result_list]


# Retracting a publication


@pytest.mark.postgresql
def test_a_publication_is_retracted_from_the_commitment_s_page_looked_at_first(commitment, publisher):
    address = retract_address(commitment)
    assert address in publisher.get(change(commitment)).text
    looked = fill(publisher, address, "_preview", reason="Of another release.")
    assert Commitment.objects.get().retracted_at is None
    answer = Form(looked).send(publisher, address, "_write")
    assert answer.headers["Location"] == change(commitment)
    entry = LedgerEntry.objects.last()
    page = publisher.get(change(commitment))
    assert f"TT-01 is retracted, entry {entry.sequence}." in page.text
    assert Commitment.objects.get().retracted_at is not None
    history = LogEntry.objects.filter(object_id=str(commitment.pk)).latest("pk")
    assert history.get_change_message() == f"Retracted by entry {entry.sequence}."


def test_a_publication_that_others_hang_on_is_not_retracted_and_they_are_named(commitment, publisher):
    factories.published(reference="TT-02", part_of=commitment, release=commitment.release)
    answer = fill(publisher, retract_address(commitment), "_write", reason="Wrong.")
    assert "These are parts of TT-01, or repeat it: TT-02" in answer.text
    assert Commitment.objects.get(reference="TT-01").retracted_at is None


@pytest.mark.postgresql
def test_what_is_retracted_is_shown_as_such_and_found_as_nothing_else(retracted, publisher):
    factories.published(reference="TT-02", deadline="2019")
    assert '<span class="badge role-ended">retracted</span>' in publisher.get(reverse(LIST)).text
    assert listed(publisher, public="retracted") == ["TT-01"]
    for filters in ({"public": "yes"}, {"schedule": "past"}, {"status": "no_report"}, {"freshness": "never"}):
        assert listed(publisher, **filters) == ["TT-02"]


def test_what_is_retracted_can_be_changed_and_recorded_on_no_more(retracted, publisher):
    page = publisher.get(change(retracted))
    assert page.status_code == 200
    assert not {"_save", "_preview", "_publish"} & {*Form(page).buttons}
    assert "Record progress" not in page.text
    answer = publisher.post(change(retracted), {"title": "Mend a bridge", "reason": "Because.", "_save": "1"})
    assert answer.status_code == 403
    assert "TT-01 was retracted, and that is final." in answer.text
    assert publisher.get(record_address(retracted)).status_code == 403
    typed = {name: text for name, text in REPORT.items() if "evidence" not in name}
    rows = {"evidence-TOTAL_FORMS": "0", "evidence-INITIAL_FORMS": "0", "commitment": retracted.pk}
    posted = publisher.post(reverse("admin:commitments_draftupdate_add"), typed | rows)
    assert "it was retracted" in posted.text
    assert not retracted.drafts.exists()


def test_what_is_retracted_is_offered_nowhere(retracted, publisher):
    factories.published(reference="TT-02")
    find = f"{reverse('admin:autocomplete')}?app_label=commitments&model_name=draftupdate&field_name=commitment&term=TT"
    names = [row["text"] for row in publisher.get(find).json()["results"]]
    assert [name[:5] for name in names] == ["TT-02"]
    chosen = {"action": "record_selected", "_selected_action": [retracted.pk]}
    assert "Choose between 1 and" in publisher.post(reverse(LIST), chosen, follow=True).text


def test_entries_of_what_is_retracted_are_not_retracted_again(retracted, publisher):
    assert ">Retract</a>" not in publisher.get(change(retracted.entries.first())).text


def test_a_contributor_drafts_for_it_no_more(publisher):
    body = factories.OrganisationFactory()
    commitment = factories.published(owners=[body])
    retract(commitment.entries.get())
    contributor = signed_in(member("Contributor", body))
    assert contributor.get(record_address(commitment)).status_code == 403
    assert "Record progress" not in contributor.get(change(commitment)).text


# A deadline that was mistyped


@pytest.fixture
def mistyped(db):
    return factories.published(reference="TT-05", deadline="2019", deadline_as_stated="by the end of 2020")


@pytest.mark.postgresql
def test_a_mistyped_deadline_is_corrected_towards_the_release_s_words(mistyped, publisher):
    looked = fill(publisher, change(mistyped), "_preview", deadline="2020", reason="We mistyped it.")
    assert "srcdoc" in looked.text
    Form(looked).send(publisher, change(mistyped), "_save")
    entry = LedgerEntry.objects.last()
    assert entry.data["changes"] == [{"field": "deadline", "before": "2019", "after": "2020"}]
    text = str(list(publisher.get(reverse(LIST)).context["messages"])[-1])
    assert re.sub("<[^>]*>", "", text) == f"TT-05 is corrected, entry {entry.sequence}."


def test_any_other_deadline_is_refused_beside_its_box(mistyped, publisher):
    answer = fill(publisher, change(mistyped), deadline="2025", reason="It takes longer.")
    assert "Any other deadline moves by a report." in errors(answer)["deadline"]
    assert Form(answer).fields["deadline"] == "2025"
    assert not LedgerEntry.objects.filter(kind="correction").exists()
