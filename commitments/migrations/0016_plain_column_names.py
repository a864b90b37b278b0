"""Columns by the names of what they hold: texts that a search in Chinese looks through, and the edition's token.

Nothing is rewritten: both databases rename a column in place, and SQLite what its triggers say of it, too. On PostgreSQL
the functions of the triggers speak of the old column until they are laid anew, after the last migration.
"""

import importlib

from django.db import migrations

OnPostgresql = importlib.import_module("commitments.migrations.0013_indexes_for_asking").OnPostgresql


def rename_index(table):
    old, new = f"{table}_han", f"{table}_search_text_zh"
    return OnPostgresql(f"ALTER INDEX {old} RENAME TO {new}", f"ALTER INDEX {new} RENAME TO {old}")


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0015_language_of_staff"),
    ]

    operations = [
        migrations.RenameField(model_name="commitment", old_name="han", new_name="search_text_zh"),
        migrations.RenameField(model_name="organisation", old_name="han", new_name="search_text_zh"),
        migrations.RenameField(model_name="update", old_name="han", new_name="search_text_zh"),
        rename_index("commitments_commitment"),
        rename_index("commitments_organisation"),
        rename_index("commitments_update"),
        migrations.RenameField(model_name="edition", old_name="mark", new_name="token"),
    ]
