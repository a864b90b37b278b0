"""The list's panel and chips: every number beside a choice is what the choice finds, every chip takes itself away."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest

from commitments.domain import choices
from commitments.public.commitment_list import MAX_CHOICES
from tests import factories
from tests.helpers.crowds import crowd
from tests.helpers.html import find_all, link_texts, listed, main_element, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = "/commitments/"
USUAL = "60, or 25 of a longer list"
GROWING = ["area", "owner", "partner", "release"]


def pairs(address):
    """What an address on the list asks for, in whatever order."""
    return sorted(parse_qsl(urlsplit(urljoin(LIST, address)).query, keep_blank_values=True))


def chips(answer):
    """Each chip's words and address; the last clears all."""
    [shown] = find_all(main_element(answer), "ul", _class="chips")
    return [(label.removesuffix(" ×"), address) for address, label in link_texts(shown).items()]


def boxes(answer):
    """Each box of the panel: filter, value, the number beside it and whether it is ticked."""
    form = find_all(main_element(answer), "form", _class="filters")[0]
    rows = []
    for label in find_all(form, "label"):
        for box in find_all(label, "input", type="checkbox"):
            given = dict(box.attributes)
            number = visible_text(find_all(label, "span", _class="count")[0])
            rows.append((given["name"], given["value"], int(number), "checked" in given))
    return rows


# Chips


ASKED = [
    ("q", "hong kong"),
    ("status", "completed"),
    ("status", "in_progress"),
    ("owner", "hksarg"),
    ("deadline_from", "2018"),
]
SHOWN = [("sort", "-title"), ("as_of", "2021-08-30"), ("per_page", "10")]


def test_each_value_of_each_filter_has_a_chip_that_takes_just_itself_away(client):
    factories.published(owners=[factories.OrganisationFactory(slug="hksarg", name="Government")])
    answer = client.get(f"{LIST}?{urlencode([*ASKED, *SHOWN, ('page', '1')])}")
    *filter_chips, _clear = chips(answer)
    assert [label for label, _address in filter_chips] == [
        "Remove: Search: hong kong",
        "Remove: Status: delivered",
        "Remove: Status: in progress",
        "Remove: Organisation: Government",
        "Remove: Due from: 2018",
    ]
    without = [sorted([*(other for other in ASKED if other != pair), *SHOWN]) for pair in ASKED]
    assert [pairs(address) for _label, address in filter_chips] == without


def test_clear_all_keeps_the_day_and_nothing_else(client):
    factories.published(owners=[factories.OrganisationFactory(slug="hksarg")])
    answer = client.get(f"{LIST}?{urlencode([*ASKED, *SHOWN])}")
    assert chips(answer)[-1] == ("Clear all filters", f"{LIST}?as_of=2021-08-30")


def test_the_chip_of_the_only_filter_leads_to_the_whole_list(client):
    [chip, clear] = chips(client.get(f"{LIST}?status=completed"))
    assert (urljoin(LIST, chip[1]), clear[1]) == (LIST, LIST)


def test_sort_day_and_length_are_no_filters(client):
    answer = client.get(f"{LIST}?{urlencode(SHOWN)}")
    assert not find_all(main_element(answer), "ul", _class="chips")
    assert visible_text(find_all(main_element(answer), "p", _class="to-filters")[0]) == "Search, filter, sort"


def test_on_a_phone_the_button_says_how_many_filters_are_set(client):
    answer = client.get(f"{LIST}?q=week&status=completed&status=stopped&sort=title")
    assert visible_text(find_all(main_element(answer), "p", _class="to-filters")[0]) == "Search, filter, sort (2)"


