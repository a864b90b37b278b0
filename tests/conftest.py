"""What tests share. Tests in this process roll back; those with processes of their own get a copied database.

Nothing ever empties the ledger's tables: the database would refuse it, and no switch turns that off.
"""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.conf import settings as configured
from django.core.cache import caches
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils.translation import activate

from commitments import loading
from tests import installation as installations
from tests.installation import FIXTURE, Installation

_numbers = count(1)
_streamed: list[StreamingHttpResponse] = []
BABEL = (sys.executable, "-m", "babel.messages.frontend")


@pytest.fixture(scope="session", autouse=True)
def answers_are_remembered() -> None:
    """Those that are streamed, until the test that asked for them has ended."""
    ask = Client.request

    def remembering(self: Client, **given: Any) -> Any:
        answer = ask(self, **given)
        if answer.streaming:
            _streamed.append(answer)
        return answer

    Client.request = remembering


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """End what a test did not read to its end, as a server would.

    Left to the garbage collector, a cursor of PostgreSQL is closed in the middle of another question to the same
    connection, and that waits for itself for ever. The connection itself is the test's, and stays open.
    """
    try:
        return (yield)
    finally:
        request_finished.disconnect(close_old_connections)
        while _streamed:
            _streamed.pop().close()
        request_finished.connect(close_old_connections)


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Templates need the hashed names: collected once, by `make` or here."""
    if not (configured.STATIC_ROOT / "staticfiles.json").exists():
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compiled once, by `make` or here."""
    for folder in configured.LOCALE_PATHS:
        if not all(path.with_suffix(".mo").exists() for path in folder.glob("*/LC_MESSAGES/django.po")):
            subprocess.run([*BABEL, "compile", "--directory", folder, "--domain", "django"], check=True)


@pytest.fixture(autouse=True)
def nobody_has_asked_yet(settings: Any) -> None:
    """Each test may ask the API as much as one visitor may in a minute, for words and files as it likes.

    And no answer was made before it.
    """
    settings.SEARCHES_PER_MINUTE = settings.EXPORTS_PER_MINUTE = 1_000_000
    caches["visits"].clear()
    caches["pages"].clear()


@pytest.fixture(autouse=True)
def nobody_has_spoken_chinese_yet() -> None:
    """A request leaves its language active in its thread: the addresses that a test makes are English ones."""
    activate(configured.LANGUAGE_CODE)


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


def program(name: str, package: str) -> str:
    """Where a program is; without it, its tests are skipped with one line that says how to get it, in CI they fail."""
    return shutil.which(name) or missing(name, package)


def missing(name: str, package: str) -> NoReturn:
    """Skips the test, or in CI fails it."""
    message = f"{name} is not installed, so its tests are skipped. On Debian: apt-get install {package}"
    pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)


@pytest.fixture
def as_spreadsheet(tmp_path: Path) -> Callable[[bytes, str], list[list[str]]]:
    """A file as LibreOffice shows it: the cells of its first sheet, from its name's ending."""
    soffice = program("soffice", "libreoffice-calc-nogui")

    def shown(data: bytes, name: str) -> list[list[str]]:
        source, target = tmp_path / name, tmp_path / "shown"
        source.write_bytes(data)
        command = [soffice, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
        if name.endswith(".csv"):  # comma, double quotes, UTF-8: what a user chooses, or finds chosen
            command.append("--infilter=CSV:44,34,76,1")
        command += ["--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1"]
        subprocess.run([*command, "--outdir", str(target), str(source)], check=True, capture_output=True, timeout=120)
        [made] = target.iterdir()
        with made.open(encoding="utf-8-sig", newline="") as file:
            cells = list(csv.reader(file))
        shutil.rmtree(target)
        return cells

    return shown


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless."""
    path = program("chromium", "chromium")
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
