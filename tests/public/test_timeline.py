"""The timeline: where days lie on it, what is drawn of each commitment, the same in words, and how it folds."""

import gzip
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import DraftUpdate
from commitments.public.charts import MAX_LABELS, MAX_YEARS_AHEAD, Axis, Mark, axis_for, bar_height, percent
from commitments.public.timeline import MOST, MOST_OF_AN_AREA
from tests import factories
from tests.helpers.crowds import crowd, queries
from tests.helpers.html import find_all, link_texts, main_element, visible_text

pytestmark = pytest.mark.usefixtures("the_day_is_fixed")
TIMELINE = "/timeline/"
WEIGHT = 40_000  # of the 60 KB that a first visit may move, the page's own share


# Where days lie


def test_a_year_of_three_is_drawn_from_its_first_morning_to_its_last_night():
    whole = Axis(2018, 2020).span("due", date(2019, 1, 1), date(2019, 12, 31))
    assert whole == Mark("due", percent(100 * 365 / 1096), percent(100 * 365 / 1096))


def test_a_leap_year_has_one_day_more():
    assert Axis(2020, 2020).at(date(2020, 12, 31)) == 100 * 365 / 366
    assert Axis(2019, 2019).at(date(2019, 12, 31)) == 100 * 364 / 365


def test_what_reaches_over_the_edge_is_cut_there():
    assert Axis(2018, 2018).span("due", date(2017, 7, 1), date(2018, 12, 31)).width == "100%"
    assert Axis(2018, 2018).span("open", date(2018, 12, 31), date(2030, 1, 1)).x == percent(100 * 364 / 365)


def test_what_lies_beyond_the_edge_is_an_arrow_that_points_there():
    axis = Axis(2018, 2020)
    assert axis.span("due", date(2047, 1, 1), date(2047, 12, 31)) == Mark("later", "100%")
    assert axis.interval("done", date(2015, 5, 1), date(2015, 5, 1)) == Mark("earlier", "0%")


@pytest.mark.parametrize(
    ("first", "last", "drawn"),
    [
        (date(2018, 3, 1), date(2018, 3, 1), Mark("mark-done", percent(100 * 59.5 / 365))),
        (date(2018, 3, 1), date(2018, 3, 31), Mark("mark-done", percent(100 * 74.5 / 365))),
        (date(2018, 1, 1), date(2018, 3, 31), Mark("span-done", "0%", percent(100 * 90 / 365))),
    ],
)
def test_a_day_or_a_month_is_a_mark_and_a_longer_time_is_a_bar_over_all_of_it(first, last, drawn):
    assert Axis(2018, 2018).interval("done", first, last) == drawn


def test_the_axis_of_a_release_on_its_day_is_that_year():
    axis = axis_for(date(2018, 8, 24), date(2018, 8, 24), None)
    assert (axis.first, axis.last) == (date(2018, 1, 1), date(2018, 12, 31))
    assert axis.years == [("0%", 2018)]


def test_the_axis_reaches_to_the_last_deadline_unless_that_is_too_far():
    issued, day = date(2018, 8, 24), date(2026, 11, 29)
    assert axis_for(issued, day, date(2030, 6, 30)).last_year == 2030
    assert axis_for(issued, day, date(2020, 6, 30)).last_year == 2026
    assert axis_for(issued, day, date(2190, 6, 30)).last_year == 2026 + MAX_YEARS_AHEAD


def test_as_many_years_are_written_as_a_phone_has_room_for():
    for years in (1, 9, 10, 13, 22, 80):
        axis = Axis(2018, 2017 + years)
        assert 1 <= len(axis.labels) <= MAX_LABELS
        assert years <= MAX_LABELS or axis.labels[-1][1] < axis.last_year


@given(st.tuples(st.dates(), st.dates()).map(sorted), st.integers(1900, 2100), st.integers(0, 60))
def test_nothing_is_ever_drawn_outside(days, first_year, more):
    mark = Axis(first_year, first_year + more).span("due", *days)
    left, width = float(mark.x.rstrip("%")), float((mark.width or "0%").rstrip("%"))
    assert 0 <= left <= 100
    assert 0 <= width <= 100.01 - left


def test_one_of_something_can_be_seen_beside_a_thousand():
    assert [bar_height(number, 1000, 56) for number in (0, 1, 500, 1000)] == [0, 2, 28, 56]


# What is drawn, and said


def lines(answer):
    """The row of each commitment."""
    rows = find_all(main_element(answer), "tr")
    named = {visible_text(find_all(row, "th")[0]): row for row in rows if find_all(row, "td")}
    return {name.split()[0]: row for name, row in named.items()}


