"""One text for searches, in every language and folded on both sides, instead of one for Chinese and none for English."""

import importlib

from django.db import migrations, models

indexes = importlib.import_module("commitments.migrations.0013_indexes_for_asking")
SEARCHED = ("commitment", "update", "organisation")  # areas are few


def drop_words(table):
    return indexes.OnPostgresql(f"DROP INDEX {table}_words", indexes.words(table).sql)


def search_index(model):
    table = f"commitments_{model}"
    name = f"{table}_search_text"
    return indexes.OnPostgresql(
        f"CREATE INDEX {name} ON {table} USING gin (search_text gin_trgm_ops)", f"DROP INDEX {name}"
    )


def text_field():
    return models.TextField(blank=True, default="", editable=False)


class Migration(migrations.Migration):
    dependencies = [("commitments", "0019_background_note")]

    operations = [
        *map(drop_words, indexes.WORDS),
        *(migrations.RemoveField(model, "search_text_zh") for model in SEARCHED),
        *(migrations.AddField(model, "search_text", text_field()) for model in (*SEARCHED, "area")),
        *map(search_index, SEARCHED),
    ]
