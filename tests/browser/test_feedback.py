"""A reader answers back in a real browser: sends, reads the receipt, and the answer once staff have given it."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.helpers.browser import sign_in
from tests.helpers.staff import add_staff

pytestmark = pytest.mark.browser
AWHILE = 4_500  # milliseconds; a form that is sent within 3 seconds is taken for a robot's
WHAT = "The week was opened on 1 November 2019."


def write(page, server):
    """Come from a commitment's form and type."""
    page.goto(f"{server.url}/report-an-error/?commitment=CU-06")
    page.get_by_label("What is wrong?").fill(WHAT)
    page.get_by_label("Where can it be read?").fill("example.org/notice")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.wait_for_timeout(AWHILE)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_reader_reports_staff_answer_and_the_reader_reads_it(installation, open_page, javascript):
    add_staff(installation)
    with installation.serve() as server:
        with open_page(javascript=javascript) as page:
            write(page, server)
            page.get_by_label("I write for a body").select_option("hksarg")
            page.get_by_role("button", name="Send").click()
            receipt = page.url
            assert "received" in page.locator(".badge").inner_text()
            assert WHAT in page.locator("main").inner_text()
            assert page.context.cookies() == []
        with open_page() as page:
            sign_in(page, server)
            page.get_by_role("link", name="Error reports").first.click()
            page.get_by_role("link", name=WHAT).click()
            page.get_by_role("link", name="Draft an entry").wait_for()
            page.select_option("#id_state", "upheld")
            page.get_by_role("button", name="Save", exact=True).click()
            assert "Say what was put right" in page.locator(".errorlist").first.inner_text()
            page.fill("#id_answer", "The report now says so.")
            page.get_by_role("button", name="Save", exact=True).click()
        with open_page(javascript=javascript) as page:
            page.goto(receipt)
            assert "put right" in page.locator(".badge").inner_text()
            assert "The report now says so." in page.locator("main").inner_text()


def test_a_person_who_is_too_quick_loses_nothing(installation, chromium):
    with installation.serve() as server:
        page = chromium.new_page()
        page.goto(f"{server.url}/report-an-error/")
        page.get_by_label("What is wrong?").fill(WHAT)
        page.get_by_role("button", name="Send").click()
        assert "It has not been sent yet" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("What is wrong?").input_value() == WHAT
        page.wait_for_timeout(AWHILE)
        page.get_by_role("button", name="Send").click()
        assert "received" in page.locator(".badge").inner_text()
        page.close()


def test_the_trap_is_reached_by_neither_eye_nor_keyboard(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/report-an-error/?commitment=CU-06")
        box = page.locator(".trap").bounding_box()
        assert (box["width"], box["height"]) <= (1, 1)
        page.get_by_label("I write for a body").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Privacy"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(installation, chromium, scheme):
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    with installation.serve() as server:
        write(page, server)
        for email in ("reader", "reader@example.org"):  # first a form with errors, then the receipt
            look(page)
            page.get_by_label("Your e-mail address").fill(email)
            page.get_by_role("button", name="Send").click()
        look(page)
        assert "Keep this link" in page.locator("main").inner_text()
    context.close()


def look(page):
    """Axe and the width, at two of them."""
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        findings = Axe().run(page)
        assert findings.violations_count == 0, findings.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
