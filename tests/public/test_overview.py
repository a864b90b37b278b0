"""The overview: what it says in sentences, draws in cells and names is what the list has, whatever is on record."""

import gzip
import random
import re
from collections import Counter
from datetime import date
from functools import cache, partial

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from commitments.domain.choices import Schedule
from commitments.ledger.append import append_entries, new_entity_entry
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, Occasion
from commitments.public import named_index, overview
from commitments.public.tallies import ROLES, bar_parts
from commitments.query import tally_figure
from commitments.query.findings import ReleaseCounts
from commitments.query.overview_sentences import (
    DatedCounts,
    dated_heading,
    dated_sentence,
    not_counted_sentence,
    silence_sentence,
)
from commitments.query.tally_figure import TallyFigure, TallyPart
from commitments.query.years import YearAxis, strip
from tests import factories
from tests.helpers.crowds import crowd
from tests.helpers.html import Head, find_all, link_texts, listed, main_element, section, table_references, visible_text
from tests.helpers.ledger_acts import retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
DAY = "2021-08-30"
WORDS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def block(answer, name):
    """The section whose heading has this name."""
    return find_all(main_element(answer), "section", **{"aria-labelledby": name})[0]


def numbered(element):
    """Each address of the list below, with the number that stands in its link, as figure or as word."""
    numbers = {}
    for address, label in link_texts(element).items():
        found = re.findall(rf"\d+|\b(?:{'|'.join(WORDS[1:])})\b", label.lower())
        if "/commitments/?" in address and found:
            numbers[address] = int(found[-1]) if found[-1].isdigit() else WORDS.index(found[-1])
    return numbers


def rows_of(client, addresses):
    """How many rows the list at each address has."""
    return {address: listed(client, address) for address in addresses}


def bars(answer):
    """Each release's bar: by role of its parts the roles of their cells, and the links under them."""
    return [
        [
            (
                re.search(r"role-\w+", dict(part.attributes)["class"])[0],
                drawn(find_all(part, "span", _class="cells")[0]),
                link_texts(part),
            )
            for part in find_all(find_all(figure, "ul")[0], "li")
        ]
        for figure in find_all(main_element(answer), "figure", _class="tally")
    ]


def drawn(cells):
    """How many cells there are of each role."""
    return Counter(dict(cell.attributes)["class"] for cell in find_all(cells, "i"))


def named(answer, name=""):
    """The references of the pledges that are named, in their order; those of one area only."""
    areas = find_all(main_element(answer), "section", _class="area")
    lists = [one for one in areas if visible_text(find_all(one, "h3")[0]).startswith(name)]
    return [
        dict(link.attributes)["href"].split("/")[2]
        for one in lists
        for names in find_all(one, "ul", _class="named")
        for link in find_all(names, "a")
    ]


def name_of(answer, reference):
    """The entry of one pledge in the index."""
    [link] = [
        link
        for names in find_all(main_element(answer), "ul", _class="named")
        for link in find_all(names, "a")
        if dict(link.attributes)["href"].startswith(f"/commitments/{reference}/")
    ]
    return link


def cells_of_table(answer, name):
    """The rows of a block's table, as texts."""
    [body] = find_all(block(answer, name), "tbody")
    return [[visible_text(cell) for cell in row.children if not isinstance(cell, str)] for row in find_all(body, "tr")]


# Whatever is on record: finding, bar and list have the same numbers


def report(commitment, status, day="2026-10-01", **more):
    reason = {"stop_reason": "cancelled"} if status == "stopped" else {}
    return factories.record("report", commitment, status=status, date=day, **reason, **more)


# How a pledge may stand: what it is, and what is recorded of it.
ANNOUNCED = {"kind": "agreement"}, [("completed", "2018-08-24")]
DELIVERED = {"deadline": "2019"}, [("completed", "2019-05")]
LATE = {"deadline": "2019"}, [("completed", "2020-05")]
MOVING = {}, [("in_progress", "2026-10-01")]
SILENT = {}, [("in_progress", "2019-10-01")]
OVERDUE = {"deadline": "2020"}, [("in_progress", "2026-10-01")]
WAITING = {}, [("not_started", "2026-10-01")]
STOPPED = {}, [("stopped", "2020-10-01")]
STOPPED_WITH_DATE = {"deadline": "2021"}, [("stopped", "2020-10-01")]
UNFOUND = {}, [("check", "")]
UNKNOWN = {"deadline": "2018"}, [("check", "")]
UNREAD = {}, []
UPCOMING = {"deadline": "2030"}, []
AIM = {"level": "aim"}, [("in_progress", "2019-10-01")]
WAYS = [
    ANNOUNCED, DELIVERED, LATE, MOVING, SILENT, OVERDUE, WAITING, STOPPED, STOPPED_WITH_DATE,
    UNFOUND, UNKNOWN, UNREAD, UPCOMING, AIM,
]  # fmt: skip


