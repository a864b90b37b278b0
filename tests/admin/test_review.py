"""Drafts wait, are published, returned and reviewed, one or many; four eyes where a house wants them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.admin.base import parse_key
from commitments.models import DraftUpdate, LedgerEntry, Update
from commitments.models.fields import validate_public_url
from commitments.workflow.drafts import publish_drafts, return_drafts
from tests import factories
from tests.helpers.admin_forms import CHECK, REPORT, Form, change, errors, fill, record_address
from tests.helpers.drafts import waiting
from tests.helpers.ledger_acts import count_entries
from tests.helpers.people import member, signed_in
from tests.helpers.queries import writing_queries

pytestmark = pytest.mark.usefixtures(
    "the_day_is_fixed"
)  # whoever needs the database asks for `commitment` or `publisher`
QUEUE = reverse("admin:commitments_draftupdate_changelist") + "?state=waiting"


@pytest.fixture
def commitment(db):
    return factories.published(reference="TT-01", title="Build a bridge")


@pytest.fixture
def writer(commitment):
    """A contributor of the organisation that owns it."""
    return signed_in(member("Contributor", commitment.owners.get()))


@pytest.fixture
def publisher(db):
    return signed_in(member("Publisher"))


def choose(client, action, drafts):
    """Choose drafts in the queue and an action; the page of confirmation."""
    return client.post(QUEUE, {"action": action, "_selected_action": [draft.pk for draft in drafts]})


def confirm(client, page, name, **typed):
    return Form(page).send(client, reverse(f"admin:commitments_draftupdate_{name}"), "go", **typed)


# A draft's way


def test_a_contributor_sends_a_draft_and_it_stands_in_the_queue(commitment, writer, publisher):
    answer = fill(writer, record_address(commitment), "_send", **REPORT)
    assert answer.headers["Location"] == "/admin/"
    assert "TT-01 waits for a publisher" in writer.get("/admin/").text.replace("The update of ", "")
    assert "TT-01 · report · November 2019" in publisher.get(QUEUE).text


def test_a_draft_that_is_only_saved_does_not_stand_in_the_queue(commitment, writer, publisher):
    fill(writer, record_address(commitment), **REPORT)
    assert "TT-01" not in publisher.get(QUEUE).text.partition("result_list")[2]


def test_one_press_says_that_nothing_new_was_found(commitment, publisher):
    answer = fill(publisher, record_address(commitment), "_check", check_searched="Press releases.")
    assert answer.headers["Location"] == "/admin/"
    assert 'href="/commitments/TT-01/#entry-5"' in publisher.get("/admin/").text
    update = Update.objects.get()
    assert (update.kind, str(update.date), update.searched) == ("check", "2026-11-29", "Press releases.")


def test_a_contributor_s_check_waits_for_publishing(commitment, writer):
    assert fill(writer, record_address(commitment), "_check").status_code == 302
    draft = DraftUpdate.objects.get()
    assert (draft.kind, draft.searched, draft.state) == ("check", "Public web pages", "waiting")


@pytest.mark.parametrize("typed", [{"note": "Half an update."}, {"evidence-0-title": "A page"}])
def test_a_check_does_not_throw_away_an_update_half_typed_below_it(commitment, publisher, typed):
    answer = fill(publisher, record_address(commitment), "_check", **typed)
    assert answer.status_code == 200
    assert {name: Form(answer).fields[name] for name in typed} == typed
    assert count_entries() == 1


def test_whoever_looks_again_is_offered_where_was_looked_last(commitment, publisher):
    factories.record("check", commitment, searched="Annual reports of the Academy.")
    assert Form(publisher.get(record_address(commitment))).fields["check_searched"] == "Annual reports of the Academy."


@pytest.mark.parametrize("role", ["Publisher", "Editor"])
def test_enter_publishes_and_sends_nothing(commitment, role):
    client = signed_in(member(role))
    draft = factories.CommitmentFactory()
    pages = (record_address(commitment), change(waiting(commitment)), change(draft))
    assert {Form(client.get(page)).buttons[0] for page in pages} == {"_save"}


INCOMPLETE = {
    "nothing at all": ({}, "Say when it happened."),
    "completed without evidence": ({"date": "2019", "status": "completed"}, "needs direct evidence"),
    "a check that says a status": (CHECK | {"status": "completed"}, "does not hold this"),
}


@pytest.mark.parametrize(("typed", "message"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_nobody_could_publish_is_not_sent_and_what_was_typed_is_kept(commitment, writer, typed, message):
    answer = fill(writer, record_address(commitment), "_send", **typed)
    assert message in str(errors(answer))
    assert {name: Form(answer).fields[name] for name in typed} == typed
    assert not DraftUpdate.objects.exists()


def test_a_draft_that_is_returned_while_its_author_has_it_open_tells_why(commitment, writer):
    fill(writer, record_address(commitment), "_send", **REPORT)
    draft = DraftUpdate.objects.get()
    form = Form(writer.get(change(draft)))
    return_drafts([draft], "Name the course.", draft.author)
    answer = form.send(writer, change(draft), "_send", note="As it was before I knew.")
    assert "returned this draft while you had it open: “Name the course.”" in errors(answer)["__all__"]
    assert Form(answer).fields["note"] == "As it was before I knew."
    assert Form(answer).send(writer, change(draft), "_send").status_code == 302


def test_a_contributor_who_presses_publish_all_the_same_loses_nothing(commitment, writer):
    answer = fill(writer, record_address(commitment), "_publish", **REPORT)
    page = writer.get(answer.headers["Location"])
    assert "It is saved as a draft and not published" in page.text
    assert DraftUpdate.objects.get().note == REPORT["note"]


def test_another_s_draft_of_the_same_commitment_is_pointed_out(commitment, writer, publisher):
    fill(writer, record_address(commitment), **REPORT)
    assert (
        "There is a draft by contributor of 29 November 2026 (being drafted)"
        in publisher.get(record_address(commitment)).text
    )


# Evidence is checked as it is typed


def test_an_address_is_one_that_anybody_can_open():
    closed = ["ftp://example.org/x", "https://", "https://nowhere", "javascript:alert(1)", "https://localhost/x"]
    for address in (*closed, "http://10.0.0.1/", "http://[::1/", "https://a.example]/"):
        with pytest.raises(ValidationError):
            validate_public_url(address)
    validate_public_url("https://example.org/notice")


@pytest.mark.postgresql
def test_to_look_at_what_would_be_published_writes_nothing_and_locks_nothing(commitment, publisher):
    drafts = [waiting(commitment), waiting(commitment)]
    with CaptureQueriesContext(connection) as captured:
        assert choose(publisher, "publish_selected", drafts).status_code == 200
    assert writing_queries(captured) == []


@pytest.mark.parametrize("name", ["url", "archived_url"])
@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("https://me:secret@example.org/a", "user name or password"),
        ("https://example.org/a。", "“。” at its end"),
        ("https://example.org/\u200ba", "a character that nobody sees"),
    ],
)
def test_an_address_says_where_a_page_is_and_nothing_else(commitment, publisher, name, typed, message):
    answer = fill(publisher, record_address(commitment), **REPORT | {f"evidence-0-{name}": typed})
    assert message in str(errors(answer)["rows"][0][name])
    assert not DraftUpdate.objects.exists()


def test_a_host_of_mixed_scripts_is_pointed_out_once_and_taken_the_second_time(commitment, publisher):
    odd, address = "https://xn--80ak6aa92e.com/a", record_address(commitment)
    first = fill(publisher, address, **REPORT | {"evidence-0-url": odd})
    assert "“аррӏе.com” is written in letters of several scripts" in str(errors(first)["rows"][0]["url"])
    assert Form(first).send(publisher, address, "_send").status_code == 302
    assert "“аррӏе.com”" in publisher.get(QUEUE).text  # whoever publishes it is told, too


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://10.0.0.1/"])
def test_an_address_that_nobody_can_open_is_refused_and_kept(commitment, publisher, address):
    answer = fill(publisher, record_address(commitment), **REPORT | {"evidence-0-url": address})
    assert "url" in errors(answer)["rows"][0]
    assert Form(answer).fields["evidence-0-url"] == address


def test_the_same_address_twice_in_a_form_is_refused(commitment, publisher):
    again = {name.replace("-0-", "-1-"): text for name, text in REPORT.items() if "-0-" in name}
    answer = fill(publisher, record_address(commitment), **REPORT, **again, **{"evidence-TOTAL_FORMS": "2"})
    assert "Row 1 has this address already." in str(errors(answer)["rows"][1])


@pytest.mark.postgresql
def test_an_address_on_record_is_pointed_out_once_and_then_taken(commitment, publisher):
    fill(publisher, record_address(commitment), "_publish", **REPORT)
    answer = fill(publisher, record_address(commitment), "_publish", **REPORT | {"note": "It says more."})
    assert "This page is evidence of entry 5 already." in str(errors(answer)["rows"][0])
    assert Form(answer).send(publisher, record_address(commitment), "_publish").status_code == 302
    assert Update.objects.count() == 2


# What the queue shows


def effect_of(client, draft):
    text = client.get(change(draft)).text
    return " ".join(text.partition("this draft would change")[2].partition("</section>")[0].split())


def test_the_queue_shows_what_a_draft_would_change(commitment, publisher):
    factories.record("report", commitment, date="2018", note="The ground was broken.")
    draft = waiting(commitment, status="completed", note="It stands.")
    effect = effect_of(publisher, draft)
    assert (
        'Status: <span class="before">in progress (2018)</span> → <strong>delivered (November 2019)</strong>' in effect
    )
    assert 'Note: <span class="before">The ground was broken.</span> → <strong>It stands.</strong>' in effect
    assert "delivered (November 2019)" in publisher.get(QUEUE).text


def test_a_report_that_is_older_than_the_last_one_moves_nothing(commitment, publisher):
    factories.record("report", commitment, date="2021", note="Later.")
    effect = effect_of(publisher, waiting(commitment, status="completed", note="Earlier."))
    assert "Status" not in effect
    assert "Says: <strong>Earlier.</strong>" in effect


def test_a_new_deadline_and_a_figure_are_shown_from_what_to_what(publisher):
    commitment = factories.published(deadline="2019", unit="people")
    effect = effect_of(publisher, waiting(commitment, deadline="2021", deadline_reason="More time.", achieved="12"))
    assert 'Deadline: <span class="before">2019</span> → <strong>2021</strong>' in effect
    assert "Achieved: <strong>12</strong>" in effect


def test_a_draft_that_is_not_complete_opens_all_the_same(commitment, publisher):
    draft = commitment.drafts.create(note="To be looked up.")
    assert publisher.get(change(draft)).status_code == 200


# Deciding on many


@pytest.mark.postgresql
def test_many_are_published_in_one_go_the_earliest_first(commitment, publisher):
    drafts = [waiting(commitment, n, date=str(2020 - n)) for n in (1, 2, 3)]
    page = choose(publisher, "publish_selected", drafts)
    assert "Publish 3 updates" in page.text
    assert confirm(publisher, page, "publish").status_code == 302
    assert [str(update.date) for update in Update.objects.order_by("entry")] == ["2017", "2018", "2019"]
    assert {draft.state for draft in DraftUpdate.objects.all()} == {"published"}


@pytest.mark.postgresql
def test_one_that_cannot_be_published_stops_all_and_is_named_before_anything_is_written(commitment, publisher):
    drafts = [waiting(commitment, 1), waiting(commitment, 2, status=""), waiting(commitment, 3, date="2030")]
    page = choose(publisher, "publish_selected", drafts)
    assert "Status: Say which status is reported." in page.text
    assert "2030 lies in the future." in page.text
    assert page.text.count('class="stopped"') == 2
    assert "Publish 3 updates" not in page.text
    assert confirm(publisher, page, "publish").status_code == 409
    assert count_entries() == 1


@pytest.mark.postgresql
def test_what_was_changed_after_the_page_was_made_is_not_published(commitment, publisher, time_machine):
    draft = waiting(commitment)
    page = choose(publisher, "publish_selected", [draft])
    time_machine.shift(60)
    draft.note = "Something else."
    draft.save()
    answer = confirm(publisher, page, "publish")
    assert answer.status_code == 409
    assert "is not what this page showed. Look again." in answer.text
    assert confirm(publisher, answer, "publish").status_code == 302


def test_a_draft_deleted_after_the_page_was_made_stops_the_rest(commitment, publisher):
    drafts = [waiting(commitment, 1), waiting(commitment, 2)]
    page = choose(publisher, "publish_selected", drafts)
    drafts[0].delete()
    answer = confirm(publisher, page, "publish")
    assert "Some of the drafts are gone." in answer.text
    assert count_entries() == 1


@pytest.mark.postgresql
def test_two_who_publish_the_same_draft_publish_it_once(commitment, publisher):
    draft = waiting(commitment)
    pages = [choose(publisher, "publish_selected", [draft]) for _publisher in range(2)]
    confirm(publisher, pages[0], "publish")
    answer = confirm(publisher, pages[1], "publish")
    assert "It is on record already, as entry 5." in answer.text
    assert count_entries() == 2


def test_a_forged_page_chooses_nothing(commitment, publisher):
    draft = waiting(commitment)
    answer = publisher.post(reverse("admin:commitments_draftupdate_publish"), {"chosen": f"{draft.pk}"})
    assert answer.status_code == 302
    assert count_entries() == 1


@pytest.mark.postgresql
def test_publishing_forty_takes_few_more_queries_than_ten(commitment, publisher):
    def queries(number):
        drafts = [waiting(commitment, n, note=f"Of {number}: {n}") for n in range(number)]
        page = choose(publisher, "publish_selected", drafts)
        with CaptureQueriesContext(connection) as captured:
            assert confirm(publisher, page, "publish").status_code == 302
        return len(captured)

    assert queries(40) <= queries(10) + 6


# Returning


def test_a_draft_is_returned_with_a_reason_that_its_author_sees(commitment, writer, publisher):
    fill(writer, record_address(commitment), "_send", **REPORT)
    draft = DraftUpdate.objects.get()
    page = publisher.get(reverse("admin:commitments_draftupdate_return"), {"draft": draft.pk})
    assert confirm(publisher, page, "return", reason="Name the course.").status_code == 302
    assert "Name the course." in writer.get("/admin/").text
    assert "Name the course." in writer.get(change(draft)).text
    assert "TT-01" not in publisher.get(QUEUE).text.partition("result_list")[2]


def test_returning_needs_a_reason_and_keeps_the_page(commitment, publisher):
    page = choose(publisher, "return_selected", [waiting(commitment)])
    answer = confirm(publisher, page, "return", reason=" ")
    assert "Say what is to be changed. The author reads it." in answer.text
    assert DraftUpdate.objects.get().state == "waiting"


def test_a_returned_draft_is_put_right_and_sent_again(commitment, writer, publisher):
    fill(writer, record_address(commitment), "_send", **REPORT)
    draft = DraftUpdate.objects.get()
    return_drafts([draft], "Name the course.", draft.author)
    fill(writer, change(draft), "_send", note="The course was named.")
    draft.refresh_from_db()
    assert (draft.state, draft.returned_because) == ("waiting", "")


# Four eyes


@pytest.fixture
def four_eyes(settings):
    settings.FOUR_EYES = True


def test_whoever_drafted_an_update_cannot_publish_it(four_eyes, commitment, publisher):
    answer = fill(publisher, record_address(commitment), "_publish", **REPORT)
    assert "somebody else must publish it. Send it for publishing." in str(errors(answer))
    assert Form(answer).fields["note"] == REPORT["note"]
    assert "_publish" not in Form(answer).buttons
    assert count_entries() == 1


def test_whoever_changed_it_last_cannot_publish_it_either(four_eyes, commitment, publisher):
    draft = waiting(commitment)
    fill(publisher, change(draft), note="In my words.")
    answer = confirm(publisher, choose(publisher, "publish_selected", [draft]), "publish")
    assert "somebody else must publish it" in answer.text
    assert count_entries() == 1


def test_changing_and_publishing_in_one_press_is_no_way_round(four_eyes, commitment, publisher):
    answer = fill(publisher, change(waiting(commitment)), "_publish", note="In my words.")
    assert "somebody else must publish it" in str(errors(answer))
    assert count_entries() == 1


@pytest.mark.postgresql
def test_a_second_pair_of_eyes_publishes_it(four_eyes, commitment, writer, publisher):
    fill(writer, record_address(commitment), "_send", **REPORT)
    assert fill(publisher, change(DraftUpdate.objects.get()), "_publish").status_code == 302
    assert count_entries() == 2


def test_without_the_setting_one_pair_is_enough(commitment, publisher):
    assert fill(publisher, record_address(commitment), "_publish", **REPORT).status_code == 302


def test_the_organisation_that_recorded_is_on_the_ledger_and_no_name(commitment):
    body = factories.OrganisationFactory(slug="office")
    factories.published(owners=[body])
    fill(signed_in(member("Publisher", body)), record_address(commitment), "_publish", **REPORT)
    assert (LedgerEntry.objects.last().role, LedgerEntry.objects.last().organisation) == ("publisher", "office")


# What nobody types by accident

HUGE = "9" * 5000


def test_what_cannot_be_a_key_is_the_key_of_nothing():
    odd = ["", "x", "-1", "NaN", "²", "٣", "1_0", "9" * 19, HUGE, None, 1]
    assert [parse_key(key) for key in odd] == [0] * len(odd)
    assert parse_key("17") == 17


@pytest.mark.parametrize(("page", "name"), [("add", "commitment"), ("publish", "draft"), ("return", "draft")])
def test_an_odd_address_is_no_error_of_ours(publisher, page, name):
    address = reverse(f"admin:commitments_draftupdate_{page}")
    assert [publisher.get(f"{address}?{name}={odd}").status_code in (200, 302) for odd in (HUGE, "x")] == [True, True]


@pytest.mark.parametrize("key", ["", HUGE], ids=["empty", "huge"])
def test_an_odd_commitment_is_refused_and_what_was_typed_is_kept(commitment, publisher, key):
    answer = fill(publisher, record_address(commitment), commitment=key, note="Typed.")
    assert answer.status_code == 200
    assert "commitment" in errors(answer)
    assert Form(answer).fields["note"] == "Typed."


def test_an_odd_box_and_an_odd_number_of_rows_are_no_error_of_ours(commitment, publisher):
    answer = fill(publisher, change(waiting(commitment)), seen="[" * 10_000, **{"evidence-TOTAL_FORMS": "3000000"})
    assert answer.status_code == 200


@pytest.mark.postgresql
def test_what_the_record_says_meanwhile_is_looked_at_before_it_is_confirmed(commitment, publisher):
    draft = waiting(commitment, status="completed")
    page = choose(publisher, "publish_selected", [draft])
    factories.record("report", commitment, date="2020", status="stopped", stop_reason="cancelled", note="Called off.")
    answer = confirm(publisher, page, "publish")
    assert "what it would change, is not what this page showed" in answer.text
    assert confirm(publisher, answer, "publish").status_code == 302


def test_a_draft_published_meanwhile_is_not_called_returned(commitment, publisher):
    draft = waiting(commitment)
    page = choose(publisher, "return_selected", [draft])
    publish_drafts([draft], member("Administrator"))
    assert "It is on record already" in confirm(publisher, page, "return", reason="Why?").text


@pytest.mark.postgresql
def test_a_draft_published_while_its_deletion_was_asked_stays(commitment, publisher):
    draft = waiting(commitment)
    address = reverse("admin:commitments_draftupdate_delete", args=[draft.pk])
    publish_drafts([draft], member("Administrator"))
    assert publisher.post(address, {"post": "yes"}).status_code == 403
    assert DraftUpdate.objects.filter(pk=draft.pk).exists()
