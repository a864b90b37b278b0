"""By when a clause promises: the words, the date that they give, and none that they do not."""

from datetime import date

import pytest

from commitments.domain.reading.deadlines import deadline_in
from commitments.domain.reading.reader import Record, read_text

ISSUED = date(2018, 8, 24)
WRITTEN_OUT = [
    ("We will act by 30 June 2021", "2021-06-30"),
    ("We will act by March 31, 2020", "2020-03-31"),
    ("We will act by the end of June 2021", "2021-06"),
    ("We will hold a week in 2019", "2019"),
    ("We will report in the first half of 2018", "2018-H1"),
    ("We will report by the third quarter of 2020", "2020-Q3"),
    ("We will report no later than Q4 2021", "2021-Q4"),
    ("In Spring 2020 we will set out actions", "2020"),
    ("They will join in November this year", "2018-11"),
    ("We will act later this year", "2018"),
    ("We will act by the end of next year", "2019"),
    ("Within 90 days after issuance of this directive, agencies will act", "2018-11-22"),
    ("Within one year after issuance of this directive, agencies will act", "2019-08-24"),
    ("政府将在2020年底前完成", "2020"),
    ("力争2021年6月底前完成", "2021-06"),
    ("到2035年基本实现", "2035"),
    ("政府会在今年内成立小组", "2018"),
    ("政府会于明年上半年公布", "2019-H1"),
]


@pytest.mark.parametrize(("words", "expected"), WRITTEN_OUT)
def test_dates_that_the_words_give(words, expected):
    assert deadline_in(words, ISSUED, verb=0).date == expected


NOT_DATED = [
    "We will act within two years",
    "We will act over the next five years",
    "We will report every 30 days",
    "We will act by March",
    "We will act as soon as possible",
    "We will act in due course",
    "Within 15 days of the establishment of the centre, we will act",
    "We will run it from 2018 to 2020",
    "政府将在三年内完成",
    "双方每年举行一次会议",
    "政府会尽快落实",
]


@pytest.mark.parametrize("words", NOT_DATED)
def test_words_that_give_no_date_are_kept_with_a_doubt(words):
    deadline = deadline_in(words, ISSUED, verb=0)
    assert deadline.date is None
    assert deadline.doubt
    assert deadline.words in words


NO_DEADLINE = [
    "We will carry out the 2030 Agenda",
    "We will amend the Companies Act of 2014",
    "We will cut emissions below 1990 levels",
    "We will extend the scheme launched in 2015",
    "We will continue what was begun since 2012",
    "根据2015年的规定加强管理",
]


@pytest.mark.parametrize("words", NO_DEADLINE)
def test_other_years_are_no_deadlines(words):
    deadline = deadline_in(words, ISSUED, verb=0)
    assert deadline is None or deadline.date is None


@pytest.mark.parametrize("words", ["We will act later this year", "政府会在今年内成立小组"])
def test_a_year_is_counted_only_where_the_text_dates_itself(words):
    assert deadline_in(words, None, verb=0).date is None


def test_a_date_at_the_beginning_holds_for_all_that_follows():
    text = "By 31 March 2020, the Ministry will publish guidance, and the Office will consult."
    assert [proposal.deadline.date for proposal in read_text(text).proposals] == ["2020-03-31", "2020-03-31"]


def test_the_lead_of_a_list_dates_its_items():
    text = (
        "October 16, 2017\n\nActions\n\nWithin 90 days after issuance of this directive, agencies shall:\n\n"
        "- publish a plan\n- name an officer\n"
    )
    assert [proposal.deadline.date for proposal in read_text(text).proposals] == ["2018-01-14", "2018-01-14"]


def test_the_day_of_an_occasion_is_said_to_be_one():
    (proposal,) = read_text("The Council will help with the Competition in Shanghai in 2021.").proposals
    assert (proposal.deadline.date, proposal.deadline.basis) == ("2021", "event")


@pytest.mark.parametrize(
    "text",
    [
        "3 May 2019\n\nWe will act this year.",
        "（2019年5月3日）\n\n我们将在今年内完成。",
        "我们将在今年内完成。\n\n二〇一九年五月三日",
    ],
)
def test_a_text_dates_itself_on_a_line_of_its_own(text):
    (proposal,) = read_text(text).proposals
    assert proposal.deadline.date == "2019"


def test_the_release_s_day_comes_first():
    (proposal,) = read_text("3 May 2019\n\nWe will act this year.", Record(issued_on=date(2021, 1, 1))).proposals
    assert proposal.deadline.date == "2021"


def test_the_words_are_those_of_the_text():
    (proposal,) = read_text("政府將在２０２０年底前完成工程。").proposals
    assert (proposal.deadline.words, proposal.deadline.date) == ("在２０２０年底前", "2020")
