"""The timeline: where days lie on it, what is drawn of each commitment, the words on it, and how it folds."""

import gzip
import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import DraftUpdate
from commitments.public import timeline
from commitments.public.charts import MAX_LABELS, MAX_YEARS_AHEAD, Axis, Mark, axis_for, bar_height, percent
from commitments.public.timeline import MAX_LINES
from commitments.public.timeline_lines import NARROWEST_TRACK, place_label, text_width
from commitments.query.filters import CommitmentFilter
from tests import factories
from tests.helpers.crowds import crowd, queries
from tests.helpers.html import find_all, link_texts, main_element, visible_text

pytestmark = pytest.mark.usefixtures("the_day_is_fixed")
TIMELINE = "/timeline/"
WEIGHT = 15_000  # of the 40 KB that a first visit may move, the page's own share with the 57 lines of 2018
WEIGHT_OF_600 = 60_000


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
    assert axis.point("done", date(2015, 5, 1), date(2015, 5, 1)) == Mark("earlier", "0%")


def test_a_mark_stands_in_the_middle_of_what_is_known():
    assert Axis(2018, 2018).point("done", date(2018, 3, 1), date(2018, 3, 31)) == Mark(
        "done", percent(100 * 74.5 / 365)
    )


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


# The words on the line


@given(
    st.text(alphabet="abc 承諾", min_size=1, max_size=30),
    st.floats(0, 100),
    st.lists(st.floats(0, 100), max_size=6),
)
def test_a_label_lies_on_its_line_wherever_one_side_has_room_for_it(text, x, marks):
    label = place_label(text, "done", x, [], [Mark("moving", percent(mark)) for mark in marks])
    width, at = 100 * (11 + text_width(text)) / NARROWEST_TRACK, float(label.x.rstrip("%"))
    ends = (at - width, at) if label.is_left else (at, at + width)
    if x + width <= 100 or x >= width:
        assert ends[0] >= -0.01
        assert ends[1] <= 100.01


def test_a_label_covers_no_other_mark_where_there_is_room_beside_it():
    others = [Mark("moving", "60%")]
    assert place_label("last progress Nov 2025", "moving", 50, [], others).is_left
    assert place_label("last progress Nov 2025", "moving", 50, [], []) == place_label(
        "last progress Nov 2025", "moving", 50, [], [Mark("moving", "50%")]
    )


def test_a_label_is_its_date_alone_where_only_that_has_room_beside_its_mark():
    others = [Mark("moving", percent(mark)) for mark in (76, 64)]
    label = place_label("last progress Nov 2025", "moving", 87, [], others, few="Nov 2025")
    assert (label.text, label.whole, label.x, label.is_left) == ("Nov 2025", "last progress Nov 2025", "87%", False)


def test_a_label_stands_behind_the_time_in_which_its_mark_lies():
    assert place_label("delivered Nov 2019", "done", 20, [Mark("due", "11%", "11%")], []).x == "22%"


# What is drawn, and said


def lines(answer):
    """The row of each commitment."""
    rows = find_all(main_element(answer), "tr")
    named = {next(iter(link_texts(row))): row for row in rows if find_all(row, "p", _class="in-words")}
    return {address.split("/")[2]: row for address, row in named.items()}


def shapes(row):
    """The shapes drawn in a row, and where."""
    drawn = [dict(use.attributes) for use in find_all(row, "use")]
    return [(use["href"].removeprefix("#m-"), use["x"]) for use in drawn if use["href"] != "#grid"]


def kinds(row):
    return [shape for shape, _x in shapes(row)]


def stretches(row):
    """What is drawn over a time: bars and runs, each with its two ends."""
    bars = [dict(bar.attributes) for bar in find_all(row, "rect")]
    runs = [dict(run.attributes) for run in find_all(row, "line", _class="run")]
    return [(bar["class"], bar["x"], bar["width"]) for bar in bars] + [
        (run["class"], run["x1"], run["x2"]) for run in runs
    ]


def sentences(row):
    return visible_text(find_all(row, "p", _class="in-words")[0])


def said(row):
    """The label beside the name; the one on the line says the same, or where there is no room its date."""
    [on_line], [beside] = find_all(row, "text", _class="said"), find_all(row, "span", _class="say")
    assert visible_text(beside).endswith(visible_text(on_line))
    return visible_text(beside)


def line(client, commitment, query=""):
    return lines(client.get(TIMELINE + query))[commitment.reference]


