"""The review of a release's text: what is left is said, deadlines are ticked one by one, all or none become drafts."""

import pytest
from django.urls import reverse

from commitments.models import Commitment, DraftUpdate, Release
from commitments.workflow.intake import deciding
from commitments.workflow.intake.deciding import Decider
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.intakes import look_at_deadlines, make_drafts
from tests.helpers.people import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]


@pytest.fixture
def editor(world):
    return signed_in(world.editor)


def review(intake):
    return reverse("admin:commitments_intake_review", args=[intake.pk])


def to_do(page):
    return [one.words for one in page.context["to_do"]]


def test_what_is_left_before_drafts_can_be_made_is_said(accepted, editor, world):
    passed = accepted.spans.filter(promises=False)
    for span in passed:
        deciding.reopen(Decider(world.editor, span.pk, span.revision))
    page = editor.get(review(accepted))
    assert to_do(page)[:2] == [f"{passed.count()} sentences are undecided.", "4 deadlines were not looked at."]
    assert (
        "texts have no Chinese yet. Drafts can be made all the same; then each is translated on its own page."
        in to_do(page)[2]
    )
    assert not page.context["may_make"]


def test_a_row_that_an_import_would_refuse_is_marked_and_leads_to_its_card(looked_at, editor, world):
    span = looked_at.spans.filter(promises=True).first()
    said = span.cells | {"owners": "Nobody’s Office", "quote": "words that the text does not have"}
    deciding.accept(Decider(world.editor, span.pk, span.revision), said, None)
    page = editor.get(review(looked_at))
    assert "1 row is wrong." in to_do(page)
    assert len(page.context["rows"][0].problems) == 2
    assert f"mark/?span={span.pk}" in page.text
    assert make_drafts(editor, looked_at).status_code == 409
    assert not Commitment.objects.filter(release=looked_at.release).exists()


def test_a_deadline_is_ticked_by_itself_and_loses_its_tick_when_it_is_changed(accepted, editor, world):
    first, second = list(accepted.spans.exclude(cells__deadline="").filter(promises=True))[:2]
    Form(editor.get(review(accepted))).send(editor, review(accepted), "_ticks", **{f"looked-at-{first.pk}": "on"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.deadline_confirmed, second.deadline_confirmed) == (True, False)
    assert first.decided_by == world.editor
    deciding.accept(Decider(world.editor, first.pk, first.revision), first.cells | {"deadline": "2028"}, None)
    first.refresh_from_db()
    assert not first.deadline_confirmed


def test_a_tick_of_a_row_that_somebody_else_changed_is_not_stored_and_the_others_are(accepted, editor, world):
    first, second = list(accepted.spans.exclude(cells__deadline="").filter(promises=True))[:2]
    form = Form(editor.get(review(accepted)))
    deciding.accept(Decider(world.publisher, first.pk, first.revision), first.cells | {"title": "Another"}, None)
    ticks = {f"looked-at-{span.pk}": "on" for span in (first, second)}
    answer = form.send(editor, review(accepted), "_ticks", **ticks)
    assert answer.status_code == 409
    assert "now accepted, by publisher" in " ".join(answer.text.split())
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.deadline_confirmed, second.deadline_confirmed) == (False, True)


@pytest.mark.postgresql
def test_all_become_drafts_with_sections_and_what_the_release_itself_reports(looked_at, editor, world):
    assert make_drafts(editor, looked_at).status_code == 302
    drafts = Commitment.objects.filter(release=looked_at.release)
    assert drafts.count() == 10
    assert {draft.drafting.author for draft in drafts} == {world.editor}
    sections = looked_at.release.sections.values_list("position", "heading", "area__slug")
    assert list(sections) == [(1, "Culture", "culture"), (2, "Finance", "finance"), (3, "Ports", "aviation")]
    [report] = DraftUpdate.objects.filter(commitment__in=drafts)
    assert (report.commitment.kind, report.status, report.basis) == ("agreement", "completed", "release")
    assert (str(report.date), report.evidence.get().url) == ("2026-03-12", "https://example.org/harbour")


def test_two_parts_of_one_area_are_one_section_and_what_stands_in_none_has_its_own(accepted, editor, world):
    accepted.sections.filter(heading="Ports").update(area=accepted.sections.get(heading="Culture").area)
    accepted.sections.filter(heading="Finance").update(area=None)
    deciding.file_under_areas(accepted, world.editor)
    look_at_deadlines(accepted, world.editor)
    make_drafts(editor, accepted)
    assert list(accepted.release.sections.values_list("heading", "area__slug")) == [
        ("Culture", "culture"),
        ("Finance", None),
    ]


def test_a_decision_made_meanwhile_stops_the_drafts_and_is_said(looked_at, editor, world):
    form = Form(editor.get(review(looked_at)))
    span = looked_at.spans.filter(promises=True).first()
    deciding.reject(Decider(world.publisher, span.pk, span.revision))
    answer = form.send(editor, review(looked_at), "_drafts")
    assert answer.status_code == 409
    assert "now no pledge, by publisher" in " ".join(answer.text.split())
    assert not Commitment.objects.filter(release=looked_at.release).exists()


def test_a_reference_that_somebody_used_meanwhile_stops_the_drafts(looked_at, editor):
    page = editor.get(review(looked_at))
    factories.CommitmentFactory(reference=page.context["rows"][0].reference)
    answer = Form(page).send(editor, review(looked_at), "_drafts")
    assert "a reference was used by somebody else" in answer.text
    assert not Commitment.objects.filter(release=looked_at.release).exists()


@pytest.mark.postgresql
def test_a_refusal_in_the_middle_leaves_no_draft_and_no_section(looked_at, editor, monkeypatch):
    # What comes last of all is refused, as where the server dies before it is done.
    monkeypatch.setattr("commitments.admin.intake.review.make_reports", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_drafts(editor, looked_at)
    assert not Commitment.objects.filter(release=looked_at.release).exists()
    assert not looked_at.release.sections.exists()
    assert not looked_at.spans.filter(commitment__isnull=False).exists()


def test_a_row_is_returned_with_a_reason_and_is_undecided_again(looked_at, editor):
    span = looked_at.spans.filter(promises=True).first()
    address = f"{review(looked_at)}?return={span.pk}"
    assert "Say what is to be changed." in Form(editor.get(address)).send(editor, address, "_confirm").text
    assert Form(editor.get(address)).send(editor, address, "_confirm", note="Name the museum.").status_code == 302
    span.refresh_from_db()
    assert (span.decision, span.note) == ("undecided", "Name the museum.")


def test_where_the_text_was_deleted_it_is_said_that_quotes_cannot_be_checked(looked_at, editor):
    type(looked_at).objects.update(text="")
    assert "quotes cannot be checked" in to_do(editor.get(review(looked_at)))[-1]
    assert make_drafts(editor, looked_at).status_code == 302


def test_sections_of_a_release_that_has_some_stay(looked_at, editor):
    Release.objects.get(pk=looked_at.release_id).sections.create(position=1, heading="Staff’s own")
    make_drafts(editor, looked_at)
    assert looked_at.release.sections.get().heading == "Staff’s own"


@pytest.mark.parametrize("role", ["contributor", "administrator"])
@pytest.mark.parametrize("step", ["review", "publish"])
def test_contributors_and_administrators_do_not_open_it(accepted, world, role, step):
    address = reverse(f"admin:commitments_intake_{step}", args=[accepted.pk])
    assert signed_in(getattr(world, role)).get(address).status_code == 403
