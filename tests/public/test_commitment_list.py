"""The list's panel and chips: every number beside a choice is what the choice finds, every chip takes itself away."""

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import pytest

from commitments.domain import choices
from commitments.public.commitment_list import MAX_CHOICES
from tests import factories
from tests.helpers.html import find_all, link_texts, listed, main_element, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
LIST = "/commitments/"
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
        "Remove: Words: hong kong",
        "Remove: Status: completed",
        "Remove: Status: in progress",
        "Remove: Owner: Government",
        "Remove: Deadline from: 2018",
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
    assert visible_text(find_all(main_element(answer), "p", _class="to-filters")[0]) == "Filter and sort"


def test_on_a_phone_the_button_says_how_many_filters_are_set(client):
    answer = client.get(f"{LIST}?q=week&status=completed&status=stopped&sort=title")
    assert visible_text(find_all(main_element(answer), "p", _class="to-filters")[0]) == "Filter and sort (2)"


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
    whole = {"status", "schedule", "evidence", "freshness", "side", "kind", "level", "delivered", "late", "repeated"}
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
def test_of_what_grows_the_panel_shows_fifteen_choices_the_most_frequent_first(many, client):
    answer = client.get(f"{LIST}?level=primary")
    for name in GROWING:
        shown = values(answer, name)
        assert len(shown) == MAX_CHOICES == 15
        assert shown[0] == ("n-16", 2)
        assert {number for _value, number in shown[1:]} == {1}


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
    [("", "10 25 50 100", "25"), ("7", "7 10 25 50 100", "7"), ("100", "10 25 50 100", "100")],
)
def test_the_choice_of_rows_on_a_page_keeps_the_number_that_was_asked_for(client, per_page, offered, selected):
    [select] = find_all(main_element(client.get(f"{LIST}?per_page={per_page}")), "select", name="per_page")
    assert visible_text(select) == offered
    [chosen] = [option for option in find_all(select, "option") if "selected" in dict(option.attributes)]
    assert (visible_text(chosen), dict(chosen.attributes)["value"]) == (selected, "" if selected == "25" else selected)


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
def test_the_download_says_how_many_rows_it_has_and_has_them(client, query, number):
    for title in ("First bridge", "Second bridge", "Third way"):
        factories.published(title=title)
    [(label, address), *_others] = ways_out(client.get(f"{LIST}?{query}")).items()
    assert label == ("Download this one as CSV" if number == 1 else f"Download these {number} as CSV")
    answer = client.get(address)
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
