"""The number of queries of a page does not grow with what is on record.

`crowd` makes many public commitments at once, with one append to the ledger; other tests use it too.
"""

import pytest

from tests.helpers.crowds import grow, queries

pytestmark = pytest.mark.django_db
LIST = "/commitments/?per_page=100"
PAGES = {
    "/": 12,
    LIST: 10,
    f"{LIST}&q=thing&status=in_progress&owner=body-of-all&side=hong_kong&sort=-title&as_of=2020-01-01": 12,
    "/commitments/QQ-0001/": 16,
    "/areas/of-all/": 10,
    "/organisations/body-of-all/": 16,
    "/releases/of-all/": 12,
    "/timeline/?q=QQ-000": 12,
    "/reports/progress/?by=owner": 12,
    "/updates/": 7,
    "/updates/?as_of=2020-01-01": 7,
    "/updates.atom": 13,
    "/deadlines.ics": 8,
    "/about/": 5,
    "/api/v1/docs/": 16,
    "/api/v1/commitments/?per_page=100": 14,
    "/ledger/": 5,
    "/ledger.jsonl": 4,
    "/sitemap-commitments.xml": 5,
}


def test_no_page_takes_more_queries_for_two_hundred_than_for_ten(db, client):
    grow(range(1, 11))
    of_ten = {address: queries(client, address) for address in PAGES}
    grow(range(11, 201))
    assert {address: more for address in PAGES if (more := queries(client, address)) > of_ten[address]} == {}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_takes_few_queries(db, client, address):
    grow(range(1, 11))
    assert queries(client, address) <= PAGES[address]