def test_every_commitment_has_a_line_in_the_band_of_its_area(release, client):
    answer = main_element(client.get(TIMELINE))
    assert len(lines(client.get(TIMELINE))) == 57
    assert len(find_all(answer, "table")) == 1
    bands = [visible_text(band) for band in find_all(answer, "tr", _class="band")]
    assert bands[:2] == ["Belt and Road 4 pledges", "Culture and creative industries 9 pledges"]
    assert bands[-1] == "Outside the areas"


def test_every_number_leads_to_a_list_with_so_many_rows(release, client):
    answer = main_element(client.get(TIMELINE))
    [summary] = find_all(answer, "p", _class="kicker")
    assert re.fullmatch(
        r"Years run across; 52 pledges, 4 aims, 1 heading run down\. "
        r"Only 6 pledges name a date\. \d+ pledges run to this day without "
        r"evidence\.",
        visible_text(summary),
    )
    counts = {
        address: int(words.split()[0])
        for element in (summary, *find_all(answer, "small"))
        for address, words in link_texts(element).items()
    }
    assert len(counts) == 5 + 13
    wrong = {address: number for address, number in counts.items() if listed_by(address) != number}
    assert wrong == {}


def listed_by(address):
    """How many commitments the list at this address has."""
    question = CommitmentFilter(QueryDict(urlsplit(address.replace("&amp;", "&")).query), date(2026, 11, 29))
    assert question.is_valid(), address
    return question.qs.count()


@pytest.mark.parametrize(
    ("dated", "of", "summary"),
    [
        (0, 1, "1 pledge runs down. 1 pledge runs to this day without evidence."),
        (1, 1, "1 pledge runs down. 1 pledge runs to this day without evidence."),
        (0, 2, "2 pledges run down. No pledge names a date. 2 pledges run to this day without evidence."),
        (1, 2, "2 pledges run down. 1 pledge names a date. 2 pledges run to this day without evidence."),
        (1, 3, "3 pledges run down. Only 1 pledge names a date. 3 pledges run to this day without evidence."),
        (2, 3, "3 pledges run down. 2 pledges name a date. 3 pledges run to this day without evidence."),
        (3, 3, "3 pledges run down. 3 pledges run to this day without evidence."),
    ],
)
@pytest.mark.django_db
def test_the_summary_is_right_for_every_number(client, dated, of, summary):
    for number in range(of):
        factories.published(deadline="2030" if number < dated else "")
    [words] = find_all(main_element(client.get(TIMELINE)), "p", _class="kicker")
    assert visible_text(words) == f"Years run across; {summary}"


def test_a_plan_for_2020_that_was_met_in_2024_is_drawn_and_said_with_both_and_how_late(release, client):
    row = lines(client.get(TIMELINE))["CU-07"]
    assert said(row) == "delivered at least 3 years 3 months late"
    assert sentences(row).startswith("Announced 24 August 2018. Due: 2020. Delivered: ")
    assert "2024. At least 3 years 3 months late." in sentences(row)
    assert [kind for kind, *_places in stretches(row)] == ["due", "open run", "late run"]
    assert kinds(row)[-2:] == ["announced-on", "late"]
    [edge] = find_all(row, "line", _class="due-edge")
    assert dict(edge.attributes)["x1"] == percent(Axis(2018, 2026).at(date(2020, 12, 31), share=1))


def test_what_is_drawn_is_hidden_from_those_who_hear_the_words(release, client):
    row = lines(client.get(TIMELINE))["CU-07"]
    assert [dict(svg.attributes).get("aria-hidden") for svg in find_all(row, "svg", _class="track")] == ["true"]
    [beside] = find_all(row, "span", _class="say")
    assert dict(beside.attributes)["aria-hidden"] == "true"


def test_nothing_depends_on_a_title_that_shows_on_hovering_or_on_a_style(release, client):
    table = find_all(main_element(client.get(TIMELINE)), "table")[0]
    assert not find_all(table, "title")
    elements = [element for name in ("a", "svg", "use", "line", "rect", "text") for element in find_all(table, name)]
    assert {key for element in elements for key, _value in element.attributes}.isdisjoint({"title", "style"})


def test_a_deadline_that_passed_in_silence_is_dotted_and_no_accusation(release, client):
    row = lines(client.get(TIMELINE))["AV-04"]
    assert [kind for kind, *_places in stretches(row)] == ["due", "open run"]
    assert said(row) == "outcome unknown"
    assert "Outcome unknown. No evidence found; last searched" in sentences(row)
    assert kinds(row)[-1] == "none"


