"""A release's text from its start to decisions: nothing is lost, nobody decides over somebody else."""

import pytest
from django.core.exceptions import ValidationError

from commitments.domain.choices import IntakeDecision
from commitments.models import Intake, Release
from commitments.workflow.intake import deciding
from commitments.workflow.intake.deciding import DecidedMeanwhileError, Decider
from commitments.workflow.intake.starting import start_intake
from tests.helpers.intakes import TEN_PLEDGES, begin_intake

pytestmark = pytest.mark.django_db


@pytest.fixture
def intake(world):
    return begin_intake(world.editor)


def test_every_sentence_is_a_pledge_or_passed_over(intake):
    proposed = intake.spans.filter(promises=True)
    assert proposed.count() == 10
    assert all(span.words == intake.text[span.start : span.end] for span in intake.spans.all())
    assert [section.heading for section in intake.sections.all()] == [
        "Harbour Cities agree on further work",
        "Culture",
        "Finance",
        "Ports",
    ]
    assert intake.spans.filter(promises=False).exists()


def decider(user, span):
    return Decider(user, span.pk, span.revision)


def test_the_second_of_two_people_is_told_and_nothing_of_theirs_is_stored(intake, world):
    span = intake.spans.filter(promises=True).first()
    seen_by_both = decider(world.editor, span), decider(world.publisher, span)
    deciding.reject(seen_by_both[0])
    with pytest.raises(DecidedMeanwhileError, match="no pledge"):
        deciding.accept(seen_by_both[1], span.cells, None)
    span.refresh_from_db()
    assert span.decision == IntakeDecision.REJECTED


def test_what_is_split_and_merged_again_is_the_same(intake, world):
    span = intake.spans.filter(promises=True, words__contains=" and ").first()
    words, at = span.words, span.start + span.words.index(" and ")
    first, second = deciding.split(decider(world.editor, span), at)
    assert first.words + intake.text[first.end : second.start] + second.words == words
    assert deciding.merge_with_next(decider(world.editor, first)).words == words
    assert intake.spans.filter(promises=True).count() == 10


def test_ends_are_moved_to_words_and_never_past_one_another(intake, world):
    span = intake.spans.filter(promises=True).first()
    moved = deciding.move_ends(decider(world.editor, span), span.start + 1, span.end)
    assert moved.words == intake.text[span.start + 1 : span.end].strip()
    with pytest.raises(ValidationError, match="No words"):
        deciding.move_ends(decider(world.editor, moved), moved.end, moved.start)


def test_what_was_passed_over_is_taken_or_confirmed_part_by_part(intake, world):
    passed = intake.spans.filter(promises=False)
    total = passed.count()
    taken = deciding.take_for_pledge(decider(world.editor, passed.first()))
    assert taken.promises
    assert taken.cells["title"]
    assert deciding.pass_over_rest(intake, None, world.editor) == total - 1
    assert not intake.spans.filter(promises=False, decision=IntakeDecision.UNDECIDED).exists()


def test_a_text_is_read_once_for_a_release(intake, world):
    with pytest.raises(ValidationError, match="already"):
        start_intake(Release.objects.get(slug=intake.release.slug), TEN_PLEDGES, "", "", world.editor)
    assert Intake.objects.count() == 1
