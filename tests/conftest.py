"""What tests share. Tests in this process roll back; those with processes of their own get a copied database.

Nothing ever empties the ledger's tables: the database would refuse it, and no switch turns that off.
"""

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command

from commitments import loading
from tests import installation as installations
from tests.installation import FIXTURE, Installation

_numbers = count(1)


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Templates need the hashed names: collected once, by `make` or here."""
    if not (settings.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    """Each test may ask the API as much as one visitor may in a minute."""
    caches["visits"].clear()


@pytest.fixture
def release(db: Any) -> None:
    """The first release, loaded."""
    loading.load(FIXTURE)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return installations.template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def installation(template: Installation, tmp_path: Path) -> Installation:
    """An installation with the first release, for this test alone."""
    return installations.copy(template, tmp_path, next(_numbers))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    path = shutil.which("chromium")
    if path is None:
        message = "Chromium is not installed, so browser tests are skipped. On Debian: apt-get install chromium"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a second database only what asks one is run again: the rest says the same there as on the first."""
    if not os.environ.get("DATABASE_URL", "").startswith("postgresql"):
        return
    asking = {"db", "transactional_db", "django_db_setup", "template"}
    again = [
        one for one in items if one.get_closest_marker("django_db") or asking & set(getattr(one, "fixturenames", ()))
    ]
    config.hook.pytest_deselected(items=[one for one in items if one not in set(again)])
    items[:] = again