def test_the_date_of_an_event_is_drawn_without_an_edge_and_named_as_no_deadline(release, client):
    row = lines(client.get(TIMELINE))["PR-01"]
    assert stretches(row)[0][0] == "due of-event"
    assert not find_all(row, "line", _class="due-edge")
    assert "Date of the event: 2021. Outcome unknown." in sentences(row)


def test_what_was_done_when_announced_is_a_disc_on_that_day_and_never_open(release, client):
    row = lines(client.get(TIMELINE))["CU-01"]
    assert [kind for kind in kinds(row) if kind != "around"] == ["announced"]
    assert not find_all(row, "line", _class="run")
    assert "Already done when announced: 24 August 2018." in sentences(row)
    assert not find_all(row, "text", _class="said")


def test_the_key_names_what_is_drawn_and_nothing_else(release, client):
    [key] = find_all(main_element(client.get(TIMELINE)), "ul", _class="legend")
    drawn = {kind for row in lines(client.get(TIMELINE)).values() for kind in kinds(row)}
    named = {kind for entry in find_all(key, "li") for kind in kinds(entry)}
    assert named == drawn
    assert "not searched for yet" not in visible_text(key)
    assert find_all(key, "input", id="in-words")
    assert visible_text(key).endswith("Show as text")


@pytest.mark.django_db
def test_background_is_a_dot_and_a_check_a_glass_below_the_report(client):
    commitment = factories.published()
    factories.record("context", commitment, date="2019-06-01")
    factories.record("check", commitment, date="2026-11-29")
    factories.record("report", commitment, date="2020-02-29", status="in_progress")
    row = line(client, commitment)
    assert kinds(row) == ["around", "searched", "announced-on", "moving"]
    assert sentences(row) == (
        "Announced 24 August 2018. In progress: 29 February 2020. Background: 1 June 2019. "
        "Searched, nothing new found: 29 November 2026."
    )


@pytest.mark.django_db
def test_what_was_never_searched_for_is_drawn_and_said_as_that(client):
    commitment = factories.published()
    assert kinds(line(client, commitment)) == ["announced-on", "unread"]
    assert sentences(line(client, commitment)).endswith("No evidence found; not searched for yet.")


@pytest.mark.django_db
def test_behind_a_report_of_a_year_its_year_is_drawn_and_none_behind_one_of_a_month(client):
    commitment = factories.published()
    factories.record("report", commitment, date="2019", status="in_progress")
    factories.record("report", commitment, date="2020-03", status="completed")
    axis, row = Axis(2018, 2026), line(client, commitment)
    assert [run for run in stretches(row) if run[0] == "run spread"] == [
        ("run spread", percent(axis.at(date(2019, 1, 1))), percent(axis.at(date(2019, 12, 31), share=1)))
    ]
    assert shapes(row)[-2:] == [
        ("moving", percent(axis.middle(date(2019, 1, 1), date(2019, 12, 31)))),
        ("done", percent(axis.middle(date(2020, 3, 1), date(2020, 3, 31)))),
    ]
    assert said(row) == "delivered Mar 2020"


@pytest.mark.django_db
def test_a_delivery_that_is_confirmed_is_no_second_delivery(client):
    commitment = factories.published()
    for dated in ("2019-03", "2021-03"):
        factories.record("report", commitment, date=dated, status="completed")
    row = line(client, commitment)
    assert kinds(row) == ["announced-on", "done", "again"]
    assert "Delivered: March 2019. Confirmed: March 2021." in sentences(row)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("revised", "drawn"),
    [("2022", ["due named-first", "due"]), ("2019", ["due named-first", "due"]), ("2020", ["due"])],
)
def test_a_moved_deadline_is_drawn_with_the_first_one_and_a_line_between_their_ends(client, revised, drawn):
    commitment = factories.published(deadline="2020")
    factories.record("report", commitment, date="2019", deadline=revised, deadline_reason="The site flooded.")
    row = line(client, commitment)
    assert [kind for kind, *_places in stretches(row) if kind.startswith("due")] == drawn
    ends = [percent(Axis(2018, 2026).at(date(int(year), 12, 31), share=1)) for year in ("2020", revised)]
    assert [places for kind, *places in stretches(row) if kind == "run slip"] == [ends] * (revised != "2020")
    assert (f"First due: 2020. Now due: {revised}." in sentences(row)) is (revised != "2020")


