"""Translating in a real browser: with the keyboard alone, without JavaScript, and when two do it at once."""

import pytest

from tests.helpers.browser import Keys, look, press, sign_in

pytestmark = pytest.mark.browser
# Of each test its own: three commitments that lack translations.
FIRST, SECOND, THIRD = (f"/admin/commitments/commitment/{number}/translations/" for number in (3, 4, 5))


def test_a_text_is_translated_with_the_keyboard_alone_and_without_javascript(office, open_page, as_clerk):
    with open_page(javascript=False, **as_clerk) as page:
        page.goto(office.url + FIRST)
        keys = Keys(page)
        keys.click("link", "Show only those without a translation")
        for language, words in (("zh-hant", "已髹上油漆。"), ("zh-hans", "已刷油漆。")):
            keys.reach(language)
            page.keyboard.insert_text(words)
        keys.click("button", "Save")
        assert "2 translations are recorded." in page.inner_text(".messagelist")
        assert "No text lacks a translation." in page.inner_text("main")
        keys.click("link", "Show all")
        assert "已髹上油漆。" in [box.input_value() for box in page.locator("textarea").all()]
        keys.reach("History")
        page.keyboard.press("Enter")
        assert "publisher" in page.locator("details[open] .history").inner_text()


def test_two_who_translate_the_same_text_lose_nothing(office, open_page, as_clerk):
    with open_page(**as_clerk) as first, open_page(**as_clerk) as second:
        for page in (first, second):
            page.goto(f"{office.url}{SECOND}?missing=1")
        for page, words in ((first, "已髹上油漆。"), (second, "已上油漆。")):
            page.locator("textarea").first.fill(words)
            press(page, "Save")
        assert "“已髹上油漆。”" in second.locator(".translation .errors").inner_text()
        assert second.locator("textarea").first.input_value() == "已上油漆。"
        look(second, "overtaken")
        press(second, "Save")
        assert "1 translation is recorded." in second.inner_text(".messagelist")


def test_axe_finds_nothing_and_boxes_stand_beside_or_below_each_other(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.goto(office.url + THIRD, wait_until="networkidle")
        page.locator("summary").first.click()
        look(page, "translations")
        hant, hans = boxes(page)
        assert hant["y"] == hans["y"]
        page.set_viewport_size({"width": 390, "height": 900})
        hant, hans = boxes(page)
        assert hant["x"] == hans["x"]


def boxes(page):
    """Where the two forms of Chinese are written."""
    return [page.locator("textarea").nth(number).bounding_box() for number in (0, 1)]


def test_who_may_only_look_is_shown_boxes_that_cannot_be_written_in(office, open_page):
    with open_page() as page:
        sign_in(page, office, "contributor")
        page.goto(f"{office.url}/zh-hans{THIRD}", wait_until="networkidle")
        assert page.locator("textarea[readonly]").count()
        look(page, "for those who look")
