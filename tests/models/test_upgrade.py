"""Whoever runs the version before can move to this one: its tables, with staff's own entries, migrate and verify."""

import json
import os
import re

import pytest

from tests.helpers.installation import FIXTURE, SECOND_FIXTURE, Installation, postgresql

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

STEP_BY_STEP = """
from tests.helpers.version_before import migrate_step_by_step
migrate_step_by_step("{}")
"""
# Staff's own entries under the commit before a release could say why it was not read.
ONE_RELEASE = """
import json
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from commitments.ledger.append import append_entries, new_correction
from commitments.ledger.entity_contents import entity_fields, make_entity_content
from commitments.ledger.new_entries import Actor, NewEntry
from commitments.models import Commitment, LedgerEntry, Release
from tests.factories import new

commitment, row = Commitment.objects.get(reference="FI-02"), Release.objects.get()
append_entries([new("report", commitment, note="Staff's own.", date="2025-03")])
append_entries([new_correction(commitment, {"title": "Staff's title"}, "Better words.", Actor())])
fields = entity_fields(row) | {"note": "Staff's note."}
append_entries([NewEntry("entity", entity=row.entity, content=make_entity_content(fields, "Clearer."))])
digests = list(LedgerEntry.objects.values_list("digest", flat=True))
MigrationExecutor(connection).migrate([("commitments", "0028_kept_work")])
print(json.dumps(digests))
"""
TWO_RELEASES = """
import json
from commitments.models import Commitment, LedgerEntry, Release
commitment = Commitment.objects.get(reference="FI-02")
print(json.dumps({
    "digests": list(LedgerEntry.objects.values_list("digest", flat=True)),
    "title": commitment.title,
    "note": Release.objects.get(slug="4th-plenary-2018").note,
    "again": list(commitment.repeated_by.values_list("commitment__reference", flat=True)),
    "not_read": list(Release.objects.exclude(not_read="").values_list("slug", flat=True)),
}))
"""
# Staff's own entry and draft under the commit before texts of releases were read, whose roles knew nothing of them.
WITHOUT_INTAKES = """
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from commitments.ledger.append import append_entries
from commitments.models import Commitment
from tests.factories import evidence, new

public = Commitment.objects.get(reference="CU-08")
append_entries([new("report", public, note="Staff's own.", date="2025-03", evidence=[evidence(source="independent")])])
public.drafts.create(date="2026-11", note="Sent.", author=User.objects.create_user("ann"), state="waiting")
MigrationExecutor(connection).migrate([("commitments", "0028_kept_work")])
Permission.objects.filter(content_type__model__startswith="intake").delete()
"""
# The text of a release that is on record can be read, and its sentences decided on.
WITH_INTAKES = """
import json
from django.contrib.auth.models import Group, User
from commitments.models import DraftUpdate, Intake, Release, Update
from commitments.workflow.intake.deciding import Decider, reject
from commitments.workflow.intake.starting import start_intake

intakes = Intake.objects.count()
user = User.objects.get(username="ann")
text = "Both sides will hold a week of films in 2027. It rained."
span = start_intake(Release.objects.get(), text, "", "", user).spans.get(promises=True)
reject(Decider(user, span.pk, span.revision))
print(json.dumps({
    "intakes": intakes,
    "may_read": {name: list(Group.objects.filter(permissions__codename=f"{name}_intake").order_by("name").values_list(
        "name", flat=True)) for name in ("add", "change", "delete", "view")},
    "entry": Update.objects.filter(note="Staff's own.").count(),
    "draft": list(DraftUpdate.objects.filter(note="Sent.").values_list("state", "author__username")),
}))
"""
# Everything that migrations make: columns, indexes and constraints in any order, the roles, and the first rows.
TABLES = """
import json
from django.contrib.auth.models import Group
from django.db import connection
from commitments.models.ledger import record_version

with connection.cursor() as cursor:
    if connection.vendor == "sqlite":
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
    else:
        cursor.execute(
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, character_maximum_length, "
            "column_default, generation_expression) FROM information_schema.columns WHERE table_schema = 'public' "
            "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' "
            "UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
            "FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        )
    made = [sql for sql, in cursor.fetchall()]
print(json.dumps({
    "made": made,
    "version": record_version(),
    "roles": {
        group.name: sorted(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()
    },
}))
"""


def made_by_migrations(installation):
    """What stands in a database, each column and constraint by itself, whatever a unique slug's index is called."""
    made = json.loads(installation.python(TABLES).stdout)
    parts = [part.strip("() ") for sql in made.pop("made") for part in re.split(r', (?=["C])', sql)]
    return made | {"parts": sorted(re.sub(r"_slug_(key|[0-9a-f]{8}_uniq)", "_slug_unique", part) for part in parts)}


def test_in_one_step_or_in_many_a_fresh_database_comes_to_the_same(templates, tmp_path):
    given = os.environ.get("DATABASE_URL", "")
    is_postgresql = given.startswith("postgresql")
    by_steps = Installation(postgresql(given, "by_steps") if is_postgresql else f"sqlite:///{tmp_path}/steps.sqlite3")
    done = by_steps.python(STEP_BY_STEP.format("0024_outbox"))
    assert done.returncode == 0, done.stderr
    by_steps.run_well("migrate")
    assert made_by_migrations(by_steps) == made_by_migrations(templates.empty)


def test_a_database_with_one_release_migrates_gets_the_second_and_keeps_what_staff_did(installation):
    before = installation.python(ONE_RELEASE)
    assert before.returncode == 0, before.stderr
    assert "0030_not_read" in installation.run_well("migrate", "--plan")
    installation.run_well("set_up", str(FIXTURE), str(SECOND_FIXTURE))
    installation.run_well("verify_ledger")
    after = json.loads(installation.python(TWO_RELEASES).stdout)
    digests = json.loads(before.stdout)
    assert after["digests"][: len(digests)] == digests
    assert (after["title"], after["note"], after["again"]) == ("Staff's title", "Staff's note.", ["FW-01"])
    assert after["not_read"] == ["6th-plenary-2024", "5th-plenary-2021"]


def test_editors_and_publishers_may_read_texts_of_releases_and_what_staff_recorded_stays(installation):
    before = installation.python(WITHOUT_INTAKES)
    assert before.returncode == 0, before.stderr
    assert "0029_intakes" in installation.run_well("migrate", "--plan")
    installation.run_well("migrate")
    installation.run_well("verify_ledger")
    after = installation.python(WITH_INTAKES)
    assert after.returncode == 0, after.stderr
    both = ["Editor", "Publisher"]
    assert json.loads(after.stdout) == {
        "intakes": 0,
        "may_read": {"add": both, "change": both, "delete": both, "view": both},
        "entry": 1,
        "draft": [["waiting", "ann"]],
    }