@pytest.mark.django_db
def test_what_is_unfinished_past_its_deadline_is_thick_from_there_to_today_and_says_how_long(client):
    commitment = factories.published(deadline="2020")
    factories.record("report", commitment, date="2019-05-01", status="in_progress")
    row, axis = line(client, commitment), Axis(2018, 2026)
    today = percent(axis.middle(date(2026, 11, 29), date(2026, 11, 29)))
    assert stretches(row)[-1] == ("late run", percent(axis.at(date(2020, 12, 31), share=1)), today)
    assert said(row) == "overdue by 5 years 10 months"
    assert sentences(row).endswith("Overdue by 5 years 10 months.")


@pytest.mark.django_db
def test_a_stop_ends_the_line_of_what_is_open(client):
    commitment = factories.published()
    factories.record("report", commitment, date="2020-06-30", status="stopped", stop_reason="cancelled")
    row, axis = line(client, commitment), Axis(2018, 2026)
    ends = [percent(axis.middle(day, day)) for day in (date(2018, 8, 24), date(2020, 6, 30))]
    assert stretches(row) == [("run", *ends)]
    assert (kinds(row)[-1], said(row)) == ("ended", "stopped Jun 2020")


@pytest.mark.django_db
def test_a_deadline_of_another_century_points_over_the_edge_and_leaves_room_for_the_rest(client):
    commitment = factories.published(deadline="2190")
    assert ("later", "100%") in shapes(line(client, commitment))
    assert "Due: 2190." in sentences(line(client, commitment))


@pytest.mark.postgresql
@pytest.mark.django_db
def test_what_was_retracted_is_not_drawn(client):
    commitment = factories.published()
    wrong = factories.record("report", commitment, date="2019-05-01", status="completed")
    append_entries([new_retraction(wrong, "Another pledge.", Actor())])
    assert kinds(line(client, commitment)) == ["announced-on", "unread"]


@pytest.mark.django_db
def test_a_line_is_called_by_its_short_title_or_else_by_its_title(client):
    short = factories.published(title="Train about 40 Shanghai airport employees", short_title="Training 40 staff")
    long = factories.published(title="Hold a Shanghai Week in Hong Kong")
    names = [next(iter(link_texts(line(client, one)).values())) for one in (short, long)]
    assert names == ["Training 40 staff", "Hold a Shanghai Week in Hong Kong"]


# As of a day, and filtered


@pytest.mark.postgresql
def test_as_of_a_day_nothing_later_is_drawn_or_said(release, client):
    answer = client.get(f"{TIMELINE}?as_of=2021-08-30")
    row = lines(answer)["CU-07"]
    assert [kind for kind, *_places in stretches(row)] == ["due", "open run"]
    assert said(row) == "outcome unknown"
    content = find_all(main_element(answer), "table")
    assert not any(
        year in visible_text(table) for table in content for year in ("2022", "2023", "2024", "2025", "2026")
    )
    assert "6th Plenary Session" not in visible_text(main_element(answer))
    assert "5th Plenary Session" in visible_text(main_element(answer))


@pytest.mark.django_db
def test_as_of_a_day_before_a_revision_the_deadline_is_the_first_one(client):
    commitment = factories.published(deadline="2020")
    factories.record("report", commitment, date="2019-06-30", deadline="2022", deadline_reason="The site flooded.")
    moved = [find_all(line(client, commitment, f"?as_of={day}"), "line", _class="slip") for day in DAYS_OF_THE_REVISION]
    assert [len(found) for found in moved] == [0, 1]


DAYS_OF_THE_REVISION = ("2019-06-29", "2019-06-30")


@pytest.mark.django_db
def test_a_report_of_a_year_is_cut_at_the_day_that_is_shown(client, time_machine):
    commitment = factories.published()
    factories.record(
        "report", commitment, date="2026", status="in_progress", recorded_at=datetime(2026, 11, 29, tzinfo=UTC)
    )
    cut = percent(Axis(2018, 2026).at(date(2026, 11, 29), share=1))
    assert [run[2] for run in stretches(line(client, commitment)) if run[0] == "run spread"] == [cut]


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
    assert kinds(line(client, commitment)) == ["announced-on", "unread"]
    assert not any(word in answer.content.decode() for word in ("Secret bridge", draft.reference, "2040", "2025:"))


# The head