# The panel


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "query",
    [
        "",
        "status=completed&status=in_progress&level=primary&sort=-title&page=1",
        "q=hong+kong&area=culture&owner=hksarg&as_of=2019-12-31",
    ],
)
def test_the_number_beside_a_choice_is_what_it_finds_as_the_only_one_of_its_filter(release, client, query):
    options = boxes(client.get(f"{LIST}?{query}"))
    whole = {"status", "schedule", "evidence", "freshness", "silent", "side", "kind", "level"}
    whole |= {"delivered", "late", "repeated"}
    assert {name for name, *_rest in options} - set(GROWING) == whole
    others = parse_qsl(query)
    # Without other filters every choice is asked for, else two of each filter: what finds something, what nothing.
    samples = {(name, number > 0): option for option in options for name, number in [(option[0], option[2])]}
    selection = samples.values() if query else options
    wrong = {
        (name, value): number
        for name, value, number, _ticked in selection
        if number != listed(client, f"{LIST}?{urlencode([p for p in others if p[0] != name] + [(name, value)])}")
    }
    assert wrong == {}
    assert {(name, value) for name, value, _n, ticked in options if ticked} == {
        pair for pair in others if pair[0] not in ("q", "sort", "page", "as_of")
    }


@pytest.fixture
def many(db):
    """Seventeen commitments, each with an area, an owner, a partner and a release of its own; two with the last.

    And one with an idle one of each.
    """
    for number in range(17):
        own = {"slug": f"n-{number:02}"}
        places = {"area": factories.AreaFactory(**own), "release": factories.ReleaseFactory(**own)}
        body = factories.OrganisationFactory(**own)
        factories.published(owners=[body], partners=[body], **places)
    factories.published(owners=[body], partners=[body], **places)
    idle = {"area": factories.AreaFactory(slug="idle"), "release": factories.ReleaseFactory(slug="idle")}
    body = factories.OrganisationFactory(slug="idle")
    factories.published(owners=[body], partners=[body], level="aim", **idle)


def values(answer, name):
    """The choices shown of one filter: the value and its number."""
    return [(value, number) for of, value, number, _ticked in boxes(answer) if of == name]


@pytest.mark.postgresql
def test_of_what_grows_the_panel_shows_the_fifteen_most_frequent_areas_and_releases_in_their_own_order(many, client):
    answer = client.get(f"{LIST}?level=primary")
    for name in GROWING:
        shown = values(answer, name)
        assert len(shown) == MAX_CHOICES == 15
        assert shown[-1 if name == "area" else 0 if name in ("owner", "partner") else shown.index(("n-16", 2))] == (
            "n-16",
            2,
        )
        assert sorted(number for _value, number in shown) == [1] * 14 + [2]


@pytest.mark.postgresql
def test_a_ticked_choice_is_always_shown_and_one_that_finds_nothing_only_then(many, client):
    whole = client.get(f"{LIST}?level=primary")
    for name in GROWING:
        hidden = {f"n-{number:02}" for number in range(17)} - {value for value, _n in values(whole, name)}
        ticked = [min(hidden), "idle"]
        shown = values(client.get(f"{LIST}?level=primary&{urlencode([(name, value) for value in ticked])}"), name)
        assert {value: number for value, number in shown if value in ticked} == {ticked[0]: 1, "idle": 0}
        nothing = values(client.get(f"{LIST}?status=completed&{name}={ticked[0]}"), name)
        assert nothing == [(ticked[0], 0)]


def test_a_vocabulary_is_shown_whole_in_its_own_order(client):
    factories.published()
    assert [value for value, _number in values(client.get(LIST), "schedule")] == choices.Schedule.values


@pytest.mark.parametrize(
    ("per_page", "offered", "selected"),
    [("", "10 25 50 100", USUAL), ("7", "7 10 25 50 100", "7"), ("100", "10 25 50 100", "100")],
)
def test_the_choice_of_rows_on_a_page_keeps_the_number_that_was_asked_for(client, per_page, offered, selected):
    [select] = find_all(main_element(client.get(f"{LIST}?per_page={per_page}")), "select", name="per_page")
    usual, *others = find_all(select, "option")
    assert dict(usual.attributes)["value"] == ""
    assert " ".join(map(visible_text, others)) == offered
    chosen = [option for option in others if "selected" in dict(option.attributes)] or [usual]
    assert [visible_text(option) for option in chosen] == [selected]


