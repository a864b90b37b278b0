"""What the reader finds in texts that it was not fitted to is held: docs/intake.md has the table."""

import pytest

from commitments.domain.reading.reader import read_text
from tests.helpers.scoring import answers, score

# Recall and precision that must not sink, and the share of traps that must not be passed.
FLOORS = {
    "scotland-sustainability-2021": (0.90, 0.90, 0.10),
    "zh-new-media-2018-part": (0.90, 0.80, 0.10),
    "zh-water-reply-2005": (0.85, 0.80, 0.10),
}


def measured(name):
    text, gold = answers(name)
    proposals = [
        {"start": proposal.start, "end": proposal.end, "deadline": proposal.deadline and proposal.deadline.date}
        for proposal in read_text(text).proposals
    ]
    return score(gold, proposals)


@pytest.mark.parametrize("name", FLOORS)
def test_a_text_is_read_as_well_as_before(name):
    scores, (recall, precision, traps) = measured(name), FLOORS[name]
    assert scores["recall"] >= recall
    assert scores["precision"] >= precision
    assert scores["traps"] <= traps


@pytest.mark.parametrize("name", FLOORS)
def test_deadlines_are_right_and_none_is_invented(name):
    scores = measured(name)
    assert scores["deadlines"] >= 0.95
    assert scores["invented"] == 0


def test_the_scorer_tells_answers_from_none():
    _text, gold = answers("zh-water-reply-2005")
    best = score(gold, gold["pledges"])
    assert (best["recall"], best["precision"], best["traps"]) == (1, 1, 0)
    assert score(gold, gold["traps"])["traps"] == 1
