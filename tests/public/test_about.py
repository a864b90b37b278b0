"""What the tracker says of itself and where it fails: about, components, the date control, 404 and 500."""

import re
from datetime import UTC, date, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import OperationalError, connection
from django.test import Client

from commitments.domain.choices import Schedule
from commitments.ledger.append import append_entries, new_entity_entry
from commitments.ledger.new_entries import Actor
from commitments.models import Occasion
from commitments.public import overview
from commitments.query.standing import STANDINGS
from tests import factories
from tests.helpers.html import find_all, link_texts, main_element, parse_page, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]


# Where there is no page


def test_an_address_without_page_keeps_the_day_and_offers_search_on_it(client):
    answer = client.get("/nothing/?as_of=2021-08-30")
    assert answer.status_code == 404
    assert {urlsplit(address).query for address in link_texts(main_element(answer))} == {"as_of=2021-08-30"}
    [search] = find_all(main_element(answer), "form", role="search")
    fields = {dict(box.attributes)["name"]: dict(box.attributes).get("value") for box in find_all(search, "input")}
    assert (dict(search.attributes)["action"], fields) == ("/commitments/", {"as_of": "2021-08-30", "q": None})


@pytest.mark.parametrize("day", ["", "soon"])
def test_an_address_without_page_is_not_found_whatever_day_is_asked_for(client, day):
    answer = client.get(f"/nothing/?as_of={day}")
    assert answer.status_code == 404
    assert {"/", "/commitments/", "/report-an-error/"} == set(link_texts(main_element(answer)))
    assert not find_all(parse_page(answer), "section", _class="as-of")


@pytest.mark.parametrize("path", ["//example.org/x", "/a?b/", "/a#b/"])
def test_the_date_control_leads_to_the_address_that_was_asked_for_and_to_no_other_site(client, path):
    tree = parse_page(client.get("/", PATH_INFO=path))
    [address] = [a for a, label in link_texts(find_all(tree, "details", _class="day")[0]).items() if label == "Today"]
    assert (urlsplit(address).netloc, urlsplit(address).query, urlsplit(address).fragment) == ("", "", "")


# Where the page could not be made


@pytest.fixture
def failing(monkeypatch):
    """A client that is shown what the public is, of an overview that fails."""

    def fails(*_args):
        raise RuntimeError

    monkeypatch.setattr(overview, "count_groups", fails)
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("contact", ["", "records@example.org"])
def test_a_page_that_fails_is_our_page_and_says_whom_to_write_to(failing, settings, contact):
    settings.CONTACT = contact
    answer = failing.get("/")
    assert answer.status_code == 500
    assert visible_text(find_all(main_element(answer), "h1")[0]) == "Something went wrong"
    assert ("write to records@example.org" in visible_text(main_element(answer))) is bool(contact)
    assert "RuntimeError" not in answer.text


def test_without_a_database_the_reader_still_gets_our_page():
    refused = []

    def refuse(_execute, sql, *_rest):
        refused.append(sql)
        raise OperationalError

    with connection.execute_wrapper(refuse):
        answer = Client(raise_request_exception=False).get("/commitments/")
        assert (answer.status_code, len(refused)) == (503, 1)
    assert visible_text(find_all(main_element(answer), "h1")[0]) == "Not available just now"


def test_a_page_that_fails_is_kept_by_nobody_and_asks_nothing_of_others(failing):
    answer = failing.get("/")
    assert find_all(parse_page(answer), "meta", name="robots", content="noindex")
    assert not answer.cookies
    assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.text)


# About


def under(client, name):
    """What the about page says under a heading, as source."""
    source = client.get("/about/").content.decode()
    return re.search(rf'<h2 id="{name}">(.*?)<h2', source, re.DOTALL).group(1)


def test_about_has_the_sections_that_its_contents_lead_to(client):
    page = main_element(client.get("/about/"))
    [contents] = find_all(page, "ul", _class="toc")
    names = {"method", "ledger", "corrections", "publisher", "licence", "privacy", "accessibility", "words"}
    assert {f"#{name}" for name in names} <= set(link_texts(contents))
    assert names <= {dict(heading.attributes).get("id") for heading in find_all(page, "h2")}


@pytest.mark.parametrize(
    ("days", "sentence"),
    [(0, "keep no log of visits"), (1, "keep these logs for 1 day."), (14, "keep these logs for 14 days.")],
)
def test_the_privacy_statement_says_how_long_visits_are_logged(client, settings, days, sentence):
    settings.LOG_DAYS = days
    text = under(client, "privacy")
    assert sentence in text
    assert ("keep no log" in text) is (days == 0)


def test_corrections_and_accessibility_lead_to_the_form_and_to_the_contact(client, settings):
    settings.CONTACT = "records@example.org"
    for name in ("corrections", "accessibility"):
        assert 'href="/report-an-error/"' in under(client, name)
    assert "write to records@example.org" in under(client, "accessibility")