def shapes(row):
    """The shapes drawn in a row, and where."""
    drawn = [dict(use.attributes) for use in find_all(row, "use")]
    return [(use["href"], use["x"], use.get("width", "")) for use in drawn if use["href"] != "#grid"]


def kinds(row):
    return [shape for shape, _x, _width in shapes(row)]


def sentences(row):
    return visible_text(find_all(row, "p", _class="words")[0])


def line(client, commitment, query=""):
    return lines(client.get(TIMELINE + query))[commitment.reference]


def test_every_commitment_has_a_line_under_its_area(release, client):
    answer = client.get(TIMELINE)
    assert len(lines(answer)) == 57
    headings = [visible_text(heading) for heading in find_all(main_element(answer), "h2")]
    assert headings[1:3] == ["Belt and Road", "Culture and creative industries"]
    assert headings[-1] == "Outside the areas"


def test_the_page_says_how_few_have_a_deadline_and_leads_to_both_lists(release, client):
    answer = main_element(client.get(TIMELINE))
    assert "Drawn here are 57 commitments . Only 7 have a deadline" in visible_text(answer).replace(
        "commitments.", "commitments ."
    )
    listed = {label: address for address, label in link_texts(answer).items()}
    assert "57 commitments" in visible_text(main_element(client.get(listed["57 commitments"])))
    assert "7 commitments" in visible_text(main_element(client.get(listed["7"])))


def test_a_plan_for_2020_that_was_met_in_2024_is_said_with_both_and_how_late(release, client):
    row = lines(client.get(TIMELINE))["CU-07"]
    assert sentences(row) == (
        "Announced 24 August 2018. Deadline: 2020. Reported: completed, 27 April 2024. "
        "Completed: 27 April 2024. Late by at least 1,213 days."
    )
    assert kinds(row) == ["#open", "#late", "#due", "#released", "#mark-done"]


def test_what_is_drawn_is_hidden_from_those_who_hear_the_words_and_each_mark_has_a_title(release, client):
    row = lines(client.get(TIMELINE))["CU-07"]
    assert [dict(svg.attributes).get("aria-hidden") for svg in find_all(row, "svg", _class="track")] == ["true"]
    titles = [visible_text(title) for title in find_all(row, "title")]
    assert titles == [
        "Late by at least 1,213 days.",
        "Deadline: 2020.",
        "Announced 24 August 2018.",
        "completed, 27 April 2024",
    ]


def test_a_deadline_that_passed_in_silence_is_dotted_and_no_accusation(release, client):
    row = lines(client.get(TIMELINE))["AV-04"]
    assert kinds(row) == ["#open", "#unreported", "#due", "#released"]
    assert sentences(row).endswith(
        "No public report was found. The deadline has passed and no report of the outcome was found."
    )


def test_the_date_of_an_event_is_drawn_and_named_as_no_deadline(release, client):
    row = lines(client.get(TIMELINE))["PR-01"]
    assert "#due-event" in kinds(row)
    assert "#due" not in kinds(row)
    assert "Date of the event, no deadline of its own: 2021." in sentences(row)
    assert "deadline has passed" not in sentences(row)


def test_what_was_done_when_announced_is_a_mark_on_that_day_and_never_open(release, client):
    row = lines(client.get(TIMELINE))["CU-01"]
    assert kinds(row) == ["#released", "#mark-announced"]
    assert "Reported: done when announced, 24 August 2018." in sentences(row)


@pytest.mark.django_db
def test_a_report_of_a_year_is_drawn_over_the_year_and_one_of_a_day_on_the_day(client):
    commitment = factories.published()
    factories.record("report", commitment, date="2019", status="in_progress")
    factories.record("report", commitment, date="2020-02-29", status="completed")
    axis = Axis(2018, 2026)
    year = axis.span("#span-moving", date(2019, 1, 1), date(2019, 12, 31))
    day = axis.point("#mark-done", date(2020, 2, 29), date(2020, 2, 29))
    assert shapes(line(client, commitment))[-2:] == [(year.shape, year.x, year.width), (day.shape, day.x, "")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("revised", "drawn"),
    [
        ("2022", ["#was-due", "#due", "#slip", "#slip-on"]),
        ("2019", ["#was-due", "#due", "#slip", "#slip-back"]),
        ("2020", ["#due"]),
    ],
)
def test_a_moved_deadline_is_an_arrow_from_the_end_of_the_first_to_that_of_the_current_one(client, revised, drawn):
    commitment = factories.published(deadline="2020")
    factories.record("report", commitment, date="2019", deadline=revised, deadline_reason="The site flooded.")
    row = line(client, commitment)
    assert [kind for kind in kinds(row) if "due" in kind or "slip" in kind] == drawn
    axis, ends = Axis(2018, 2026), sorted((date(2020, 12, 31), date(int(revised), 12, 31)))
    tips = [x for kind, x, _width in shapes(row) if kind.startswith("#slip-")]
    assert tips == [percent(axis.at(date(int(revised), 12, 31), share=1))] * (revised != "2020")
    assert (f"First deadline: 2020. Current deadline: {revised}." in sentences(row)) is (ends[0] != ends[1])