def put_on_record(number, way, **fields):
    """One commitment that stands in one of the ways."""
    what, acts = way
    commitment = factories.published(reference=f"TT-{number:02}", **what, **fields)
    for status, day in acts:
        if status == "check":
            factories.record("check", commitment)
        else:
            report(commitment, status, day)
    return commitment


CASES = {
    "none is delivered": [[UNFOUND, UNFOUND, MOVING]],
    "one alone, late": [[LATE]],
    "one alone, silent": [[SILENT]],
    "one alone, unread": [[UNREAD]],
    "all are delivered, one of them late": [[DELIVERED, DELIVERED, LATE]],
    "all are delivered late": [[LATE, LATE]],
    "all are silent": [[SILENT, SILENT, AIM]],
    "all were announced": [[ANNOUNCED, ANNOUNCED]],
    "stopped, with a date and without": [[STOPPED, STOPPED_WITH_DATE, MOVING]],
    "stopped without a date": [[STOPPED, MOVING, UPCOMING]],
    "one of each": [WAYS],
    "two releases, one of them unread": [[ANNOUNCED, LATE, SILENT, UNKNOWN], [UNREAD, UNREAD]],
}


def check_numbers(client, day=""):
    """Every number on the overview leads to a list of so many rows, and the parts of each bar are its whole."""
    answer, rows = client.get(f"/{day}"), cache(partial(listed, client))
    page = main_element(answer)
    numbers = numbered(page)
    assert {address: rows(address) for address in numbers} == numbers
    findings = find_all(page, "h2", _class="finding")
    for finding, parts in zip(findings, bars(answer), strict=True):
        check_bar(rows, parts)
        in_bar = {address for _role, _cells, links in parts for address in links}
        to_be_kept = sum(cells.total() for role, cells, _links in parts if role != "role-announced")
        beside = [address for address in link_texts(finding) if address not in in_bar]
        if to_be_kept:
            first, *repeats = beside
            assert rows(first) == to_be_kept
            assert all("repeated=earlier" in address or address.startswith("/repeated/") for address in repeats)
        assert not re.search(r"[{}]| {2}|\.\.| ,| \.", visible_text(finding))
    assert len(named(answer)) == rows(f"/commitments/{day}")
    return answer


def check_bar(rows, parts):
    """The words under each part lead to as many rows as it has cells; the detail to as many as are drawn so."""
    for role, cells, links in parts:
        whole, *detail = links
        assert rows(whole) == cells.total()
        special = cells[{"role-done": "role-late", "role-moving": "role-silent"}.get(role, "")]
        assert [rows(address) for address in detail] == ([special] if special else [])


@pytest.mark.postgresql
@pytest.mark.parametrize("case", CASES)
def test_the_numbers_of_finding_bar_and_list_agree(client, case):
    numbers = iter(range(1, 99))
    for year, ways in zip((2018, 2024), CASES[case], strict=False):
        out = factories.ReleaseFactory(issued_on=f"{year}-08-24")
        for way in ways:
            put_on_record(next(numbers), way, release=out)
    check_numbers(client)


@pytest.mark.parametrize("seed", range(4))
def test_the_numbers_agree_in_random_records_on_two_days(client, seed):
    dice = random.Random(seed)
    areas = [factories.AreaFactory(), factories.AreaFactory(), None]
    releases = [factories.ReleaseFactory(issued_on=day) for day in ("2018-08-24", "2021-08-30")[: dice.randint(1, 2)]]
    earlier = []
    for number in range(1, dice.randint(2, 16)):
        out = dice.choice(releases)
        repeats = [dice.choice(earlier)] if earlier and out is not releases[0] else []
        put = {"release": out, "area": dice.choice(areas), "repeats": repeats}
        commitment = put_on_record(number, dice.choice(WAYS), **put)
        earlier += [commitment] if out is releases[0] else []
    check_numbers(client)
    check_numbers(client, "?as_of=2021-09-01")


def test_the_numbers_of_the_first_release_agree(release, client):
    check_numbers(client)


def test_the_numbers_of_the_first_release_agree_in_chinese(release, client):
    for prefix in ("zh-hant/", "zh-hans/"):
        page = main_element(client.get(f"/{prefix}"))
        numbers = {
            address: int(found[-1])
            for address, label in link_texts(page).items()
            if "/commitments/?" in address and (found := re.findall(r"\d+", label))
        }
        assert len(numbers) > 15
        assert {address: int(re.search(r"\d+", found_in(client, address))[0]) for address in numbers} == numbers


HAND_COUNTED = [
    "4 delivered 1 of them late",
    "21 in progress 17 with no news for over a year",
    "16 no evidence found no verdict: it may have been done unreported",
    "11 more were already done when announced signed or in place by that day",
]


