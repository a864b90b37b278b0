"""How much of the processor one network may take: what must be made is counted, what was made is given for nothing."""

import time

import pytest
from django.core.cache import caches

from commitments.web import page_cache, work_budget
from commitments.web.work_budget import BUDGET, WorkBudget, WorkBudgetError
from tests import factories

pytestmark = pytest.mark.django_db
PAGE, WALK = "/commitments/", "/reports/progress/?from=2020-01-{:02}&to=2026-01-01"
ELSEWHERE = "192.0.2.7"


@pytest.fixture(autouse=True)
def twenty_seconds(settings):
    factories.published(reference="TT-01")
    settings.WORK_SECONDS_PER_MINUTE = 20


def exhaust(network="127.0.0.1", seconds=60):
    """As if so much had been made for a network."""
    BUDGET.add(network, seconds)


def later(seconds):
    """As if so much time had passed."""
    BUDGET.swept -= seconds
    for work in BUDGET.networks.values():
        work.moment -= seconds


def walk(client, days=range(1, 6), **extra):
    return [client.get(WALK.format(day), **extra).status_code for day in days]


def test_what_a_page_takes_is_counted_for_the_network_that_asked(client):
    client.get(PAGE, REMOTE_ADDR=ELSEWHERE)
    assert BUDGET.networks[ELSEWHERE].owed > 0
    assert "127.0.0.1" not in BUDGET.networks


def test_a_walk_through_all_days_is_refused_once_the_budget_is_used_up(client, settings):
    settings.WORK_SECONDS_PER_MINUTE = 0.001
    assert walk(client) == [200, 429, 429, 429, 429]


@pytest.mark.parametrize(
    "address",
    ["/commitments.csv", "/timeline/?as_of=2020-01-01", "/api/v1/commitments/", "/updates.atom", "/sitemap.xml"],
)
def test_so_is_whatever_else_must_be_made(client, address):
    exhaust()
    assert client.get(address).status_code == 429


@pytest.mark.parametrize("address", ["/commitments/ZZ-99/", "/commitments/?status=wrong"])
def test_what_ends_as_an_error_is_counted_too(client, address):
    assert client.get(address).status_code in (400, 404)
    assert BUDGET.networks["127.0.0.1"].owed > 0


def test_what_is_kept_is_given_for_nothing_and_never_refused(client):
    client.get(PAGE)
    exhaust()
    owed = BUDGET.networks["127.0.0.1"].owed
    answers = [client.get(PAGE) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert answers[0].headers["X-Cache"] == "hit"
    assert BUDGET.networks["127.0.0.1"].owed <= owed


def test_who_has_a_page_already_is_told_so(client):
    etag = client.get(PAGE).headers["ETag"]
    exhaust()
    caches["pages"].clear()
    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 304


def test_others_are_answered(client):
    exhaust()
    assert client.get(PAGE).status_code == 429
    assert client.get(PAGE, REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_an_ipv6_household_is_one_network(client):
    exhaust("2001:db8:0:1::/64")
    assert client.get(PAGE, REMOTE_ADDR="2001:db8:0:1::5").status_code == 429
    assert client.get(PAGE, REMOTE_ADDR="2001:db8:0:2::5").status_code == 200


@pytest.mark.parametrize(
    ("language", "words"),
    [("", "Try this one again in"), ("/zh-hant", "秒後"), ("/zh-hans", "秒后")],
)
def test_a_page_says_when_to_come_back_in_three_languages(client, language, words):
    exhaust()
    answer = client.get(f"{language}{PAGE}")
    assert answer.status_code == 429
    assert answer.headers["Cache-Control"] == "no-store"
    assert words in answer.text
    assert answer.headers["Retry-After"] in answer.text


def test_the_api_says_it_in_its_own_form(client):
    exhaust()
    answer = client.get("/api/v1/commitments/")
    assert answer.json()["errors"][0].startswith("Your network asked for many pages")
    assert int(answer.headers["Retry-After"]) > 0


def test_after_that_time_one_is_answered(client):
    exhaust(seconds=30)
    wait = int(client.get(PAGE).headers["Retry-After"])
    assert wait == 30  # ten seconds too much, of which a minute makes good twenty
    later(wait)
    assert client.get(PAGE).status_code == 200


def test_an_address_is_forgotten_once_it_owes_nothing(client):
    client.get(PAGE, REMOTE_ADDR=ELSEWHERE)
    later(120)
    client.get(WALK.format(1))
    assert ELSEWHERE not in BUDGET.networks


def test_somebody_who_reads_sixty_pages_in_a_minute_never_meets_it(client):
    pages = ("/", PAGE, "/timeline/", "/updates/")
    addresses = [f"{page}?as_of=2026-0{month}-{day}" for page in pages for month in range(1, 9) for day in ("01", "15")]
    assert {client.get(address).status_code for address in addresses} == {200}


def test_a_stream_is_counted_while_it_is_sent(client, monkeypatch, settings):
    monkeypatch.setattr(page_cache, "MAX_CACHED_BYTES", 0)
    answer = client.get("/ledger.jsonl")
    settings.WORK_SECONDS_PER_MINUTE = 0  # nothing is made good meanwhile
    before = BUDGET.networks["127.0.0.1"].owed
    b"".join(answer.streaming_content)
    assert BUDGET.networks["127.0.0.1"].owed > before
    assert list(work_budget.counted_stream(answer.wsgi_request, iter([b"a", b"b"]))) == [b"a", b"b"]


def busy(seconds):
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        pass


def test_of_what_takes_long_two_are_made_at_once_for_a_network_and_of_what_is_cheap_many():
    budget = WorkBudget()
    for kind, seconds in (("report", 0.6), ("page", 0.01)):
        with budget.making("a", kind):
            busy(seconds)
    with budget.making("a", "report"), budget.making("a", "report"):
        with pytest.raises(WorkBudgetError), budget.making("a", "report"):
            pass
        with budget.making("a", "page"), budget.making("a", "page"), budget.making("b", "report"):
            pass
    with budget.making("a", "report"):
        pass


def test_a_flood_of_networks_is_counted_in_little_memory(monkeypatch):
    monkeypatch.setattr(work_budget, "MAX_NETWORKS", 10)
    budget = WorkBudget()
    budget.add("heavy", 60)
    for number in range(100):
        budget.add(f"network {number}", 0.001)
    assert len(budget.networks) <= 10
    with pytest.raises(WorkBudgetError), budget.making("heavy", ""):
        pass
