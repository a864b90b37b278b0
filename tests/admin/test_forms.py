"""What staff can do at their desks, and what they cannot; with the forms as a browser fills and sends them."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commitments.ledger.append import append_entries, new_correction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, DraftEvidence, DraftUpdate, LedgerEntry, Organisation, Update
from tests import factories
from tests.helpers.admin_forms import (
    CHECK,
    CONTEXT,
    RECORD,
    REPORT,
    UNSUPPORTED,
    Form,
    add,
    change,
    clerk,
    errors,
    fill,
    publish_draft,
    record_address,
)
from tests.helpers.crowds import crowd
from tests.helpers.html import find_all, main_element, visible_text
from tests.helpers.ledger_acts import count_entries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
BY = Actor()


@pytest.fixture
def desk(client):
    """A superuser, signed in."""
    client.force_login(User.objects.create_superuser("boss"))
    return client


def recorded():
    """How much is stored of everything that a refusal must not leave behind."""
    return [count_entries(), *(model.objects.count() for model in (Update, DraftUpdate, DraftEvidence, Commitment))]


# Recording progress


@pytest.fixture
def commitment(db):
    return factories.published(reference="TT-01", title="Build a bridge", unit="spans", target=Decimal(3))


def test_the_page_of_a_published_commitment_leads_to_recording_progress(commitment, desk):
    assert f'href="{record_address(commitment)}"' in desk.get(change(commitment)).text


def test_the_form_opens_with_the_commitment_how_it_stands_and_one_page_of_evidence_to_fill_in(commitment, desk):
    page = desk.get(record_address(commitment))
    assert Form(page).fields["commitment"] == str(commitment.pk)
    assert Form(page).fields["evidence-TOTAL_FORMS"] == "1"
    assert "TT-01 Build a bridge" in page.text
    assert "no evidence found" in page.text


def test_a_draft_is_saved_and_not_public(commitment, desk, client):
    answer = fill(desk, record_address(commitment), **UNSUPPORTED)
    assert answer.status_code == 302
    assert recorded() == [1, 0, 1, 1, 1]
    assert DraftUpdate.objects.get().author.username == "boss"
    assert "The doors were opened." not in client.get("/commitments/TT-01/").text


def test_a_draft_may_be_quite_incomplete(commitment, desk):
    assert fill(desk, record_address(commitment), note="To be looked up.").status_code == 302
    assert recorded() == [1, 0, 1, 0, 1]


@pytest.mark.postgresql
def test_a_published_report_shows_at_once_on_page_list_and_csv(commitment, desk):
    answer = fill(desk, record_address(commitment), "_publish", **REPORT)
    assert answer.headers["Location"] == "/admin/"
    assert 'href="/commitments/TT-01/#entry-5"' in desk.get("/admin/").text
    assert "The doors were opened." in Client().get("/commitments/TT-01/").text
    [rows] = find_all(main_element(Client().get("/commitments/")), "tbody")
    assert "in progress" in visible_text(rows)
    assert b"in_progress" in b"".join(Client().get("/commitments.csv"))


def test_a_draft_can_be_finished_and_published_later(commitment, desk):
    fill(desk, record_address(commitment), **UNSUPPORTED)
    draft = DraftUpdate.objects.get()
    answer = fill(desk, change(draft), "_publish", **{"evidence-0-relation": "direct"})
    assert answer.status_code == 302
    assert Update.objects.get().note == "The doors were opened."
    draft.refresh_from_db()
    assert draft.published_as_id == 5


@pytest.mark.parametrize("typed", [REPORT, CONTEXT, CHECK], ids=["report", "context", "check"])
def test_each_kind_of_update_can_be_recorded(commitment, desk, typed):
    assert fill(desk, record_address(commitment), "_publish", **typed).status_code == 302
    assert Update.objects.get().kind == typed["kind"]
    assert str(Update.objects.get().date) == typed["date"]


def test_a_new_deadline_is_recorded_with_its_reason(commitment, desk):
    slip = {"deadline": "2021", "deadline_reason": "More time is needed."}
    fill(desk, record_address(commitment), "_publish", **REPORT, **slip)
    assert "More time is needed." in Client().get("/commitments/TT-01/").text


# One for each place that refuses: the form, the rules of an update, those of its evidence, those of its commitment.
REFUSED = {
    "without direct evidence": (UNSUPPORTED, "A report needs direct evidence"),
    "without date": (REPORT | {"date": ""}, "Say when it happened."),
    "less than nothing": (REPORT | {"achieved": "-1"}, "achieved"),
    "a check that looked nowhere": (CHECK | {"searched": ""}, "Say where you looked."),
    "on the release's word": (REPORT | {"basis": "release"}, "by its own statement"),
}


@pytest.mark.postgresql
@pytest.mark.parametrize(("typed", "message"), REFUSED.values(), ids=REFUSED)
def test_a_refused_publication_keeps_what_was_typed_and_stores_nothing(commitment, desk, typed, message):
    before = recorded()
    answer = fill(desk, record_address(commitment), "_publish", **typed)
    assert answer.status_code == 200
    assert message in str(errors(answer))
    fields = Form(answer).fields
    assert {name: fields[name] for name in typed} == typed
    assert recorded() == before


def test_a_second_and_third_row_of_evidence_are_kept_too(commitment, desk):
    more = {
        name.replace("-0-", f"-{n}-"): text.replace("notice", f"notice/{n}")
        for n in (1, 2)
        for name, text in UNSUPPORTED.items()
        if "-0-" in name
    }
    typed = UNSUPPORTED | more | {"evidence-TOTAL_FORMS": "3"}
    answer = fill(desk, record_address(commitment), "_publish", **typed)
    fields = Form(answer).fields
    assert {name: fields[name] for name in more} == more
    assert (
        fill(desk, record_address(commitment), "_publish", **typed | {"evidence-2-relation": "direct"}).status_code
        == 302
    )
    assert Update.objects.get().evidence.count() == 3


def test_a_refused_publication_leaves_the_draft_as_it_was_saved(commitment, desk):
    fill(desk, record_address(commitment), **UNSUPPORTED)
    draft = DraftUpdate.objects.get()
    answer = fill(desk, change(draft), "_publish", note="The doors were shut.")
    assert answer.status_code == 200
    assert Form(answer).fields["note"] == "The doors were shut."
    assert DraftUpdate.objects.get().note == "The doors were opened."


def test_a_refused_form_can_be_put_right_and_sent(commitment, desk):
    refused = fill(desk, record_address(commitment), "_publish", **UNSUPPORTED)
    answer = Form(refused).send(desk, record_address(commitment), "_publish", **{"evidence-0-relation": "direct"})
    assert answer.status_code == 302
    assert recorded() == [2, 1, 1, 1, 1]


@pytest.mark.postgresql
def test_the_same_form_sent_twice_is_refused_the_second_time(commitment, desk):
    form = Form(desk.get(record_address(commitment)))
    answers = [form.send(desk, record_address(commitment), "_publish", **REPORT) for _press in range(2)]
    assert [answer.status_code for answer in answers] == [302, 200]
    assert "This is on record already, to the letter: entry 5." in str(errors(answers[1]))
    assert recorded() == [2, 1, 1, 1, 1]


def test_an_update_of_a_draft_commitment_waits_for_its_publication(desk):
    draft = factories.CommitmentFactory(reference="TT-09")
    answer = fill(desk, record_address(draft), "_publish", **REPORT)
    assert "TT-09 is a draft: publish it first." in str(errors(answer))
    assert fill(desk, record_address(draft), **REPORT).status_code == 302


def test_an_address_typed_without_scheme_is_taken_for_https(commitment, desk):
    fill(desk, record_address(commitment), "_publish", **REPORT | {"evidence-0-url": "example.org/notice"})
    assert Update.objects.get().evidence.get().url == "https://example.org/notice"


def test_a_status_typed_into_what_moves_none_is_refused_and_not_lost_in_silence(commitment, desk):
    answer = fill(desk, record_address(commitment), "_publish", **CONTEXT | {"status": "completed"})
    assert answer.status_code == 200
    assert "status" in errors(answer)


def test_evidence_typed_for_a_check_is_refused_and_not_lost_in_silence(commitment, desk):
    evidence = {name: text for name, text in REPORT.items() if name.startswith("evidence-0")}
    answer = fill(desk, record_address(commitment), "_publish", **CHECK, **evidence)
    assert answer.status_code == 200
    assert count_entries() == 1


@pytest.fixture
def history(commitment, desk):
    """A draft that was published."""
    fill(desk, record_address(commitment), "_publish", **REPORT)
    return DraftUpdate.objects.get()


def test_a_published_draft_is_shown_and_cannot_be_typed_over(history, desk):
    page = desk.get(change(history))
    assert page.status_code == 200
    assert not {"_save", "_continue", "_publish", "note", "status"} & {*Form(page).buttons, *Form(page).fields}
    assert desk.post(change(history), REPORT | {"note": "Other.", "_publish": "1"}).status_code == 403
    assert (DraftUpdate.objects.get().note, count_entries()) == ("The doors were opened.", 2)


def test_a_published_draft_cannot_be_deleted(history, desk):
    address = reverse("admin:commitments_draftupdate_delete", args=[history.pk])
    assert desk.post(address, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [history.pk], "post": "yes"}
    desk.post(reverse("admin:commitments_draftupdate_changelist"), chosen)
    assert DraftUpdate.objects.filter(pk=history.pk).exists()
    assert DraftEvidence.objects.count() == 1


def test_a_draft_can_be_thrown_away(commitment, desk):
    fill(desk, record_address(commitment), **REPORT)
    desk.post(reverse("admin:commitments_draftupdate_delete", args=[DraftUpdate.objects.get().pk]), {"post": "yes"})
    assert recorded() == [1, 0, 0, 0, 1]


# Correcting a published commitment


def test_a_correction_needs_a_reason(commitment, desk):
    answer = fill(desk, change(commitment), title="Mend a bridge")
    assert errors(answer)["reason"] == "Give the reason. It will be public."
    assert Form(answer).fields["title"] == "Mend a bridge"
    assert Commitment.objects.get().title == "Build a bridge"
    assert count_entries() == 1


def test_a_correction_is_shown_on_the_page_with_its_reason(commitment, desk):
    assert fill(desk, change(commitment), title="Mend a bridge", reason="It stood already.").status_code == 302
    page = visible_text(main_element(Client().get("/commitments/TT-01/")))
    assert "TT-01 Mend a bridge" in page
    assert "It stood already. title Build a bridge Mend a bridge" in page


def test_a_form_sent_back_unchanged_corrects_nothing(commitment, desk):
    assert fill(desk, change(commitment)).status_code == 302
    assert count_entries() == 1


def test_owners_can_be_corrected(commitment, desk):
    other = factories.OrganisationFactory(name="Office of Bridges")
    fill(desk, change(commitment), owners=[str(other.pk)], reason="They build bridges.")
    assert list(Commitment.objects.get().owners.all()) == [other]
    assert "Office of Bridges" in Client().get("/commitments/TT-01/").text


def test_what_no_correction_may_touch_cannot_be_posted(commitment, desk):
    before = Commitment.objects.values().get()
    posted = {"reference": "TT-02", "published_at_0": "", "status": "completed"}
    fill(desk, change(commitment), reason="Because.", **posted)
    assert Commitment.objects.values().get() == before
    assert count_entries() == 1


# One for each place that refuses: the form's fields of each kind, and the rules of a publication.
@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quote": "word " * 16}, "quote"),
        ({"owners": [], "partners": [], "parties_as_stated": ""}, "owners"),
        ({"title": ""}, "title"),
        ({"review_on": "soon"}, "review_on"),
        ({"target": "many"}, "target"),
    ],
)
def test_a_refused_correction_names_the_field_and_keeps_what_was_typed(commitment, desk, typed, field):
    answer = fill(desk, change(commitment), reason="Because.", **typed)
    assert answer.status_code == 200
    assert field in errors(answer)
    assert {name: Form(answer).fields[name] for name in typed} == typed
    assert count_entries() == 1


def correct(commitment, **values):
    """Somebody else corrects it in between."""
    append_entries([new_correction(Commitment.objects.get(pk=commitment.pk), values, "Seen by somebody else.", BY)])


def test_a_stale_form_is_stopped_told_what_changed_and_keeps_what_was_typed(commitment, desk):
    form = Form(desk.get(change(commitment)))
    correct(commitment, note="A note of somebody else.")
    answer = form.send(desk, change(commitment), "_save", title="Mend a bridge", reason="It stood already.")
    assert answer.status_code == 200
    assert "Somebody else, by entry 5, saved this" in str(errors(answer))
    assert "Changed: Note (from “–” to “A note of somebody else.”)." in str(errors(answer))
    fields = Form(answer).fields
    assert (fields["title"], fields["reason"]) == ("Mend a bridge", "It stood already.")
    assert Commitment.objects.get().title == "Build a bridge"


def test_a_stale_form_passes_on_the_second_try(commitment, desk):
    form = Form(desk.get(change(commitment)))
    correct(commitment, note="A note of somebody else.")
    first = form.send(desk, change(commitment), "_save", title="Mend a bridge", reason="It stood already.")
    assert Form(first).send(desk, change(commitment), "_save").status_code == 302
    assert Commitment.objects.get().title == "Mend a bridge"


@pytest.mark.postgresql
def test_the_second_try_does_not_undo_what_somebody_else_corrected_in_another_field(commitment, desk):
    form = Form(desk.get(change(commitment)))
    correct(commitment, note="A note of somebody else.")
    first = form.send(desk, change(commitment), "_save", title="Mend a bridge", reason="It stood already.")
    Form(first).send(desk, change(commitment), "_save")
    assert Commitment.objects.get().note == "A note of somebody else."


def test_a_form_that_is_stale_twice_is_stopped_twice(commitment, desk):
    form = Form(desk.get(change(commitment)))
    correct(commitment, note="The first.")
    first = form.send(desk, change(commitment), "_save", title="Mend a bridge", reason="It stood already.")
    correct(commitment, note="The second.")
    second = Form(first).send(desk, change(commitment), "_save")
    assert second.status_code == 200
    assert "6, saved this" in str(errors(second))


def test_a_report_in_between_does_not_stop_a_correction(commitment, desk):
    form = Form(desk.get(change(commitment)))
    factories.record("report", commitment)
    assert form.send(desk, change(commitment), "_save", title="Mend a bridge", reason="It stood.").status_code == 302


# Drafting and publishing a commitment


def pledge(**typed):
    """A new commitment as typed into the form."""
    release, area = factories.ReleaseFactory(), factories.AreaFactory()
    owner = factories.OrganisationFactory()
    return {
        "reference": "TT-07",
        "release": str(release.pk),
        "area": str(area.pk),
        "paragraph": "2",
        "title": "Plant a wood",
        "quote": "will plant a wood",
        "kind": "action",
        "force": "promise",
        "level": "primary",
        "done_when": "The wood stands.",
        "owners": [str(owner.pk)],
    } | typed


ADD = add(Commitment)


@pytest.mark.postgresql
def test_a_commitment_is_drafted_edited_and_published(desk):
    assert fill(desk, ADD, **pledge()).status_code == 302
    draft = Commitment.objects.get()
    assert Client().get("/commitments/TT-07/").status_code == 404
    assert (
        fill(desk, change(draft), deadline="2030-H1", deadline_basis="stated", title="Plant two woods").status_code
        == 302
    )
    assert (count_entries(), Commitment.objects.get().title) == (0, "Plant two woods")
    assert publish_draft(desk, change(draft)).status_code == 302
    page = visible_text(main_element(Client().get("/commitments/TT-07/")))
    assert "TT-07 Plant two woods" in page
    assert "first half of 2030" in page


def test_a_commitment_can_be_published_as_it_is_first_typed(desk):
    assert publish_draft(desk, ADD, **pledge()).status_code == 302
    assert LedgerEntry.objects.last().kind == "published"
    assert Client().get("/commitments/TT-07/").status_code == 200


UNPUBLISHABLE = {
    "nobody is to do it": ({"owners": []}, "owners"),
    "the target counts nothing": ({"target": "40"}, "unit"),
    "the reference is none": ({"reference": "wood 7"}, "reference"),
    "the deadline is no date": ({"deadline": "soon", "deadline_basis": "stated"}, "deadline"),
}


@pytest.mark.parametrize(("wrong", "field"), UNPUBLISHABLE.values(), ids=UNPUBLISHABLE)
def test_a_refused_publication_of_a_commitment_keeps_what_was_typed(desk, wrong, field):
    typed = pledge(**wrong)
    answer = fill(desk, ADD, "_publish", **typed)
    assert answer.status_code == 200
    assert field in errors(answer)
    assert {name: Form(answer).fields[name] for name in typed} == typed
    assert recorded() == [0, 0, 0, 0, 0]


def test_a_part_of_a_draft_cannot_be_published_before_it(desk):
    whole = factories.CommitmentFactory(reference="TT-06")
    typed = pledge(part_of=str(whole.pk))
    answer = fill(desk, ADD, "_publish", **typed)
    assert "publish that first" in errors(answer)["part_of"]
    assert {name: Form(answer).fields[name] for name in typed} == typed
    assert recorded() == [0, 0, 0, 0, 1]


def test_a_draft_refused_publication_stays_as_it_was_saved(desk):
    draft = factories.CommitmentFactory(reference="TT-06", title="Plant a wood")
    answer = fill(desk, change(draft), "_publish", title="Plant two woods", owners=[])
    assert answer.status_code == 200
    assert Form(answer).fields["title"] == "Plant two woods"
    assert Commitment.objects.get().title == "Plant a wood"


@pytest.mark.postgresql
def test_a_reference_cannot_be_given_twice(commitment, desk):
    answer = fill(desk, ADD, **pledge(reference="TT-01"))
    assert "reference" in errors(answer)


def test_a_published_commitment_cannot_be_deleted(commitment, desk):
    address = reverse("admin:commitments_commitment_delete", args=[commitment.pk])
    assert address not in desk.get(change(commitment)).text
    assert desk.get(address).status_code == desk.post(address, {"post": "yes"}).status_code == 403
    assert Commitment.objects.filter(pk=commitment.pk).exists()


def test_a_draft_commitment_can_be_deleted(desk):
    draft = factories.CommitmentFactory()
    desk.post(reverse("admin:commitments_commitment_delete", args=[draft.pk]), {"post": "yes"})
    assert not Commitment.objects.exists()


def named_by(commitment):
    return {"organisation": commitment.owners.first(), "area": commitment.area, "release": commitment.release}


@pytest.mark.postgresql
def test_what_a_published_commitment_names_cannot_be_deleted(commitment, desk):
    for name, row in named_by(commitment).items():
        desk.post(reverse(f"admin:commitments_{name}_delete", args=[row.pk]), {"post": "yes"})
        assert type(row).objects.filter(pk=row.pk).exists(), name


@pytest.mark.parametrize("name", ["organisation", "area", "release"])
def test_a_slug_is_given_once(commitment, desk, name):
    row = named_by(commitment)[name]
    fill(desk, change(row), slug="another")
    assert type(row).objects.get(pk=row.pk).slug == row.slug


def test_the_day_of_a_release_is_fixed_once_something_of_it_is_public(commitment, desk):
    fill(desk, change(commitment.release), issued_on="2017-01-01")
    commitment.release.refresh_from_db()
    assert str(commitment.release.issued_on) == "2018-08-24"


def test_an_organisation_s_name_can_be_improved(commitment, desk):
    fill(desk, change(commitment.owners.first()), name="Office of Bridges and Ferries", reason="Renamed.")
    assert Organisation.objects.filter(name="Office of Bridges and Ferries").exists()


# Who may


def test_users_cannot_be_deleted(desk):
    user = User.objects.create_user("leaver")
    address = reverse("admin:auth_user_delete", args=[user.pk])
    assert desk.post(address, {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}
    desk.post(reverse("admin:auth_user_changelist"), chosen)
    assert User.objects.filter(pk=user.pk).exists()


def test_a_user_can_be_deactivated(desk):
    user = User.objects.create_user("leaver")
    address = reverse("admin:auth_user_change", args=[user.pk])
    form = Form(desk.get(address))
    del form.fields["is_active"]
    assert form.send(desk, address, "_save").status_code == 302
    assert not User.objects.get(pk=user.pk).is_active


DRAFTING = [
    "work_for_all",
    *(f"{do}_{what}" for do in ("add", "change", "view") for what in ("draftupdate", "draftevidence", "commitment")),
]


def test_whoever_may_not_publish_sees_no_button_for_it(commitment):
    draft = factories.CommitmentFactory()
    client = clerk(*DRAFTING)
    for address in (record_address(commitment), ADD, change(draft)):
        page = client.get(address)
        assert page.status_code == 200
        assert "_publish" not in Form(page).buttons
        assert "_save" in Form(page).buttons


def test_whoever_may_not_publish_can_draft_an_update(commitment):
    client = clerk(*DRAFTING)
    assert fill(client, record_address(commitment), **REPORT).status_code == 302
    assert recorded() == [1, 0, 1, 1, 1]


def test_posting_publish_without_permission_publishes_nothing(commitment):
    draft, client = factories.CommitmentFactory(), clerk(*DRAFTING)
    fill(client, record_address(commitment), "_publish", **REPORT)
    fill(client, change(draft), "_publish")
    fill(client, ADD, "_publish", **pledge())
    assert count_entries() == 1
    assert Commitment.objects.public().count() == 1


def test_whoever_may_not_publish_cannot_correct(commitment):
    client = clerk(*DRAFTING)
    assert "_save" not in Form(client.get(change(commitment))).buttons
    assert (
        client.post(change(commitment), {"title": "Mend a bridge", "reason": "Because.", "_save": "1"}).status_code
        == 403
    )
    assert count_entries() == 1


@pytest.mark.postgresql
def test_a_publisher_publishes_as_publisher_and_no_name_is_recorded(commitment):
    client = clerk(*DRAFTING, "publish")
    assert fill(client, record_address(commitment), "_publish", **REPORT).status_code == 302
    entry = LedgerEntry.objects.last()
    assert entry.role == "publisher"
    assert "clerk" not in f"{entry.content}{entry.organisation}{entry.key}"


def test_staff_without_any_permission_see_nothing_of_the_drafts(commitment):
    client = clerk()
    assert client.get("/admin/").status_code == 200
    assert {client.get(address).status_code for address in (RECORD, ADD, change(commitment))} == {403}


def test_the_page_to_sign_in_opens(client):
    assert client.get("/admin/login/").status_code == 200


# Many rows


def many(numbers):
    commitments = crowd(numbers, parties_as_stated="everyone")
    append_entries([factories.new("report", commitment) for commitment in commitments])
    for commitment in commitments:
        commitment.drafts.create(
            date="2019", status="in_progress", author=User.objects.create_user(commitment.reference)
        )


LISTS = ("commitment", "draftupdate", "ledgerentry", "update", "evidence", "state")


@pytest.mark.postgresql
def test_a_list_takes_no_more_queries_for_a_hundred_rows_than_for_ten(desk):
    def queries(name):
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(reverse(f"admin:commitments_{name}_changelist")).status_code == 200
        return len(captured)

    many(range(1, 11))
    of_ten = {name: queries(name) for name in LISTS}
    many(range(11, 101))
    assert {name: queries(name) for name in LISTS} == of_ten
