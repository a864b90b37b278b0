"""The timeline in real Chromium: its head stays, its words come without a script, its labels move on a phone."""

import pytest

from commitments.public.charts import MAX_LABELS

pytestmark = pytest.mark.browser
TIMELINE = "/timeline/"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_years_stay_in_sight(site, open_page, width):
    with open_page(width=width) as page:
        page.goto(site.url + TIMELINE)
        page.evaluate("scrollTo(0, 1200)")
        years = page.locator("thead text", has_text="2021")
        assert 0 <= years.bounding_box()["y"] < 60
        assert page.locator("thead text:not(.phone-off)").count() <= MAX_LABELS


def test_a_line_is_24_pixels_high_and_shows_its_words_without_javascript(site, open_page):
    with open_page(javascript=False) as page:
        page.goto(site.url + TIMELINE)
        row = page.locator("tr", has=page.locator("a[href='/commitments/CU-06/']"))
        words = row.locator(".in-words")
        assert row.bounding_box()["height"] == 24
        assert words.bounding_box()["height"] <= 1
        page.get_by_label("Show as text").check()
        assert words.bounding_box()["height"] > 10
        assert words.inner_text().startswith("Announced 24 August 2018. Due: 2019.")


def test_assistive_technology_has_the_words_and_not_the_picture(site, open_page):
    with open_page() as page:
        page.goto(site.url + TIMELINE)
        row = page.locator("tr", has=page.locator("a[href='/commitments/CU-06/']"))
        heard = row.aria_snapshot()
        assert "Announced 24 August 2018. Due: 2019." in heard
        assert "delivered Nov 2019" not in heard


@pytest.mark.parametrize("width", [1024, 1280])
def test_every_label_lies_on_the_page_and_covers_no_report(site, open_page, width):
    with open_page(width=width) as page:
        page.goto(site.url + TIMELINE)
        covered = page.evaluate("""() => [...document.querySelectorAll(".timeline tbody .said")].flatMap((label) => {
            const box = label.getBoundingClientRect();
            const marks = [...label.closest("svg").querySelectorAll("use:is([href='#m-moving'], [href='#m-done'])")];
            const under = marks.map((mark) => mark.getBoundingClientRect())
                .filter((mark) => mark.left + 4 < box.right && box.left < mark.right - 4);
            const outside = box.right > document.documentElement.clientWidth || box.left < 0;
            return under.length || outside ? [label.textContent] : [];
        })""")
        assert covered == []


def test_on_a_phone_a_label_stands_beside_its_name_and_nothing_is_wider_than_the_page(site, open_page):
    with open_page(width=320) as page:
        page.goto(site.url + TIMELINE)
        row = page.locator("tr", has=page.locator("a[href='/commitments/CU-06/']"))
        assert row.locator("text.said").is_hidden()
        assert row.locator(".say").inner_text() == "delivered Nov 2019"
        assert page.evaluate("document.documentElement.scrollWidth") == 320
