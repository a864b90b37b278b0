"""What search engines, programs and people who cite read: structured data, sitemap, robots, canonical addresses."""

from datetime import UTC, datetime
from functools import cache
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from commitments.ledger.append import append_entries, new_retraction
from commitments.ledger.new_entries import Actor
from commitments.models import Commitment, LedgerHead
from commitments.public import seo
from tests import factories
from tests.browser.pages import PAGES, WRONG
from tests.helpers.html import Head, find_all, link_texts, main_element, visible_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_day_is_fixed")]
SITE = "http://testserver"
PAGE = "/commitments/TT-01/"
SCHEMA = "https://schema.org/"
XML = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


# Structured data


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("not_started", "PotentialActionStatus"),
        ("in_progress", "ActiveActionStatus"),
        ("completed", "CompletedActionStatus"),
        ("stopped", "FailedActionStatus"),
    ],
)
def test_a_commitment_is_an_action_with_its_status_from_the_day_it_has_it(client, status, expected):
    commitment = factories.published(reference="TT-01", quote="will do it")
    stopped = {"stop_reason": "cancelled"} if status == "stopped" else {}
    factories.record("report", commitment, date="2019-05-05", status=status, **stopped)
    action = Head(client.get(PAGE)).data["mainEntity"]
    assert (action["@type"], action["identifier"], action["description"]) == ("Action", "TT-01", "will do it")
    assert action["actionStatus"] == SCHEMA + expected
    assert "actionStatus" not in Head(client.get(f"{PAGE}?as_of=2019-05-04")).data["mainEntity"]


@pytest.mark.parametrize(
    ("completed", "expected"),
    [("2019", "2019"), ("2019-05-05", "2019-05-05"), ("2019-H1", None)],
)
def test_the_end_is_said_where_schema_org_has_the_form(client, completed, expected):
    commitment = factories.published(reference="TT-01")
    factories.record("report", commitment, date=completed, status="completed")
    assert Head(client.get(PAGE)).data["mainEntity"].get("endTime") == expected


def test_what_is_unfinished_again_has_no_end(client):
    commitment = factories.published(reference="TT-01")
    factories.record("report", commitment, date="2019-05-05", status="completed")
    factories.record("report", commitment, date="2020-05-05", status="in_progress")
    assert "endTime" not in Head(client.get(PAGE)).data["mainEntity"]


def test_the_owners_act_and_partners_do_not(client):
    owners, partner = factories.OrganisationFactory.create_batch(2), factories.OrganisationFactory()
    release = factories.ReleaseFactory(url="https://example.org/release")
    factories.published(reference="TT-01", owners=owners, partners=[partner], release=release)
    data = Head(client.get(PAGE)).data
    assert [agent["name"] for agent in data["mainEntity"]["agent"]] == sorted(body.name for body in owners)
    assert (data["url"], data["isBasedOn"]) == (SITE + PAGE, "https://example.org/release")
    assert data["license"] in link_texts(main_element(client.get("/about/")))


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "<!--<script>", "]]>&lt;\\u003c'\""])
def test_no_text_breaks_out_of_the_structured_data(client, hostile):
    body = factories.OrganisationFactory(name=hostile)
    factories.published(reference="TT-01", title=hostile, quote=hostile, done_when=hostile, owners=[body])
    head = Head(client.get(PAGE))
    action = head.data["mainEntity"]
    assert (action["name"], action["description"], action["agent"][0]["name"]) == (hostile,) * 3
    assert (head.titles, head.metas["og:title"]) == (
        [f"TT-01 {hostile} – Hong Kong–Shanghai Pledge Record"],
        f"TT-01 {hostile}",
    )
    assert head.metas["description"] == f"Not searched for yet. What would count as done: {hostile}."
    assert len([script for script in head.scripts if script]) == 1


def test_the_overview_is_a_data_set_whose_download_is_there(client, settings):
    settings.PUBLISHER = "Office of Records"
    data = Head(client.get("/")).data
    assert (data["@type"], data["url"], data["creator"]["name"]) == ("Dataset", f"{SITE}/", "Office of Records")
    [download] = data["distribution"]
    assert client.get(download["contentUrl"]).headers["Content-Type"].startswith(download["encodingFormat"])


# Sitemap and robots


