"""Axe on every page in both forms of Chinese: `tests/browser` asks it of the same pages in English."""

import pytest

from commitments.admin.help_pages import PAGES as HELP_PAGES
from commitments.i18n.languages import CHINESE, path_in_language
from tests.browser.conftest import *  # noqa: F403  # its installations and servers
from tests.browser.pages import PAGES, WRONG
from tests.browser.test_staff import PAGES as STAFF_PAGES
from tests.helpers.browser import axe_finds_nothing

pytestmark = pytest.mark.browser
READERS = (PAGES | WRONG).values()
STAFF = [*(f"/admin/{path}" for path in STAFF_PAGES.values()), *(f"/admin/help/{name}/" for name in HELP_PAGES)]


@pytest.mark.parametrize("language", CHINESE)
def test_axe_finds_nothing_on_any_public_page(site, open_page, language):
    with open_page() as page:
        for path in READERS:
            page.goto(site.url + path_in_language(language, path))
            axe_finds_nothing(page, f"{path}, {language}", contrast=False)


@pytest.mark.parametrize("language", CHINESE)
def test_axe_finds_nothing_on_any_page_of_the_staff_s(office, open_page, as_clerk, language):
    with open_page(**as_clerk) as page:
        for path in STAFF:
            page.goto(office.url + path_in_language(language, path))
            axe_finds_nothing(page, f"{path}, {language}", contrast=False)
