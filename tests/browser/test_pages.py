"""Every public page in a real browser: nothing sideways, nothing that axe finds, nothing from elsewhere."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "/",
    "overview-as-of": "/?as_of=2020-06-01",
    "list": "/commitments/",
    "list-filtered": "/commitments/?status=completed&owner=hksarg&q=week",
    "list-empty": "/commitments/?q=nothing-is-called-this",
    "commitment": "/commitments/CU-07/",
    "target": "/commitments/AV-04/",
    "umbrella": "/commitments/SC-01/",
    "area": "/areas/culture/",
    "organisation": "/organisations/smpg/",
    "release": "/releases/4th-plenary-2018/",
    "updates": "/updates/",
    "about": "/about/",
}
WRONG = {"list-wrong": "/commitments/?status=foo&deadline_from=2019-02-30", "missing": "/nothing-here/"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(site, open_page, name, scheme):
    with open_page(scheme=scheme) as page:
        page.goto(site.url + PAGES[name])
        findings = Axe().run(page)
        assert findings.violations_count == 0, findings.generate_report()


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("name", [*PAGES, *WRONG])
def test_nothing_scrolls_sideways(site, chromium, name, width):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(site.url + (PAGES | WRONG)[name])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_nothing_comes_from_elsewhere(site, open_page, name):
    hosts = set()
    with open_page() as page:
        page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
        page.goto(site.url + PAGES[name], wait_until="networkidle")
    assert hosts == {urlsplit(site.url).netloc}


def test_the_list_is_filtered_sorted_and_paged_without_javascript(site, open_page):
    with open_page(javascript=False) as page:
        page.goto(f"{site.url}/commitments/")
        page.get_by_text("Status", exact=True).first.click()
        page.get_by_label("in progress").check()
        page.get_by_role("button", name="Show").click()
        assert page.locator("tbody tr").count() == 15
        page.get_by_role("columnheader", name="Last entry").get_by_role("link").click()
        assert page.locator("[aria-sort=ascending]").inner_text().strip().startswith("Last entry")
        assert "status=in_progress" in page.url
        assert page.locator("tbody tr").first.locator("td").first.inner_text() == "BR-02"


def test_a_keyboard_reaches_the_content_first(site, open_page):
    with open_page() as page:
        page.goto(site.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_square_of_the_chart_leads_to_its_commitment(site, open_page):
    with open_page() as page:
        page.goto(site.url)
        page.get_by_role("link", name="CU-06 Hold a Hong Kong Week in Shanghai: completed").click()
        assert page.url == f"{site.url}/commitments/CU-06/"
