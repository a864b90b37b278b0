"""The look holds where readers bring their own: few colours, a narrow screen, words without end."""

from urllib.parse import urlsplit

import pytest

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from commitments.query.standing import STANDINGS
from tests.helpers import databases
from tests.helpers.browser import nothing_scrolls_sideways

pytestmark = pytest.mark.browser

# Everything that staff or releases can write, filled with words that have no place to break: an address among them.
ENDLESS = """
from decimal import Decimal
from commitments.ledger.append import append_entries, new_correction, new_retraction
from commitments.ledger.new_entries import Actor
from tests import factories

def word(length):
    return ("https://example.org/" + "W" * 200)[:length]

release = factories.ReleaseFactory(slug="endless", title=word(200), publisher=word(120), place=word(120),
    url=word(200), note=word(200), known_through=word(200), not_read=word(200), agreements_stated=2,
    agreements_note=word(200))
area = factories.AreaFactory(slug="endless", name=word(120))
release.sections.create(position=1, area=area, heading=word(200), note=word(200))
body = factories.OrganisationFactory(slug="endless", name=word(200), short_name=word(60), site=word(200),
    note=word(200), aliases=word(200))
agreement = release.agreements.create(number=1, title=word(200), basis="named")
agreement.parties.add(body)
said = dict(release=release, area=area, owners=[body], partners=[body], title=word(200), short_title=word(60),
    quote=word(200), done_when=word(200), note=word(200), owner_inferred=True, owner_note=word(200),
    parties_as_stated=word(200), deadline_as_stated=word(120), unit=word(60), measure=word(60), target=Decimal(40))
pledge = factories.published(reference="WW-01", deadline="2019", **said)
page = factories.evidence(title=word(200), publisher=word(120), url=word(200), archived_url=word(200))
for status, day in (("in_progress", "2019-06"), ("completed", "2021")):
    factories.record("report", pledge, date=day, status=status, note=word(200), evidence=[page])
factories.record("report", pledge, date="2022", status="in_progress", deadline="2023", deadline_reason=word(200),
    note=word(200), evidence=[page])
factories.record("context", pledge, date="2022-02", note=word(200), evidence=[page], reply_of="endless")
factories.record("check", pledge, searched=word(200), note=word(200))
mistake = factories.record("context", pledge, date="2020", note=word(200), evidence=[page])
append_entries([new_retraction(mistake, word(200), Actor())])
append_entries([new_correction(pledge, {"title": word(199)}, word(200), Actor())])
gone = factories.published(reference="WW-02", **said)
append_entries([new_retraction(gone.entries.get(kind="published"), word(200), Actor())])
"""
PATHS = [
    "/",
    "/commitments/",
    "/commitments/?q=" + "W" * 190,
    "/commitments/WW-01/",
    "/commitments/WW-02/",
    "/areas/endless/",
    "/organisations/endless/",
    "/releases/endless/",
    "/timeline/",
    "/updates/",
    "/reports/progress/?from=2018-08-24&to=2026-11-29",
    "/report-an-error/?commitment=WW-01",
    "/nothing/" + "W" * 200,
]


@pytest.fixture(scope="module")
def endless(template, tmp_path_factory):
    """A site whose every text is one word of as many letters as may be."""
    made = databases.own_copy(template, tmp_path_factory.mktemp("endless"))
    done = made.python(ENDLESS)
    assert done.returncode == 0, done.stderr
    with made.serve(workers=1) as server:
        yield server


@pytest.mark.parametrize("path", PATHS)
def test_words_without_end_make_no_page_wider_than_a_phone(endless, chromium, path):
    page = chromium.new_page(viewport={"width": 320, "height": 900})
    page.goto(endless.url + path)
    nothing_scrolls_sideways(page, path, (320, 390, 1100))
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_colours_of_ours_every_state_has_a_shape_of_its_own(site, chromium, scheme):
    """Pictures of the marks on a system with a few colours: no two alike, and each seen against its ground."""
    page = chromium.new_page(forced_colors="active", color_scheme=scheme, device_scale_factor=2)
    page.goto(f"{site.url}/about/design/")
    for place in ("td .mark:not(.minor)", ".chip .mark", ".cells i"):
        pictures = {role: page.locator(f".roles {place}.role-{role}").first.screenshot() for role in STANDINGS}
        assert len(set(pictures.values())) == len(STANDINGS), place
    shapes = "(mark) => ((style) => [style.forcedColorAdjust, style.borderTopColor])(getComputedStyle(mark))"
    for role in STANDINGS:
        adjust, edge = page.locator(f".roles td .mark.role-{role}").first.evaluate(shapes)
        assert (adjust, edge) == ("none", "rgb(255, 255, 255)" if scheme == "dark" else "rgb(0, 0, 0)")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_staff_have_the_colours_of_the_public_ones_whichever_theme_is_chosen(site, chromium, scheme):
    """Django's admin has a switch of its own, which may say otherwise than the system."""
    probe = """(ground) => {
        ground.innerHTML = "<i class=role-late></i>";
        ground.firstChild.style.color = "var(--c)";
        return getComputedStyle(ground.firstChild).color;
    }"""
    page = chromium.new_page(color_scheme=scheme)
    page.goto(f"{site.url}/about/design/")
    public = page.locator("main").evaluate(probe)
    for system in ("light", "dark"):
        page.emulate_media(color_scheme=system)
        page.goto(f"{site.url}/admin/login/")
        page.evaluate("(theme) => document.documentElement.dataset.theme = theme", scheme)
        assert page.locator("#content").evaluate(probe) == public
    page.close()


def test_in_grey_the_five_states_of_the_bar_differ(site, chromium):
    """What a printer without colours makes of them: the mean grey or the shape of no two is the same."""
    page = chromium.new_page(device_scale_factor=2)
    page.goto(f"{site.url}/about/design/")
    page.evaluate("document.documentElement.style.filter = 'grayscale(1)'")
    roles = ("done", "late", "moving", "none", "announced")
    pictures = {role: page.locator(f".roles .cells i.role-{role}").first.screenshot() for role in roles}
    assert len(set(pictures.values())) == len(roles)
    page.close()


def test_a_past_day_is_said_in_the_first_screen_of_every_page_that_keeps_it(site, chromium):
    page = chromium.new_page(viewport={"width": 390, "height": 700})
    for language in LANGUAGE_TAGS:
        for path in ("/", "/commitments/", "/commitments/CU-06/", "/timeline/", "/updates/", "/about/", "/data/"):
            page.goto(site.url + path_in_language(language, path) + "?as_of=2021-08-30")
            box = page.locator(".as-of").bounding_box()
            assert box["y"] + box["height"] < 400, path
            assert "2021" in page.locator(".as-of strong").inner_text(), path
            assert page.locator(".day > .past").is_visible(), path
    page.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_masthead_stays_in_one_place_and_shows_all_of_it(site, chromium, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    for language in LANGUAGE_TAGS:
        page.goto(site.url + path_in_language(language, "/about/"))
        for name in (".nameplate", ".languages", ".day > summary", ".nav a[aria-current]"):
            box = page.locator(name).bounding_box()
            assert 0 <= box["x"] <= width - box["width"], (name, language)
        assert page.locator(".masthead").bounding_box()["height"] <= (90 if width > 1000 else 190)
    page.close()


def test_nothing_of_the_look_comes_from_elsewhere_and_no_style_stands_in_a_page(site, chromium):
    page = chromium.new_page()
    hosts = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.goto(f"{site.url}/about/design/")
    assert hosts == {urlsplit(site.url).netloc}
    assert page.locator("[style], style").count() == 0
    page.close()
