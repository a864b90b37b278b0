"""`make help-pictures`: what the pages under Help show, taken of the real pages, in each language."""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from commitments.i18n.languages import LANGUAGE_TAGS, path_in_language
from tests.helpers import databases
from tests.helpers.browser import STAFFED, sign_in
from tests.helpers.installation import ROOT, Server
from tests.helpers.staff import PASSWORD

FOLDER = ROOT / "docs" / "staff" / "pictures"
MAX_BYTES = 60_000  # a page of help opens quickly, on a telephone too
PUBLISHER = """
user = User.objects.create(username="publisher", password=password, is_staff=True)
user.groups.add(Group.objects.get(name="Publisher"))
"""


@dataclass(frozen=True)
class Shown:
    """Who sees the page, its address, at which element the picture begins; its size in pixels."""

    user: str
    address: str
    first: str
    width: int
    height: int


PICTURES = {
    "desk": Shown("contributor", "/admin/", "#header", 800, 640),
    "record-progress": Shown(
        "contributor", "/admin/commitments/draftupdate/add/?commitment=1", "#content h1", 800, 560
    ),
    "review": Shown("publisher", "/admin/commitments/draftupdate/?state=waiting", "#content h1", 1100, 420),
    "import": Shown("publisher", "/admin/commitments/commitment/import/", "#content h1", 800, 400),
    "roles": Shown("clerk", "/admin/auth/user/5/change/", "fieldset:has(#id_is_active)", 800, 480),
}


def main() -> None:
    """Take them all; ends with a message where one is too large."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        installation = databases.own_copy(databases.templates().loaded, Path(folder))
        done = installation.python(STAFFED.format(password=PASSWORD) + PUBLISHER)
        if done.returncode:
            sys.exit(done.stderr)
        with installation.serve() as server:
            for name, shown in PICTURES.items():
                page = browser.new_page(viewport={"width": shown.width, "height": 900})
                sign_in(page, server, shown.user)
                for language in LANGUAGE_TAGS:
                    take(page, server, shown, FOLDER / f"{name}.{language}.png")
                page.context.close()
        browser.close()
    if too_large := [path.name for path in FOLDER.glob("*.png") if path.stat().st_size > MAX_BYTES]:
        sys.exit(f"Larger than {MAX_BYTES:,} bytes, so show less of the page: {', '.join(too_large)}")


def take(page: Any, server: Server, shown: Shown, picture: Path) -> None:
    """The language is that of the picture's name: `desk.zh-hant.png`."""
    page.goto(server.url + path_in_language(picture.name.split(".")[1], shown.address))
    top = page.locator(shown.first).first.bounding_box()["y"]
    clip = {"x": 0, "y": top, "width": shown.width, "height": shown.height}
    page.screenshot(path=picture, full_page=True, clip=clip)


if __name__ == "__main__":
    main()