@pytest.mark.postgresql
def test_the_fifty_two_pledges_of_the_first_release_as_they_were_counted_by_hand(release, client):
    page = main_element(client.get("/"))
    assert visible_text(find_all(page, "h2", _class="finding")[0]) == (
        "Of 41 pledges still to be kept in August 2018, 4 are delivered, one of them late. 21 have some progress "
        "reported, 17 of them with no news for over a year. For 16, no evidence was found."
    )
    [figure] = find_all(page, "figure", _class="tally")
    assert [visible_text(part) for part in find_all(figure, "li")] == HAND_COUNTED
    assert sum(cells.total() for [parts] in [bars(client.get("/"))] for _role, cells, _links in parts) == 52


def test_the_lists_behind_the_bar_share_no_commitment_and_leave_none_out(release, client):
    [parts] = bars(client.get("/"))
    wholes = [next(iter(links)) for _role, _cells, links in parts]
    listed_there = [one for whole in wholes for one in table_references(client.get(f"{whole}&per_page=100"))]
    assert sorted(listed_there) == sorted(table_references(client.get("/commitments/?level=primary&per_page=100")))


def found_in(client, address):
    """What the list says of how many it has found."""
    return visible_text(find_all(main_element(client.get(address)), "div", _class="found")[0])


def test_what_cannot_be_listed_alone_has_a_number_without_a_link(client):
    """Stopped with a date and without: no filter tells those that name no date from the rest."""
    for number, way in enumerate([STOPPED, STOPPED_WITH_DATE, MOVING], 1):
        put_on_record(number, way)
    assert "The other two name no date." in section(client.get("/"), "dated")
    assert not [label for label in link_texts(block(client.get("/"), "dated")).values() if label == "two"]


# Sentences, for every number that can stand in them


def text(html):
    return re.sub("<[^>]*>", "", html)


def address(**filters):
    return "?" + "&".join(f"{name}={value}" for name, value in filters.items())


ALL_SCHEDULES = [
    Schedule.MET, Schedule.MET_LATE, Schedule.OVERDUE, Schedule.UNREPORTED, Schedule.DUE_SOON, Schedule.ENDED,
]  # fmt: skip
DATED = [
    ({}, 1, "None named a date", "The one pledge names no date."),
    ({}, 41, "None named a date", "The 41 pledges name no date."),
    ({Schedule.MET: 1}, 0, "One named a date", "One was kept in time."),
    ({Schedule.UNREPORTED: 2}, 1, "Two named a date", "Of two the outcome is unknown. The other one names no date."),
    (
        {Schedule.MET: 3, Schedule.MET_LATE: 1, Schedule.UNREPORTED: 2},
        46,
        "Six named a date",
        "Three were kept in time, one came late, of two the outcome is unknown. The other 46 name no date.",
    ),
    (
        dict.fromkeys(ALL_SCHEDULES, 1),
        2,
        "Six named a date",
        (
            "One was kept in time, one came late, one is overdue, of one the outcome is unknown, one is still to come, "
            "one was stopped. The other two name no date."
        ),
    ),
    (
        dict.fromkeys([*ALL_SCHEDULES, Schedule.UPCOMING], 10),
        0,
        "70 named a date",
        (
            "10 were kept in time, 10 came late, 10 are overdue, of 10 the outcome is unknown, 20 are still to come, "
            "10 were stopped."
        ),
    ),
]


@pytest.mark.parametrize(("dated", "undated", "heading", "sentence"), DATED)
def test_what_is_said_of_dates_is_grammatical(dated, undated, heading, sentence):
    counts = DatedCounts(Counter(dated), undated)
    assert text(dated_heading(counts, address)) == heading
    assert text(dated_sentence(counts, address)) == sentence


@pytest.mark.parametrize(
    ("in_progress", "silent", "sentence"),
    [
        (1, 0, "The one in progress has had news within the past year."),
        (5, 0, "All five in progress have had news within the past year."),
        (1, 1, "The one in progress has had none for over a year."),
        (12, 12, "All 12 in progress have had none for over a year."),
        (13, 1, "Of 13 in progress, one has had none for over a year."),
        (13, 12, "Of 13 in progress, 12 have had none for over a year."),
    ],
)
def test_what_is_said_of_silence_is_grammatical(in_progress, silent, sentence):
    assert text(silence_sentence(in_progress, silent, address)) == sentence


def test_what_is_said_of_aims_and_headings_is_grammatical():
    assert text(not_counted_sentence(1)) == "We also list one aim or group heading. It is not counted."
    assert text(not_counted_sentence(5)) == "We also list five aims and group headings. They are not counted."


