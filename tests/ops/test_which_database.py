"""Commands that were started without the service's settings say which database they speak to; nothing is no proof."""

import os
import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from commitments.models import LedgerHead
from commitments.ops.service_environment import database_name
from tests.factories import published
from tests.helpers.installation import ROOT, Installation
from tests.helpers.ledger_acts import verify

MANAGE = """
import sys
from pathlib import Path
from commitments.ops import service_environment
service_environment.SERVICE_SETTINGS = Path({file!r})
import manage
sys.argv = ["manage.py", *{arguments!r}]
manage.main()
"""


def command(file, *arguments, **environment):
    """A command on a machine whose service has its settings in that file."""
    code = MANAGE.format(file=str(file), arguments=arguments)
    bare = {name: value for name, value in os.environ.items() if name not in ("PRODUCTION", "SECRET_KEY")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=bare | environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def service(tmp_path):
    """The file with the service's settings."""
    file = tmp_path / "tracker.env"
    file.write_text("PRODUCTION=1\n")
    return file


# Which database


@pytest.mark.processes
@pytest.mark.parametrize("arguments", [["verify_ledger"], ["heads", "--help"], ["showmigrations", "auth"]])
def test_without_the_services_settings_a_command_says_which_database_it_speaks_to(installation, service, arguments):
    told = command(service, *arguments, DATABASE_URL=installation.database_url).stderr.splitlines()[0]
    assert told.startswith("This command speaks to the ")
    assert installation.name in told
    assert told.endswith(f"If its database is meant: set -a; . {service}; set +a")


@pytest.mark.processes
def test_with_them_and_on_a_machine_without_a_service_nothing_is_said(installation, service):
    where = {"DATABASE_URL": installation.database_url}
    assert command(service.with_name("none"), "verify_ledger", **where).stderr == ""
    own = {"PRODUCTION": "1", "SECRET_KEY": "only-for-tests:-0123456789-abcdefghijklmnopqrstuvwxyz"}
    assert command(service, "verify_ledger", ALLOWED_HOSTS="tracker.localhost", **own, **where).stderr == ""


def test_a_database_is_named_without_its_password():
    server = {"ENGINE": "django.db.backends.postgresql", "NAME": "tracker", "HOST": "db1", "PORT": 5433}
    assert database_name(server | {"PASSWORD": "hunter2"}) == "the PostgreSQL database tracker on db1:5433"
    file = {"ENGINE": "tracker.sqlite", "NAME": "file:/srv/a%23b/x.sqlite3?mode=ro"}
    assert database_name(file) == "the SQLite file /srv/a#b/x.sqlite3"


# Nothing to verify


@pytest.mark.postgresql
@pytest.mark.django_db
def test_an_empty_ledger_verifies_only_where_that_is_meant():
    with pytest.raises(CommandError, match="is empty: nothing was verified") as said:
        call_command("verify_ledger")
    assert said.value.returncode == 2
    assert database_name() in str(said.value)
    code, printed, _complaints = verify("--allow-empty")
    assert (code, printed) == (0, f"The ledger verifies: 0 entries, head {'0' * 64}\n")
    published()
    assert verify()[0] == 0


@pytest.mark.processes
@pytest.mark.skipif(connection.vendor != "sqlite", reason="Only SQLite makes a database by being asked")
def test_a_database_that_was_never_migrated_is_named_and_no_traceback(tmp_path):
    done = Installation(f"sqlite:///{tmp_path}/typo.sqlite3").run("verify_ledger")
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert f"the SQLite file {tmp_path}/typo.sqlite3 holds no ledger: nothing was verified." in done.stderr


@pytest.mark.processes
def test_the_exit_code_of_a_ledger_that_was_emptied_is_no_success(installation):
    """Whoever owns the database may take everything away and mend the head: that verified."""
    code = "from commitments.models import LedgerHead; LedgerHead.objects.update(sequence=0, digest='0' * 64)"
    emptied = (
        "from django.apps import apps; from django.db import connection; from commitments.ledger import triggers\n"
        "cursor = connection.cursor()\n"
        "on = {name: rule[0] for name, rule in triggers.REFUSALS.items()} | triggers.NO_TRUNCATE\n"
        "tables = [m._meta.db_table for m in apps.get_app_config('commitments').get_models()]\n"
        "tables.remove('commitments_ledgerhead'); tables.remove('commitments_edition')\n"
        "if connection.vendor == 'sqlite':\n"
        "    names = cursor.execute(\"SELECT name FROM sqlite_master WHERE type = 'trigger'\").fetchall()\n"
        "    [cursor.execute(f'DROP TRIGGER {name}') for (name,) in names]\n"
        "    cursor.execute('PRAGMA foreign_keys=OFF')\n"
        "    [cursor.execute(f'DELETE FROM {table}') for table in tables]\n"
        "else:\n"
        "    cursor.execute('SET session_replication_role = replica')\n"
        "    [cursor.execute(f'ALTER TABLE {table} DISABLE TRIGGER ALL') for table in tables]\n"
        "    [cursor.execute(f'DELETE FROM {table}') for table in tables]\n"
        "    [cursor.execute(f'ALTER TABLE {table} ENABLE TRIGGER ALL') for table in tables]\n"
        f"{code}\ntriggers.install(connection)\n"
    )
    done = installation.python(emptied)
    assert done.returncode == 0, done.stderr
    verified = installation.run("verify_ledger")
    assert (verified.returncode, verified.stdout) == (2, ""), verified.stderr


@pytest.mark.django_db
def test_without_a_head_an_empty_ledger_is_a_broken_one():
    LedgerHead.objects.all().delete()
    assert verify("--allow-empty")[0] == 1
