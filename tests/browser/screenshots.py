"""`make screenshots`: every page in each language, at two widths, light and dark, into var/screenshots/."""

import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.browser.pages import PAGES, WRONG
from tests.helpers import databases
from tests.helpers.installation import ROOT

FOLDER = ROOT / "var" / "screenshots"
WIDTHS, SCHEMES = (1280, 390), ("light", "dark")


def main() -> None:
    """Take them all, or those whose names are given."""
    pages = {name: address for name, address in (PAGES | WRONG).items() if name in sys.argv[1:] or not sys.argv[1:]}
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with databases.own_copy(databases.templates().loaded, Path(folder)).serve() as server:
            for width in WIDTHS:
                for scheme in SCHEMES:
                    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                    for language, (name, address) in product(LANGUAGE_TAGS, pages.items()):
                        page.goto(server.url + path_in_language(language, address))
                        page.screenshot(path=FOLDER / f"{name}-{language}-{width}-{scheme}.png", full_page=True)
                    page.close()
        browser.close()
    print(f"{len(pages) * len(LANGUAGE_TAGS) * len(WIDTHS) * len(SCHEMES)} pictures in {FOLDER.relative_to(ROOT)}/")


if __name__ == "__main__":
    main()