def locations(client, address):
    """Each location that a sitemap or its index lists."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/xml"
    return [element.text for element in ET.fromstring(answer.content).iter(f"{XML}loc")]


def sitemap(client):
    """The paths of all pages that the sitemap lists, section after section."""
    addresses = [page for section in locations(client, "/sitemap.xml") for page in locations(client, section)]
    assert [page for page in addresses if not page.startswith(f"{SITE}/")] == []
    return [page.removeprefix(SITE) for page in addresses]


@pytest.fixture
def pages(db):
    """Two public commitments of one release and area, a draft, and one whose release is issued tomorrow."""
    release, area = factories.ReleaseFactory(slug="first"), factories.AreaFactory(slug="red")
    north, south = (factories.OrganisationFactory(slug=slug) for slug in ("north", "south"))
    at = {"release": release, "area": area, "owners": [north]}
    factories.published(reference="TT-01", partners=[south], **at)
    factories.published(reference="TT-02", partners=[south, north], **at)
    factories.CommitmentFactory(reference="TT-03", release=release)  # of an area and an owner of its own
    factories.published(reference="TT-04", release=factories.ReleaseFactory(issued_on="2026-11-30"))
    return release


LISTED = ["/", "/about/", "/api/v1/docs/", "/areas/red/", "/commitments/", "/commitments/TT-01/", "/commitments/TT-02/"]
LISTED += ["/data/", "/ledger/", "/organisations/north/", "/organisations/south/", "/releases/first/"]
LISTED += ["/reports/progress/", "/timeline/", "/updates/", "/areas/", "/organisations/", "/releases/", "/repeated/"]
LISTED = sorted(path_in_language(language, page) for language in LANGUAGE_TAGS for page in LISTED)


@pytest.mark.postgresql
def test_the_sitemap_lists_every_public_page_once_under_its_canonical_address(pages, client):
    listed = sitemap(client)
    assert sorted(listed) == LISTED
    assert {page: Head(client.get(page)).canonical for page in listed} == {page: [SITE + page] for page in listed}


def test_a_long_sitemap_is_cut_into_pages_that_still_list_each_once(pages, client, monkeypatch):
    monkeypatch.setattr(seo.CommitmentSitemap, "limit", 1)
    monkeypatch.setattr(seo.EntitySitemap, "limit", 1)
    assert sorted(sitemap(client)) == LISTED


def test_from_the_day_of_its_issue_a_release_is_in_the_sitemap(pages, client, time_machine):
    time_machine.move_to(datetime(2026, 11, 29, 16, 0, tzinfo=UTC))  # midnight in Hong Kong
    assert set(sitemap(client)) - set(LISTED) > {"/commitments/TT-04/"}


@pytest.mark.postgresql
def test_the_sitemap_says_when_a_commitment_last_changed(pages, client, time_machine):
    def changed():
        tree = ET.fromstring(client.get("/sitemap-commitments.xml").content)
        return {element.find(f"{XML}loc").text[-6:-1]: element.find(f"{XML}lastmod").text for element in tree}

    assert changed() == {"TT-01": "2026-11-29", "TT-02": "2026-11-29"}
    time_machine.move_to(datetime(2026, 12, 2, 10, tzinfo=UTC))
    entry = factories.record("report", Commitment.objects.get(reference="TT-02"), date="2019")
    assert changed() == {"TT-01": "2026-11-29", "TT-02": "2026-12-02", "TT-04": "2026-11-29"}
    time_machine.move_to(datetime(2026, 12, 4, 10, tzinfo=UTC))
    append_entries([new_retraction(entry, "Wrong.", Actor())])
    assert changed() == {"TT-01": "2026-11-29", "TT-02": "2026-12-04", "TT-04": "2026-11-29"}


def test_robots_may_read_all_but_what_is_staff_s_or_a_reader_s_and_need_no_past_days(client):
    answer = client.get("/robots.txt")
    rules = [tuple(line.split(": ", 1)) for line in answer.text.splitlines()]
    assert answer.headers["Content-Type"] == "text/plain"
    assert rules[0] == ("User-agent", "*")
    closed = ("/admin/", "/report-an-error/", "/reports/progress/?")
    assert {path for rule, path in rules if rule == "Disallow"} == {
        "/*as_of=",
        *(path_in_language(language, path) for language in LANGUAGE_TAGS for path in closed),
    }
    [there] = [path for rule, path in rules if rule == "Sitemap"]
    assert locations(client, there)


# The head of each page


@cache
def answered():
    """The head of each page that there is, of the release, which is the same for every test that asks for it."""
    return {address: Head(Client().get(address)) for address in [*PAGES.values(), *WRONG.values()]}


@pytest.fixture
def heads(release):
    return answered()


def test_every_page_has_a_title_and_says_what_a_shared_link_shows(heads):
    for address, head in heads.items():
        [title] = head.titles
        assert title == f"{head.metas['og:title']} – {head.metas['og:site_name']}", address
        assert all(head.metas[name].strip() for name in ("og:title", "og:type", "description")), address
        assert head.metas["og:description"] == head.metas["description"], address
        assert head.metas["og:image"].startswith(f"{SITE}/static/"), address


def test_a_title_says_which_past_day_is_shown(heads):
    assert heads[PAGES["overview-as-of"]].metas["og:title"].endswith(" (as of 1 June 2020)")


def test_no_two_pages_share_a_title(heads):
    titles = {}
    for name, address in PAGES.items():
        titles.setdefault(heads[address].titles[0], set()).add(urlsplit(address).path)
        assert len(titles[heads[address].titles[0]]) == 1, name


def test_only_a_page_as_it_stands_is_kept_by_search_engines(heads):
    """Neither every filter and day of it, nor what is no page."""
    plain = {address for address in PAGES.values() if "?" not in address or "commitment=" in address}
    for address, head in heads.items():
        page = SITE + urlsplit(address).path
        expected = ([page], None) if address in plain else ([], "noindex")
        if address == PAGES["commitment-at-entry"]:  # what is known now stands at the plain address
            expected = ([page], "noindex")
        assert (head.canonical, head.metas.get("robots")) == expected, address
        assert head.metas.get("og:url") == (head.canonical[0] if head.canonical else None), address


@pytest.mark.parametrize("address", ["/", "/commitments/", PAGE])
def test_a_tracking_name_leads_to_the_same_canonical_address(client, address):
    factories.published(reference="TT-01")
    assert Head(client.get(f"{address}?utm_source=x&fbclid=y")).canonical == [SITE + address]
    assert Head(client.get(f"{address}?utm_source=x&as_of=2021-08-30")).canonical == []


# How a commitment is cited, and what stands beside it


def cited(client, query=""):
    """How the page says that it is to be cited."""
    return visible_text(find_all(main_element(client.get(PAGE + query)), "p", _class="cite")[0])


def test_a_citation_has_title_and_the_end_of_the_ledger_and_an_address_that_keeps_what_was_known(client):
    factories.published(reference="TT-01", title="Build a bridge")
    head = LedgerHead.objects.get()
    assert cited(client) == (
        f"Hong Kong–Shanghai Pledge Record, “TT-01 Build a bridge”. State of the ledger: entry {head.sequence},"
        f" recorded 29 November 2026, digest {head.digest[:16]}… {SITE}{PAGE}?entry={head.sequence}"
    )


def test_a_citation_leads_to_a_page_that_is_cited_alike(client):
    factories.published(reference="TT-01")
    citation = cited(client, "?as_of=2021-08-30")
    assert "as of 30 August 2021. " in citation
    assert citation.endswith(f" {SITE}{PAGE}?as_of=2021-08-30")
    now = cited(client)
    assert cited(client, now.rpartition(PAGE)[2]) == now


@pytest.mark.postgresql
def test_previous_and_next_are_of_the_same_area_on_the_same_day(client):
    area, later = factories.AreaFactory(), factories.ReleaseFactory(issued_on="2021-08-30")
    for number in (1, 2, 4):
        factories.published(reference=f"TT-0{number}", area=area)
    factories.published(reference="TT-03", area=area, release=later)
    factories.published(reference="SS-01")
    factories.CommitmentFactory(reference="TT-05", area=area)

    def neighbours(reference, day=""):
        page = main_element(client.get(f"/commitments/{reference}/{day}"))
        return [a for nav in find_all(page, "nav", _class="neighbours") for a in link_texts(nav)]

    assert neighbours("TT-01") == ["/commitments/TT-02/"]
    assert neighbours("TT-02") == ["/commitments/TT-01/", "/commitments/TT-03/"]
    assert neighbours("TT-04") == ["/commitments/TT-03/"]
    eve = "?as_of=2021-08-29"
    assert neighbours("TT-02", eve) == [f"/commitments/TT-01/{eve}", f"/commitments/TT-04/{eve}"]
    assert neighbours("SS-01") == []
