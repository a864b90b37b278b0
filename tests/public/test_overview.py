"""The overview with few and with many: squares that fold to bars, and counts that lead to what they count."""

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commitments.public import overview
from commitments.public.tallies import ROLES, bar_parts
from tests import factories
from tests.helpers.crowds import crowd
from tests.helpers.html import find_all, link_texts, listed, main_element, section, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
DAY = "2021-08-30"


def chart(answer):
    """Each line of the unit chart: its name, and the element."""
    return {
        visible_text(find_all(row, "dt")[0]): row
        for row in find_all(find_all(main_element(answer), "dl", _class="chart")[0], "div")
    }


def squares(element):
    """The references of the squares below, in their order."""
    return [visible_text(square).split()[0] for square in find_all(element, "a", _class="unit")]


def folded(answer):
    """The lines that are drawn as a bar."""
    return {name for name, row in chart(answer).items() if find_all(row, "svg", _class="bar")}


def counts(element):
    """Each address in the legends and totals below, with the number that stands beside it."""
    numbered = {a: label for a, label in link_texts(element).items() if re.match(r"\d", label)}
    return {address: int(label.split()[0]) for address, label in numbered.items()}


def roles(element):
    """The colour roles below, in order."""
    return re.findall(r"role-(\w+)", str(element))


# Squares and bars


@pytest.mark.postgresql
@pytest.mark.parametrize(("most", "bars"), [(9, {"Culture and creative industries"}), (10, set())])
def test_an_area_with_more_than_may_be_told_apart_folds_and_the_others_keep_their_squares(
    release, client, monkeypatch, most, bars
):
    monkeypatch.setattr(overview, "MAX_SQUARES", most)
    answer = client.get("/")
    assert folded(answer) == bars
    numbers = {name: len(squares(row)) for name, row in chart(answer).items()}
    assert {name for name, number in numbers.items() if not number} == bars
    assert sum(numbers.values()) == 57 - 10 * len(bars)


@pytest.mark.parametrize(("most", "all_fold"), [(56, True), (57, False)])
def test_above_a_number_in_all_every_area_folds(release, client, monkeypatch, most, all_fold):
    monkeypatch.setattr(overview, "MAX_SQUARES_IN_ALL", most)
    answer = client.get("/")
    assert len(folded(answer)) == (13 if all_fold else 0)
    assert len(squares(main_element(answer))) == (0 if all_fold else 57)


@pytest.mark.postgresql
def test_the_counts_beside_a_bar_lead_to_lists_with_exactly_that_many_rows(release, client, monkeypatch):
    monkeypatch.setattr(overview, "MAX_SQUARES_IN_ALL", 0)
    answer = client.get(f"/?as_of={DAY}")
    assert len(folded(answer)) == 13
    for name in folded(answer):
        row = chart(answer)[name]
        numbers = counts(row)
        *parts, whole = numbers.values()
        assert sum(parts) == whole > 0
        assert {address: listed(client, address) for address in numbers} == numbers
        assert roles(find_all(row, "svg")[0]) == roles(find_all(row, "ul", _class="key")[0])


def test_four_hundred_are_squares_and_four_hundred_and_one_a_light_bar(client):
    crowd(range(1, 401), parties_as_stated="somebody")
    assert len(squares(main_element(client.get("/")))) == 400
    crowd([401], parties_as_stated="somebody")
    answer = client.get("/")
    assert squares(main_element(answer)) == []
    rect = dict(find_all(main_element(answer), "rect")[0].attributes)
    assert (rect["class"], rect["x"], rect["width"]) == ("role-none", "0.00%", "100.00%")
    assert len(answer.content) < 20_000


@given(st.dictionaries(st.sampled_from(ROLES), st.integers(0, 100_000), min_size=1))
def test_the_parts_of_a_bar_stand_in_the_key_s_order_side_by_side_and_fill_it(pledges):
    parts = bar_parts(Counter(pledges))
    spans = [(part["role"], float(part["start"][:-1]), float(part["width"][:-1])) for part in parts]
    assert [role for role, *_rest in spans] == [role for role in ROLES if pledges.get(role)]
    ends = [0.0, *(start + width for _role, start, width in spans)]
    assert all(abs(start - end) < 0.02 for (_role, start, _width), end in zip(spans, ends, strict=False))
    assert not spans or abs(ends[-1] - 100) < 0.02


def one_of_each(area):
    """A commitment of each role in one area, recorded in another order than they stand in; and an aim."""
    statuses = {"TT-01": "stopped", "TT-02": "not_started", "TT-03": "in_progress", "TT-04": "completed"}
    for reference, status in statuses.items():
        commitment = factories.published(reference=reference, area=area)
        reason = "cancelled" if status == "stopped" else ""
        factories.record("report", commitment, status=status, stop_reason=reason)
    done = factories.published(reference="TT-05", area=area, kind="done_at_release")
    factories.record("report", done, status="completed")
    aim = factories.published(reference="TT-00", area=area, level="aim", kind="agreement")
    factories.record("report", aim, status="completed")
    factories.published(reference="TT-07", area=area)
    factories.published(reference="TT-06", area=area)