# Rows


def cells(client, query=""):
    """What each row says: its cells, by the reference."""
    rows = find_all(find_all(main_element(client.get(LIST + query)), "tbody")[0], "tr")
    texts = [[visible_text(cell) for cell in row.children if not isinstance(cell, str)] for row in rows]
    return {reference: rest for reference, *rest in texts}


def test_a_row_says_who_must_deliver_with_the_mark_of_each_side(client):
    hong_kong = factories.OrganisationFactory(name="Leisure Department", short_name="Leisure", kind="department")
    shanghai = factories.OrganisationFactory(name="Arts Board of Shanghai", side="shanghai", kind="department")
    both = factories.OrganisationFactory(name="Joint Council", side="both", kind="joint_body")
    factories.published(reference="TT-01", owners=[shanghai, hong_kong])
    factories.published(reference="TT-02", owners=[both])
    factories.published(reference="TT-03", owners=[], parties_as_stated="enterprises of two places", level="aim")
    rows = cells(client)
    assert rows["TT-01"][1] == "HK Leisure SH Arts Board of Shanghai"
    assert rows["TT-02"][1] == "HK SH Joint Council"
    assert rows["TT-03"][1] == "enterprises of two places"
    assert rows["TT-03"][0].endswith(" aim")


def test_two_governments_are_one_line_and_those_who_deliver_with_them_have_their_own(client):
    governments = [
        factories.OrganisationFactory(side=side, short_name="Government") for side in ("shanghai", "hong_kong")
    ]
    museum = factories.OrganisationFactory(name="A Museum", kind="institution")
    factories.published(owners=[*governments, museum])
    [row] = cells(client).values()
    assert row[1] == "HK SH Governments HK A Museum"


def test_a_row_says_by_when_and_what_came_of_that_and_nothing_where_no_date_was_named(client):
    kept = factories.published(reference="TT-01", deadline="2018-H2")
    factories.record("report", kept, date="2018-12", status="completed")
    factories.published(reference="TT-02", deadline="2021-06-30")
    factories.published(reference="TT-03")
    stopped = factories.published(reference="TT-04", deadline="2019")
    factories.record("report", stopped, date="2019-01", status="stopped", stop_reason="cancelled")
    assert [row[3] for row in cells(client).values()] == ["H2 2018 kept", "30 Jun 2021 outcome unknown", "", "2019"]


def test_a_row_says_the_month_of_the_latest_news_background_in_brackets_and_a_check_is_none(client):
    reported = factories.published(reference="TT-01")
    factories.record("report", reported, date="2019-11-05")
    factories.record("check", reported, date="2026-11-28")
    background = factories.published(reference="TT-02")
    factories.record("report", background, date="2019-11-05")
    factories.record("context", background, date="2024")
    factories.published(reference="TT-03")
    assert [row[4] for row in cells(client).values()] == ["Nov 2019", "(2024)", ""]


def test_one_sentence_says_of_what_the_rows_are_each_number_a_link_and_when_somebody_looked_last(client):
    whole = factories.published(reference="TT-01", level="umbrella")
    for number, level in enumerate(["primary", "primary", "aim"], 2):
        factories.record(
            "check", factories.published(reference=f"TT-0{number}", level=level, part_of=whole), date="2026-11-28"
        )
    [summary] = [
        paragraph
        for paragraph in find_all(main_element(client.get(LIST)), "p", _class="kicker")
        if "pledges" in str(paragraph)
    ]
    assert visible_text(summary).startswith(
        "2 pledges, 1 aim and 1 heading. Last checked on 28 November 2026. Due is empty"
    )
    numbers = {address: int(words.split()[0]) for address, words in link_texts(summary).items()}
    assert {address: listed(client, LIST + address) for address in numbers} == numbers
    assert "1 heading. Due is empty" in visible_text(main_element(client.get(f"{LIST}?level=umbrella")))


