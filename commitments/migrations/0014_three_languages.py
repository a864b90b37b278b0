"""Chinese beside English: columns for names, translations of the record, and what searches and sorts need."""

import importlib

import django.db.models.deletion
from django.db import migrations, models

OnPostgresql = importlib.import_module("commitments.migrations.0013_indexes_for_asking").OnPostgresql


def findable(table):
    return OnPostgresql(f"CREATE INDEX {table}_han ON {table} USING gin (han gin_trgm_ops)", f"DROP INDEX {table}_han")


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0013_indexes_for_asking"),
    ]

    operations = [
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "language",
                    models.CharField(
                        choices=[("zh-hant", "繁體中文"), ("zh-hans", "简体中文")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("source", models.TextField(blank=True, verbose_name="text on record")),
                ("text", models.TextField(blank=True, verbose_name="translation")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "role",
                    models.CharField(
                        choices=[("editor", "editor"), ("publisher", "publisher"), ("administrator", "administrator")],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("organisation", models.CharField(blank=True, max_length=50, verbose_name="organisation")),
            ],
            options={
                "verbose_name": "translation",
                "verbose_name_plural": "translations",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="agreement",
            name="title_zh_hans",
            field=models.CharField(blank=True, max_length=200, verbose_name="title (简体中文)"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="title_zh_hant",
            field=models.CharField(blank=True, max_length=200, verbose_name="title (繁體中文)"),
        ),
        migrations.AddField(
            model_name="area",
            name="name_zh_hans",
            field=models.CharField(blank=True, max_length=120, verbose_name="name (简体中文)"),
        ),
        migrations.AddField(
            model_name="area",
            name="name_zh_hant",
            field=models.CharField(blank=True, max_length=120, verbose_name="name (繁體中文)"),
        ),
        migrations.AddField(
            model_name="commitment",
            name="han",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="commitment",
            name="title_key_zh_hans",
            field=models.CharField(blank=True, default="", editable=False, max_length=240),
        ),
        migrations.AddField(
            model_name="commitment",
            name="title_key_zh_hant",
            field=models.CharField(blank=True, default="", editable=False, max_length=240),
        ),
        migrations.AddField(
            model_name="commitment",
            name="translated",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="commitment",
            name="untranslated_zh_hans",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="commitment",
            name="untranslated_zh_hant",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="occasion",
            name="name_zh_hans",
            field=models.CharField(blank=True, max_length=120, verbose_name="name (简体中文)"),
        ),
        migrations.AddField(
            model_name="occasion",
            name="name_zh_hant",
            field=models.CharField(blank=True, max_length=120, verbose_name="name (繁體中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="han",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddField(
            model_name="organisation",
            name="name_zh_hans",
            field=models.CharField(blank=True, max_length=200, verbose_name="name (简体中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="name_zh_hant",
            field=models.CharField(blank=True, max_length=200, verbose_name="name (繁體中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="note_zh_hans",
            field=models.TextField(blank=True, verbose_name="note (简体中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="note_zh_hant",
            field=models.TextField(blank=True, verbose_name="note (繁體中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="short_name_zh_hans",
            field=models.CharField(blank=True, max_length=60, verbose_name="short name (简体中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="short_name_zh_hant",
            field=models.CharField(blank=True, max_length=60, verbose_name="short name (繁體中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="agreements_note_zh_hans",
            field=models.TextField(blank=True, verbose_name="note on the agreements (简体中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="agreements_note_zh_hant",
            field=models.TextField(blank=True, verbose_name="note on the agreements (繁體中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="note_zh_hans",
            field=models.TextField(blank=True, verbose_name="note (简体中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="note_zh_hant",
            field=models.TextField(blank=True, verbose_name="note (繁體中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="place_zh_hans",
            field=models.CharField(blank=True, max_length=120, verbose_name="place (简体中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="place_zh_hant",
            field=models.CharField(blank=True, max_length=120, verbose_name="place (繁體中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="publisher_zh_hans",
            field=models.CharField(blank=True, max_length=120, verbose_name="publisher (简体中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="publisher_zh_hant",
            field=models.CharField(blank=True, max_length=120, verbose_name="publisher (繁體中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="title_zh_hans",
            field=models.CharField(blank=True, max_length=200, verbose_name="title (简体中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="title_zh_hant",
            field=models.CharField(blank=True, max_length=200, verbose_name="title (繁體中文)"),
        ),
        migrations.AddField(
            model_name="section",
            name="heading_zh_hans",
            field=models.CharField(blank=True, max_length=200, verbose_name="heading (简体中文)"),
        ),
        migrations.AddField(
            model_name="section",
            name="heading_zh_hant",
            field=models.CharField(blank=True, max_length=200, verbose_name="heading (繁體中文)"),
        ),
        migrations.AddField(
            model_name="section",
            name="note_zh_hans",
            field=models.TextField(blank=True, verbose_name="note (简体中文)"),
        ),
        migrations.AddField(
            model_name="section",
            name="note_zh_hant",
            field=models.TextField(blank=True, verbose_name="note (繁體中文)"),
        ),
        migrations.AddField(
            model_name="update",
            name="han",
            field=models.TextField(blank=True, default="", editable=False),
        ),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(fields=["title_key_zh_hant", "reference"], name="commitment_title_zh_hant"),
        ),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(fields=["title_key_zh_hans", "reference"], name="commitment_title_zh_hans"),
        ),
        migrations.AddField(
            model_name="translation",
            name="commitment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="translations",
                to="commitments.commitment",
                verbose_name="commitment",
            ),
        ),
        migrations.AddConstraint(
            model_name="translation",
            constraint=models.CheckConstraint(
                condition=models.Q(("role__in", ["editor", "publisher", "administrator"])),
                name="translation_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="translation",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ("zh-hant", "zh-hans"))), name="translation_language_known"
            ),
        ),
        *map(findable, ("commitments_commitment", "commitments_update", "commitments_organisation")),
    ]
