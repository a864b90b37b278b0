"""Where one comes back to after a form, and what follows in the list that one came from."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User

from commitments.models import DraftUpdate, LedgerEntry
from tests import factories
from tests.helpers.admin_forms import CHECK, REPORT, Form, fill
from tests.helpers.people import signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/commitments/commitment/"
RECORD = "/admin/commitments/draftupdate/add/"
DESK = "/admin/"


def rows(client, query):
    """Where the rows of a list of commitments lead, by reference."""
    page = client.get(f"{LIST}?{query}").text
    links = re.findall(r'<a href="([^"]+)">([A-Z]{2,4}-\d+)</a>', page)
    return {reference: unescape(address) for address, reference in links}


def messages_of(client):
    return re.search(r'(?s)<ul class="messagelist">(.*?)</ul>', client.get(DESK).text)[1]


@pytest.fixture
def publisher(world):
    return signed_in(world.publisher)


def test_a_check_leads_back_to_the_filtered_list_and_from_there_to_the_next(publisher):
    before = rows(publisher, "area__id__exact=1&public=yes")
    first, second = list(before)[:2]
    answer = fill(publisher, before[first], "_check")
    assert answer.headers["Location"] == f"{LIST}?area__id__exact=1&public=yes"
    said = messages_of(publisher)
    assert f'href="/commitments/{first}/#entry-{LedgerEntry.objects.latest("sequence").pk}"' in said
    following = unescape(re.search(r'Next in this list: <a href="([^"]+)"', said)[1])
    assert (
        Form(publisher.get(following)).fields["commitment"] == Form(publisher.get(before[second])).fields["commitment"]
    )
    assert following.endswith("list=area__id__exact%3D1%26public%3Dyes")


def test_what_a_save_takes_out_of_the_list_does_not_send_one_back_to_its_start(publisher, time_machine):
    time_machine.move_to("2028-06-01")
    publisher.force_login(User.objects.get(username="publisher"))
    before = rows(publisher, "freshness=review")
    references = list(before)
    assert len(references) >= 14
    fill(publisher, before[references[4]], "_check")
    assert f">{references[5]} " in messages_of(publisher)
    assert references[4] not in rows(publisher, "freshness=review")


def test_the_form_itself_names_the_list_and_what_follows(publisher):
    before = rows(publisher, "q=CU-0")
    first, second = list(before)[:2]
    page = publisher.get(before[first]).text
    assert f'<a href="{LIST}?q=CU-0">Back to the list</a>' in page
    assert re.search(rf"Next in this list:\s*<a [^>]+>\s*{second} ", page)


def test_after_the_last_there_is_no_next(publisher):
    [only] = rows(publisher, "q=CU-06").values()
    assert "Next in this list:" not in publisher.get(only).text
    fill(publisher, only, "_check")
    assert "Next in this list" not in messages_of(publisher)


@pytest.mark.parametrize("query", ["e=nonsense", "freshness=nonsense", "p=99", "q=" + "%00", "x" * 300])
def test_a_list_that_there_is_not_stops_nobody(publisher, query):
    answer = fill(publisher, f"{RECORD}?commitment=1&list={query}", "_check")
    assert answer.status_code == 302
    assert LedgerEntry.objects.latest("sequence").kind == "check"


@pytest.mark.parametrize(
    ("button", "typed", "words"),
    [("_publish", REPORT, "is public, entry"), ("_check", {}, "is public, entry"), ("_send", REPORT, "waits for")],
)
def test_without_a_list_one_comes_back_to_the_desk_which_says_in_a_line_what_became_of_it(
    publisher, button, typed, words
):
    answer = fill(publisher, f"{RECORD}?commitment=1", button, **typed)
    assert answer.headers["Location"] == DESK
    assert words in messages_of(publisher)


def test_a_saved_draft_leads_back_to_the_list_of_commitments_that_one_came_from(publisher):
    [only] = rows(publisher, "q=CU-06").values()
    answer = fill(publisher, only, "_save", note="Not yet.")
    assert answer.headers["Location"] == f"{LIST}?q=CU-06"


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        ("/admin/commitments/organisation/1/change/", {"note": "Another note.", "reason": "Why."}),
        ("/admin/commitments/commitment/1/change/", {"title": "Another title", "reason": "Why."}),
    ],
)
def test_a_change_of_what_is_on_record_leads_back_to_its_filtered_list(publisher, address, typed):
    listed = address.rsplit("/", 3)[0]
    answer = fill(publisher, f"{address}?_changelist_filters=q%3Da", "_save", **typed)
    assert answer.headers["Location"] == f"{listed}/?q=a"
    assert "Next in this list: <a href" in messages_of(publisher)


def test_a_decision_on_many_leads_back_to_the_list_as_it_was_filtered(publisher, world):
    draft = DraftUpdate.objects.create(commitment_id=1, author=world.editor, **CHECK, state="waiting")
    listed = "/admin/commitments/draftupdate/?kind__exact=check&state=waiting"
    page = publisher.post(listed, {"action": "publish_selected", "_selected_action": [draft.pk]})
    sent_to = unescape(re.search(r'action="(/admin/commitments/draftupdate/publish/[^"]*)"', page.text)[1])
    answer = Form(page).send(publisher, sent_to, "")
    assert answer.headers["Location"] == listed
    assert f'#entry-{LedgerEntry.objects.latest("sequence").pk}"' in messages_of(publisher)


def test_drafts_of_commitments_that_were_sent_or_returned_lead_back_to_their_queue_as_it_was_filtered(publisher, world):
    draft = factories.CommitmentFactory(reference="ZZ-01")
    address = f"/admin/commitments/commitment/{draft.pk}/change/"
    answer = fill(publisher, f"{address}?_changelist_filters=draft%3Ddraft", "_send")
    assert answer.headers["Location"] == f"{LIST}?draft=draft"
    listed = f"{LIST}?area__id__exact={draft.area_id}&draft=waiting"
    page = publisher.post(listed, {"action": "return_selected", "_selected_action": [draft.pk]})
    sent_to = unescape(re.search(r'action="(/admin/commitments/commitment/return/[^"]*)"', page.text)[1])
    answer = Form(page).send(publisher, sent_to, "", reason="Name the place.")
    assert answer.headers["Location"] == listed
    assert "1 draft is returned." in messages_of(publisher)


def test_a_retraction_says_what_is_retracted_and_leads_there(publisher):
    entry = LedgerEntry.objects.filter(kind="report").first()
    address = f"/admin/commitments/ledgerentry/{entry.pk}/retract/"
    page = publisher.post(address, {"reason": "The wrong page.", "_preview": "1"})
    Form(page).send(publisher, address, "_write")
    assert f'href="/commitments/{entry.commitment_id}/#entry-{entry.pk}"' in messages_of(publisher)
