"""What tests share. Tests in this process roll back; those with processes of their own get a copied database.

Nothing ever empties the ledger's tables: the database would refuse it, and no switch turns that off.
"""

import csv
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.cache import caches
from django.core.management import call_command
from django.core.signals import request_finished
from django.db import close_old_connections, connection, transaction
from django.http import StreamingHttpResponse
from django.test import Client
from django.utils.translation import activate

from commitments.web.work_budget import BUDGET
from tests.helpers import databases, people
from tests.helpers.databases import Databases
from tests.helpers.days import NOW
from tests.helpers.installation import Installation
from tests.helpers.people import World
from tests.helpers.programs import program

pytest_plugins = ("tests.helpers.imports", "tests.helpers.secret_drafts", "tests.helpers.staff_work")
_streamed: list[StreamingHttpResponse] = []

# The settings have led all temporary files to var/tmp, where other users cannot go; some tests are about those.
tempfile.tempdir = None

BABEL = (sys.executable, "-m", "babel.messages.frontend")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with browsers and servers begin first: each takes minutes, and begun last would be waited for alone.

    The other order stays as it was drawn, and with it the tests of a file beside each other.
    """
    long = {item.path for item in items if any(map(item.get_closest_marker, ("browser", "processes")))}
    items.sort(key=lambda item: item.path not in long)


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
def passwords_are_cheap() -> None:
    """Hundreds of people sign in; those who do so at a real server pay the real price."""
    configured.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session", autouse=True)
def static_files_are_not_listed() -> None:
    """WhiteNoise would list all of them for each client: 30 milliseconds a test. A real server does."""
    configured.WHITENOISE_AUTOREFRESH = True


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


@pytest.fixture(scope="session", autouse=True)
def words_and_files_are_not_limited() -> None:
    """A module's own fixtures ask for them, too, before any test of it begins."""
    configured.SEARCHES_PER_MINUTE = configured.EXPORTS_PER_MINUTE = configured.WORK_SECONDS_PER_MINUTE = 1_000_000


@pytest.fixture(scope="session", autouse=True)
def the_clock_may_be_set() -> None:
    """Tests put it to the day that they are about; a real server records nothing then."""
    configured.CLOCK_STEP_SECONDS = float("inf")


@pytest.fixture(scope="session", autouse=True)
def the_key_and_the_heads_are_the_tests_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Not those of the installation in whose folder the tests run."""
    folder = tmp_path_factory.mktemp("var")
    configured.SIGNING_KEY_FILE, configured.HEADS_FILE = folder / "signing-key", folder / "heads.txt"


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    """Each test may ask the API as much as one visitor may in a minute, and no answer was made before it."""
    caches["visits"].clear()
    caches["pages"].clear()
    BUDGET.clear()


@pytest.fixture
def the_day_is_fixed(time_machine: Any) -> None:
    """It is the evening of 29 November 2026 in Hong Kong."""
    time_machine.move_to(NOW)


@pytest.fixture
def the_day_stands_still(time_machine: Any) -> None:
    """The same, and no second passes."""
    time_machine.move_to(NOW, tick=False)


@pytest.fixture(autouse=True)
def the_language_is_english() -> None:
    """A request leaves its language active in its thread: the addresses that a test makes are English ones."""
    activate(configured.LANGUAGE_CODE)


# Databases


@pytest.fixture(scope="session")
def templates() -> Databases:
    """What every other database is a copy of."""
    return databases.templates()


@pytest.fixture(scope="session")
def django_db_setup(
    templates: Databases, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's, which would migrate for each process."""
    own = databases.own_copies(templates, tmp_path_factory.mktemp("databases"))
    with django_db_blocker.unblock():
        databases.serve(own)
        yield
        connection.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that asks for `release` or `world` finds the first release loaded, any other an empty record."""
    databases.choose(loaded="release" in getattr(item, "fixturenames", ()))


@pytest.fixture
def release(db: Any) -> None:
    """The first release, loaded (once, in a database of its own: `pytest_runtest_setup`)."""


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What a module's own fixtures put into the database stays for all of its tests, and is rolled back after them."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(release: None) -> World:
    """The first release, and a member of staff of each role."""
    return people.world()


@pytest.fixture(scope="session")
def template(templates: Databases) -> Installation:
    """With the first release, to be copied."""
    return templates.loaded


@pytest.fixture
def installation(template: Installation, tmp_path: Path) -> Installation:
    """An installation with the first release, for this test alone."""
    return databases.own_copy(template, tmp_path)


# What tests read and drive with


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


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, headless. Of one module: while it is open Django takes the thread for an asynchronous one."""
    path = program("chromium", "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
