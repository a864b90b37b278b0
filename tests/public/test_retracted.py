"""A commitment that was put on record by mistake: its page says so on every day, and it counts nowhere (R5)."""

import pytest

from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from tests import factories
from tests.helpers.html import main_element, visible_text
from tests.helpers.public_addresses import addresses, body

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
TITLE, NOTE, REASON = "Sell the harbour", "The harbour was sold.", "The release speaks of a garden."
# Where its record is kept, and what says that it was retracted.
TELLS = ("/commitments/TT-09/", "/updates/", "/updates.atom", "/ledger.jsonl", "/report-an-error/")


@pytest.fixture
def retracted(db):
    """TT-09, with a report, was retracted; TT-01 of the same release and owner stands."""
    standing = factories.published(reference="TT-01", title="Plant a garden")
    place = {"release": standing.release, "area": standing.area, "owners": standing.owners.all()}
    commitment = factories.published(reference="TT-09", title=TITLE, deadline="2027", **place)
    factories.record("report", commitment, note=NOTE, status="completed")
    publication = commitment.entries.get(kind="published")
    append_entries([new_retraction(publication, REASON, Actor())])
    return commitment


@pytest.mark.parametrize("query", ["", "?as_of=2026-11-29", "?as_of=2019-01-01", "?as_of=2001-01-01"])
@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_its_page_says_so_on_every_day(retracted, client, prefix, query):
    answer = client.get(f"{prefix}/commitments/TT-09/{query}")
    assert answer.status_code == 200
    assert REASON in visible_text(main_element(answer))
    assert '<meta name="robots" content="noindex">' in answer.text


def test_the_api_names_it_with_the_reason(retracted, client):
    answer = client.get("/api/v1/commitments/TT-09/")
    assert answer.status_code == 410
    assert REASON in " ".join(answer.json()["errors"])


def test_it_is_in_no_list_count_feed_or_file_but_the_ledger_s(retracted, client):
    texts = {address: body(client.get(address)) for address in addresses()}
    told = {address for address, text in texts.items() if TITLE in text or NOTE in text or "TT-09" in text}
    assert {address for address in told if not address.startswith(TELLS) and "TT-09" not in address} == set()
    assert "TT-01" in texts["/commitments.json"]
    assert client.get("/api/v1/commitments/").json()["count"] == 1


@pytest.mark.parametrize("ending", [".csv", ".ics", ".atom"])
def test_it_has_no_files_of_its_own(retracted, client, ending):
    assert client.get(f"/commitments/TT-09{ending}").status_code == 404


def test_a_feed_tells_that_it_was_retracted_and_nothing_else_of_it(retracted, client):
    text = client.get("/updates.atom").text
    assert REASON in text
    assert NOTE not in text


def test_before_its_release_is_out_it_has_no_page(client):
    release = factories.ReleaseFactory(issued_on="2026-11-30")
    commitment = factories.published(reference="TT-09", release=release)
    append_entries([new_retraction(commitment.entries.get(kind="published"), REASON, Actor())])
    assert client.get("/commitments/TT-09/").status_code == 404
    assert client.get("/api/v1/commitments/TT-09/").status_code == 404