CHINESE_SENTENCES = {
    "zh-hant": [
        "6項訂明日期", "3項如期落實，1項逾期落實，2項結果不詳。其餘46項沒有訂明日期。",
        "13項進行中，12項逾一年沒有消息。", "1項進行中，全部逾一年沒有消息。", "沒有一項訂明日期",
        "41項承諾均沒有訂明日期。", "另列出目的及總括項目共5項，不計算在內。",
    ],
    "zh-hans": [
        "6项写明日期", "3项按期兑现，1项逾期兑现，2项结果不详。其余46项没有写明日期。",
        "13项进行中，12项一年以上没有消息。", "1项进行中，全部一年以上没有消息。", "没有一项写明日期",
        "41项承诺均没有写明日期。", "另列出目的和总括项目共5项，不计入总数。",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", CHINESE_SENTENCES)
def test_the_sentences_have_figures_and_no_spaces_in_chinese(language):
    some = DatedCounts(Counter({Schedule.MET: 3, Schedule.MET_LATE: 1, Schedule.UNREPORTED: 2}), 46)
    none = DatedCounts(Counter(), 41)
    with override(language):
        sentences = [
            dated_heading(some, address),
            dated_sentence(some, address),
            silence_sentence(13, 12, address),
            silence_sentence(1, 1, address),
            dated_heading(none, address),
            dated_sentence(none, address),
            not_counted_sentence(5),
        ]
    assert [text(sentence) for sentence in sentences] == CHINESE_SENTENCES[language]


# The bar


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (ReleaseCounts(delivered=1, late=1), ["1 delivered late"]),
        (ReleaseCounts(delivered=2, late=2), ["2 delivered all of them late"]),
        (ReleaseCounts(delivered=4, late=1), ["4 delivered 1 of them late"]),
        (ReleaseCounts(in_progress=1, silent=1), ["1 in progress with no news for over a year"]),
        (ReleaseCounts(in_progress=3, silent=3), ["3 in progress all with no news for over a year"]),
        (ReleaseCounts(in_progress=3, silent=1), ["3 in progress 1 with no news for over a year"]),
        (
            ReleaseCounts(not_started=1, stopped=2, nothing_found=3, unsearched=4),
            ["1 not started", "2 stopped", "3 no evidence found", "4 not searched for yet"],
        ),
        (ReleaseCounts(announced=1), ["1 already done when announced"]),
        (
            ReleaseCounts(delivered=1, announced=1),
            ["1 delivered", "1 more was already done when announced"],
        ),
        (
            ReleaseCounts(delivered=1, announced=11),
            ["1 delivered", "11 more were already done when announced"],
        ),
    ],
)
def test_the_words_under_the_bar_are_grammatical(counts, words):
    figure = tally_figure.tally_figure(factories.ReleaseFactory.build(), counts, address, 11)
    assert [text(" ".join(filter(None, (part.words, part.detail)))) for part in figure.parts] == words


def test_above_a_number_of_pledges_every_release_is_one_bar_on_one_scale(client, monkeypatch):
    monkeypatch.setattr(tally_figure, "MAX_CELLS", 3)
    for year, ways in {2018: [DELIVERED, LATE, UNFOUND, UNFOUND], 2024: [MOVING]}.items():
        out = factories.ReleaseFactory(issued_on=f"{year}-08-24")
        for number, way in enumerate(ways):
            put_on_record(year - 2000 + number, way, release=out)
    figures = find_all(main_element(client.get("/")), "figure", _class="tally")
    assert not [cells for figure in figures for cells in find_all(figure, "span", _class="cells")]
    parts = [[dict(rect.attributes) for rect in find_all(figure, "rect")] for figure in figures]
    assert [[(one["class"], one["x"], one["width"]) for one in bar] for bar in parts] == [
        [("role-moving", "0.00%", "25.00%")],
        [("role-done", "0.00%", "25.00%"), ("role-late", "25.00%", "25.00%"), ("role-none", "50.00%", "50.00%")],
    ]
    marks = [mark for figure in figures for mark in find_all(figure, "i", _class="mark")]
    assert len(marks) == 3


@given(st.lists(st.tuples(st.sampled_from(["done", "late", "none"]), st.integers(1, 50_000)), min_size=1))
def test_the_parts_of_a_folded_bar_stand_side_by_side_and_fill_it(numbers):
    total = sum(number for _role, number in numbers)
    bar = list(TallyFigure((TallyPart("done", tuple(numbers), ""),), total).bar)
    ends = [0.0, *(float(part["x"][:-1]) + float(part["width"][:-1]) for part in bar)]
    assert all(abs(float(part["x"][:-1]) - end) < 0.02 for part, end in zip(bar, ends, strict=False))
    assert abs(ends[-1] - 100) < 0.02


@given(st.dictionaries(st.sampled_from(ROLES), st.integers(0, 100_000), min_size=1))
def test_the_parts_of_a_bar_stand_in_the_key_s_order_side_by_side_and_fill_it(pledges):
    parts = bar_parts(Counter(pledges))
    spans = [(part["role"], float(part["start"][:-1]), float(part["width"][:-1])) for part in parts]
    assert [role for role, *_rest in spans] == [role for role in ROLES if pledges.get(role)]
    ends = [0.0, *(start + width for _role, start, width in spans)]
    assert all(abs(start - end) < 0.02 for (_role, start, _width), end in zip(spans, ends, strict=False))
    assert not spans or abs(ends[-1] - 100) < 0.02


