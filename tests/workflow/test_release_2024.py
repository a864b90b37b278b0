"""The second release as it is loaded after the first: known through a report, and in part promised before."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from commitments.ledger.verify import verify_ledger
from commitments.models import Commitment, LedgerHead, Organisation, Release, Repetition
from tests.helpers.html import find_all, link_texts, listed, main_element, section, visible_text
from tests.helpers.installation import SECOND_FIXTURE
from tests.helpers.release_file import ENTRIES, HEAD

DATA = json.loads(SECOND_FIXTURE.read_text(encoding="utf-8"))
TODAY = datetime(2026, 12, 1, 2, tzinfo=UTC)
# The head after both files, in the order in which `make run` loads them.
BOTH_ENTRIES, BOTH_HEAD = 366, "a1f04882e1b99d5ee13e9b41e9ca49e337c3a6d7d9665782c284cb245d5c2c7c"
RELEASE = "/releases/finance-meeting-2024/"
UNREAD = {
    "5th-plenary-2021": "Only the opening of the text could be read.",
    "6th-plenary-2024": "The text was not found.",
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release", "second_release")]


def load():
    printed = StringIO()
    call_command("load_release", SECOND_FIXTURE, stdout=printed)
    return printed.getvalue()


@pytest.fixture(autouse=True)
def day_after(time_machine):
    """Entries of the second file were recorded on 30 November 2026."""
    time_machine.move_to(TODAY)


@pytest.fixture(scope="module")
def second_release(module_db):
    """Both releases, and the heads before and after the second."""
    with time_machine.travel(TODAY):
        before = LedgerHead.objects.get()
        load()
    return [(before.sequence, before.digest), (LedgerHead.objects.get().sequence, LedgerHead.objects.get().digest)]


@pytest.mark.postgresql
def test_after_each_file_the_head_is_the_known_one(second_release):
    assert second_release == [(ENTRIES, HEAD), (BOTH_ENTRIES, BOTH_HEAD)]
    assert list(verify_ledger()) == []


def test_loading_it_again_changes_nothing():
    assert "0 items and 0 ledger entries are new, 0 translations" in load()


@pytest.mark.postgresql
def test_nine_pledges_and_an_aim_are_public_and_four_were_promised_in_2018():
    rows = Commitment.objects.as_of(date(2026, 12, 1)).filter(release__slug="finance-meeting-2024")
    assert [(row.reference, row.level) for row in rows.order_by("reference_key")] == [
        *((f"FW-0{number}", "primary") for number in range(1, 10)),
        ("FW-10", "aim"),
    ]
    pairs = Repetition.objects.values_list("commitment__reference", "repeated__reference")
    assert sorted(pairs) == [("FW-01", "FI-02"), ("FW-02", "FI-03"), ("FW-08", "FI-07"), ("FW-09", "FI-01")]
    assert not rows.exclude(state__last_checked_on=None).exists()  # nobody has searched for them


def test_every_text_of_it_is_in_both_forms_of_chinese():
    rows = Commitment.objects.filter(reference__startswith="FW-")
    assert not rows.exclude(untranslated_zh_hant=0, untranslated_zh_hans=0).exists()
    names = {
        (row.slug, field)
        for row in [*Organisation.objects.filter(slug__in=["fstb", "shoaifc"]), *Release.objects.all()]
        for field in ("name", "short_name", "title", "publisher", "place", "note", "known_through", "not_read")
        if getattr(row, field, "") and not (getattr(row, f"{field}_zh_hant") and getattr(row, f"{field}_zh_hans"))
    }
    assert names == set()


def test_its_page_says_through_what_it_is_known_and_where_that_stands(client):
    page = main_element(client.get(RELEASE))
    [known] = find_all(page, "p", _class="known-through")
    assert visible_text(known).startswith("Known only through a news agency’s report of 26 April 2024")
    assert "The governments’ own statement was not found." in visible_text(known)
    assert list(link_texts(known)) == [DATA["release"]["url"]]
    assert "Read the report" in visible_text(page)
    assert "/repeated/" in link_texts(page)


def test_a_pledge_of_it_says_whose_words_are_quoted(client):
    assert "The words are those of the report through which it is known." in client.get("/commitments/FW-09/").text
    assert "through which it is known" not in client.get("/commitments/FI-01/").text


def test_the_overview_has_a_finding_for_each_release_and_says_why_two_were_not_read(client):
    answer = client.get("/")
    [releases] = find_all(main_element(answer), "ol", _class="releases")
    texts = [visible_text(row) for row in find_all(releases, "li") if find_all(row, "p", _class="kicker")]
    assert [text[:13] for text in texts] == ["26 April 2024", "25 April 2024", "30 August 202", "24 August 201"]
    assert texts[0].endswith("20 documents were signed. Not read into this record yet. The text was not found.")
    assert texts[2].endswith(
        "13 co-operation areas. Not read into this record yet. Only the opening of the text could be read."
    )
    assert "Of 9 pledges, none has been searched for yet. 4 of all repeat an earlier pledge" in texts[1]
    assert "Of 41 pledges still to be kept in August 2018" in texts[3]
    in_record = section(answer, "releases")
    assert "not read yet The text was not found." in in_record
    assert "0 pledges" not in visible_text(main_element(answer))
    [finding] = [one for one in find_all(releases, "h2") if "9 pledges" in visible_text(one)]
    repeats, page = (address for address in link_texts(finding) if "repeated" in address)
    assert (listed(client, repeats), page) == (4, "/repeated/")


@pytest.mark.parametrize("slug", UNREAD)
def test_a_release_that_was_not_read_has_a_page_that_says_why_and_no_list(client, slug):
    page = main_element(client.get(f"/releases/{slug}/"))
    assert f"None of its pledges is in this record. {UNREAD[slug]}" in visible_text(page)
    assert not any(address.startswith("/commitments/") for address in link_texts(page))
    assert client.get(f"/commitments/?release={slug}").status_code == 400
    assert client.get(f"/api/v1/releases/{slug}/").json()["not_read"] == UNREAD[slug]


def test_a_day_of_a_session_is_offered_once_by_its_name(client):
    text = client.get("/about/").text
    assert text.count("as_of=2021-08-30") == 1
    assert "5th Plenary Session of the Hong Kong/Shanghai Co-operation Conference" not in text


def test_before_its_day_nothing_of_it_is_there(client):
    day = "as_of=2024-04-24"
    assert client.get(f"{RELEASE}?{day}").status_code == 404
    assert client.get(f"/commitments/FW-01/?{day}").status_code == 404
    assert "6th Plenary" not in visible_text(main_element(client.get(f"/?{day}")))
    assert "Promised again" not in visible_text(main_element(client.get(f"/commitments/FI-01/?{day}")))


def test_an_area_of_both_releases_leads_to_its_place_in_each(client):
    places = link_texts(main_element(client.get("/areas/finance/")))
    assert places[f"{RELEASE}#section-1"] == DATA["release"]["title"]
    assert places["/releases/4th-plenary-2018/#section-4"].startswith("4th Plenary Session")


@pytest.mark.parametrize("address", ["/areas/finance/", "/organisations/fstb/"])
def test_nothing_is_said_to_be_found_by_nobody_who_looked(client, address):
    links = link_texts(main_element(client.get(address)))
    [unread] = [(leads_to, words) for leads_to, words in links.items() if "not searched for yet" in words]
    assert listed(client, unread[0]) == int(unread[1].split()[0]) == (9 if "areas" in address else 1)


# What was promised again


def pairs(answer, name):
    """References of the pairs below a heading, and what stands in between."""
    [block] = find_all(main_element(answer), "section", **{"aria-labelledby": name})
    rows = [find_all(row, "td") for row in find_all(find_all(block, "tbody")[0], "tr")]
    return [visible_text(cells[-1]) for cells in rows]


@pytest.mark.postgresql
def test_of_four_promised_again_two_had_nothing_reported_in_between(client):
    answer = client.get("/repeated/")
    [finding] = find_all(main_element(answer), "p", _class="finding")
    assert visible_text(finding) == "Of 4 pledges that were promised again, 2 had nothing reported in between."
    assert [listed(client, address) for address in link_texts(finding)] == [4, 2]
    assert pairs(answer, "unreported") == ["nothing reported", "nothing reported"]
    assert pairs(answer, "reported") == ["13 March 2023 in progress", "24 September 2021 in progress"]


def test_both_sides_of_a_pair_have_their_days_releases_and_why(client):
    text = section(client.get("/repeated/"), "unreported")
    assert (
        "FI-01 Use the working meeting on financial co-operation to promote dialogue Promised on 24 August 2018" in text
    )
    assert "FW-09 Hold regular meetings of the two finance offices Promised again on 25 April 2024" in text
    assert "The working meeting of 2018 goes on as regular meetings led by two named offices." in text


@pytest.mark.parametrize("language", ["", "/zh-hant", "/zh-hans"])
def test_before_the_later_release_nothing_was_promised_again(client, language):
    answer = client.get(f"{language}/repeated/?as_of=2024-04-24")
    assert not find_all(main_element(answer), "table")
    assert not find_all(find_all(main_element(answer), "p", _class="finding")[0], "a")


def test_exports_and_api_have_both_sides_and_take_the_filter(client):
    again = client.get("/api/v1/commitments/?repeated=unreported").json()
    assert [(row["reference"], row["repeated_by"]) for row in again["results"]] == [
        ("FI-01", ["FW-09"]),
        ("FI-07", ["FW-08"]),
    ]
    csv = client.get("/commitments.csv?repeated=unreported")
    assert csv.headers["X-Row-Count"] == "2"
    before = Client().get("/api/v1/commitments/?repeated=unreported&as_of=2024-04-24").json()
    assert before["count"] == 0
