"""From drafts to the record: commitments and what the release itself reports, in one transaction, all or none."""

import re
from datetime import date
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from commitments.admin.translations import box_name
from commitments.ledger.verify import verify_ledger
from commitments.models import AccountChange, Commitment, DraftCommitment, DraftUpdate, LedgerEntry, Organisation
from commitments.workflow.intake import deciding
from commitments.workflow.intake.deciding import Decider
from tests.helpers.admin_forms import Form
from tests.helpers.intakes import look_at_deadlines, make_drafts
from tests.helpers.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]


@pytest.fixture
def intake(accepted):
    return accepted


@pytest.fixture
def drafted(looked_at, world):
    make_drafts(signed_in(world.editor), looked_at)
    return looked_at


@pytest.fixture
def editor(world):
    return signed_in(world.editor)


@pytest.fixture
def publisher(world):
    return signed_in(world.publisher)


def step(intake, act=""):
    return reverse("admin:commitments_intake_publish", args=[intake.pk]) + (f"?act={act}" if act else "")


def decide(client, intake, act, **typed):
    """Open the page of confirmation, and confirm it."""
    return Form(client.get(step(intake, act))).send(client, step(intake, act), "_confirm", **typed)


def nothing_is_public(intake):
    commitments = Commitment.objects.filter(release=intake.release, published_at__isnull=False)
    return not commitments.exists() and not LedgerEntry.objects.filter(entity=intake.release.entity).exists()


def states(intake):
    drafts = DraftCommitment.objects.filter(commitment__release=intake.release)
    reports = DraftUpdate.objects.filter(commitment__release=intake.release)
    return {*drafts.values_list("state", flat=True)}, {*reports.values_list("state", flat=True)}


@pytest.mark.postgresql
def test_ten_drafts_are_sent_looked_at_and_published_with_the_release_and_its_own_report(drafted, editor, publisher):
    assert decide(editor, drafted, "send").status_code == 302
    assert states(drafted) == ({"waiting"}, {"waiting"})
    page = publisher.get(step(drafted, "publish"))
    preview = unescape(re.search(r'srcdoc="([^"]*)"', page.text)[1])
    assert "Hold a Harbour Week in Shanghai" in preview
    assert "done when announced" in preview
    assert nothing_is_public(drafted)
    Form(page).send(publisher, step(drafted, "publish"), "_confirm")
    assert states(drafted) == ({"published"}, {"published"})
    agreement = Commitment.objects.get(kind="agreement", release=drafted.release)
    assert (agreement.updates.get().status, agreement.updates.get().basis) == ("completed", "release")
    assert Client().get(drafted.release.get_absolute_url()).status_code == 200
    assert not list(verify_ledger())
    shown = publisher.get(step(drafted)).text
    sentences = drafted.spans.count()
    assert f"{sentences - 10} sentences were rejected or passed over." in shown
    assert drafted.release.get_absolute_url() in shown
    assert f"Published: 10 pledges, of {sentences} sentences" in shown


@pytest.mark.postgresql
def test_a_report_that_is_refused_leaves_no_commitment_public(drafted, publisher):
    page = publisher.get(step(drafted, "publish"))
    report = DraftUpdate.objects.get(commitment__release=drafted.release)
    DraftUpdate.objects.filter(pk=report.pk).update(achieved=3)  # what has no unit
    assert "not what this page showed" in Form(page).send(publisher, step(drafted, "publish"), "_confirm").text
    page = publisher.get(step(drafted, "publish"))
    assert [row["draft"] for row in page.context_data["rows"] if row["stopped"]] == [report.commitment]
    assert publisher.post(step(drafted, "publish"), {"chosen": page.context["chosen"]}).status_code == 409
    assert nothing_is_public(drafted)
    assert states(drafted) == ({"draft"}, {"draft"})


def test_a_commitment_that_is_refused_stops_the_others_and_is_marked(drafted, publisher, editor):
    wrong = Commitment.objects.filter(release=drafted.release).last()
    wrong.owners.clear()
    Commitment.objects.filter(pk=wrong.pk).update(parties_as_stated="")
    page = publisher.get(step(drafted, "publish"))
    assert [row["draft"] for row in page.context_data["rows"] if row["stopped"]] == [wrong]
    for client, act in ((publisher, "publish"), (editor, "send")):
        assert client.post(step(drafted, act), {"chosen": page.context["chosen"]}).status_code == 409
    assert states(drafted) == ({"draft"}, {"draft"})
    assert nothing_is_public(drafted)


def test_wholes_are_published_before_their_parts(intake, world, publisher):
    part, whole = intake.spans.filter(promises=True)[:2]
    deciding.accept(Decider(world.editor, part.pk, part.revision), part.cells | {"level": "aim"}, whole.pk)
    look_at_deadlines(intake, world.editor)
    make_drafts(signed_in(world.editor), intake)
    assert decide(publisher, intake, "publish").status_code == 302
    whole.refresh_from_db()
    assert intake.spans.get(pk=part.pk).commitment.part_of == whole.commitment


