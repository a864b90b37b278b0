"""Every public page in a real browser: nothing sideways, nothing that axe finds, nothing from elsewhere.

A visit costs more than a look, so each page is visited once in each language, and all is looked at that it shows.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.browser.pages import PAGES, WRONG
from tests.helpers.browser import LAYOUT_SHIFT, axe_finds_nothing, nothing_scrolls_sideways, turn

pytestmark = pytest.mark.browser


@dataclass
class Visitor:
    """Somebody who comes for the first time, with a phone, and what the browser tells meanwhile."""

    page: Any
    status: int = 0
    bytes: int = 0
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    def comes_to(self, address):
        """And waits until all that the page names has come; what comes later `is_calm` gives time for."""
        self.bytes, self.hosts, self.complaints = 0, set(), []
        self.status = self.page.goto(address, wait_until="load").status

    def count(self, finished):
        self.bytes += finished["encodedDataLength"]

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@contextmanager
def visitor(chromium):
    with chromium.new_context(viewport={"width": 390, "height": 900}) as context:
        made = Visitor(context.new_page())
        network = context.new_cdp_session(made.page)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.on("Network.loadingFinished", made.count)
        made.page.on("request", lambda request: made.hosts.add(urlsplit(request.url).netloc))
        made.page.on("requestfailed", lambda request: made.complaints.append(request.url))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("console", made.hear)
        yield made


@pytest.mark.parametrize("name", [*PAGES, *WRONG])
def test_in_each_language_a_page_is_light_and_calm_fits_every_screen_and_axe_finds_nothing(site, chromium, name):
    with visitor(chromium) as one:
        for language in LANGUAGE_TAGS:
            address = path_in_language(language, (PAGES | WRONG)[name])
            one.comes_to(site.url + address)
            is_calm(one, address)
            is_light_and_comes_from_here(one, site, address)
            fits(one.page, address, closely=language == "en-gb")
            if language == "en-gb":  # the others: tests/slow/test_axe_in_chinese.py
                axe_finds_nothing(one.page, address)
                has_colours_that_can_be_told_apart_in_the_dark(one.page, address)


def is_light_and_comes_from_here(one, site, address):
    assert 0 < one.bytes <= 40 * 1024, address
    assert one.hosts == {urlsplit(site.url).netloc}, address
    assert one.page.locator("link[rel=stylesheet]").count() == 1, address
    assert one.page.locator("script[src]:not([defer])").count() == 0, address


def is_calm(one, address):
    """Nothing moves while it loads, and the browser has nothing to complain of but that an address is wrong."""
    assert one.page.evaluate(LAYOUT_SHIFT) == [], address
    wrong = f"the server responded with a status of {one.status}"
    assert [said for said in one.complaints if wrong not in said] == [], address


def fits(page, address, closely):
    """Closely: where columns fold as well, and in large letters. English, with the longest words, shows it first."""
    if closely:
        nothing_scrolls_sideways(page, address, (1280, 1100, 840, 640, 390, 320))
        nothing_scrolls_sideways(page, address, (640,), size="200%")
    else:
        nothing_scrolls_sideways(page, address)


def has_colours_that_can_be_told_apart_in_the_dark(page, address):
    """Of all that axe asks, this alone depends on the scheme; and colours on no language."""
    turn(page, "dark")
    axe_finds_nothing(page, f"{address} in the dark", runOnly=["color-contrast"])
    turn(page, "light")
