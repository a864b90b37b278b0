"""The tracker runs from a folder of any name."""

import shutil

import pytest
from django.db import connection

from tests.helpers.checkouts import checkout
from tests.helpers.release_file import ENTRIES

SQLITE_ONLY = pytest.mark.skipif(connection.vendor != "sqlite", reason="A file is SQLite's")
pytestmark = [pytest.mark.processes, SQLITE_ONLY]


@pytest.mark.parametrize("name", ["a#b", "a?b c", "a%25b"])
def test_a_checkout_in_a_folder_of_any_name_works_on_the_database_below_it(tmp_path, template, name):
    made = checkout(tmp_path / name)
    made.var.mkdir()
    shutil.copy(template.name, made.var / "tracker.sqlite3")
    assert f"{ENTRIES} entries" in made.run_well("verify_ledger")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_kept_in_such_a_folder_is_backed_up_and_restored(tmp_path, template):
    made = checkout(tmp_path / "a#b?c%25d")
    made.var.mkdir()
    shutil.copy(template.name, made.var / "tracker.sqlite3")
    made.run_well("backup", "var/a.backup")
    (made.var / "tracker.sqlite3").unlink()
    made.run_well("restore", "var/a.backup")
    assert f"{ENTRIES} entries" in made.run_well("verify_ledger")
    assert [path.name for path in tmp_path.iterdir()] == ["a#b?c%25d"]
