"""docs/architecture.md shows the packages and tables as they are, and names no file that does not exist."""

import re

from tests.helpers.installation import ROOT
from tests.helpers.pictures import PAGE, with_pictures

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_pictures_are_those_of_the_code():
    assert with_pictures(TEXT) == TEXT, "Run: make pictures"


def test_every_file_that_newcomers_are_led_to_exists():
    pages = [PAGE, ROOT / "CONTRIBUTING.md", ROOT / "README.md", *(ROOT / "docs" / "decisions").glob("*.md")]
    named = {
        name
        for page in pages
        for name in re.findall(
            r"`((?:commitments|tests|templates|docs|tracker)/[\w./-]*\w/?)`", page.read_text("utf-8")
        )
    }
    assert len(named) > 100
    places = (ROOT, ROOT / "templates")  # a template is named from there
    missing = [name for name in sorted(named) if not any((place / name).exists() for place in places)]
    assert [name for name in missing if "NAME" not in name] == []
