"""In the forms of staff: a date is shown as it was understood, and an organisation is added without leaving."""

import re

import pytest
from playwright.sync_api import expect

from commitments.i18n.languages import path_in_language
from tests.helpers.browser import look, press

pytestmark = pytest.mark.browser
ADD = "/admin/commitments/commitment/add/"
UNTIL = {"en-gb": "until 30 June 2022", "zh-hant": "至2022年6月30日止", "zh-hans": "至2022年6月30日止"}


def leave(page, box, text):
    """Type into a box and go on to the next; what then stands below it."""
    page.locator(f"{box}_read").evaluate_all("lines => lines.forEach(line => line.replaceChildren())")
    page.fill(box, text)
    page.press(box, "Tab")
    below = page.locator(f"{box}_read", has_text=re.compile(r"\S"))
    below.wait_for()
    return below.inner_text()


@pytest.mark.parametrize("language", UNTIL)
def test_whoever_leaves_a_box_sees_how_the_date_was_read(office, open_page, as_clerk, language):
    with open_page(**as_clerk) as page:
        page.goto(office.url + path_in_language(language, ADD))
        assert leave(page, "#id_deadline", "Q2 2022") == UNTIL[language]
        assert page.input_value("#id_deadline") == "2022-Q2"
        assert leave(page, "#id_deadline", "30/6/2022") == UNTIL[language]
        assert page.input_value("#id_deadline") == "2022-06-30"


def test_where_a_date_may_be_two_one_is_chosen_with_a_press(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.goto(office.url + ADD)
        assert "can be read in several ways" in leave(page, "#id_review_on", "1/2/2022")
        assert page.input_value("#id_review_on") == "1/2/2022"
        with page.expect_response(lambda response: "/read-date/" in response.url):
            page.get_by_role("button", name="2022-02-01").click()
        assert page.input_value("#id_review_on") == "2022-02-01"
        expect(page.locator("#id_review_on_read")).to_have_text("1 February 2022")


def test_without_javascript_the_form_comes_back_once_and_stores_what_it_showed(office, open_page, as_clerk):
    with open_page(**as_clerk, javascript=False) as page:
        page.goto(f"{office.url}/admin/commitments/occasion/add/")
        page.fill("#id_slug", "opening")
        page.fill("#id_name", "Opening")
        page.fill("#id_day", "5 November 2018")
        press(page, "Save")
        assert "is read as 5 November 2018" in page.locator(".errorlist").inner_text()
        assert page.input_value("#id_day") == "2018-11-05"
        press(page, "Save")
        assert "was added successfully" in page.locator(".messagelist").inner_text()


def test_an_organisation_is_added_beside_the_owners_and_nothing_typed_is_left(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.goto(office.url + ADD)
        page.fill("#id_title", "Hold a week in the harbour")
        with page.expect_popup() as opened:
            page.click("#add_id_owners")
        window = opened.value
        window.fill("#id_slug", "harbour-office")
        window.fill("#id_name", "Harbour Office")
        window.select_option("#id_kind", "department")
        window.select_option("#id_side", "hong_kong")
        with window.expect_event("close"):
            window.get_by_role("button", name="Save", exact=True).click()
        assert page.locator(".field-owners .select2-selection__choice").inner_text().endswith("Harbour Office")
        assert page.input_value("#id_title") == "Hold a week in the harbour"


def test_axe_finds_nothing_where_a_date_is_asked_about(office, chromium, as_clerk):
    with chromium.new_context(**as_clerk) as context:  # axe tries inline styles, so the console is not watched
        page = context.new_page()
        page.goto(office.url + ADD)
        leave(page, "#id_deadline", "Q2 2022")
        leave(page, "#id_review_on", "1/2/2022")
        look(page, "a question about a date")
