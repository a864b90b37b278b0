"""A backup's way there and back, by the commands that whoever runs an installation uses. More of it: tests/slow/."""

import urllib.request

import pytest
from django.db import connection

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]
PUBLISH = """
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import new

append_entries([new("report", Commitment.objects.get(reference="CU-08"), note="after the backup", date="2025-03")])
"""


def test_a_backup_of_a_served_installation_overwrites_what_came_later_if_it_is_told_so_and_verifies(
    installation, tmp_path
):
    backup = str(tmp_path / "backup")
    with installation.serve(workers=1) as server:

        def shown():
            with urllib.request.urlopen(f"{server.url}/commitments/CU-08/", timeout=10) as answer:
                return answer.read().decode()

        head = installation.run_well("backup", backup).partition(": ")[2].strip()
        assert installation.python(PUBLISH).returncode == 0
        refused = installation.run("restore", backup)
        assert (refused.returncode, "holds data" in refused.stderr) == (1, True)
        assert "after the backup" in shown()
        installation.run_well("restore", "--force", backup)
        assert "after the backup" not in shown()
        assert head in installation.run_well("verify_ledger")


BREAK = """
from django.db import connection
connection.cursor().execute(
    "UPDATE commitments_evidence SET date = '2018-Hx', date_first = 'junk', date_last = 'junk' WHERE id = 1"
)
"""


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL stores no such day")
def test_of_a_database_in_which_something_cannot_be_read_no_backup_is_made_and_the_row_is_named(installation, tmp_path):
    assert installation.python(BREAK).returncode == 0
    refused = installation.run("backup", str(tmp_path / "backup"))
    assert refused.returncode == 1
    assert "No backup was made. The ledger does not verify: " in refused.stderr
    assert "differs in date" in refused.stderr
    assert "Traceback" not in refused.stderr
    installation.run_well("verify_ledger", "--rebuild")
    installation.run_well("backup", str(tmp_path / "backup"))
