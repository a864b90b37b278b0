"""An editor imports a file in a real browser: upload, preview, confirm; narrow, dark, under the strict CSP."""

import pytest

from tests.helpers.browser import look, press

pytestmark = pytest.mark.browser
LIST = "/admin/commitments/commitment/"
HEADER = "reference,title,release,area,paragraph,kind,force,owners,quote,done_when\n"
NEW = "TT-01,Open a kite museum,4th-plenary-2018,culture,3,action,promise,lcsd,will open a kite museum,It was held.\n"
WRONG = "TT-02,,4th-plenary-2018,sport,three,deed,promise,Nobody,will open a kite museum,It was held.\n"


def show(page, server, text):
    """Upload a file and see what it would do."""
    page.goto(f"{server.url}{LIST}import/")
    page.set_input_files("input[type=file]", {"name": "weeks.csv", "mimeType": "text/csv", "buffer": text.encode()})
    press(page, "Show what it would do")


def test_an_editor_uploads_looks_and_confirms(office, open_page, as_clerk):
    with open_page(**as_clerk) as page:
        page.goto(office.url + LIST)
        page.get_by_role("link", name="Import", exact=True).click()
        show(page, office, HEADER + NEW + WRONG)
        assert "Nothing was imported" in page.locator(".errornote:visible").inner_text()
        assert page.get_by_role("button", name="Import them").count() == 0
        page.get_by_role("link", name="Choose a file").click()
        show(page, office, HEADER + NEW)
        assert "TT-01" in page.locator(".import table").inner_text()
        page.get_by_role("button", name="Import them").click()
        assert "Imported: 1 new, 0 changed, 0 unchanged." in page.locator(".messagelist").inner_text()
        show(page, office, HEADER + NEW.replace("It was held.", "It was opened."))
        assert "It was opened." in page.locator("ins").inner_text()
        page.get_by_role("button", name="Cancel").click()
        assert "Nothing was imported." in page.locator(".messagelist").inner_text()
        with page.expect_download() as download:
            page.get_by_role("link", name="Export as CSV").click()
        assert "TT-01,Open a kite museum" in download.value.path().read_text()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(office, chromium, as_clerk):
    new = NEW.replace("TT-01", "TT-11").replace("kite museum", "puppet theatre")
    with chromium.new_context(**as_clerk) as context:  # axe tries inline styles, so the console is not watched
        page = context.new_page()
        page.goto(f"{office.url}{LIST}import/")
        look(page, "choosing a file")
        for text in ("", HEADER + WRONG, HEADER + new):
            show(page, office, text)
            look(page, f"the file {text!r}")
        press(page, "Import them")
        show(page, office, HEADER + new.replace("It was held.", "It was opened."))
        look(page, "a change")