@pytest.mark.django_db
def test_a_stop_ends_the_line_of_what_is_open(client):
    commitment = factories.published()
    factories.record("report", commitment, date="2020-06-30", status="stopped", stop_reason="cancelled")
    until = Axis(2018, 2026).span("#open", date(2018, 8, 24), date(2020, 6, 30))
    assert shapes(line(client, commitment))[0] == (until.shape, until.x, until.width)
    assert kinds(line(client, commitment))[-1] == "#mark-ended"


@pytest.mark.django_db
def test_a_deadline_of_another_century_points_over_the_edge_and_leaves_room_for_the_rest(client):
    commitment = factories.published(deadline="2190")
    assert ("#later", "100%", "") in shapes(line(client, commitment))
    assert "Deadline: 2190." in sentences(line(client, commitment))


@pytest.mark.postgresql
@pytest.mark.django_db
def test_what_was_retracted_and_what_moves_nothing_is_not_drawn(client):
    commitment = factories.published()
    wrong = factories.record("report", commitment, date="2019-05-01", status="completed")
    factories.record("context", commitment, date="2019-06-01")
    factories.record("check", commitment)
    append_entries([new_retraction(wrong, "Another pledge.", Actor())])
    assert kinds(line(client, commitment)) == ["#open", "#released"]
    assert "No public report was found." in sentences(line(client, commitment))


# As of a day, and filtered


@pytest.mark.postgresql
def test_as_of_a_day_nothing_later_is_drawn_or_said(release, client):
    answer = client.get(f"{TIMELINE}?as_of=2021-08-30")
    row = lines(answer)["CU-07"]
    assert kinds(row) == ["#open", "#unreported", "#due", "#released"]
    assert sentences(row).endswith("The deadline has passed and no report of the outcome was found.")
    content = find_all(main_element(answer), "table")
    assert not any(
        year in visible_text(table) for table in content for year in ("2022", "2023", "2024", "2025", "2026")
    )
    assert "6th Plenary Session" not in visible_text(main_element(answer))
    assert "5th Plenary Session, 30 August 2021" in visible_text(main_element(answer))


@pytest.mark.django_db
def test_as_of_a_day_before_a_revision_the_deadline_is_the_first_one(client):
    commitment = factories.published(deadline="2020")
    factories.record("report", commitment, date="2019-06-30", deadline="2022", deadline_reason="The site flooded.")
    assert "#slip" not in kinds(line(client, commitment, "?as_of=2019-06-29"))
    assert "#slip" in kinds(line(client, commitment, "?as_of=2019-06-30"))


@pytest.mark.django_db
def test_a_report_of_a_year_is_cut_at_the_day_that_is_shown(client, time_machine):
    commitment = factories.published()
    factories.record(
        "report", commitment, date="2026", status="in_progress", recorded_at=datetime(2026, 11, 29, tzinfo=UTC)
    )
    cut = Axis(2018, 2026).span("#span-moving", date(2026, 1, 1), date(2026, 11, 29))
    assert shapes(line(client, commitment))[-1] == (cut.shape, cut.x, cut.width)


def test_before_the_release_nothing_had_been_announced(release, client):
    answer = main_element(client.get(f"{TIMELINE}?as_of=2018-08-23"))
    assert "Nothing had been announced by this day" in visible_text(answer)
    assert find_all(answer, "table") == find_all(answer, "svg") == []


def test_links_stay_on_the_day(release, client):
    drawn = link_texts(main_element(client.get(f"{TIMELINE}?as_of=2021-08-30&owner=hksarg")))
    assert all("as_of=2021-08-30" in address for address in drawn)


@pytest.mark.postgresql
def test_the_filters_of_the_list_apply_and_can_be_taken_away(release, client):
    answer = client.get(f"{TIMELINE}?owner=hksarg&status=completed")
    listed = main_element(client.get("/commitments/?owner=hksarg&status=completed&per_page=100"))
    assert 0 < len(lines(answer)) < 57
    assert all(reference in visible_text(listed) for reference in lines(answer))
    chips = link_texts(find_all(main_element(answer), "ul", _class="chips")[0])
    assert {"?status=completed", "?owner=hksarg", TIMELINE} == set(chips)


