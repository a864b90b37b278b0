"""Whoever runs the version before can move to this one: its tables, with staff's own entries, migrate and verify."""

import pytest

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

# The tables, columns and triggers of the version before, by the way back of each migration since; then staff's work.
BEFORE = """
from unittest.mock import patch
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from commitments.ledger import triggers
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import new

append_entries([new("report", Commitment.objects.get(reference="CU-08"), note="Staff's own.", date="2025-03")])
MigrationExecutor(connection).migrate([("commitments", "0015_language_of_staff")])
with patch.object(triggers, "NEW_TOKEN", triggers.NEW_TOKEN.replace("token", "mark")):
    triggers.install(connection)
with connection.cursor() as cursor:
    cursor.execute("UPDATE commitments_organisation SET note = 'Ours.', han = 'x' || han WHERE slug = 'hksarg'")
    cursor.execute("SELECT mark FROM commitments_edition")
    print(cursor.fetchone()[0])
"""
AFTER = """
from commitments.models import Edition, Organisation
print(Edition.objects.get().token)
body = Organisation.objects.get(slug="hksarg")
assert body.search_text_zh.startswith("x"), body.search_text_zh
body.save()
print(Edition.objects.get().token)
"""


def test_a_database_of_the_version_before_migrates_verifies_and_goes_on(installation):
    before = installation.python(BEFORE)
    assert before.returncode == 0, before.stderr
    assert "0016_plain_column_names" in installation.run_well("migrate", "--plan")
    installation.run_well("migrate")
    assert "181 entries" in installation.run_well("verify_ledger")
    after = installation.python(AFTER)
    assert after.returncode == 0, after.stderr
    token, next_token = after.stdout.split()
    assert token == before.stdout.strip() != next_token
