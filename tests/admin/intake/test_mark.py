"""Marking: one press for each decision; what the rules refuse is said beside its box, and nothing typed is lost."""

import re

import pytest
from django.contrib.auth.models import User

from commitments.domain.choices import IntakeDecision
from commitments.workflow.intake import deciding
from commitments.workflow.intake.deciding import Decider
from tests import factories
from tests.helpers.admin_forms import Form
from tests.helpers.intakes import begin_intake
from tests.helpers.people import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(world):
    return begin_intake(world.editor)


@pytest.fixture
def editor(world, intake):
    return signed_in(world.editor)


def address(intake, span=None):
    return f"/admin/commitments/intake/{intake.pk}/mark/" + (f"?span={span.pk}" if span else "")


def press(client, intake, span, act, **typed):
    """Open a span, type, and press a button."""
    fields = Form(client.get(address(intake, span))).fields | {f"card-{name}": text for name, text in typed.items()}
    return client.post(address(intake), {name: value for name, value in fields.items() if name} | {"act": act})


def proposals(intake):
    return intake.spans.filter(promises=True)


def test_one_press_accepts_what_the_card_says_and_goes_on_to_the_next(editor, intake):
    first, second = proposals(intake)[:2]
    answer = press(editor, intake, first, "accept")
    assert answer.url == address(intake, second)
    first.refresh_from_db()
    assert first.decision == IntakeDecision.ACCEPTED
    assert first.cells["owners"] == "Leisure and Cultural Services Department"
    assert first.cells["title"] == "Hold a Harbour Week in Shanghai"
    assert "1 of 14 sentences decided" in editor.get(address(intake)).text


def test_what_the_rules_refuse_is_said_beside_its_box_and_stays_typed(editor, intake):
    span = proposals(intake).first()
    wrong = {"owners": "Nobody at all", "deadline": "soon", "quote": "words that it does not say", "title": "Mine"}
    answer = press(editor, intake, span, "accept", **wrong)
    assert answer.status_code == 409
    rows = re.findall(r'<div class="form-row errors">(.*?)<label for="id_card-(\w+)"', answer.text, re.DOTALL)
    assert {name for _errors, name in rows} == {"owners", "deadline", "quote"}
    assert all(text in answer.text for text in wrong.values())
    span.refresh_from_db()
    assert span.decision == IntakeDecision.UNDECIDED


def test_whoever_is_second_is_told_who_decided_and_keeps_what_was_typed(editor, intake, world):
    span = proposals(intake).first()
    fields = Form(editor.get(address(intake, span))).fields | {"card-title": "Mine"}
    deciding.reject(Decider(world.publisher, span.pk, span.revision))
    answer = editor.post(address(intake), {name: value for name, value in fields.items() if name} | {"act": "accept"})
    assert answer.status_code == 409
    assert f"{world.publisher} has changed this sentence meanwhile (now: no pledge" in answer.text
    assert "Mine" in answer.text


def test_ends_are_moved_by_a_word_and_what_was_typed_stays(editor, intake):
    span = proposals(intake).first()
    press(editor, intake, span, "start_later", title="Mine")
    span.refresh_from_db()
    assert span.words.startswith("Leisure and Cultural")
    assert span.cells["title"] == "Mine"
    press(editor, intake, span, "end_earlier")
    span.refresh_from_db()
    assert span.words.endswith("Shanghai in")
    assert span.cells["title"] == "Mine"


def test_a_split_is_offered_where_two_things_are_joined(editor, intake):
    span = intake.spans.get(words__startswith="Both sides will publish a common map")
    press(editor, intake, span, "split", title="Mine")
    assert proposals(intake).count() == 11
    first, _second = proposals(intake).filter(start__gte=span.start)[:2]
    assert first.cells["title"] == "Mine"
    press(editor, intake, first, "merge")
    assert proposals(intake).get(start=span.start).words == span.words


def test_an_aim_hangs_on_the_pledge_before_it(editor, intake):
    first, second = proposals(intake)[:2]
    press(editor, intake, second, "aim")
    second.refresh_from_db()
    assert (second.whole, second.cells["level"], second.decision) == (first, "aim", IntakeDecision.ACCEPTED)


def test_an_aim_needs_a_pledge_before_it(editor, intake):
    first = proposals(intake).first()
    answer = press(editor, intake, first, "aim")
    assert "No pledge stands before it." in answer.text
    first.refresh_from_db()
    assert (first.decision, first.cells["level"]) == (IntakeDecision.UNDECIDED, "primary")


def test_what_is_accepted_is_not_merged_away(editor, intake):
    first, second = proposals(intake)[:2]
    press(editor, intake, second, "accept", title="Mine")
    assert "The next pledge is accepted already" in press(editor, intake, first, "merge").text
    second.refresh_from_db()
    assert second.cells["title"] == "Mine"


def test_likely_repetitions_become_lines_with_the_reason(editor, intake):
    factories.published(reference="CU-06", title="Hold a Hong Kong Week in Shanghai")
    span = proposals(intake).first()
    fields = Form(editor.get(address(intake, span))).fields
    assert "repeats-CU-06" in fields
    sent = {name: value for name, value in fields.items() if name} | {"repeats-CU-06": "A week again.", "act": "accept"}
    editor.post(address(intake), sent)
    span.refresh_from_db()
    assert span.cells["repeats_with_why"] == "CU-06: A week again."


def test_what_was_passed_over_is_taken_or_confirmed_at_one_press(editor, intake):
    passed = intake.spans.filter(promises=False)
    press(editor, intake, passed.last(), "take")
    assert proposals(intake).count() == 11
    left = passed.count()
    section = intake.sections.get(heading="Culture")
    answer = editor.post(address(intake), {"act": "pass_rest", "section": section.pk}, follow=True)
    assert "1 sentence promises nothing." in answer.text
    editor.post(address(intake), {"act": "pass_rest"})
    assert passed.filter(decision=IntakeDecision.REJECTED).count() == left


def test_open_pages_are_told_what_others_decide(editor, intake, world):
    span = proposals(intake).first()
    deciding.reject(Decider(world.publisher, span.pk, span.revision))
    answer = editor.get(f"/admin/commitments/intake/{intake.pk}/mark/decisions/?since=0").json()
    [row] = answer["decided"]
    assert (row["span"], row["decision"], row["by"], row["own"]) == (span.pk, "rejected", "publisher", False)
    assert answer["progress"].startswith("1 of 14 sentences decided")
    later = editor.get(f"/admin/commitments/intake/{intake.pk}/mark/decisions/?since={answer['revision']}").json()
    assert later["decided"] == []


@pytest.mark.parametrize("role", ["contributor", "administrator"])
def test_others_do_not_see_a_word_of_the_text(intake, role):
    client = signed_in(User.objects.get(username=role))
    for page in ("mark", "mark/decisions", "outline", "translate", "review", "publish"):
        answer = client.get(f"/admin/commitments/intake/{intake.pk}/{page}/")
        assert answer.status_code == 403
        assert "Harbour" not in answer.text