# Every pledge by its name


def test_each_of_the_fifty_seven_is_named_once_with_its_short_title_and_how_it_stands(release, client):
    answer = client.get("/")
    assert sorted(named(answer)) == sorted(Commitment.objects.values_list("reference", flat=True))
    week = name_of(answer, "CU-06")
    assert visible_text(week) == "Hong Kong Week 2019 : delivered, 1 November 2019"
    assert dict(week.attributes)["title"] == "CU-06 Hold a Hong Kong Week in Shanghai"
    [paths] = [find_all(svg, "path") for svg in find_all(week, "svg")]
    assert [tuple(dict(path.attributes).values()) for path in paths] == [
        ("role-done", "M5 0h4v11h-4z"), ("role-moving", "M0 0h4v11h-4z"),
    ]  # fmt: skip
    assert visible_text(name_of(answer, "AV-04")) == "Training 40 airport staff : no evidence found"


def test_aims_and_headings_are_small_and_marked_and_stand_last(release, client):
    answer = client.get("/")
    assert named(answer, "Belt")[-1] == "BR-02"
    assert visible_text(name_of(answer, "BR-02")).startswith("Base for overseas firms aim :")
    assert find_all(name_of(answer, "SC-01"), "i", _class="minor")
    areas = find_all(main_element(answer), "section", _class="area")
    assert sum(len(find_all(one, "i", _class="minor")) for one in areas) == 5
    assert visible_text(find_all(areas[-1], "h3")[0]) == "Outside the areas"


@pytest.mark.postgresql
def test_names_stand_by_how_they_stand_and_then_as_people_count(client):
    area = factories.AreaFactory()
    ways = {100: UNFOUND, 99: UNFOUND, 3: SILENT, 4: ANNOUNCED, 5: LATE, 6: MOVING, 7: AIM, 8: DELIVERED, 9: STOPPED}
    for number, way in ways.items():
        put_on_record(number, way, area=area)
    order = [4, 8, 5, 6, 3, 9, 99, 100, 7]
    assert named(client.get("/")) == [f"TT-{number:02}" for number in order]


def test_areas_stand_in_the_order_that_staff_gave_them_and_what_stands_in_none_comes_last(client):
    factories.published(reference="TT-01", area=None)
    factories.published(reference="TT-02", area=factories.AreaFactory(name="Second", position=2))
    factories.published(reference="TT-03", area=factories.AreaFactory(name="First", position=1))
    factories.AreaFactory(name="Empty", position=0)
    areas = find_all(main_element(client.get("/")), "section", _class="area")
    assert [visible_text(find_all(one, "h3")[0]) for one in areas] == ["First 1", "Second 1", "Outside the areas 1"]
    assert named(client.get("/")) == ["TT-03", "TT-02", "TT-01"]


def test_without_a_short_title_a_pledge_has_its_title(client):
    factories.published(reference="TT-01", title="Build a bridge")
    assert visible_text(name_of(client.get("/"), "TT-01")).startswith("Build a bridge :")


@pytest.mark.postgresql
def test_a_strip_shows_the_years_with_news_that_count_on_the_day(client):
    commitment = factories.published(reference="TT-01")
    for year in (2017, 2019, 2021):
        report(commitment, "in_progress", f"{year}-05-01")
    factories.record("context", commitment, date="2021-06-01")
    factories.record("context", commitment, date="2020")
    factories.record("check", commitment, date="2026-11-01")
    retract(report(commitment, "in_progress", "2023-05-01"))

    def paths(query=""):
        svg = find_all(name_of(client.get(f"/{query}"), "TT-01"), "svg")[0]
        assert dict(svg.attributes)["viewbox" if "viewbox" in dict(svg.attributes) else "viewBox"] == "0 0 44 11"
        return {dict(path.attributes)["class"]: dict(path.attributes)["d"] for path in find_all(svg, "path")}

    low = "M10 7h4v4h-4z"
    assert paths() == {"role-moving": "M5 0h4v11h-4zM15 0h4v11h-4z", "around": low}
    assert paths("?as_of=2020-12-31") == {"role-moving": "M5 0h4v11h-4z", "around": low}


def test_many_years_are_drawn_narrower_and_few_leave_room():
    assert [YearAxis(2018, last).view_box for last in (2018, 2026, 2037)] == ["0 0 44 11", "0 0 44 11", "0 0 99 11"]
    assert "preserveAspectRatio" in strip({}, YearAxis(2018, 2037))
    assert "preserveAspectRatio" not in strip({}, YearAxis(2018, 2026))
    assert strip({2017: "done", 2040: "around"}, YearAxis(2018, 2037)).count("<path") == 0


