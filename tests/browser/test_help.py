"""Help in a real browser: it fits every screen, axe finds nothing, pictures come, and a link leads to the part."""

import pytest

from commitments.admin.help_pages import PAGES
from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.helpers.browser import look, nothing_scrolls_sideways

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("address", ["/admin/help/", *(f"/admin/help/{name}/" for name in PAGES)])
def test_a_page_of_help_fits_every_screen_and_axe_finds_nothing(office, as_clerk, open_page, address):
    with open_page(**as_clerk) as page:
        for language in LANGUAGE_TAGS:
            page.goto(office.url + path_in_language(language, address))
            if language == "en-gb":  # the others: tests/slow/test_axe_in_chinese.py
                look(page, address)
            else:
                nothing_scrolls_sideways(page, f"{address} {language}")
            assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth)")


def test_help_at_the_top_of_a_page_opens_the_part_that_fits_it(office, as_clerk, open_page):
    with open_page(**as_clerk) as page:
        page.goto(f"{office.url}/admin/commitments/draftupdate/")
        page.get_by_role("link", name="Help", exact=True).click()
        page.wait_for_url("**/admin/help/publisher/#review-and-publish")
        assert page.locator("#review-and-publish").bounding_box()["y"] < page.viewport_size["height"]
