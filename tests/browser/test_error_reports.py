"""A reader answers back in a real browser: sends, reads the receipt, and the answer once staff have given it."""

import pytest

from tests.helpers.browser import look

pytestmark = pytest.mark.browser
AWHILE = 4_500  # milliseconds; a form that is sent within 3 seconds is taken for a robot's
WHAT = "The week was opened on 1 November 2019."


def write(page, server, what=WHAT):
    """Come from a commitment's form and type."""
    page.goto(f"{server.url}/report-an-error/?commitment=CU-06")
    page.get_by_label("What is wrong?").fill(what)
    page.get_by_label("Where can it be read?").fill("example.org/notice")
    page.get_by_label("Your e-mail address").fill("reader@example.org")
    page.wait_for_timeout(AWHILE)


def test_a_reader_without_javascript_reports_staff_answer_and_the_reader_reads_it(office, open_page, as_clerk):
    with open_page(javascript=False) as page:
        write(page, office)
        page.get_by_label("I write for a body").select_option("hksarg")
        page.get_by_role("button", name="Send").click()
        receipt = page.url
        assert "received" in page.locator(".chip").inner_text()
        assert WHAT in page.locator("main").inner_text()
        assert page.context.cookies() == []
    with open_page(**as_clerk) as page:
        page.goto(f"{office.url}/admin/")
        page.get_by_role("link", name="Readers’ reports of errors").first.click()
        page.get_by_role("link", name=WHAT).click()
        page.get_by_role("link", name="Draft an entry").wait_for()
        page.select_option("#id_state", "upheld")
        page.get_by_role("button", name="Save", exact=True).click()
        assert "Say what was put right" in page.locator(".errorlist").first.inner_text()
        page.fill("#id_answer", "The report now says so.")
        page.get_by_role("button", name="Save", exact=True).click()
    with open_page(javascript=False) as page:
        page.goto(receipt)
        assert "put right" in page.locator(".chip").inner_text()
        assert "The report now says so." in page.locator("main").inner_text()


def test_a_person_who_is_too_quick_loses_nothing(office, chromium):
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{office.url}/report-an-error/")
        page.get_by_label("What is wrong?").fill("Sent too soon.")
        page.get_by_role("button", name="Send").click()
        assert "It has not been sent yet" in page.get_by_role("alert").inner_text()
        assert page.get_by_label("What is wrong?").input_value() == "Sent too soon."
        page.wait_for_timeout(AWHILE)
        page.get_by_role("button", name="Send").click()
        assert "received" in page.locator(".chip").inner_text()


def test_the_trap_is_reached_by_neither_eye_nor_keyboard(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/report-an-error/?commitment=CU-06")
        box = page.locator(".trap").bounding_box()
        assert (box["width"], box["height"]) <= (1, 1)
        page.get_by_label("I write for a body").focus()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Privacy"


def test_axe_finds_nothing_and_nothing_scrolls_sideways(office, chromium):
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        write(page, office, "Looked at.")
        for email in ("reader", "reader@example.org"):  # first a form with errors, then the receipt
            look(page)
            page.get_by_label("Your e-mail address").fill(email)
            page.get_by_role("button", name="Send").click()
        look(page)
        assert "Keep this link" in page.locator("main").inner_text()
