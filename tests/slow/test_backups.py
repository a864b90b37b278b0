"""Backups as whoever runs an installation makes and needs them: by commands, on SQLite and on PostgreSQL."""

import re
import stat
import zipfile
from itertools import count
from pathlib import Path

import pytest

from tests.helpers import databases
from tests.helpers import installation as installations
from tests.helpers.installation import Installation
from tests.helpers.processes import PUBLISHER
from tests.helpers.release_file import ENTRIES

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

_numbers = count(1)
STEPS = """
from pathlib import Path
from django.core.management import call_command
from commitments.ledger.append import append_entries
from commitments.models import Commitment, LedgerHead
from commitments.ops import backup
from tests.factories import new

def note():
    one = Commitment.objects.get(reference="CU-08")
    append_entries([new("report", one, note="after the backup", date="2025-03")])

"""
WHILE_WRITING = """
while LedgerHead.objects.get().sequence == {entries}:
    pass
call_command("backup", {file!r})
print(LedgerHead.objects.get().sequence)
"""
DAMAGED = """
whole, file = Path({whole!r}).read_bytes(), Path({damaged!r})
middle = bytearray(whole)
middle[len(whole) // 2] ^= 1
for damaged in (b"", b"no backup", whole[:len(whole) // 2], whole[:-1], whole[len(whole) // 2:], bytes(middle)):
    file.write_bytes(damaged)
    try:
        backup.restore_backup(file, force=True)
    except backup.BackupError as error:
        print(error)
call_command("verify_ledger")
"""
FORGE = """
from django.db import connection
from commitments.ledger import triggers
with connection.cursor() as cursor:
    on = "" if connection.vendor == "sqlite" else f" ON {triggers.ENTRIES}"
    cursor.execute("DROP TRIGGER ledger_no_update" + on)
    cursor.execute(f"UPDATE {triggers.ENTRIES} SET content = '{{}}' WHERE sequence = 7")
triggers.install(connection)
"""


def empty(installation: Installation, folder: Path) -> Installation:
    """A new machine: a database without a table, on SQLite in a folder that is not there yet."""
    if installation.database_url.startswith("sqlite"):
        return Installation(f"sqlite:///{folder}/new/machine/tracker.sqlite3")
    base, _slash, name = installation.database_url.rpartition("/")
    return Installation(installations.postgresql(f"{base}/postgres", f"{name}_empty_{next(_numbers)}"))


def lines(installation: Installation, code: str) -> list[str]:
    """What some lines print: one process for all of them, because each start of Django takes a second."""
    done = installation.python(STEPS + code)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def refused(installation: Installation, *arguments: str) -> str:
    """Runs a command that must fail; what it says."""
    done = installation.run(*arguments)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def made(template: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A backup of the first release, and the entries and head that the command told."""
    file = tmp_path_factory.mktemp("backups") / "backup"
    copied = databases.own_copy(template, tmp_path_factory.mktemp("installed"))
    return file, copied.run_well("backup", str(file)).partition(": ")[2].strip()


def test_a_backup_is_its_owners_alone_says_its_head_and_leaves_nothing_beside_it(made):
    file, said = made
    assert [one.name for one in file.parent.iterdir()] == ["backup"]
    assert stat.filemode(file.stat().st_mode) == "-rw-------"
    entries, head = re.fullmatch(r"(\d+) entries, head ([0-9a-f]{64})", said).groups()
    with zipfile.ZipFile(file) as archive:
        assert f'"entries": {entries},\n "head": "{head}"' in archive.read("about.json").decode()


def test_a_backup_taken_while_updates_are_published_is_restored_from_the_file_alone(installation, tmp_path):
    stop, file = tmp_path / "stop", tmp_path / "backup"
    writer = installation.start("shell", "--no-imports", "-c", PUBLISHER.format(stop=str(stop)))
    said, after = lines(installation, WHILE_WRITING.format(file=str(file), entries=ENTRIES))
    stop.touch()
    _out, problems = writer.communicate(timeout=60)
    assert writer.returncode == 0, problems
    told = said.partition(": ")[2]
    assert ENTRIES < int(told.split()[0]) < int(after)
    restored, verified = lines(
        empty(installation, tmp_path), f"call_command('restore', {str(file)!r}); call_command('verify_ledger')"
    )
    assert told in restored
    assert told in verified


def test_neither_an_existing_file_nor_a_database_that_holds_data_is_overwritten(installation, made):
    kept = made[0].read_bytes()
    assert "exists" in refused(installation, "backup", str(made[0]))
    assert made[0].read_bytes() == kept
    assert "holds data" in refused(installation, "restore", str(made[0]))


def test_with_force_the_backup_takes_the_place_of_everything_and_nobody_is_signed_in(installation, made, tmp_path):
    session = "from django.contrib.sessions.backends.db import SessionStore; SessionStore().create()"
    file = str(tmp_path / "backup")
    steps = f"call_command('backup', {file!r}); note(); call_command('restore', {file!r}, force=True)"
    look = "from django.contrib.sessions.models import Session; print(Session.objects.count())"
    *_told, verified, sessions = lines(installation, f"{session}; {steps}; call_command('verify_ledger'); {look}")
    assert made[1] in verified
    assert sessions == "0"


def test_a_file_that_is_damaged_or_cut_off_is_refused_before_anything_is_touched(installation, made, tmp_path):
    *told, verified = lines(installation, DAMAGED.format(whole=str(made[0]), damaged=str(tmp_path / "damaged")))
    assert ["is no backup, or it is damaged" in one for one in told] == [True] * 6
    assert made[1] in verified


def test_a_ledger_that_does_not_verify_makes_no_backup(installation, tmp_path):
    lines(installation, FORGE)
    assert "entry 7" in refused(installation, "backup", str(tmp_path / "backup"))
    assert not (tmp_path / "backup").exists()


def test_what_a_newer_version_wrote_is_refused_and_the_database_stays(installation, made, tmp_path):
    file, later = str(tmp_path / "backup"), "app='commitments', name='9999_later', applied='2030-01-01T00:00Z'"
    newer = "from django.db.migrations.recorder import MigrationRecorder as R; "
    lines(installation, f"{newer}R.Migration.objects.create({later}); call_command('backup', {file!r}); note()")
    assert "9999_later" in refused(installation, "restore", "--force", file)
    assert f"{ENTRIES + 1} entries" in lines(installation, "call_command('verify_ledger')")[0]


def test_a_restore_killed_half_way_leaves_the_old_data(installation, made):
    kill = (
        "import os; from commitments.ops import backup; "
        "backup.replace_database = lambda name: os.kill(os.getpid(), 9); "
    )
    assert (
        installation.python(STEPS + kill + f"note(); call_command('restore', {str(made[0])!r}, force=True)").returncode
        == -9
    )
    assert f"{ENTRIES + 1} entries" in lines(installation, "call_command('verify_ledger')")[0]
