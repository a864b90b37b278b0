"""How much one visitor may ask for in a minute: searches and files."""

import pytest
from django.core.cache import caches

from commitments.web.rate_limits import client_network
from tests import factories

pytestmark = pytest.mark.django_db
SEARCHED = ["/commitments/", "/timeline/", "/reports/progress/", "/updates.atom", "/deadlines.ics"]
FILES = ["/commitments.csv", "/commitments.xlsx", "/commitments.json", "/data/updates.csv", "/ledger.jsonl"]
API = "/api/v1/commitments/"


@pytest.fixture(autouse=True)
def two_a_minute(settings):
    factories.published(reference="TT-01")
    settings.SEARCHES_PER_MINUTE = settings.EXPORTS_PER_MINUTE = 2


def statuses(client, address, times=3, **extra):
    """Of answers that are all made anew: one that is kept costs little, and does not count."""
    return [caches["pages"].clear() or client.get(address, **extra).status_code for _time in range(times)]


def test_an_answer_that_is_kept_does_not_count(client):
    assert [client.get("/commitments/?q=thing").status_code for _time in range(9)] == [200] * 9


@pytest.mark.parametrize("address", [*SEARCHED, "/commitments.csv", API])
def test_more_searches_than_that_are_refused(client, address):
    assert statuses(client, f"{address}?q=thing") == [200, 200, 429]


@pytest.mark.parametrize("address", ["/commitments/", API])
def test_who_looks_for_no_words_is_not_counted(client, address):
    assert statuses(client, f"{address}?q=") == statuses(client, address) == [200] * 3


@pytest.mark.parametrize(
    "address", [*FILES, "/commitments/TT-01.csv", "/reports/progress.csv", "/reports/progress.xlsx"]
)
def test_more_files_than_that_are_refused_in_plain_text(client, address):
    assert statuses(client, address) == [200, 200, 429]
    answer = client.get(address)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert (
        answer.text
        == f"At most 2 requests a minute are answered. Ask again in {answer.headers['Retry-After']} seconds.\n"
    )


def test_all_files_count_together_and_searches_for_themselves(client):
    assert [client.get(address).status_code for address in FILES] == [200, 200, 429, 429, 429]
    assert client.get("/commitments/?q=thing").status_code == 200


def test_a_page_says_when_to_come_back_and_where_to_have_it_all_at_once(client, time_machine):
    statuses(client, "/commitments/?q=thing")
    answer = client.get("/commitments/?q=thing")
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert f"Ask again in {answer.headers['Retry-After']} seconds." in answer.text
    assert 'href="/data/"' in answer.text


def test_no_refusal_is_kept_by_a_cache(client):
    statuses(client, "/commitments/?q=thing")
    assert client.get("/commitments/?q=thing").headers["Cache-Control"] == "no-store"


def test_the_api_says_it_in_its_own_form(client):
    statuses(client, f"{API}?q=thing")
    answer = client.get(f"{API}?q=thing")
    assert answer.json()["errors"][0].startswith("At most 2 requests a minute are answered.")
    assert int(answer.headers["Retry-After"]) > 0


def test_after_a_minute_one_may_ask_again(client, time_machine):
    time_machine.move_to("2026-11-29T10:00:00Z", tick=False)
    assert statuses(client, "/commitments.csv") == [200, 200, 429]
    time_machine.shift(61)
    assert client.get("/commitments.csv").status_code == 200


@pytest.mark.parametrize("address", ["/commitments/?q=thing&status=wrong", "/commitments.csv?status=wrong"])
def test_what_is_refused_anyway_is_not_counted(client, address):
    assert statuses(client, address) == [400] * 3


def test_who_has_the_answer_already_is_not_counted(client):
    address = f"{API}?q=thing"
    etag = client.get(address).headers["ETag"]
    assert statuses(client, address, headers={"If-None-Match": etag}) == [304] * 3


def test_one_address_counts_and_of_ipv6_one_household(rf):
    def of(address):
        return client_network(rf.get("/", REMOTE_ADDR=address))

    assert of("192.0.2.1") != of("192.0.2.2")
    assert of("2001:db8:0:1::1") == of("2001:db8:0:1:ffff::2") != of("2001:db8:0:2::1")


def test_who_asks_from_elsewhere_is_counted_for_themselves(client):
    assert statuses(client, "/commitments.csv", REMOTE_ADDR="192.0.2.1") == [200, 200, 429]
    assert client.get("/commitments.csv", REMOTE_ADDR="192.0.2.2").status_code == 200


@pytest.mark.parametrize(("trusted", "answer"), [(False, 429), (True, 200)])
def test_only_a_trusted_proxy_says_who_asks(client, settings, trusted, answer):
    settings.TRUST_PROXY = trusted
    statuses(client, "/commitments.csv", headers={"X-Forwarded-For": "203.0.113.9, 203.0.113.1"})
    response = client.get("/commitments.csv", headers={"X-Forwarded-For": "203.0.113.1, 203.0.113.2"})
    assert response.status_code == answer
