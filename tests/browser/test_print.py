"""The report between two days on paper: printed to PDF by Chromium and read back with poppler."""

import re
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.browser
REPORT = "/reports/progress/?from=2018-08-24&to=2021-08-30"
TITLE = "Progress from 24 August 2018 to 30 August 2021"
SECTIONS = [
    "Delivered: 3",
    "Started: 6",
    "Slipped or brought forward",
    "Stopped",
    "Newly promised",
    "Still no evidence found",
]


@pytest.fixture(scope="module")
def printed(site, chromium, tmp_path_factory):
    """A reader in dark colours prints the report; the file."""
    if shutil.which("pdftotext") is None:
        pytest.skip("poppler is not installed, so nothing printed is read. On Debian: apt-get install poppler-utils")
    file = tmp_path_factory.mktemp("printed") / "report.pdf"
    page = chromium.new_page(color_scheme="dark")
    page.goto(site.url + REPORT)
    page.pdf(path=file, prefer_css_page_size=True, print_background=True)
    page.close()
    return file


def pages(file):
    """The text of each page."""
    done = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)
    return done.stdout.split("\f")[:-1]


def test_the_paper_is_a4(printed):
    told = subprocess.run(["pdfinfo", printed], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Page size:.*\(A4\)", told)


def test_the_file_is_small_enough_to_be_sent_around(printed):
    assert printed.stat().st_size < 500_000


def test_every_page_has_both_days_and_its_number(printed):
    found = pages(printed)
    assert len(found) > 2
    for number, text in enumerate(found, start=1):
        assert text.splitlines()[0].strip() == f"Hong Kong–Shanghai Pledge Record: {TITLE}"
        assert text.split()[-1] == f"{number}/{len(found)}"


def test_summary_and_sections_are_printed_in_their_order(printed):
    text = " ".join("".join(pages(printed)).split())
    places = [text.index(words) for words in ("pledges at", "Status at the start", "What changed, by area", *SECTIONS)]
    assert places == sorted(places)


def test_neither_navigation_nor_form_nor_links_of_the_footer_are_printed(printed):
    text = "".join(pages(printed))
    left = ["Timeline", "As of today", "Skip to", "Show the report", "Broken down by", "Download", "Privacy", "staff"]
    assert [words for words in left if words in text] == []


def test_the_addresses_of_evidence_are_printed_whole(printed, site, open_page):
    read = subprocess.run(["pdftotext", "-raw", printed, "-"], capture_output=True, text=True, check=True)
    with open_page() as page:
        page.goto(site.url + REPORT)
        addresses = page.locator(".evidence a").evaluate_all("(links) => links.map((link) => link.href)")
    assert len(addresses) > 5
    text = "".join(read.stdout.split())
    assert [address for address in addresses if f"<{address}>" not in text] == []


@pytest.mark.parametrize("query", ["", "?to=2021-08-30", "?to=2024-08-30", "?by=owner", "?area=culture", "?q=week"])
def test_no_page_is_printed_that_holds_but_head_and_foot(site, open_page, tmp_path, query):
    with open_page() as page:
        page.goto(f"{site.url}/reports/progress/{query}")
        page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    bodies = ["\n".join(text.strip().splitlines()[1:-1]) for text in pages(tmp_path / "report.pdf")]
    assert [number for number, body in enumerate(bodies, start=1) if len(body.split()) < 10] == []
    assert not any("Every entry of the record is kept" in body for body in bodies)


def test_a_table_begins_on_the_page_of_its_heading(printed):
    for text in pages(printed):
        lines = [line for line in text.splitlines() if line.strip()]
        assert "Pledge and owners" not in lines[-2]


def test_day_and_address_of_the_report_are_printed_under_its_title(printed):
    first = " ".join(pages(printed)[0].split())
    assert re.search(r"Pledge Record, .*, http://\S+/reports/progress/\?", first)


def test_the_head_of_a_table_stands_on_every_page_that_it_goes_over_to(printed):
    for text in pages(printed)[:-1]:
        assert "Reference" in text or "Area" in text


def test_paper_is_white_and_ink_is_black_for_readers_in_dark_colours_too(site, open_page):
    with open_page(scheme="dark") as page:
        page.goto(site.url + REPORT)
        page.emulate_media(media="print", color_scheme="dark")
        colours = "(element) => [getComputedStyle(element).color, getComputedStyle(element).backgroundColor]"
        assert page.locator("body").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert page.locator(".quiet").first.evaluate(colours)[0] == "rgb(91, 89, 82)"


def test_no_row_is_cut_by_the_edge_of_a_page(site, open_page):
    with open_page() as page:
        page.goto(site.url + REPORT)
        page.emulate_media(media="print")
        rules = "(rows) => [...new Set(rows.map((row) => getComputedStyle(row).breakInside))]"
        assert page.locator("main tr").evaluate_all(rules) == ["avoid"]


def test_the_report_is_made_without_javascript(site, open_page):
    with open_page(javascript=False) as page:
        page.goto(f"{site.url}/commitments/?area=culture&as_of=2021-08-30")
        page.get_by_role("main").get_by_role("link", name="Progress report").click()
        page.get_by_label("Broken down by").select_option("owner")
        page.get_by_label("From").fill("2019-01-01")
        page.get_by_role("button", name="Show the report").click()
        assert page.url == f"{site.url}/reports/progress/?from=2019-01-01&to=2021-08-30&by=owner&area=culture"
        assert page.locator("h1").inner_text() == "Progress from 1 January 2019 to 30 August 2021"
