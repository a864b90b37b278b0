"""A migration that rebuilds the ledger's table: SQLite drops its triggers with the old one, and `migrate` lays them."""

import pytest
from django.db import connection

from commitments.ledger import triggers
from tests.helpers.release_file import ENTRIES

pytestmark = [pytest.mark.postgresql, pytest.mark.processes]
REBUILD = """
from django.db import connection, models
from commitments.models import LedgerEntry
old = LedgerEntry._meta.get_field("organisation")
wider = models.CharField(max_length=60, blank=True)
wider.set_attributes_from_name("organisation")
for before, after in ((old, wider), (wider, old)):
    with connection.schema_editor() as editor:
        editor.alter_field(LedgerEntry, before, after)
"""


def test_a_migration_that_rebuilds_the_table_leaves_the_triggers_there(installation):
    rebuilt = installation.python(REBUILD)
    assert rebuilt.returncode == 0, rebuilt.stderr
    # SQLite drops them with the old table, and the check says so; PostgreSQL alters in place.
    checked = installation.run("verify_ledger")
    lost = {"ledger_no_update", "ledger_no_delete", "ledger_in_order"} if connection.vendor == "sqlite" else set()
    assert set(checked.stderr.split()) & set(triggers.REFUSALS) == lost
    installation.run_well("migrate", "--verbosity", "0")
    assert f"{ENTRIES} entries" in installation.run_well("verify_ledger")


def test_after_such_a_migration_entries_are_guarded(installation):
    installation.python(REBUILD)
    installation.run_well("migrate", "--verbosity", "0")
    refused = installation.python(
        "from commitments.models import *; LedgerEntry.objects.filter(kind='check').update(salt='')"
    )
    assert "a ledger entry cannot be changed" in refused.stderr
