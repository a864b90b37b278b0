"""What readers do in a real browser: by keyboard, on a phone, without JavaScript, and over a slow line."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import LAYOUT_SHIFT

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("path", "cut"),
    [
        ("/about/design/", b'<li><a href="/commitments/"'),
        ("/about/design/", b'<details class="day"'),
        ("/about/design/", b"<main"),
        ("/?as_of=2020-06-01", b"<strong>0</strong>"),
    ],
)
def test_a_page_that_comes_in_two_pieces_shifts_nothing(site, open_page, path, cut):
    with open_page(width=390) as page, slow_line(site.url, cut) as address:
        page.goto(address + path, wait_until="networkidle")
        assert page.evaluate(LAYOUT_SHIFT) == []
        assert page.locator("h1").is_visible()


@contextmanager
def slow_line(site, cut):
    """The same site over a line that halts for a while in the middle of each page."""

    class Halting(BaseHTTPRequestHandler):
        def do_GET(self):
            with urlopen(site + self.path) as answer:
                body = answer.read()
            self.send_response(200)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.end_headers()
            first, found, rest = body.partition(cut)
            self.wfile.write(first)
            sleep(0.5 if found else 0)
            self.wfile.write(found + rest)

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Halting)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_the_whole_way_to_a_source_by_keyboard_alone(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/commitments/")
        tab_to(page, "id_q")
        page.keyboard.type("Hong Kong Week")
        page.keyboard.press("Enter")
        expect(page.locator("#announcement")).to_have_text("7 pledges")
        assert parse_qs(urlsplit(page.url).query, keep_blank_values=True) == {"q": ["Hong Kong Week"]}
        tab_to(page, "Hold a Hong Kong Week in Shanghai")
        page.keyboard.press("Enter")
        page.wait_for_url("**/commitments/CU-06/")
        assert outline(page, ".sources a") == "none"
        page.locator(".sources a").first.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert outline(page, ".sources a") == "solid"


def tab_to(page, wanted):
    """Press Tab until something with this id or these words has the focus."""
    for _press in range(150):
        page.keyboard.press("Tab")
        if wanted in page.evaluate("[document.activeElement.id, document.activeElement.textContent.trim()]"):
            return
    raise AssertionError(f"Tab never reached {wanted}")


def outline(page, selector):
    return page.locator(selector).first.evaluate("(element) => getComputedStyle(element).outlineStyle")


def test_the_day_is_chosen_by_keyboard_and_kept(site, open_page):
    with open_page(javascript=False) as page:
        page.goto(f"{site.url}/areas/culture/")
        page.locator(".day summary").press("Enter")
        page.get_by_role("link", name="30 August 2021").press("Enter")
        assert page.url == f"{site.url}/areas/culture/?as_of=2021-08-30"
        assert "As of 30 August 2021." in page.inner_text(".as-of")
        page.locator(".day summary").press("Enter")
        page.fill("#as_of", "2019-12-31")
        page.get_by_role("button", name="Show that day").press("Enter")
        assert page.url == f"{site.url}/areas/culture/?as_of=2019-12-31"


def test_the_list_is_filtered_sorted_and_paged_without_javascript(site, open_page):
    with open_page(javascript=False) as page:
        page.goto(f"{site.url}/commitments/")
        page.get_by_label("in progress").check()
        page.get_by_role("button", name="Show").click()
        assert page.locator("tbody tr").count() == 23
        page.get_by_role("columnheader", name="Latest news").get_by_role("link").click()
        assert page.locator("[aria-sort=descending]").inner_text().strip().startswith("Latest news")
        assert "status=in_progress" in page.url
        assert page.locator("tbody tr").last.locator("td").first.inner_text() == "CU-10"
        page.get_by_label("Rows on a page").select_option("25")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="Remove: Status: in progress").click()
        assert page.get_by_text("Page 1 of 3", exact=True).is_visible()
        page.get_by_role("link", name="Next page").click()
        assert page.get_by_text("Page 2 of 3", exact=True).is_visible()


def test_on_a_phone_the_filters_are_a_sheet_without_javascript_too(site, open_page):
    with open_page(width=390, javascript=False) as page:
        page.goto(f"{site.url}/commitments/")
        search = page.locator("#id_q")
        assert not search.is_visible()
        page.get_by_role("button", name="Search, filter, sort").click()
        search.fill("airport")
        page.get_by_role("button", name="Show").click()
        assert "q=airport" in page.url
        assert not search.is_visible()


def test_a_ticked_box_changes_the_list_in_place_and_the_address_follows(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/commitments/")
        page.evaluate("window.stayed = true")
        page.get_by_label("in progress").check()
        expect(page.locator("#announcement")).to_have_text("23 pledges")
        assert page.url == f"{site.url}/commitments/?status=in_progress"
        assert page.evaluate("[window.stayed, document.activeElement.id]") == [True, "status_in_progress"]
        assert page.locator("#id_area summary").count() == 1
        assert page.locator("#facet_status .count").nth(3).inner_text() == "16"
        page.get_by_role("columnheader", name="Latest news").get_by_role("link").press("Enter")
        page.wait_for_url("**sort=-last_news**")
        expect(page.locator("#sort-last_news")).to_be_focused()
        assert page.evaluate("[window.stayed, window.scrollY]") == [True, 0]
        assert page.locator("#id_sort").input_value() == "-last_news"


def test_who_only_reads_the_list_fetches_no_more_than_the_page(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/commitments/", wait_until="networkidle")
        assert page.evaluate("typeof window.htmx") == "undefined"
        with page.expect_response("**/htmx*"):
            page.locator("#list").hover()


def test_a_box_that_is_ticked_before_the_rest_has_come_is_asked_for_when_it_has(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/commitments/")
        page.route("**/htmx*", lambda route: (page.wait_for_timeout(500), route.continue_()))
        page.evaluate("window.stayed = true")
        page.get_by_label("in progress").check()
        expect(page.locator("#announcement")).to_have_text("23 pledges")
        assert page.evaluate("window.stayed")


def test_back_and_forward_go_through_what_was_asked(site, open_page):
    with open_page() as page:
        page.goto(f"{site.url}/commitments/?status=in_progress&per_page=25")
        page.get_by_role("link", name="Remove: Status: in progress").click()
        page.wait_for_url(f"{site.url}/commitments/?per_page=25")
        page.get_by_role("link", name="Next page").click()
        expect(page.locator("#announcement")).to_have_text("57 pledges, page 2 of 3")
        for step, found in (
            (-1, "57 pledges, page 1 of 3"),
            (-1, "23 pledges"),
            (1, "57 pledges, page 1 of 3"),
        ):
            page.evaluate(f"setTimeout(() => history.go({step}))")  # a whole page may come, and ends the script
            expect(page.locator("#announcement")).to_have_text(found)
            page.wait_for_load_state("networkidle")
            assert page.get_by_label("in progress").is_checked() == (found == "23 pledges")


def test_a_wrong_question_shows_what_is_wrong_and_keeps_what_was_typed(site, chromium):
    page = chromium.new_page()
    page.goto(f"{site.url}/commitments/?status=completed")
    page.get_by_label("Due from").fill("30 February")
    page.get_by_label("Due from").press("Enter")
    page.wait_for_selector("[role=alert]")
    assert "30 February" in page.inner_text("[role=alert]")
    assert page.get_by_label("Due from").input_value() == "30 February"
    assert page.get_by_label("delivered, or done when announced").is_checked()
    assert page.locator("table").count() == 0
    page.close()


def test_a_keyboard_reaches_the_content_first(site, open_page):
    with open_page() as page:
        page.goto(site.url)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_name_of_the_index_leads_to_its_pledge(site, open_page):
    with open_page() as page:
        page.goto(site.url)
        page.get_by_role("link", name="Hong Kong Week 2019").first.click()
        assert page.url == f"{site.url}/commitments/CU-06/"


def test_what_a_page_may_not_do_is_refused_and_reported(site, chromium):
    page = chromium.new_page()
    page.goto(f"{site.url}/about/")
    with page.expect_event("console", lambda message: "Content Security Policy" in message.text):
        page.evaluate("document.body.append(Object.assign(document.createElement('img'), {src: '//evil.example/x'}))")
    page.close()
