"""What nobody may write to can be verified: a copy in a folder that is read only, a database that refuses to write."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.helpers.installation import ROOT

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
SQLITE = connection.vendor == "sqlite"
# Root may write to everything, unless it gives that up.
AS_ANYBODY = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []


def verify(installation, url):
    command = [*AS_ANYBODY, sys.executable, "manage.py", "verify_ledger"]
    environment = installation.environment | {"DATABASE_URL": url}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


@pytest.fixture
def read_only_folder(installation, tmp_path):
    """A folder with a copy of the database, in which nobody may write."""
    folder = tmp_path / "read-only"
    folder.mkdir()
    Path(installation.name).rename(folder / "tracker.sqlite3")
    (folder / "tracker.sqlite3").chmod(0o444)
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)


@pytest.mark.skipif(not SQLITE, reason="A file is SQLite's")
@pytest.mark.parametrize("query", ["", "?mode=ro"])
def test_a_file_in_a_folder_that_is_read_only(installation, read_only_folder, query):
    done = verify(installation, f"sqlite:///{read_only_folder}/tracker.sqlite3{query}")
    assert (done.returncode, done.stderr) == (0, "")
    assert [file.name for file in read_only_folder.iterdir()] == ["tracker.sqlite3"]


@pytest.mark.skipif(not SQLITE, reason="mode=ro is SQLite's")
def test_a_database_that_is_opened_for_reading_only_while_somebody_else_has_it_open(installation):
    with installation.serve(workers=1):
        done = verify(installation, f"{installation.database_url}?mode=ro")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(SQLITE, reason="default_transaction_read_only is PostgreSQL's")
def test_a_database_in_which_every_transaction_is_read_only(installation):
    url = f"{installation.database_url}?options=-c%20default_transaction_read_only%3Don"
    done = verify(installation, url)
    assert (done.returncode, done.stderr) == (0, "")
