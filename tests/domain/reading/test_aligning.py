"""Which Chinese words say what English ones say: pairs by order, length and what both hold, and how sure each is."""

import pytest

from commitments.domain.reading.aligning import Clause, Part, align, marks_of
from commitments.domain.reading.reader import Record as NothingOnRecord
from commitments.domain.reading.reader import read_spans, read_text
from commitments.domain.reading.spans import LIKELY
from tests.helpers.chinese_intakes import CHINESE_TITLES, TEN_PLEDGES_IN_CHINESE
from tests.helpers.intakes import TEN_PLEDGES


def parts(text, names=None):
    """As the reader finds them."""
    reading = read_text(text)
    ends = {(row.start, row.end): False for row in reading.passed if row.end > row.start}
    ends |= {(proposal.start, proposal.end): True for proposal in reading.proposals}
    clauses = [
        Clause(start, end, text[start:end], promises, marks_of(text[start:end], names or {}))
        for (start, end), promises in sorted(ends.items())
    ]
    return [Part("", tuple(row for row in clauses if part.start <= row.start < part.end)) for part in reading.parts]


def likely_titles(chinese):
    """By the words with which each pledge begins in English, the title that is sure enough to be filled in."""
    titles = {}
    for match in align(parts(TEN_PLEDGES), parts(chinese)):
        words = TEN_PLEDGES[slice(*match.english)]
        begin = next((begin for begin in CHINESE_TITLES if words.startswith(begin)), None)
        if begin and match.sure >= LIKELY:
            [proposal] = read_spans(chinese, NothingOnRecord(), [match.chinese])
            titles[begin] = proposal.title
    return titles


def test_all_ten_titles_are_filled_right_where_both_texts_say_the_same():
    assert likely_titles(TEN_PLEDGES_IN_CHINESE) == CHINESE_TITLES


# What is left out, or joined to the sentence behind it; and of which pledges nothing may be filled in wrongly.
CHANGED = {
    "a sentence missing": ("雙方將就綠色金融舉行定期會議。\n", "", 8),
    "two sentences missing": ("雙方會互換畫展。\n兩地博物館去年合辦了兩個展覽。\n", "", 9),
    "two joined": ("會互換畫展。\n兩地博物館去年", "會互換畫展，兩地博物館去年", 9),
    "two pledges joined": ("海港地圖。\n香港將於2027年", "海港地圖，香港將於2027年", 10),
    "headings missing": ("文化\n\n", "", 10),
    "a part missing": (TEN_PLEDGES_IN_CHINESE[TEN_PLEDGES_IN_CHINESE.index("金融\n") :].partition("港口\n")[0], "", 6),
    "a sentence more": ("雙方會互換畫展。", "雙方會互換畫展。市民一直期待這類活動，反應十分踴躍。", 9),
}


@pytest.mark.parametrize("change", CHANGED)
def test_where_the_texts_differ_no_title_is_filled_in_wrongly_and_most_are_filled(change):
    old, new, filled = CHANGED[change]
    assert old in TEN_PLEDGES_IN_CHINESE
    titles = likely_titles(TEN_PLEDGES_IN_CHINESE.replace(old, new, 1))
    assert titles.items() <= CHINESE_TITLES.items()
    assert len(titles) >= filled


def test_two_sentences_that_only_lengths_and_order_tell_apart_are_not_sure():
    english = [Part("", tuple(clause(number, "We will do as much as we said before. ") for number in range(3)))]
    chinese = [Part("", tuple(clause(number, "我們會做到之前所說的。") for number in range(2)))]
    matches = align(english, chinese)
    assert all(match.sure < LIKELY for match in matches)


def clause(number, words):
    return Clause(100 * number, 100 * number + len(words), words, promises=True, marks=marks_of(words, {}))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("by 30 June 2027", "2027年6月30日或之前"),
        ("within two years", "兩年內"),
        ("25 per cent of 1,200", "1200的25%"),
        ("twelve schools", "十二所學校"),
        ("the CEPA agreement", "CEPA協議"),
        ("the Marine Department will", "海事處會"),
    ],
)
def test_figures_days_and_names_are_the_same_in_both(english, chinese):
    names = {"md": ("Marine Department", "海事處")}
    common = marks_of(english, names) & marks_of(chinese, names)
    assert common == marks_of(chinese, names) != frozenset()


def test_may_is_a_month_only_beside_a_figure():
    assert "5" not in marks_of("Either side may object.", {})
    assert "5" in marks_of("on 4 May 2027", {})


def test_nothing_is_paired_where_there_is_nothing():
    assert align([], []) == []
    assert align(parts(TEN_PLEDGES), []) == []
    assert align([], parts(TEN_PLEDGES_IN_CHINESE)) == []
