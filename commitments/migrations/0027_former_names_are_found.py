from django.db import migrations

from commitments.i18n.collation import build_search_text

LANGUAGES = ("", "_zh_hant", "_zh_hans")
# What searches look through of each, and what it is called.
SEARCHED = {"Organisation": ("name", "short_name", "aliases"), "Area": ("name",)}


def add_former_names(apps, schema_editor):
    for model, fields in SEARCHED.items():
        for row in apps.get_model("commitments", model).objects.exclude(former=[]):
            texts = [getattr(row, f"{field}{language}") for field in fields for language in LANGUAGES]
            texts += [former.get(f"name{language}", "") for former in row.former for language in LANGUAGES]
            row.search_text = build_search_text(*texts)
            row.save(update_fields=["search_text"])


class Migration(migrations.Migration):
    """Who asks for what something was called before finds it."""

    dependencies = [
        ("commitments", "0026_assignments"),
    ]

    operations = [
        migrations.RunPython(add_former_names, migrations.RunPython.noop),
    ]
