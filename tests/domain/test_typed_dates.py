"""Dates as people and programs write them: what says one is read, what may say another is asked about."""

import time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from commitments.domain.partial_dates import PartialDateError, parse_partial_date
from commitments.domain.typed_dates import (
    MAX_LENGTH,
    DateQuestionError,
    deadline_label,
    possible_dates,
    read_date,
    span_label,
)
from tests.domain.test_partial_dates import DAYS, MONTHS
from tests.helpers.typed_dates import ASKED, READ, REFUSED

LANGUAGES = ("en-gb", "zh-hant", "zh-hans")


def answer(text):
    """The notation that is read, or what is suggested, or None where nothing is."""
    try:
        return str(read_date(text))
    except DateQuestionError as question:
        return [str(suggestion) for suggestion in question.suggestions]
    except PartialDateError:
        return None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_says_one_date_is_read_whatever_language_the_page_is_in(language):
    with override(language):
        assert {text: answer(text) for text in READ} == READ


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_may_say_several_or_less_than_one_is_asked_about(language):
    with override(language):
        assert {text: answer(text) for text in ASKED} == ASKED


def test_what_is_no_date_is_refused():
    assert {text: answer(text) for text in REFUSED} == dict.fromkeys(REFUSED)


QUESTIONS = {
    "en-gb": "“1/2/2022” can be read in several ways. Write what is meant: 2022-02-01 (1 February 2022), 2022-01-02 "
    "(2 January 2022).",
    "zh-hant": "「1/2/2022」可以有幾種讀法。請寫明所指的日期：2022-02-01（2022年2月1日）、2022-01-02（2022年1月2日）。",
    "zh-hans": "“1/2/2022”可以有几种读法。请写明所指的日期：2022-02-01（2022年2月1日）、2022-01-02（2022年1月2日）。",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_question_says_what_to_write_for_each_meaning(language):
    with override(language), pytest.raises(DateQuestionError) as question:
        read_date("1/2/2022")
    assert str(question.value) == QUESTIONS[language]


def test_only_what_the_words_themselves_may_say_is_possible():
    """So that a row of a file is unchanged where it may say what is on record, and a fiscal year is never one."""
    assert [str(date) for date in possible_dates("1/2/2022")] == ["2022-02-01", "2022-01-02"]
    assert possible_dates("2018-19") == possible_dates("43409") == possible_dates("soon") == ()


LABELS = {
    ("2022", span_label): ("the whole of 2022", "2022年全年", "2022年全年"),
    ("2022-06", span_label): (
        "June 2022, until 30 June 2022",
        "2022年6月，至2022年6月30日止",
        "2022年6月，至2022年6月30日止",
    ),
    ("2022-06-30", span_label): ("30 June 2022", "2022年6月30日", "2022年6月30日"),
    ("2022-Q2", deadline_label): ("until 30 June 2022", "至2022年6月30日止", "至2022年6月30日止"),
}


def test_what_was_understood_is_said_in_the_language_of_the_page():
    said = {}
    for text, label in LABELS:
        said[text, label] = ()
        for language in LANGUAGES:
            with override(language):
                said[text, label] += (label(parse_partial_date(text)),)
    assert said == LABELS


@given(DAYS)
def test_a_day_reads_back_from_however_it_is_written(text):
    day = parse_partial_date(text)
    year, month, number = day.first.year, day.first.month, day.first.day
    forms = [day.label, f"{year}/{month}/{number}", f"{year}年{month}月{number}日", day.first.strftime("%B %d, %Y")]
    assert [str(read_date(form)) for form in forms] == [text] * len(forms)
    assert day in possible_dates(f"{number}/{month}/{year}")
    assert day in possible_dates(f"{month}/{number}/{year}")


@given(MONTHS)
def test_a_month_reads_back_from_however_it_is_written(text):
    month = parse_partial_date(text)
    forms = [month.label, month.first.strftime("%b %Y"), f"{month.first:%Y}年{month.first.month}月"]
    assert [str(read_date(form)) for form in forms] == [text] * len(forms)


@given(
    st.one_of(st.text(), st.from_regex(r"[0-9]{0,4}[ /.-]?([a-z]{3,5}|[0-9]{1,3})[ /.-年]?[0-9]{0,4}", fullmatch=True))
)
def test_any_text_is_a_date_a_question_or_refused(text):
    try:
        read = read_date(text)
    except PartialDateError:
        return
    assert parse_partial_date(str(read)) == read


def test_no_text_takes_long_to_read():
    """Each rule meets the longest texts that could lead it astray."""
    started = time.thread_time()
    for piece in ("1 ", "1-", "nov ", "2018 ", " ,", "the ", "in ", "年", "一", "end of ", "h1"):
        answer((piece * MAX_LENGTH)[: MAX_LENGTH - 1])
        answer(piece * 10_000)
    assert time.thread_time() - started < 0.5
