"""What another user of the machine cannot have: files, names and locks; and secrets that are whole or not there."""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from stat import S_IMODE

import pytest
from django.db import connection

from commitments.ops.private_files import (
    keep_database_to_owner,
    keep_private,
    kept_secret,
    locked,
    read_secret,
    write_secret,
)
from tests.helpers.checkouts import checkout
from tests.helpers.installation import ROOT
from tests.helpers.other_user import everything, taken

KEY = "k3y-" * 15
IN_PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "only-for-tests:-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "tracker.localhost",
}


def mode(path):
    return S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def open_place():
    """A folder that everybody may enter: below pytest's own nobody else reaches anything anyway."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def checked_out(open_place, template):
    """A checkout with a database and more under its var/."""
    made = checkout(open_place / "tracker")
    made.var.mkdir()
    if template.vendor == "SQLite":
        shutil.copy(template.name, made.var / "tracker.sqlite3")
    for name in ("tracker.sqlite3-queue", "note", "static/site.css", "screenshots/one.png"):
        (made.var / name).parent.mkdir(exist_ok=True)
        (made.var / name).touch()
    return made


@pytest.fixture
def installed(checked_out):
    """The same as the version before left it: everybody may read all of it."""
    for path in everything(checked_out.var):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return checked_out


# Leaves a file and a folder of each kind that is made in passing.
LEAVE = """
import tempfile
print(tempfile.NamedTemporaryFile(delete=False).name, tempfile.mkdtemp(), tempfile.gettempdir(), sep="\\n")
"""


@pytest.mark.processes
@pytest.mark.skipif(connection.vendor != "sqlite", reason="A file is SQLite's")
def test_after_any_command_nothing_under_var_and_no_temporary_file_can_be_read_listed_or_locked(installed, tmp_path):
    assert taken([installed.var / "tracker.sqlite3"])  # before: the test can tell
    left = [Path(line) for line in installed.run_well("shell", "--no-imports", "-c", LEAVE).splitlines()]
    assert all(installed.var in path.parents for path in left)
    installed.run_well("backup", str(installed.var / "a.backup"))
    installed.run_well("restore", "--force", str(installed.var / "a.backup"))
    assert (installed.var / "tracker.sqlite3").exists()
    assert (installed.var / "secret-key").exists()
    assert taken([*everything(installed.var), *left]) == set()


@pytest.mark.processes
def test_in_production_others_reach_static_files_and_nothing_else(installed, open_place):
    others = ("admin", "account", "mfa", "django_htmx", "django_tables2")
    only_ours = [word for name in others for word in ("--ignore", name)]
    installed.run_well("collectstatic", "--noinput", "--verbosity", "0", *only_ours, **IN_PRODUCTION)
    paths = everything(installed.var)
    static = {str(path) for path in paths if installed.var / "static" in (path, *path.parents)}
    assert {path for what, path in taken(paths) if what != "locked"} == static
    assert any(path.endswith(".css.gz") for path in static)
    installed.run_well("check")  # as whoever forgets to read the settings first
    assert str(installed.var / "static" / "staticfiles.json") in {path for _what, path in taken(paths)}


def test_a_database_elsewhere_is_private_too_with_all_that_stands_beside_it_and_behind_a_link(tmp_path):
    files = [tmp_path / f"one.sqlite3{suffix}" for suffix in ("", "-wal", "-shm", "-queue", "-journal")]
    for file in files:
        file.touch(0o644)
        file.chmod(0o664)
    (tmp_path / "link").symlink_to(files[0])
    keep_database_to_owner(tmp_path / "link")
    assert {mode(file) for file in files} == {0o600}


def test_what_a_link_under_var_leads_to_is_left_alone(tmp_path, restored_mask):
    elsewhere, var = tmp_path / "elsewhere", tmp_path / "var"
    elsewhere.touch()
    elsewhere.chmod(0o644)
    var.mkdir()
    (var / "link").symlink_to(elsewhere)
    keep_private(var, served=False)
    assert mode(elsewhere) == 0o644


@pytest.fixture
def restored_mask(monkeypatch):
    """What keep_private changes of this process, put back."""
    monkeypatch.setattr(tempfile, "tempdir", tempfile.tempdir)
    mask = os.umask(0o022)
    yield
    os.umask(mask)


def test_a_passage_that_was_given_to_a_group_stays_as_it_is(tmp_path, restored_mask):
    (tmp_path / "var" / "static").mkdir(parents=True)
    (tmp_path / "var").chmod(0o710)
    keep_private(tmp_path / "var", served=True)
    assert mode(tmp_path / "var") == 0o710


def test_temporary_files_that_somebody_left_go_after_a_day(tmp_path, restored_mask):
    tmp = tmp_path / "var" / "tmp"
    (tmp / "old").mkdir(parents=True)
    (tmp / "new").touch()
    os.utime(tmp / "old", (0, 0))
    keep_private(tmp_path / "var", served=False)
    assert [path.name for path in tmp.iterdir()] == ["new"]


# Secrets


@pytest.mark.parametrize("broken", [b"", b"\n", b"\0" * 67, KEY[:20].encode(), b"\xff" * 60])
def test_a_secret_that_a_full_disk_or_a_stop_left_broken_is_made_anew_and_then_stays(tmp_path, broken):
    (tmp_path / "secret").write_bytes(broken)
    assert kept_secret(tmp_path / "secret", lambda: KEY, least=50) == KEY
    assert kept_secret(tmp_path / "secret", lambda: "another", least=50) == KEY
    assert mode(tmp_path / "secret") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


WRITE = "import sys; from pathlib import Path; from commitments.ops.private_files import write_secret"


@pytest.mark.processes
def test_where_a_secret_finds_no_room_what_was_there_stays_and_no_part_of_the_new_one(tmp_path):
    write_secret(tmp_path / "secret", KEY)
    code = f"{WRITE}; write_secret(Path(sys.argv[1]), 'x' * 60)"
    no_room = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))}
    command = [sys.executable, "-B", "-c", code, str(tmp_path / "secret")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **no_room)
    assert "File too large" in done.stderr
    assert read_secret(tmp_path / "secret", 50) == KEY
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


@pytest.mark.processes
def test_all_who_start_at_once_for_the_first_time_have_the_same_key(tmp_path):
    code = "import secrets, sys; from pathlib import Path; from commitments.ops.private_files import kept_secret; "
    code += "print(kept_secret(Path(sys.argv[1]), lambda: secrets.token_urlsafe(50), 50))"
    command = [sys.executable, "-c", code, str(tmp_path / "var" / "secret-key")]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    keys = {process.communicate(timeout=60)[0].strip() for process in started}
    assert keys == {(tmp_path / "var" / "secret-key").read_text()}


def test_whoever_waits_for_a_lock_gives_up_in_the_end(tmp_path):
    with locked(tmp_path / "lock"), pytest.raises(TimeoutError), locked(tmp_path / "lock", seconds=0.1):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root makes files for others")
def test_a_secret_that_root_makes_belongs_to_whoever_owns_the_folder(tmp_path):
    var = tmp_path / "var"
    var.mkdir()
    os.chown(var, 12345, 12345)
    kept_secret(var / "secret", lambda: KEY, least=50)
    assert (var / "secret").stat().st_uid == 12345
