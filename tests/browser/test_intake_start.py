"""A release is started and outlined in a real browser: with windows beside it, without JavaScript, by axe."""

import pytest

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.helpers.browser import look, press
from tests.helpers.intakes import TEN_PLEDGES

pytestmark = pytest.mark.browser
ADD = "/admin/commitments/intake/add/"
TEXT = TEN_PLEDGES.replace("Leisure and Cultural Services Department", "Lantern Office")
FILE = {"name": "release.txt", "mimeType": "text/plain", "buffer": TEXT.encode()}


def start(page, server, title):
    """Type the facts, choose a file, and read it."""
    page.goto(server.url + ADD)
    page.fill("#id_title", title)
    page.fill("#id_issued_on", "2026-03-12")
    page.fill("#id_publisher", "HKSAR Government")
    page.set_input_files("#id_text_file", FILE)
    press(page, "Read the text")
    assert "Proposals: 10." in page.locator(".messagelist").inner_text()


def test_an_area_and_an_organisation_are_added_in_windows_of_their_own(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        start(page, office, "With windows")
        part = page.locator(".intake-parts > li", has=page.get_by_role("heading", name="Ports"))
        with page.expect_popup() as opened:
            part.locator(".add-related").click()
        window = opened.value
        window.fill("#id_slug", "ports")
        window.fill("#id_name", "Ports and shipping")
        window.fill("#id_position", "40")
        with window.expect_event("close"):
            window.get_by_role("button", name="Save", exact=True).click()
        assert part.locator("select option:checked").inner_text() == "Ports and shipping"
        with page.expect_popup() as opened:
            page.get_by_role("link", name="Add an organisation").click()
        window = opened.value
        window.fill("#id_slug", "lantern-office")
        window.fill("#id_name", "Lantern Office")
        window.select_option("#id_kind", "department")
        window.select_option("#id_side", "hong_kong")
        with window.expect_event("close"):
            window.get_by_role("button", name="Save", exact=True).click()
        press(page, "Read the owners again")
        assert "1 proposal has other owners" in page.locator(".messagelist").inner_text()
        assert part.locator("select option:checked").inner_text() == "Ports and shipping"


def test_without_javascript_it_is_started_outlined_and_its_text_deleted(office, open_page, as_clerk):
    with open_page(**as_clerk, javascript=False) as page:
        start(page, office, "Without JavaScript")
        assert page.locator(".add-related:visible").count() == 0
        page.get_by_role("link", name="Add an area").click()
        page.fill("#id_slug", "harbour-week")
        page.fill("#id_name", "Weeks of the harbour")
        page.fill("#id_position", "41")
        press(page, "Save")
        page.locator("summary", has_text="Culture").click()
        page.locator(".intake-parts li li", has_text="Both sides will exchange").get_by_role("button").click()
        begun = page.locator(".intake-parts > li", has_text="Both sides will exchange").last
        begun.locator("select").select_option("Weeks of the harbour")
        press(page, "Save")
        assert "3 proposals stand under another area" in page.locator(".messagelist").inner_text()
        page.get_by_role("link", name="Delete the text").click()
        press(page, "Delete the text")
        assert "The text was deleted on" in page.locator(".text-deleted").inner_text()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(office, chromium, as_clerk):
    with chromium.new_context(**as_clerk) as context:  # axe tries inline styles, so the console is not watched
        page = context.new_page()
        start(page, office, "Looked at")
        outline = page.url.removeprefix(office.url)
        page.goto(office.url + outline.replace("/outline/", "/delete-text/"))
        look(page, "deletion", dark=False)
        for language in LANGUAGE_TAGS:
            dark = language == "en-gb"
            page.goto(office.url + path_in_language(language, ADD))
            page.locator(".submit-row input").first.click()
            look(page, f"start, refused, {language}", dark=dark)
            page.goto(office.url + path_in_language(language, outline))
            page.locator("summary").first.click()
            look(page, f"outline, {language}", dark=dark)