def test_a_filter_that_nothing_matches_says_so(release, client):
    answer = main_element(client.get(f"{TIMELINE}?q=zeppelin"))
    assert "Nothing matches the filter" in visible_text(answer)
    assert find_all(answer, "table") == []


@pytest.mark.parametrize("query", ["status=finished", "as_of=2021-02-30"])
def test_a_wrong_value_is_answered_with_what_is_wrong_and_no_chart(release, client, query):
    answer = client.get(f"{TIMELINE}?{query}")
    assert answer.status_code == 400
    assert "That question could not be answered" in visible_text(main_element(answer))
    assert find_all(main_element(answer), "table") == find_all(main_element(answer), "svg") == []


@pytest.mark.django_db
def test_drafts_are_neither_drawn_nor_counted(client):
    commitment = factories.published()
    draft = factories.CommitmentFactory(
        title="Secret bridge", area=commitment.area, release=commitment.release, deadline="2040"
    )
    DraftUpdate.objects.create(commitment=commitment, kind="report", date="2025", status="completed")
    answer = client.get(TIMELINE)
    assert list(lines(answer)) == [commitment.reference]
    assert kinds(line(client, commitment)) == ["#open", "#released"]
    assert not any(word in answer.content.decode() for word in ("Secret bridge", draft.reference, "2040", "2025:"))


# Folded


def many(numbers, **fields):
    return crowd(numbers, parties_as_stated="Enterprises", **fields)


def strip(client, query=""):
    return find_all(find_all(main_element(client.get(TIMELINE + query)), "tbody")[0], "tr")[0]


@pytest.mark.postgresql
@pytest.mark.django_db
def test_many_commitments_are_a_strip_for_each_area_with_counts_by_year(client):
    commitments = many(range(1, MOST + 2), deadline="2021", deadline_basis="stated")
    append_entries(
        [factories.new("report", commitment, date="2019-H1", status="completed") for commitment in commitments[:3]]
    )
    assert list(link_texts(strip(client)).items())[-1] == (
        "?area=of-all",
        f"Show the {MOST + 1} commitments of this area",
    )
    assert sentences(strip(client)) == (
        f"2019: reports 3, completed 3, deadlines 0. 2021: reports 0, completed 0, deadlines {MOST + 1}."
    )
    assert [dict(bar.attributes)["class"] for bar in find_all(strip(client), "rect")] == [
        "bar-reports",
        "bar-done",
        "bar-due",
    ]
    assert "completed 3" in visible_text(find_all(strip(client), "th")[0])


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_strip_leaves_out_what_a_filter_and_the_day_leave_out(client):
    commitments = many(range(1, MOST + 10))
    report = {"date": "2019-05-01", "status": "completed"}
    append_entries([factories.new("report", commitment, **report) for commitment in commitments[:3]])
    wrong = factories.record("report", commitments[3], **report)
    append_entries([new_retraction(wrong, "Another pledge.", Actor())])
    assert sentences(strip(client)) == "2019: reports 3, completed 3, deadlines 0."
    assert sentences(strip(client, "?as_of=2019-04-30")) == ""
    assert sentences(strip(client, "?status=no_report")) == ""


@pytest.mark.django_db
def test_one_area_is_shown_line_by_line_up_to_a_number_and_beyond_it_leads_to_the_list(client):
    many(range(1, MOST_OF_AN_AREA + 1))
    heavy = client.get(f"{TIMELINE}?area=of-all")
    assert len(lines(heavy)) == MOST_OF_AN_AREA
    assert len(gzip.compress(heavy.content, 6)) < WEIGHT
    many([MOST_OF_AN_AREA + 1])
    address, label = list(link_texts(strip(client, "?area=of-all")).items())[-1]
    assert label == f"List the {MOST_OF_AN_AREA + 1} commitments of this area"
    assert address == "/commitments/?area=of-all"


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_what_is_on_record(client):
    commitments = many(range(1, 11))
    append_entries([factories.new("report", commitment) for commitment in commitments])
    few = queries(client, TIMELINE)
    append_entries([factories.new("report", commitment) for commitment in many(range(11, MOST + 1))])
    assert queries(client, TIMELINE) == few <= 12
    many(range(MOST + 1, MOST + 3))
    folded = queries(client, TIMELINE)
    append_entries([factories.new("report", commitment) for commitment in many(range(MOST + 3, 2 * MOST))])
    assert queries(client, TIMELINE) == folded <= 12
