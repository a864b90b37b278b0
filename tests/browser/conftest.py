"""One installation and server for all browser tests that only read, and a page that reports what goes wrong in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.helpers import installation as installations
from tests.helpers.installation import Server

ABORTED = "net::ERR_ABORTED"


@pytest.fixture(scope="session")
def site(template, tmp_path_factory) -> Iterator[Server]:
    with installations.copy(template, tmp_path_factory.mktemp("site"), 0).serve() as server:
        yield server


@pytest.fixture
def open_page(chromium):
    """`with open_page(width=390, scheme="dark") as page:`; fails on any error in the console or at the network."""

    @contextmanager
    def opened(width: int = 1280, scheme: str = "light", *, javascript: bool = True) -> Iterator[Any]:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=javascript
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