def test_the_data_that_about_offers_is_there_on_the_day_that_is_shown(client):
    factories.published()
    offered = [
        a for a in link_texts(main_element(client.get("/about/?as_of=2021-08-30"))) if re.search(r"\.(csv|atom|ics)", a)
    ]
    assert len(offered) == 3
    for address in offered:
        assert client.get(address).status_code == 200
        assert urlsplit(address).query == "as_of=2021-08-30"


def test_about_says_where_the_ledger_ends(client):
    factories.published()
    entry = factories.record("report", factories.published())
    assert f"ends with entry {entry.sequence}," in under(client, "ledger")
    assert entry.digest in under(client, "ledger")


# Components


def test_the_page_of_components_shows_every_status_and_schedule_as_word_and_colour(client):
    page = main_element(client.get("/about/design/"))
    chips = [(visible_text(chip), dict(chip.attributes)["class"]) for chip in find_all(page, "span", _class="chip")]
    expected = [(standing.label, f"chip role-{standing.role}") for standing in STANDINGS.values()]
    expected += [(value.label, f"chip role-{value.role}") for value in Schedule]
    assert chips[: len(expected)] == expected


def test_the_page_of_components_has_no_name_twice_and_its_links_lead_somewhere(release, client):
    answer = client.get("/about/design/")
    names = re.findall(r' id="([^"]+)"', answer.text)
    assert sorted(names) == sorted(set(names))
    wanted = {address for address in link_texts(main_element(answer)) if address.startswith("/")}
    assert {address for address in wanted if client.get(address).status_code != 200} == set()


# The date control


def control(answer):
    """The date control: each day that it offers, and what the form keeps."""
    [details] = find_all(parse_page(answer), "details", _class="day")
    hidden_fields = [
        (dict(box.attributes)["name"], dict(box.attributes)["value"])
        for box in find_all(details, "input", type="hidden")
    ]
    return [(visible_text(item), *link_texts(item)) for item in find_all(details, "li")], hidden_fields


def test_the_day_of_the_release_and_both_sessions_since_can_be_asked_for(release, client):
    offered, hidden_fields = control(client.get("/areas/culture/"))
    assert offered == [
        ("24 August 2018 when the release was issued", "/areas/culture/?as_of=2018-08-24"),
        ("30 August 2021 at the 5th Plenary Session", "/areas/culture/?as_of=2021-08-30"),
        ("26 April 2024 at the 6th Plenary Session", "/areas/culture/?as_of=2024-04-26"),
        ("Today", "/areas/culture/"),
    ]
    assert hidden_fields == []


def on_record(row):
    append_entries([new_entity_entry(row, Actor())])


def test_the_control_keeps_the_question_and_drops_the_page(client):
    on_record(Occasion.objects.create(slug="fifth", day=date(2021, 8, 30), name="5th Session"))
    pairs = [("q", "a&b"), ("status", "completed"), ("status", "stopped"), ("sort", "-title")]
    query = "q=a%26b&status=completed&status=stopped&sort=-title"
    offered, hidden_fields = control(client.get(f"/commitments/?{query}&as_of=2020-01-01&page=1"))
    assert hidden_fields == pairs
    queries = {words: parse_qsl(urlsplit(address).query) for words, address in offered}
    assert queries == {"30 August 2021 at the 5th Session": [*pairs, ("as_of", "2021-08-30")], "Today": pairs}


def test_an_occasion_or_release_is_offered_from_its_day(client, time_machine):
    on_record(Occasion.objects.create(slug="seventh", day=date(2026, 11, 30), name="7th Session"))
    on_record(factories.ReleaseFactory(issued_on="2026-11-30"))
    assert control(client.get("/"))[0] == [("Today", "/")]
    time_machine.move_to(datetime(2026, 11, 29, 16, tzinfo=UTC))  # midnight in Hong Kong
    assert [words for words, _address in control(client.get("/"))[0]] == [
        "30 November 2026 at the 7th Session, when the release was issued",
        "Today",
    ]


def test_several_releases_are_told_apart_by_their_titles(client):
    for year in (2018, 2021):
        on_record(factories.ReleaseFactory(title=f"Session of {year}", issued_on=f"{year}-08-30"))
    assert [words for words, _address in control(client.get("/"))[0]] == [
        "30 August 2018 when “Session of 2018” was issued",
        "30 August 2021 when “Session of 2021” was issued",
        "Today",
    ]


@pytest.mark.parametrize(("query", "current"), [("", "Today"), ("?as_of=2021-08-30", "30 August 2021")])
def test_the_day_that_is_shown_is_marked(client, query, current):
    on_record(Occasion.objects.create(slug="fifth", day=date(2021, 8, 30), name="5th Session"))
    [details] = find_all(parse_page(client.get(f"/{query}")), "details", _class="day")
    assert [visible_text(link) for link in find_all(details, "a") if "aria-current" in dict(link.attributes)] == [
        current
    ]