def test_where_there_are_several_releases_a_name_says_the_later_year_and_when_it_was_promised_again(client):
    first, second = (factories.ReleaseFactory(issued_on=f"{year}-04-25") for year in (2018, 2024))
    earlier = factories.published(reference="TT-01", release=first, short_title="Old")
    assert visible_text(name_of(client.get("/"), "TT-01")).startswith("Old :")
    factories.published(reference="TT-02", release=second, short_title="New", repeats=[earlier])
    answer = client.get("/")
    assert visible_text(name_of(answer, "TT-01")).startswith("Old again 2024 :")
    assert visible_text(name_of(answer, "TT-02")).startswith("New 2024 :")
    before = name_of(client.get("/?as_of=2024-04-24"), "TT-01")
    assert visible_text(before).startswith("Old :")
    [switch] = find_all(main_element(answer), "nav", _class="switch")
    assert list(link_texts(switch).values()) == ["All releases 2", "April 2024 1", "April 2018 1"]


def test_two_releases_of_one_month_are_told_apart_by_their_days(client):
    for day in (25, 26):
        factories.published(release=factories.ReleaseFactory(issued_on=f"2024-04-{day}"))
    [switch] = find_all(main_element(client.get("/")), "nav", _class="switch")
    assert list(link_texts(switch).values()) == ["All releases 2", "26 April 2024 1", "25 April 2024 1"]


def test_six_hundred_are_named_and_six_hundred_and_one_counted_by_area(client):
    crowd(range(1, 601), parties_as_stated="somebody", title="A title of about as many words as titles have")
    answer = client.get("/")
    assert len(named(answer)) == 600
    assert len(gzip.compress(answer.content)) < 22_000  # of the 40 KB that a first visit may move
    crowd([601], parties_as_stated="somebody")
    answer = client.get("/")
    assert named(answer) == []
    assert len(gzip.compress(answer.content)) < 8_000


@pytest.mark.postgresql
def test_above_the_number_of_names_each_area_has_counts_that_lead_to_their_lists(release, client, monkeypatch):
    monkeypatch.setattr(named_index, "MAX_NAMES", 56)
    answer = client.get(f"/?as_of={DAY}")
    assert named(answer) == []
    for area in find_all(main_element(answer), "section", _class="area"):
        numbers = numbered(area)
        whole, *parts = numbers.values() if numbers else [0]
        assert sum(parts) == whole
        assert rows_of(client, numbers) == numbers
    assert visible_text(area) == "Outside the areas nothing that is counted"


# Begun, then no news; those that named a date


def test_the_longest_silence_stands_first_and_its_bar_is_the_longest(client):
    for number, day in enumerate(("2024-11-29", "2022-11-29", "2026-11-01"), 1):
        report(factories.published(reference=f"TT-0{number}", short_title=f"Thing {number}"), "in_progress", day)
    answer = client.get("/")
    assert cells_of_table(answer, "silent") == [["Thing 2", "", "4 years"], ["Thing 1", "", "2 years"]]
    bars_drawn = [dict(rect.attributes)["width"] for rect in find_all(block(answer, "silent"), "rect")]
    assert bars_drawn == ["100%", "49.97%"]
    assert "Of three in progress, two have had none for over a year." in section(answer, "silent")


def test_what_nobody_has_reported_on_for_five_years_is_named_and_counted(client, monkeypatch):
    for number, day in enumerate(("2019-11-29", "2022-11-29"), 1):
        report(factories.published(reference=f"TT-0{number}", short_title=f"Thing {number}"), "in_progress", day)
    factories.published(reference="TT-03", short_title="Thing 3")
    [line] = find_all(main_element(client.get("/")), "p", **{"class": "long-silence"})
    assert (
        visible_text(line)
        == "Nobody has reported anything on two of the pledges for over five years: Thing 1, Thing 3."
    )
    [address] = [address for address, words in link_texts(line).items() if words == "two"]
    assert listed(client, address) == 2
    monkeypatch.setattr(overview, "MAX_NAMED", 1)
    [line] = find_all(main_element(client.get("/?as_of=2026-11-01")), "p", **{"class": "long-silence"})
    assert visible_text(line).endswith("five years, such as Thing 1.")


def test_where_nothing_is_in_progress_nothing_is_said_of_silence(client):
    factories.published()
    assert not find_all(main_element(client.get("/")), "section", **{"aria-labelledby": "silent"})


