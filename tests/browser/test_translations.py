"""Translating in a real browser: with the keyboard alone, without JavaScript, and when two do it at once."""

import pytest

from tests.helpers.browser import WORLD, Keys, look, press, sign_in
from tests.helpers.staff import PASSWORD, add_staff

pytestmark = pytest.mark.browser
DRAFT = """
from commitments.models import *
Commitment.objects.get(pk=3).drafts.create(date="2020", note="It was painted.")
"""
PAGE = "/admin/commitments/commitment/3/translations/"


@pytest.fixture
def staffed(installation):
    """With a text that lacks its translations."""
    add_staff(installation)
    assert installation.python(DRAFT).returncode == 0
    assert installation.python(WORLD.format(password=PASSWORD)).returncode == 0
    return installation


def test_a_text_is_translated_with_the_keyboard_alone_and_without_javascript(staffed, open_page):
    with staffed.serve() as server, open_page(javascript=False) as page:
        sign_in(page, server)
        page.goto(server.url + PAGE)
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


def test_two_who_translate_the_same_text_lose_nothing(staffed, open_page):
    with staffed.serve() as server, open_page() as first, open_page() as second:
        for page in (first, second):
            sign_in(page, server)
            page.goto(f"{server.url}{PAGE}?missing=1")
        for page, words in ((first, "已髹上油漆。"), (second, "已上油漆。")):
            page.locator("textarea").first.fill(words)
            press(page, "Save")
        assert "“已髹上油漆。”" in second.locator(".translation .errors").inner_text()
        assert second.locator("textarea").first.input_value() == "已上油漆。"
        look(second, "overtaken")
        press(second, "Save")
        assert "1 translation is recorded." in second.inner_text(".messagelist")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")])
def test_axe_finds_nothing_and_boxes_stand_beside_or_below_each_other(staffed, open_page, width, scheme):
    with staffed.serve() as server, open_page(width=width, scheme=scheme) as page:
        sign_in(page, server)
        page.goto(server.url + PAGE, wait_until="networkidle")
        page.locator("summary").first.click()
        look(page, "translations")
        hant, hans = (page.locator("textarea").nth(number).bounding_box() for number in (0, 1))
        assert (hant["y"] == hans["y"]) == (width == 1280)
        assert (hant["x"] == hans["x"]) == (width == 390)
        sign_out_and_in(page, server, "contributor")
        page.goto(f"{server.url}/zh-hans/admin/commitments/commitment/3/translations/", wait_until="networkidle")
        assert page.locator("textarea[readonly]").count()
        look(page, "for those who look")


def sign_out_and_in(page, server, name):
    page.context.clear_cookies()
    sign_in(page, server, name)
