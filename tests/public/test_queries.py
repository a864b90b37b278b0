"""The number of queries of a page does not grow with what is on record."""

import pytest
from django.test import Client

from tests.helpers.crowds import grow, queries

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
LIST = "/commitments/?per_page=100"
PAGES = {
    "/": 17,
    LIST: 10,
    f"{LIST}&q=thing&status=in_progress&owner=body-of-all&side=hong_kong&sort=-title&as_of=2020-01-01": 12,
    "/commitments/QQ-0001/": 18,
    "/areas/of-all/": 10,
    "/organisations/body-of-all/": 16,
    "/releases/of-all/": 12,
    "/repeated/": 9,
    "/timeline/?q=QQ-000": 12,
    "/reports/progress/?by=owner": 12,
    "/updates/": 7,
    "/updates/?as_of=2020-01-01": 7,
    "/updates.atom": 13,
    "/deadlines.ics": 9,
    "/about/": 5,
    "/api/v1/docs/": 16,
    "/api/v1/commitments/?per_page=100": 14,
    "/ledger/": 5,
    "/ledger.jsonl": 4,
    "/sitemap-commitments.xml": 5,
}


def taken():
    """By address, how many queries it takes."""
    client = Client()
    return {address: queries(client, address) for address in PAGES}


@pytest.fixture(scope="module")
def of_ten(module_db):
    """With ten commitments, which stay."""
    grow(range(1, 11))
    return taken()


def test_a_page_takes_few_queries(of_ten):
    assert {address: count for address, count in of_ten.items() if count > PAGES[address]} == {}


def test_no_page_takes_more_queries_for_forty_than_for_ten(of_ten):
    grow(range(11, 41))
    assert {address: count for address, count in taken().items() if count > of_ten[address]} == {}