@pytest.mark.postgresql
def test_squares_stand_in_the_order_of_the_key_and_aims_last(client):
    one_of_each(factories.AreaFactory())
    expected = ["TT-05", "TT-04", "TT-03", "TT-02", "TT-01", "TT-06", "TT-07", "TT-00"]
    assert squares(main_element(client.get("/"))) == expected


def test_areas_stand_in_the_order_that_staff_gave_them_and_what_stands_in_none_comes_last(client):
    factories.published(reference="TT-01", area=None)
    factories.published(reference="TT-02", area=factories.AreaFactory(name="Second", position=2))
    factories.published(reference="TT-03", area=factories.AreaFactory(name="First", position=1))
    factories.AreaFactory(name="Empty", position=0)
    drawn = chart(client.get("/"))
    assert list(drawn)[:2] == ["First", "Second"]
    assert [squares(row) for row in drawn.values()] == [["TT-03"], ["TT-02"], ["TT-01"]]


def test_what_stands_in_no_area_folds_too(client, monkeypatch):
    monkeypatch.setattr(overview, "MAX_SQUARES", 2)
    factories.published(reference="TT-01")
    for number in (2, 3, 4):
        factories.published(reference=f"TT-0{number}", area=None)
    assert squares(main_element(client.get("/"))) == ["TT-01"]


def test_a_folded_line_without_pledges_still_says_what_is_there(client, monkeypatch):
    monkeypatch.setattr(overview, "MAX_SQUARES_IN_ALL", 1)
    for number in (1, 2):
        factories.published(reference=f"TT-0{number}", level="aim", area=None)
    [row] = chart(client.get("/")).values()
    assert visible_text(find_all(row, "dd")[0])


# What needs attention


@pytest.mark.postgresql
def test_at_most_six_are_named_of_those_past_their_deadline_and_the_list_has_them_all(client):
    for number in range(1, 9):
        factories.published(reference=f"TT-0{number}", deadline=f"{2027 - number}")
    block = find_all(main_element(client.get("/")), "section", **{"aria-labelledby": "past"})[0]
    named = re.findall(r"TT-\d\d", str(block))
    assert named == ["TT-08", "TT-07", "TT-06", "TT-05", "TT-04", "TT-03"]
    [(whole, label)] = [link for link in link_texts(block).items() if "?" in link[0]]
    assert (label, listed(client, whole)) == ("See these 7 in the list", 7)


def test_at_most_six_are_named_of_what_came_in_and_of_what_is_due_for_review(client):
    for number in range(1, 9):
        factories.published(reference=f"TT-0{number}", review_on=date(2026, 1, 1))
        factories.record("report", factories.published(reference=f"TT-1{number}"), date=f"{2010 + number}")
    for name in ("lately", "review"):
        block = find_all(main_element(client.get("/")), "section", **{"aria-labelledby": name})[0]
        assert len(set(re.findall(r"TT-\d\d", str(block)))) == 6


def test_nothing_past_its_deadline_gives_no_link_to_an_empty_list(client):
    factories.published()
    assert section(client.get("/"), "past") == "Past the deadline Nothing."


# Days and releases


@pytest.mark.postgresql
def test_each_release_leads_the_page_from_the_day_of_its_issue(client):
    for year in (2018, 2021):
        factories.published(release=factories.ReleaseFactory(slug=f"of-{year}", issued_on=f"{year}-08-30"))
    eve = date(2021, 8, 30) - timedelta(1)
    by_day = {}
    for day in (date(2018, 8, 29), eve, date(2021, 8, 30)):
        page = main_element(client.get(f"/?as_of={day}"))
        led = [a.split("/")[2] for p in find_all(page, "p", _class="lead") for a in link_texts(p)]
        by_day[day.isoformat()] = led, len(squares(page))
    assert by_day == {
        "2018-08-29": ([], 0),
        "2021-08-29": (["of-2018"], 1),
        "2021-08-30": (["of-2021", "of-2018"], 2),
    }


def test_before_the_first_release_the_overview_says_why_it_is_empty(release, client):
    page = main_element(client.get("/?as_of=2018-08-23"))
    assert "No release had been issued by this day" in visible_text(page)
    assert not find_all(page, "section")


# Both sides, on the page of a government


@pytest.mark.postgresql
@pytest.mark.parametrize(("slug", "query"), [("hksarg", ""), ("smpg", f"?as_of={DAY}")])
def test_a_government_s_page_counts_both_sides_and_leads_to_what_it_counts(release, client, slug, query):
    [block] = find_all(
        main_element(client.get(f"/organisations/{slug}/{query}")), "section", **{"aria-labelledby": "sides"}
    )
    numbers = counts(block)
    assert len(numbers) == 2 * (len(ROLES) + 1)
    assert {address: listed(client, address) for address in numbers} == numbers
    wholes = [visible_text(term) for term in find_all(block, "dt")]
    assert [re.sub(r"\d+", "N", whole) for whole in wholes] == ["Hong Kong: N pledges", "Shanghai: N pledges"]


@pytest.mark.parametrize(
    ("kind", "shown"), [("government", True), ("department", False), ("central_government", False)]
)
def test_only_a_government_s_page_shows_both_sides(client, kind, shown):
    body = factories.OrganisationFactory(kind=kind)
    factories.published(owners=[body])
    blocks = find_all(main_element(client.get(body.get_absolute_url())), "section", **{"aria-labelledby": "sides"})
    assert bool(blocks) is shown
