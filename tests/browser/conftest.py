"""Installations and servers for all browser tests, and a page that reports what goes wrong in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.helpers import databases
from tests.helpers.browser import STAFFED, sign_in
from tests.helpers.installation import Installation, Server
from tests.helpers.staff import PASSWORD

ABORTED = "net::ERR_ABORTED"


@pytest.fixture(scope="session")
def site(template: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For readers: nobody changes anything."""
    with databases.own_copy(template, tmp_path_factory.mktemp("site")).serve() as server:
        yield server


@pytest.fixture(scope="session")
def staffed_template(template: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """With staff and their unfinished work, to be copied."""
    made = databases.own_copy(template, tmp_path_factory.mktemp("staffed"))
    done = made.python(STAFFED.format(password=PASSWORD))
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture
def staffed(staffed_template: Installation, tmp_path: Path) -> Installation:
    """With staff, for this test alone."""
    return databases.own_copy(staffed_template, tmp_path)


@pytest.fixture(scope="session")
def office(staffed_template: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """For staff who each change something of their own: no other test may see it."""
    with databases.own_copy(staffed_template, tmp_path_factory.mktemp("office")).serve(workers=1) as server:
        yield server


@pytest.fixture(scope="module")
def as_clerk(office: Server, chromium: Any) -> dict[str, Any]:
    """`open_page(**as_clerk)`: signed in at the office."""
    with chromium.new_context() as context:
        sign_in(context.new_page(), office)
        return {"storage_state": context.storage_state()}


@pytest.fixture
def open_page(chromium):
    """`with open_page(width=390, scheme="dark") as page:`; fails on any error in the console or at the network."""

    @contextmanager
    def opened(width: int = 1280, scheme: str = "light", *, javascript: bool = True, **given: Any) -> Iterator[Any]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=javascript, **given
        )
        page, problems = context.new_page(), []
        page.on("console", lambda message: message.type == "error" and problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        # What a click leaves behind unfinished is no failure.
        page.on("requestfailed", lambda request: request.failure != ABORTED and problems.append(request.url))
        yield page
        context.close()
        assert not problems

    return opened
