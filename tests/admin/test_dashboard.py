"""The desk: what waits for whoever signs in, each count the length of the list that it leads to."""

import re
from datetime import UTC, datetime

import pytest
import time_machine

from commitments.models import DraftCommitment, EntityProposal, ErrorReport, LinkCheck
from tests import factories
from tests.helpers.crowds import crowd, queries
from tests.helpers.days import NOW
from tests.helpers.drafts import waiting
from tests.helpers.people import member, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]

TILE = re.compile(r'<a href="([^"]+)"><strong>(\d+)</strong> ([^<]+)</a>')
# What came of asking for the pages of evidence: of these two answer no more.
PAGES = {
    "https://example.org/gone": "gone",
    "https://example.org/dead": "unreachable",
    "https://example.org/there": "answers",
    "https://example.org/closed": "unclear",
    "https://example.org/inside": "private",
}


@pytest.fixture(scope="module", autouse=True)
def work(module_db):
    """Of our organisation: one of each sort. Of others: one more that is past its deadline."""
    with time_machine.travel(NOW):
        ours = factories.OrganisationFactory(name="Ours")
        long_ago = datetime(2025, 1, 1, tzinfo=UTC)
        stale = factories.published(owners=[ours], recorded_at=long_ago)
        pages = [factories.evidence(url=url, relation="context") for url in PAGES]
        factories.record("context", stale, date="2025-01-01", evidence=pages, recorded_at=long_ago)
        past = factories.published(owners=[ours], deadline="2018")
        factories.published(owners=[ours, factories.OrganisationFactory()], deadline="2026-12")
        factories.published(owners=[ours], review_on="2026-11-01")
        factories.published(deadline="2018")
        draft = factories.CommitmentFactory(owners=[ours])
        for state in ("waiting", "waiting", "returned"):
            DraftCommitment.objects.create(commitment=draft, state=state)
            draft = factories.CommitmentFactory()
        waiting(past)
        ErrorReport.objects.create(token="x", what="Wrong.")
        for url, outcome in (PAGES | {"https://example.org/of-no-evidence": "gone"}).items():
            LinkCheck.objects.create(url=url, outcome=outcome, checked_at=NOW)
        EntityProposal.objects.create(kind="organisation", slug=ours.slug, reason="Renamed.")
        return ours


@pytest.fixture(scope="module")
def desks(work):
    """A member of staff of ours for each role, signed in."""
    with time_machine.travel(NOW):
        return {role: signed_in(member(role, work)) for role in (*EXPECTED, "Editor", "Administrator")}


def tiles(client):
    """Each count of the desk with its words and address."""
    return [
        (words, int(count), address.replace("&amp;", "&"))
        for address, count, words in TILE.findall(client.get("/admin/").text)
    ]


EXPECTED = {
    "Contributor": {
        "of my organisation": 4,
        "past their deadline": 1,
        "due soon": 1,
        "due for review": 2,
        "no news for over a year": 1,
        "with texts not yet translated: 繁體中文": 4,
        "with texts not yet translated: 简体中文": 4,
        "drafts of mine": 0,
        "drafts wait for publishing": 1,
    },
    "Publisher": {
        "of my organisation": 4,
        "past their deadline": 2,
        "due soon": 1,
        "due for review": 2,
        "no news for over a year": 1,
        "with texts not yet translated: 繁體中文": 5,
        "with texts not yet translated: 简体中文": 5,
        "drafts of mine": 0,
        "drafts wait for you to publish them": 1,
        "draft commitments of mine": 0,
        "draft commitments wait for you to publish them": 2,
        "changes of names and descriptions wait for you to put them on record": 1,
        "of these I proposed": 0,
        "organisations without a Chinese name": 6,
        "open reports from the public": 1,
        "releases being read, with sentences that are not decided": 0,
        "pages of evidence that answer no more": 2,
    },
}


@pytest.mark.postgresql
@pytest.mark.parametrize("role", EXPECTED)
def test_the_desk_counts_what_a_role_has_to_look_at(desks, role):
    assert {words: count for words, count, _address in tiles(desks[role])} == EXPECTED[role]


@pytest.mark.parametrize("role", [*EXPECTED, "Editor", "Administrator"])
def test_every_count_is_the_length_of_its_list(desks, role):
    for words, count, address in tiles(desks[role]):
        page = desks[role].get(address)
        assert page.status_code == 200, words
        assert page.context["cl"].result_count == count, words


def test_the_latest_entries_are_those_within_reach(desks):
    assert "published TT-" in desks["Contributor"].get("/admin/").text


@pytest.mark.postgresql
def test_the_number_of_queries_does_not_grow_with_the_record(work, desks):
    addresses = ["/admin/", "/admin/commitments/commitment/", "/admin/commitments/draftupdate/"]

    def of_each_page(numbers):
        for commitment in crowd(numbers, owners=[work]):
            waiting(commitment)
        return {(role, page): queries(desks[role], page) for role in EXPECTED for page in addresses}

    few = of_each_page(range(500, 505))
    assert of_each_page(range(600, 640)) == few


# The lists behind the counts

FILTERS = {
    "schedule=past": 2,
    "schedule=due_soon": 1,
    "status=no_report": 5,
    "freshness=review": 2,
    "freshness=stale": 1,
    "owner=mine": 5,
    "public=no": 4,
    "draft=draft": 1,
    "draft=waiting": 2,
    "draft=returned": 1,
    "draft=mine": 0,
    "public=yes&owner=mine": 4,
    "q=Ours": 5,
}


@pytest.mark.postgresql
def test_each_filter_finds_what_it_says(desks):
    pages = {query: desks["Editor"].get(f"/admin/commitments/commitment/?{query}") for query in FILTERS}
    assert {query: page.context["cl"].result_count for query, page in pages.items()} == FILTERS


@pytest.mark.parametrize("query", ["schedule=foo", "status=", "owner=nobody", "draft=published"])
def test_an_unknown_value_is_never_the_whole_list(desks, query):
    answer = desks["Editor"].get(f"/admin/commitments/commitment/?{query}")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("?e=1")


@pytest.mark.postgresql
def test_the_list_sorts_by_what_is_computed(desks):
    sorts = ("4", "-5", "7", "-7")
    answers = {sort: desks["Editor"].get(f"/admin/commitments/commitment/?o={sort}").status_code for sort in sorts}
    assert answers == dict.fromkeys(sorts, 200)


def test_a_row_leads_to_recording_progress_and_a_draft_to_its_form(desks):
    page = desks["Editor"].get("/admin/commitments/commitment/").text
    assert page.count("/admin/commitments/draftupdate/add/?commitment=") == 5
    assert page.count("/change/?") + page.count('/change/"') == 4
