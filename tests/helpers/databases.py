"""Databases that are made once for all processes of a test run, and copied: with the tables, and with the release.

Migrating and loading take seconds, copying a file or a PostgreSQL template takes a tenth of one. The copies are
real databases with all their triggers: nothing ever empties the ledger's tables, so each test is rolled back, and
one that commits gets a copy of its own (`installation`).
"""

import fcntl
import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import django
from django.db import connection

from tests.helpers import installation as installations
from tests.helpers.installation import FIXTURE, ROOT, Installation

_numbers = count(1)
A_DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True)
class Databases:
    """`empty` has the tables, `loaded` the first release, too."""

    empty: Installation
    loaded: Installation


def templates() -> Databases:
    """Those that all others are copied from. The first process that asks makes them.

    Of SQLite they stay under var/ until the code or the release changes; a PostgreSQL is there for one run only.
    """
    folder = ROOT / "var" / "test-databases"
    folder.mkdir(parents=True, exist_ok=True)
    given = os.environ.get("DATABASE_URL", "")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _in_postgresql(given) if given.startswith("postgresql") else _in_files(folder)


def _in_postgresql(admin_url: str) -> Databases:
    base = admin_url.rpartition("/")[0]
    databases = Databases(*(Installation(f"{base}/tracker_{name}") for name in ("empty", "loaded")))
    if not installations.exists(admin_url, databases.loaded.name):
        installations.postgresql(admin_url, databases.empty.name)
        _fill(databases)
    return databases


def _in_files(folder: Path) -> Databases:
    whole = folder / _digest_of_the_code()
    if not whole.exists():
        for old in folder.glob("*/"):
            if old.stat().st_mtime < time.time() - A_DAY or old.name == "unfinished":  # others may be at work
                shutil.rmtree(old)
        unfinished = folder / "unfinished"
        unfinished.mkdir()
        _fill(_files_in(unfinished))
        unfinished.rename(whole)
    return _files_in(whole)


def _files_in(folder: Path) -> Databases:
    return Databases(*(Installation(f"sqlite:///{folder / name}.sqlite3") for name in ("empty", "loaded")))


def _digest_of_the_code() -> str:
    """Of everything that can change what a fresh installation holds."""
    files = [*sorted((ROOT / "commitments").rglob("*.py")), *sorted((ROOT / "tracker").rglob("*.py"))]
    whole = hashlib.sha256(django.__version__.encode())  # `make test-next` has another
    for file in [*files, ROOT / "requirements.txt", FIXTURE]:
        whole.update(file.read_bytes())
    return whole.hexdigest()


def _fill(databases: Databases) -> None:
    databases.empty.run_well("migrate", "--verbosity", "0")
    installations.copy(databases.empty, databases.loaded)
    databases.loaded.run_well("load_release", str(FIXTURE))


def own_copies(of: Databases, folder: Path) -> Databases:
    """This process's own, for tests that roll back."""
    return Databases(own_copy(of.empty, folder), own_copy(of.loaded, folder))


def own_copy(of: Installation, folder: Path) -> Installation:
    """A copy that no other test has."""
    name = f"{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{next(_numbers)}"
    if of.database_url.startswith("postgresql"):
        copied = Installation(f"{of.database_url}_{name}")
    else:
        copied = Installation(f"sqlite:///{folder / name}.sqlite3")
    return installations.copy(of, copied)


class _Current:
    """Which of its two databases this process's tests are connected to."""

    own: Databases | None = None  # until a test has asked for a database
    loaded = False


def serve(own: Databases) -> None:
    """These are this process's own from now on."""
    _Current.own = own
    choose(loaded=_Current.loaded)


def choose(*, loaded: bool) -> None:
    """Let Django's default connection lead to the database with or without the release."""
    _Current.loaded = loaded
    if _Current.own is None:
        return
    wanted = _Current.own.loaded if loaded else _Current.own.empty
    if connection.settings_dict["NAME"] != wanted.name:
        assert not connection.in_atomic_block, "tests of one module share a transaction, but want different databases"
        connection.close()
        connection.settings_dict["NAME"] = wanted.name