@pytest.mark.django_db
def test_two_days_close_together_have_one_name_in_the_head_and_both_their_lines(client):
    factories.published(release__issued_on="2018-08-24")
    factories.published(release__issued_on="2018-09-24")
    head = find_all(main_element(client.get(TIMELINE)), "thead")[0]
    named = [visible_text(text) for text in find_all(head, "text", _class="phone-off")]
    assert named == ["today", "announced"]


# Folded


def many(numbers, **fields):
    return crowd(numbers, parties_as_stated="Enterprises", **fields)


def strip(client, query=""):
    return find_all(find_all(main_element(client.get(TIMELINE + query)), "tbody")[0], "tr")[0]


@pytest.fixture
def few_lines(monkeypatch):
    """More than ten are too many here, so that a test need not make hundreds."""
    monkeypatch.setattr(timeline, "MAX_LINES", 10)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_more_than_can_be_read_are_a_strip_for_each_area_and_the_page_says_so(client, few_lines):
    commitments = many(range(1, 12), deadline="2021", deadline_basis="stated")
    append_entries(
        [factories.new("report", commitment, date="2019-H1", status="completed") for commitment in commitments[:3]]
    )
    factories.record("context", commitments[5], date="2020-02")
    page = visible_text(main_element(client.get(TIMELINE)))
    assert "Years run across; areas run down, with 11 pledges." in page
    assert "too many for a line each: up to 10 can be read" in page
    assert sentences(strip(client)) == "2019: reports 3, background 0. 2020: reports 0, background 1."
    assert [dict(bar.attributes)["class"] for bar in find_all(strip(client), "rect")] == [
        "news-bar own",
        "around news-bar",
    ]
    assert visible_text(find_all(strip(client), "th")[0]).endswith("11 in all no evidence found 8 delivered 3")
    addresses = [address.replace("&amp;", "&") for address in link_texts(strip(client))]
    assert addresses[1:3] == ["/commitments/?area=of-all", "/commitments/?area=of-all&status=no_report"]


@pytest.mark.django_db
def test_a_strip_leads_to_the_lines_of_its_area_as_it_is_filtered(client, few_lines):
    commitments = many(range(1, 12))
    other = factories.AreaFactory(slug="other", name="Other")
    factories.published(area=other, release=commitments[0].release)
    rows = find_all(main_element(client.get(f"{TIMELINE}?kind=action")), "tr")
    [address] = [address for row in rows for address, words in link_texts(row).items() if words == "Other"]
    assert address.replace("&amp;", "&") == "?kind=action&area=other"
    assert len(lines(client.get(TIMELINE + address.replace("&amp;", "&")))) == 1
    assert "/areas/of-all/" in link_texts(strip(client))


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_strip_leaves_out_what_a_filter_and_the_day_leave_out(client, few_lines):
    commitments = many(range(1, 20))
    report = {"date": "2019-05-01", "status": "completed"}
    append_entries([factories.new("report", commitment, **report) for commitment in commitments[:3]])
    wrong = factories.record("report", commitments[3], **report)
    append_entries([new_retraction(wrong, "Another pledge.", Actor())])
    assert sentences(strip(client)) == "2019: reports 3, background 0."
    assert sentences(strip(client, "?as_of=2019-04-30")) == ""
    assert sentences(strip(client, "?status=no_report")) == ""


# What it weighs, and takes


def test_the_lines_of_2018_are_light(release, client):
    assert len(gzip.compress(client.get(TIMELINE).content, 6)) < WEIGHT


@pytest.mark.django_db
def test_so_many_lines_as_can_be_read_weigh_no_more_than_is_said(client):
    many(range(1, MAX_LINES + 1))
    heaviest = client.get(TIMELINE)
    assert len(lines(heaviest)) == MAX_LINES
    assert len(gzip.compress(heaviest.content, 6)) < WEIGHT_OF_600


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_number_of_queries_does_not_grow_with_what_is_on_record(client, monkeypatch):
    append_entries([factories.new("report", commitment) for commitment in many(range(1, 11))])
    few = queries(client, TIMELINE)
    append_entries([factories.new("report", commitment) for commitment in many(range(11, 61))])
    assert queries(client, TIMELINE) == few <= 12
    monkeypatch.setattr(timeline, "MAX_LINES", 50)
    append_entries([factories.new("report", commitment) for commitment in many(range(61, 63))])
    folded = queries(client, TIMELINE)
    append_entries([factories.new("report", commitment) for commitment in many(range(63, 121))])
    assert queries(client, TIMELINE) == folded <= 12