def test_all_are_returned_with_a_reason_and_so_are_their_reports(drafted, editor, publisher):
    assert "Say what is to be changed." in decide(publisher, drafted, "return").text
    assert decide(publisher, drafted, "return", reason="Name the museum.").status_code == 302
    assert states(drafted) == ({"returned"}, {"returned"})
    assert "Name the museum." in editor.get("/admin/").text


def test_one_is_returned_by_itself(drafted, publisher):
    draft = Commitment.objects.filter(release=drafted.release).first()
    address = f"{step(drafted, 'return')}&commitment={draft.pk}"
    Form(publisher.get(address)).send(publisher, step(drafted, "return"), "_confirm", reason="Name the museum.")
    assert DraftCommitment.objects.filter(commitment__release=drafted.release, state="returned").get().pk == draft.pk


def test_an_editor_neither_publishes_nor_returns(drafted, editor):
    for act in ("publish", "return"):
        assert editor.get(step(drafted, act)).status_code == 403
        assert editor.post(step(drafted, act), {"chosen": ""}).status_code == 403


@pytest.fixture
def four_eyes(settings):
    settings.FOUR_EYES = True


def stopped(page):
    """What is said of the first draft that stops the others."""
    return next(row["stopped"] for row in page.context_data["rows"] if row["stopped"])


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_nobody_publishes_what_they_accepted_whoever_made_the_drafts(intake, world, publisher):
    span = intake.spans.filter(promises=True).first()
    deciding.accept(Decider(world.publisher, span.pk, span.revision), span.cells, None)
    look_at_deadlines(intake, world.editor)  # the last to have decided on it
    make_drafts(signed_in(world.editor), intake)
    page = publisher.get(step(intake, "publish"))
    assert "somebody else must publish it" in stopped(page)
    assert publisher.post(step(intake, "publish"), {"chosen": page.context["chosen"]}).status_code == 409
    assert nothing_is_public(intake)


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_nobody_publishes_what_they_translated(intake, world, publisher):
    address = reverse("admin:commitments_intake_translate", args=[intake.pk])
    box = box_name("Hold a Harbour Week in Shanghai", "zh-hant")
    Form(publisher.get(address)).send(publisher, address, "_save", **{box: "舉辦海港周"})
    look_at_deadlines(intake, world.editor)
    make_drafts(signed_in(world.editor), intake)
    assert "somebody else must publish it" in stopped(publisher.get(step(intake, "publish")))


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_nobody_publishes_what_they_filed_under_another_area(intake, world, publisher):
    intake.sections.filter(heading="Ports").update(area=None)
    deciding.file_under_areas(intake, world.publisher)
    look_at_deadlines(intake, world.editor)
    make_drafts(signed_in(world.editor), intake)
    assert "somebody else must publish it" in stopped(publisher.get(step(intake, "publish")))


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_whoever_changed_the_authors_account_waits_a_day(drafted, world, publisher):
    AccountChange.objects.create(account=world.editor, changed_by=world.publisher, part="password")
    assert "Until" in stopped(publisher.get(step(drafted, "publish")))


@pytest.mark.postgresql
@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_a_second_person_publishes_all(drafted, publisher):
    assert decide(publisher, drafted, "publish").status_code == 302
    assert states(drafted) == ({"published"}, {"published"})


def test_what_becomes_public_with_it_is_said_a_draft_of_an_organisation_too(intake, world, publisher):
    Organisation.objects.create(slug="harbour-office", name="Harbour Office", kind="department", side="hong_kong")
    span = intake.spans.filter(promises=True).first()
    said = span.cells | {"owners": "harbour-office", "owner_inferred": "false", "owner_note": ""}
    deciding.accept(Decider(world.editor, span.pk, span.revision), said, None)
    look_at_deadlines(intake, world.editor)
    make_drafts(signed_in(world.editor), intake)
    assert "Harbour Office" in publisher.get(step(intake, "publish")).text
    decide(publisher, intake, "publish")
    assert Organisation.objects.get(slug="harbour-office").published_at


def test_what_a_release_to_come_reports_cannot_be_on_record_before_its_day(intake, world, publisher):
    type(intake.release).objects.update_or_create(pk=intake.release_id, defaults={"issued_on": date(2027, 1, 1)})
    intake.release.refresh_from_db()
    look_at_deadlines(intake, world.editor)
    make_drafts(signed_in(world.editor), intake)
    page = publisher.get(step(intake, "publish"))
    assert "lies in the future" in page.text
    assert publisher.post(step(intake, "publish"), {"chosen": page.context["chosen"]}).status_code == 409
    assert nothing_is_public(intake)


def test_more_drafts_than_a_page_takes_go_in_turns(drafted, publisher, monkeypatch):
    monkeypatch.setattr("commitments.admin.intake.publish.IntakeDecisions.most", 4)
    page = publisher.get(step(drafted, "publish"))
    assert len(page.context_data["rows"]) == 4
    assert "6 more drafts wait for their turn" in page.text
