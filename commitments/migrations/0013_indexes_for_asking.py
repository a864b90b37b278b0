"""Indexes for what the list, the feeds and the API filter and sort by, and on PostgreSQL for the words of `q`."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

# As Django writes `icontains`, or the index would not be used.
INDEX = "CREATE INDEX {table}_words ON {table} USING gin ({columns})"
WORDS = {
    "commitments_commitment": ("reference", "title", "quote", "parties_as_stated", "note"),
    "commitments_update": ("note",),
    "commitments_organisation": ("name", "short_name"),
}


class OnPostgresql(migrations.RunSQL):
    """SQL that SQLite has no equal of."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)


def words(table):
    columns = ", ".join(f"UPPER({column}) gin_trgm_ops" for column in WORDS[table])
    return OnPostgresql(INDEX.format(table=table, columns=columns), f"DROP INDEX {table}_words")


def index(model, name, *fields, **more):
    return migrations.AddIndex(model, models.Index(fields=fields, name=name, **more))


class Migration(migrations.Migration):
    dependencies = [("commitments", "0012_edition")]

    operations = [
        TrigramExtension(),
        *map(words, WORDS),
        index("commitment", "commitment_area", "area", "reference"),
        index("commitment", "public_in_area", "area", "release", condition=models.Q(published_at__isnull=False)),
        index("commitment", "commitment_kind", "kind", "reference"),
        index("commitment", "commitment_level", "level", "reference"),
        index("commitment", "commitment_title", "title", "reference"),
        index("ledgerentry", "entry_kind_recorded_at", "kind", "-recorded_at", "-sequence"),
        index("state", "state_status", "status", "until_day"),
        index("state", "state_evidence", "evidence", "until_day"),
        index("state", "state_deadline", "deadline_last", "until_day"),
        index("state", "state_last_entry", "last_entry_on", "until_day"),
    ]
