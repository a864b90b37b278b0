"""An editor imports a file in a real browser: upload, preview, confirm; narrow, dark, under the strict CSP."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.helpers.browser import press, sign_in
from tests.helpers.staff import add_staff

pytestmark = pytest.mark.browser
LIST = "/admin/commitments/commitment/"
HEADER = "reference,title,release,area,paragraph,kind,force,owners,quote,done_when\n"
NEW = "TT-01,Hold another week,4th-plenary-2018,culture,3,action,promise,lcsd,will hold another week,It was held.\n"
WRONG = "TT-02,,4th-plenary-2018,sport,three,deed,promise,Nobody,will hold another week,It was held.\n"


def show(page, server, text):
    """Upload a file and see what it would do."""
    page.goto(f"{server.url}{LIST}import/")
    page.set_input_files("input[type=file]", {"name": "weeks.csv", "mimeType": "text/csv", "buffer": text.encode()})
    press(page, "Show what it would do")


def test_an_editor_uploads_looks_and_confirms(installation, open_page):
    add_staff(installation)
    with installation.serve() as server, open_page() as page:
        sign_in(page, server)
        page.goto(server.url + LIST)
        page.get_by_role("link", name="Import", exact=True).click()
        show(page, server, HEADER + NEW + WRONG)
        assert "Nothing was imported" in page.locator(".errornote").inner_text()
        assert page.get_by_role("button", name="Import them").count() == 0
        page.get_by_role("link", name="Choose a file").click()
        show(page, server, HEADER + NEW)
        assert "TT-01" in page.locator(".import table").inner_text()
        page.get_by_role("button", name="Import them").click()
        assert "Imported: 1 new, 0 changed, 0 unchanged." in page.locator(".messagelist").inner_text()
        show(page, server, HEADER + NEW.replace("It was held.", "It was opened."))
        assert "It was opened." in page.locator("ins").inner_text()
        page.get_by_role("button", name="Cancel").click()
        assert "Nothing was imported." in page.locator(".messagelist").inner_text()
        with page.expect_download() as download:
            page.get_by_role("link", name="Export as CSV").click()
        assert "TT-01,Hold another week" in download.value.path().read_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(installation, chromium, scheme):
    add_staff(installation)
    context = chromium.new_context(color_scheme=scheme)  # axe itself tries inline styles, so the console is not watched
    page = context.new_page()
    with installation.serve() as server:
        sign_in(page, server)
        page.goto(f"{server.url}{LIST}import/")
        look(page)
        for text in ("", HEADER + WRONG, HEADER + NEW):
            show(page, server, text)
            look(page)
        press(page, "Import them")
        show(page, server, HEADER + NEW.replace("It was held.", "It was opened."))
        look(page)
    context.close()


def look(page):
    """Axe and the widths."""
    findings = Axe().run(page)
    assert findings.violations_count == 0, findings.generate_report()
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
    page.set_viewport_size({"width": 1280, "height": 900})
