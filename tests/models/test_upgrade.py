"""Whoever runs the version before can move to this one: its tables, with staff's own entries, migrate and verify."""

import json

import pytest

pytestmark = [pytest.mark.processes, pytest.mark.postgresql]

# What staff recorded, drafted and translated; then the tables, columns, triggers and entries of the version before.
BEFORE = """
import json
from commitments.ledger.append import append_entries, new_correction, new_redaction
from commitments.ledger.new_entries import Actor
from commitments.ledger.translations import NewTranslation, record_translations
from commitments.models import Area, Commitment, LedgerEntry, Organisation, Occasion, Release
from tests.factories import new
from tests.helpers.version_before import go_back

commitment, by = Commitment.objects.get(reference="CU-08"), Actor()
entry = append_entries([new("report", commitment, note="Staff's own.", date="2025-03")])[0]
append_entries([new_correction(commitment, {"title": "Staff's title"}, "Better words.", by)])
append_entries([new_redaction(entry, entry.data | {"note": "Removed."}, "A name.", by)])
record_translations([NewTranslation(commitment, "zh-hant", "Staff's title", "職員的標題")], by)
commitment.drafts.create(date="2026-11", note="Not sent yet.")
Organisation.objects.create(slug="unheard-of", name="Office of Unheard-of Things", kind="department", side="other")
Area.objects.create(slug="unheard-of", name="Unheard-of things", position=99)
Release.objects.create(slug="to-come", title="To come", issued_on="2999-01-01", publisher="Nobody", language="en")
Occasion.objects.create(slug="2999-01-01", day="2999-01-01", name="Session to come")
Organisation.objects.filter(slug="hksarg").update(note="Staff's own note.")
go_back()
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT digest FROM commitments_ledgerentry ORDER BY sequence")
    print(json.dumps([digest for digest, in cursor.fetchall()]))
"""
AFTER = """
import json
from commitments.ledger.append import append_entries
from commitments.models import Area, Commitment, LedgerEntry, Occasion, Organisation, Release
from tests.factories import new

KINDS = (Area, Organisation, Release, Occasion)
hksarg = Organisation.objects.get(slug="hksarg")
first = LedgerEntry.objects.get(key="organisation/hksarg/1")
append_entries([new("check", Commitment.objects.get(reference="CU-08"))])
print(json.dumps({
    "digests": list(LedgerEntry.objects.values_list("digest", flat=True)),
    "note": [hksarg.note, first.data["fields"]["note"], str(hksarg.public_from)],
    "drafts": [row.slug for model in KINDS for row in model.objects.filter(published_at=None)],
    "occasions": list(Occasion.objects.on_record().values_list("slug", flat=True)),
    "title": Commitment.objects.get(reference="CU-08").translation("title", "zh-hant"),
    "draft": Commitment.objects.get(reference="CU-08").drafts.get().note,
}))
"""
# After the upgrade a release that is saved is a draft, however often one migrates.
SAVED_LATER = """
from commitments.models import Release
Release.objects.create(slug="saved", title="Saved", issued_on="2020-01-01", publisher="Nobody", language="en")
"""
IS_A_DRAFT = """
from commitments.models import Release
print(Release.objects.get(slug="saved").published_at is None)
"""


@pytest.fixture
def upgraded(installation):
    """The digests of the version before, and what this one makes of its database."""
    before = installation.python(BEFORE)
    assert before.returncode == 0, before.stderr
    assert "0017_entity_entries" in installation.run_well("migrate", "--plan")
    installation.run_well("migrate")
    installation.run_well("verify_ledger")
    after = installation.python(AFTER)
    assert after.returncode == 0, after.stderr
    return json.loads(before.stdout), json.loads(after.stdout)


def test_a_database_of_the_version_before_migrates_verifies_and_goes_on(upgraded, installation):
    digests, after = upgraded
    assert after["digests"][: len(digests)] == digests
    assert after["note"] == ["Staff's own note.", "Staff's own note.", "2018-08-24"]
    assert {"unheard-of", "to-come", "2999-01-01"} <= set(after["drafts"])
    assert after["occasions"] == ["2021-08-30", "2024-04-26"]
    assert (after["title"], after["draft"]) == ("職員的標題", "Not sent yet.")
    assert installation.python(SAVED_LATER).returncode == 0
    installation.run_well("migrate")
    installation.run_well("verify_ledger")
    assert installation.python(IS_A_DRAFT).stdout.strip() == "True"
    assert "is on record with other content" in installation.run_well("load_release", "fixtures/4th-plenary-2018.json")
    installation.run_well("verify_ledger")