def test_a_short_list_is_whole_and_a_longer_one_has_pages(client):
    crowd(range(1, 61), parties_as_stated="all")
    assert len(client.get(LIST).context["rows"]) == 60
    crowd([61], parties_as_stated="all")
    assert [len(client.get(f"{LIST}?page={number}").context["rows"]) for number in (1, 3)] == [25, 11]


def test_the_head_of_the_news_sorts_the_latest_first_and_then_the_other_way_round(client):
    factories.published()
    for query, leads_to in (("", "-last_news"), ("sort=-last_news", "last_news"), ("sort=last_news", "-last_news")):
        [head] = find_all(main_element(client.get(f"{LIST}?{query}")), "a", id="sort-last_news")
        assert pairs(dict(head.attributes)["href"]) == [("sort", leads_to)]


def test_a_choice_of_a_status_has_the_mark_that_its_rows_have(client):
    factories.published()
    form = find_all(main_element(client.get(LIST)), "form", _class="filters")[0]
    marks = {
        dict(find_all(label, "input")[0].attributes)["value"]: dict(find_all(label, "i")[0].attributes)["class"]
        for label in find_all(form, "label")
        if find_all(label, "i")
    }
    assert marks["no_report"] == "mark role-none"
    assert (marks["announced"], marks["since"], marks["yes"]) == (
        "mark role-announced",
        "mark role-done",
        "mark role-late",
    )


def test_whether_anybody_looked_is_a_filter_with_a_chip_and_without_boxes(client):
    factories.published()
    answer = client.get(f"{LIST}?checked=no")
    assert [label for label, _address in chips(answer)] == ["Remove: Searched for: no", "Clear all filters"]
    assert "checked" not in {name for name, *_rest in boxes(answer)}


# What a list can be taken away as


def ways_out(answer):
    """Where the line above the table leads: the words, to the address."""
    return {
        label: address
        for address, label in link_texts(find_all(main_element(answer), "div", _class="found")[0]).items()
    }


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("query", "number"), [("", 3), ("q=second", 1), ("q=bridge&per_page=1&page=2", 2), ("as_of=2018-08-24", 3)]
)
def test_the_download_has_as_many_rows_as_the_list_says_that_it_has(client, query, number):
    for title in ("First bridge", "Second bridge", "Third way"):
        factories.published(title=title)
    assert listed(client, f"{LIST}?{query}") == number
    answer = client.get(ways_out(client.get(f"{LIST}?{query}"))["CSV"])
    assert (answer.headers["X-Row-Count"], len(re.findall(rb"\bbridge|way\b", b"".join(answer)))) == (
        str(number),
        number,
    )


def test_timeline_feed_and_calendar_ask_what_the_list_asks_and_no_page(client):
    factories.published(title="Build a bridge")
    query = [("q", "bridge"), ("status", "no_report"), ("sort", "-title"), ("as_of", "2021-08-30")]
    out = ways_out(client.get(f"{LIST}?{urlencode([*query, ('per_page', '1'), ('page', '1')])}")).values()
    paths = {urlsplit(address).path: pairs(address) for address in out}
    # A report has an order of its own, and its last day is called otherwise.
    assert paths.pop("/reports/progress/") == sorted([*query[:2], ("to", "2021-08-30")])
    files = [f"/commitments.{ending}" for ending in ("csv", "xlsx", "json")]
    assert list(paths) == [*files, "/timeline/", "/updates.atom", "/deadlines.ics"]
    assert list(paths.values()) == [sorted(query)] * 6
    assert [client.get(address).status_code for address in out] == [200] * 7


def test_whoever_came_by_a_tracking_link_can_still_take_the_list_away(client):
    factories.published(title="Build a bridge")
    out = ways_out(client.get(f"{LIST}?q=bridge&utm_source=letter")).values()
    assert [client.get(address).status_code for address in out] == [200] * 7


def test_what_finds_nothing_cannot_be_taken_away(client):
    factories.published()
    assert ways_out(client.get(f"{LIST}?q=nowhere")) == {}
