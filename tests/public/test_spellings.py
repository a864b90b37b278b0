"""A reference as people type it leads to the commitment's one address; what is no commitment leads nowhere."""

import pytest

from commitments.ledger.append import append_entries, new_retraction
from tests import factories
from tests.helpers.ledger_acts import BY

pytestmark = pytest.mark.django_db
SPELLINGS = ["cu-06", "Cu-06", "CU06", "cu06", "CU 06", "CU–06", "ＣＵ－０６", "ｃｕ０６"]


@pytest.fixture(autouse=True)
def commitment():
    return factories.published(reference="CU-06")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_leads_to_the_one_address(client, spelling):
    answer = client.get(f"/commitments/{spelling}/")
    assert (answer.status_code, answer.headers["Location"]) == (301, "/commitments/CU-06/")


def test_the_whole_question_is_kept(client):
    answer = client.get("/commitments/cu06/?as_of=2019-01-01&q=%E9%A6%99&q=a+b")
    assert answer.headers["Location"] == "/commitments/CU-06/?as_of=2019-01-01&q=%E9%A6%99&q=a+b"


@pytest.mark.parametrize("ending", ["/", ".csv", ".atom", ".ics"])
@pytest.mark.parametrize("prefix", ["", "/zh-hant", "/zh-hans"])
def test_language_and_ending_are_kept(client, prefix, ending):
    answer = client.get(f"{prefix}/commitments/cu06{ending}")
    assert answer.headers["Location"] == f"{prefix}/commitments/CU-06{ending}"
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize("unknown", ["cu-07", "CU07", "cu-6", "cu-0006", "xcu-06", "cu--06", "cu-06x"])
def test_what_is_no_reference_of_a_commitment_leads_nowhere(client, unknown):
    assert client.get(f"/commitments/{unknown}/").status_code == 404


def test_a_draft_and_what_was_not_announced_by_the_day_lead_nowhere(client):
    factories.CommitmentFactory(reference="TT-01")
    for address in ("/commitments/tt01/", "/commitments/cu06/?as_of=2018-08-23"):
        assert client.get(address).status_code == 404


def test_what_was_retracted_is_led_to_its_page_and_to_no_file(client, commitment):
    append_entries([new_retraction(commitment.entries.get(), "Promised by nobody.", BY)])
    assert client.get("/commitments/cu06/").headers["Location"] == "/commitments/CU-06/"
    assert client.get("/commitments/cu06.csv").status_code == 404
