"""Programs that tests need of the machine."""

import os
import shutil
from typing import NoReturn

import pytest


def program(name: str, package: str) -> str:
    """Where a program is; without it, its tests are skipped with one line that says how to get it, in CI they fail."""
    return shutil.which(name) or missing(name, package)


def missing(name: str, package: str) -> NoReturn:
    """Skips the test, or in CI fails it."""
    message = f"{name} is not installed, so its tests are skipped. On Debian: apt-get install {package}"
    pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