def test_six_of_the_first_release_named_a_date(release, client):
    answer = client.get("/")
    assert cells_of_table(answer, "dated") == [
        ["Pudong consultancy", "First half of 2018", "kept"],
        ["First Import Expo", "November 2018", "kept"],
        ["Training 40 airport staff", "2018", "outcome unknown"],
        ["Hong Kong Week 2019", "2019", "kept"],
        ["Shanghai Week 2020", "2020", "late"],
        ["WorldSkills liaison", "2021 event", "outcome unknown"],
    ]
    shown = [dict(chip.attributes)["class"] for chip in find_all(block(answer, "dated"), "span", _class="chip")]
    assert [name.removeprefix("chip role-") for name in shown] == ["announced", "done", "none", "done", "late", "none"]
    assert section(answer, "dated").startswith(
        "Six named a date Three were kept in time, one came late, of two the outcome is unknown. The other 46"
    )


def test_what_is_overdue_stopped_or_still_to_come_is_called_so(client):
    for number, way in enumerate((OVERDUE, STOPPED_WITH_DATE, UPCOMING), 1):
        put_on_record(number, way)
    assert [row[2] for row in cells_of_table(client.get("/"), "dated")] == ["overdue", "stopped", "upcoming"]


def test_a_table_names_some_and_the_list_has_them_all(client, monkeypatch):
    monkeypatch.setattr(overview, "MAX_SHOWN", 2)
    for number in range(1, 4):
        put_on_record(number, ({"deadline": f"20{20 + number}"}, [("in_progress", "2019-10-01")]))
    for name in ("silent", "dated"):
        assert len(cells_of_table(client.get("/"), name)) == 2
        [(whole, label)] = [link for link in link_texts(block(client.get("/"), name)).items() if "See" in link[1]]
        assert (label, listed(client, whole)) == ("See all 3 in the list", 3)


# Where they come from; releases


def test_releases_without_pledges_and_other_occasions_are_not_read_yet(client):
    put_on_record(1, DELIVERED)
    rows = [factories.ReleaseFactory(slug="unread", title="Unread", issued_on="2022-01-01")]
    for day, name in {"2021-08-30": "5th", "2018-08-24": "Of the release", "2026-11-30": "To come"}.items():
        rows.append(Occasion.objects.create(slug=f"on-{day}", day=day, name=name))
    append_entries([new_entity_entry(row, Actor()) for row in rows])
    answer = client.get("/")
    rows = cells_of_table(answer, "releases")
    assert [row[0] for row in rows] == ["24 August 2018", "30 August 2021", "1 January 2022"]
    assert [row[2] for row in rows] == ["1 pledge", "not read yet", "not read yet"]
    assert len(find_all(main_element(answer), "h2", _class="finding")) == 1
    assert not find_all(main_element(answer), "ol", _class="releases")


@pytest.mark.postgresql
def test_each_release_has_its_finding_the_newest_first_from_the_day_of_its_issue(client):
    for year in (2018, 2021):
        factories.published(release=factories.ReleaseFactory(slug=f"of-{year}", issued_on=f"{year}-08-30"))
    by_day = {}
    for day in ("2018-08-29", "2021-08-29", "2021-08-30"):
        page = main_element(client.get(f"/?as_of={day}"))
        findings = [dict(one.attributes)["id"] for one in find_all(page, "h2", _class="finding")]
        by_day[day] = findings, len(find_all(page, "figure", _class="slim"))
    assert by_day == {
        "2018-08-29": ([], 0),
        "2021-08-29": (["release-of-2018"], 0),
        "2021-08-30": (["release-of-2021", "release-of-2018"], 2),
    }


def test_before_the_first_release_the_overview_says_why_it_is_empty(release, client):
    page = main_element(client.get("/?as_of=2018-08-23"))
    assert "No release had been issued by this day" in visible_text(page)
    assert not find_all(page, "section")


# Latest news


@pytest.mark.postgresql
def test_news_stands_by_the_day_it_happened_and_what_is_the_same_of_several_once(client):
    one, other = (factories.published(reference=f"TT-0{n}", short_title=f"Thing {n}") for n in (1, 2))
    report(one, "in_progress", "2026-03-01", note="Begun. And more.")
    for commitment in (one, other):
        factories.record("context", commitment, date="2025-05-01", note="A fair was held.")
    factories.record("context", one, date="2026-05", note="Announced last, happened first.")
    retract(report(one, "completed", "2026-06-01", note="Never was."))
    items = find_all(find_all(block(client.get("/"), "latest"), "ul", _class="news")[0], "li")
    assert [visible_text(item) for item in items] == [
        "May 2026 · Thing 1 background Announced last, happened first.",
        "1 March 2026 · Thing 1 in progress Begun. And more.",
        "1 May 2025 · Thing 2, Thing 1 background A fair was held.",
    ]
    times = [dict(find_all(item, "time")[0].attributes).get("datetime") for item in items]
    assert times == ["2026-05", "2026-03-01", "2025-05-01"]
    assert "May 2026" not in section(client.get("/?as_of=2026-04-01"), "latest")


