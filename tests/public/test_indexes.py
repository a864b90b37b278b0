"""The indexes of areas, organisations and releases: each number is that of the list to which it leads."""

import pytest

from tests import factories
from tests.helpers.crowds import grow, queries
from tests.helpers.html import find_all, link_texts, listed, main_element, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
INDEXES = ["/areas/", "/organisations/", "/releases/"]


def counting_links(answer):
    """The address of each list that the page links, and the number that is said to be in it."""
    links = link_texts(main_element(answer)).items()
    lists = {address: words for address, words in links if address.startswith("/commitments/?")}
    numbers = {address: [word for word in words.split() if word.isdigit()] for address, words in lists.items()}
    return {address: int(said[0]) for address, said in numbers.items() if said}


@pytest.mark.parametrize("address", INDEXES)
@pytest.mark.parametrize("query", ["", "?as_of=2019-12-31"])
def test_each_number_is_that_of_the_list_to_which_it_leads(release, client, address, query):
    numbers = counting_links(client.get(address + query))
    assert len(numbers) > 5
    assert {leads_to: listed(client, leads_to) for leads_to in numbers} == numbers


def test_every_area_organisation_and_release_that_is_public_stands_in_its_index(release, client):
    for address, number in zip(INDEXES, (13, 32, 1), strict=True):
        pages = {
            link
            for link in link_texts(main_element(client.get(address)))
            if link.startswith(address) and link != address
        }
        assert len(pages) == number
        assert {client.get(page).status_code for page in pages} == {200}


def test_before_the_first_release_the_indexes_say_that_there_is_nothing(release, client):
    assert "Nothing had been announced by this day." in client.get("/areas/?as_of=2018-08-23").text
    assert "No release had been issued by this day" in client.get("/releases/?as_of=2018-08-23").text


def test_an_organisation_of_both_sides_has_both_marks(client):
    factories.published(owners=[factories.OrganisationFactory(name="Joint Council", side="both")])
    [row] = [row for row in find_all(main_element(client.get("/organisations/")), "tr") if "Joint" in visible_text(row)]
    assert visible_text(row).startswith("HK SH Joint Council 1")


def test_the_footer_of_every_page_leads_to_the_indexes(client):
    assert all(f'href="{address}"' in client.get("/about/").text for address in INDEXES)


@pytest.mark.parametrize("address", INDEXES)
def test_an_index_takes_the_same_few_queries_however_much_is_on_record(client, address):
    grow([1, 2])
    few = queries(client, address)
    grow([3, 4, 5])
    assert queries(client, f"{address}?utm_source=again") == few <= 12
