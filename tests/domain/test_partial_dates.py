"""Dates that may be a year, half-year, quarter, month or day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.domain.partial_dates import (
    EDTF_PARTS,
    FIRST_YEAR,
    LAST_YEAR,
    PartialDate,
    PartialDateError,
    parse_partial_date,
)

YEARS = st.integers(FIRST_YEAR, LAST_YEAR).map("{:04}".format)
MONTHS = st.builds("{}-{:02}".format, YEARS, st.integers(1, 12))
HALVES = st.builds("{}-H{}".format, YEARS, st.integers(1, 2))
QUARTERS = st.builds("{}-Q{}".format, YEARS, st.integers(1, 4))
DAYS = st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).map(date.isoformat)
FORMS = st.one_of(YEARS, HALVES, QUARTERS, MONTHS, DAYS)
# Texts that are nearly a date are more telling than texts that are nothing like one.
NEARLY = st.from_regex(r"[0-9]{3,5}[-–/.]?([HQhq]?[0-9]{0,3})([-–/.][0-9]{0,3})?[ \n\x00]?", fullmatch=True)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2018-H1", date(2018, 1, 1), date(2018, 6, 30)),
        ("2018-H2", date(2018, 7, 1), date(2018, 12, 31)),
        ("2018-Q1", date(2018, 1, 1), date(2018, 3, 31)),
        ("2018-Q2", date(2018, 4, 1), date(2018, 6, 30)),
        ("2018-Q3", date(2018, 7, 1), date(2018, 9, 30)),
        ("2018-Q4", date(2018, 10, 1), date(2018, 12, 31)),
        ("2018-11", date(2018, 11, 1), date(2018, 11, 30)),
        ("2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2018-11-05", date(2018, 11, 5), date(2018, 11, 5)),
        ("2020-02-29", date(2020, 2, 29), date(2020, 2, 29)),
        ("1900", date(1900, 1, 1), date(1900, 12, 31)),
        ("2199-12-31", date(2199, 12, 31), date(2199, 12, 31)),
    ],
)
def test_each_form_runs_from_its_first_day_to_its_last(text, first, last):
    assert parse_partial_date(text) == PartialDate(text, first, last)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("2018-40", "2018-H1"),
        ("2018-41", "2018-H2"),
        ("2018-33", "2018-Q1"),
        ("2018-34", "2018-Q2"),
        ("2018-35", "2018-Q3"),
        ("2018-36", "2018-Q4"),
        ("2018-h1", "2018-H1"),
        ("2018-q3", "2018-Q3"),
        ("  2018-11 ", "2018-11"),
    ],
)
def test_another_spelling_is_kept_in_ours(typed, text):
    assert str(parse_partial_date(typed)) == text
    assert parse_partial_date(typed) == parse_partial_date(text)


def test_the_notation_of_the_standard_is_known():
    edtf = {"2019": "2019", "2018-H1": "2018-40", "2018-H2": "2018-41", "2018-11": "2018-11"}
    edtf |= {"2018-Q1": "2018-33", "2018-Q2": "2018-34", "2018-Q3": "2018-35", "2018-Q4": "2018-36"}
    edtf |= {"2018-11-05": "2018-11-05"}
    assert {text: parse_partial_date(text).edtf for text in edtf} == edtf


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2019", "2019"),
        ("2018-H1", "first half of 2018"),
        ("2018-H2", "second half of 2018"),
        ("2018-Q1", "first quarter of 2018"),
        ("2018-Q2", "second quarter of 2018"),
        ("2018-Q3", "third quarter of 2018"),
        ("2018-Q4", "fourth quarter of 2018"),
        ("2018-11", "November 2018"),
        ("2018-11-05", "5 November 2018"),
    ],
)
def test_it_reads_as_people_say_it_and_never_as_a_day_that_nobody_promised(text, label):
    assert parse_partial_date(text).label == label


DAYS_REFUSED = "2018-13 2018-00 2019-02-30 2019-02-29 2018-11-00 2018-11-31 2018-H1-05 2018-40-05 2018-Q1-01"
FORMS_REFUSED = "soon 2018-1 2018-11-5 2018- 2018--11 2018/11 2018-11-05T00:00 2018–11 20181105"
REFUSED = {
    "no such day": DAYS_REFUSED.split(),
    "no such part": ["2018-H0", "2018-H3", "2018-Q0", "2018-Q5", "2018-21", "2018-32", "2018-37", "2018-42"],
    "no such year": ["0000", "1899", "2200", "9999", "18", "20180", "XXXX", "201X", "-2018"],
    "another form": FORMS_REFUSED.split(),
    "a form of the standard that says less": ["2018~", "2018?", "2018/2019", "11/2018"],
    "other digits": ["２０１８", "2018-１１", "٢٠١٨"],
    "not one word": ["", " ", "5 November 2018", "2018\x00", "\x00", "2018-11\x00-05", "2018-11-05\n2019"],
    "far too long": ["1" * 10_000, "2018" + " " * 9_000 + "x", "2018-11-05" * 1_000],
}


def is_read(text):
    try:
        return bool(parse_partial_date(text))
    except PartialDateError:
        return False


@pytest.mark.parametrize("texts", REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(texts):
    assert [text for text in texts if is_read(text)] == []


def test_a_refusal_quotes_little_of_what_was_typed_and_says_what_may_be_written():
    with pytest.raises(PartialDateError) as refusal:
        parse_partial_date("x" * 10_000)
    assert len(str(refusal.value)) < 250
    for form in ("2019", "2018-H1", "2018-Q3", "2018-11", "2018-11-05"):
        assert form in str(refusal.value)


@given(FORMS)
def test_the_first_day_is_never_after_the_last(text):
    assert parse_partial_date(text).first <= parse_partial_date(text).last


@given(FORMS)
def test_what_is_written_down_reads_back_the_same(text):
    when = parse_partial_date(text)
    assert parse_partial_date(str(when)) == when == parse_partial_date(when.edtf)


@given(FORMS)
def test_a_span_lies_within_its_year(text):
    when, year = parse_partial_date(text), parse_partial_date(text[:4])
    assert year.first <= when.first <= when.last <= year.last


@given(DAYS)
def test_a_day_lies_in_its_month_and_the_month_in_its_quarter_and_half_year(text):
    day, month = parse_partial_date(text), int(text[5:7])
    around = [
        parse_partial_date(f"{text[:4]}-{part}") for part in (text[5:7], f"Q{(month + 2) // 3}", f"H{(month + 5) // 6}")
    ]
    firsts, lasts = [span.first for span in around], [span.last for span in around]
    assert firsts == sorted(firsts, reverse=True)
    assert lasts == sorted(lasts)
    assert firsts[0] <= day.first == day.last <= lasts[0]


@given(YEARS)
def test_the_parts_of_a_year_follow_one_another_without_a_gap(year):
    for parts in (["H1", "H2"], ["Q1", "Q2", "Q3", "Q4"], [f"{month:02}" for month in range(1, 13)]):
        spans = [parse_partial_date(f"{year}-{part}") for part in parts]
        days = sum((span.last - span.first).days + 1 for span in spans)
        assert (spans[0].first, spans[-1].last) == (parse_partial_date(year).first, parse_partial_date(year).last)
        assert days == (parse_partial_date(year).last - parse_partial_date(year).first).days + 1


@given(st.one_of(st.text(), NEARLY, FORMS))
def test_any_text_is_a_date_or_is_refused_as_one(text):
    try:
        notation = str(parse_partial_date(text))
    except PartialDateError:
        return
    year, _dash, part = text.strip().upper().partition("-")
    assert notation == (f"{year}-{EDTF_PARTS.get(part, part)}" if part else year)


SHORT = {
    "2019": ("2019", "2019"),
    "2018-H1": ("H1 2018", "H1 2018"),
    "2018-Q3": ("Q3 2018", "Q3 2018"),
    "2018-11": ("Nov 2018", "Nov 2018"),
    "2018-11-05": ("5 Nov 2018", "Nov 2018"),
}


def test_in_a_table_a_date_has_few_letters_and_a_day_may_be_told_by_its_month():
    dates = {text: parse_partial_date(text) for text in SHORT}
    assert {text: (one.short_label, one.month_label) for text, one in dates.items()} == SHORT