def test_at_most_six_pieces_of_news_are_told(client):
    commitment = factories.published()
    for year in range(2018, 2026):
        factories.record("context", commitment, date=f"{year}-09-01")
    assert len(find_all(block(client.get("/"), "latest"), "li")) == 6


def test_a_long_note_ends_with_a_sentence():
    sentences = " ".join(f"This is sentence {number} of a note." for number in range(20))
    assert overview.cut_at_sentence(sentences, 50) == "This is sentence 0 of a note."
    assert overview.cut_at_sentence("第一句。第二句。第三句。", 9) == "第一句。第二句。"
    assert overview.cut_at_sentence("Short.", 60) == "Short."


# The head and the day


def test_search_engines_are_told_the_places_and_the_finding(release, client):
    head = Head(client.get("/"))
    assert "Hong Kong" in head.titles[0]
    assert "Shanghai" in head.titles[0]
    finding = visible_text(find_all(main_element(client.get("/")), "h2", _class="finding")[0])
    said = head.metas["description"]
    assert said == head.metas["og:description"]
    assert said.startswith("What Hong Kong and Shanghai promised: Of 41 pledges still to be kept in August 2018,")
    assert said.endswith(finding)


def test_of_several_releases_the_description_has_whole_sentences_with_their_months(client):
    for year in range(2018, 2026):
        factories.published(release=factories.ReleaseFactory(issued_on=f"{year}-08-24"))
    said = Head(client.get("/")).metas["description"]
    assert said.startswith("What Hong Kong and Shanghai promised: August 2025: ")
    assert said.endswith(".")
    assert len(said) <= overview.MAX_DESCRIPTION


def test_the_page_says_of_which_day_it_is_and_when_somebody_last_looked(client):
    commitment = factories.published()
    assert "As known on 29 November 2026. How we count" in visible_text(main_element(client.get("/")))
    factories.record("check", commitment, date="2026-11-22")
    page = main_element(client.get("/"))
    assert "As known on 29 November 2026, last checked on 22 November. How we count" in visible_text(page)
    assert "/about/#method" in link_texts(page)
    assert "As of 1 January 2026. How we count" in visible_text(main_element(client.get("/?as_of=2026-01-01")))


def test_a_check_of_another_year_has_its_year():
    assert overview.known_on(date(2027, 1, 2), None, date(2026, 12, 31)).endswith("last checked on 31 December 2026.")


def test_the_search_of_a_past_day_leads_to_the_list_of_that_day(release, client):
    [form] = find_all(main_element(client.get(f"/?as_of={DAY}")), "form")
    assert dict(form.attributes)["action"] == "/commitments/"
    fields = [dict(field.attributes) for field in find_all(form, "input")]
    assert [(one["name"], one.get("value")) for one in fields] == [("as_of", DAY), ("q", None)]


# What staff are reminded of is not told on the overview any more, and is asked for as before


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("updates", "due"),
    [
        ([], True),
        ([("check", "2025-06-01")], True),
        ([("check", "2026-11-01")], False),
        ([("report", "2026-11")], False),
    ],
)
def test_a_commitment_is_due_for_review_once_its_day_has_come_with_nothing_recorded_since(updates, due):
    commitment = factories.published(review_on=date(2026, 10, 1))
    for kind, day in updates:
        factories.record(kind, commitment, date=day)
    today = date(2026, 11, 29)
    assert Commitment.objects.as_of(today).due_for_review(today).exists() is due


# Both sides, on the page of a government


@pytest.mark.postgresql
@pytest.mark.parametrize(("slug", "query"), [("hksarg", ""), ("smpg", f"?as_of={DAY}")])
def test_a_government_s_page_counts_both_sides_and_leads_to_what_it_counts(release, client, slug, query):
    [sides] = find_all(
        main_element(client.get(f"/organisations/{slug}/{query}")), "section", **{"aria-labelledby": "sides"}
    )
    numbers = numbered(sides)
    # One for all and one for each role; what nobody searched for is named only where there is any, as on past days.
    assert len(numbers) == 2 * (len(ROLES) + bool(query))
    assert {address: listed(client, address) for address in numbers} == numbers
    wholes = [link for link in link_texts(sides).values() if link.endswith(" pledges")]
    assert [re.sub(r"\d+", "N", whole) for whole in wholes] == ["N pledges", "N pledges"]
    named_sides = [visible_text(one) for one in find_all(sides, "strong") if not visible_text(one).isdigit()]
    assert named_sides == ["Hong Kong", "Shanghai"]


@pytest.mark.parametrize(
    ("kind", "shown"), [("government", True), ("department", False), ("central_government", False)]
)
def test_only_a_government_s_page_shows_both_sides(client, kind, shown):
    body = factories.OrganisationFactory(kind=kind)
    factories.published(owners=[body])
    blocks = find_all(main_element(client.get(body.get_absolute_url())), "section", **{"aria-labelledby": "sides"})
    assert bool(blocks) is shown
