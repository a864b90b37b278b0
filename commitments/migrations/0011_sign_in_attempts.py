"""The table of settings.CACHES, in which attempts to sign in are counted."""

from django.core.management import call_command
from django.db import migrations

TABLE = "sign_in_attempts"


def make_table(apps, schema_editor):
    call_command("createcachetable", TABLE, database=schema_editor.connection.alias, verbosity=0)


def drop_table(apps, schema_editor):
    schema_editor.execute(f"DROP TABLE {TABLE}")


class Migration(migrations.Migration):
    dependencies = [("commitments", "0010_evidence_is_public")]

    operations = [migrations.RunPython(make_table, drop_table)]
