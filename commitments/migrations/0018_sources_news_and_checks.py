"""State media as a class of source, the days of news and of checks, and whether the pages of evidence still answer."""

import importlib

from django.db import migrations, models

roles = importlib.import_module("commitments.migrations.0007_roles")


def allow_link_checks(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("commitments")
    config.models_module = True
    roles.create_permissions(config, apps=apps, using=using, verbosity=0)
    config.models_module = None
    permission = apps.get_model("auth", "Permission").objects.using(using).get(codename="view_linkcheck")
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=["Editor", "Publisher"]):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0017_entity_entries"),
    ]

    operations = [
        migrations.CreateModel(
            name="LinkCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.URLField(max_length=1000, unique=True, verbose_name="address")),
                ("checked_at", models.DateTimeField(verbose_name="asked at")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("answers", "answers"),
                            ("gone", "gone"),
                            ("unreachable", "does not answer"),
                            ("unclear", "closed to programs"),
                            ("private", "not public"),
                        ],
                        max_length=20,
                        verbose_name="outcome",
                    ),
                ),
                ("http_status", models.PositiveSmallIntegerField(null=True, verbose_name="status of the answer")),
                ("detail", models.CharField(blank=True, max_length=200, verbose_name="in the words of the network")),
                ("final_url", models.TextField(blank=True, verbose_name="led to")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "link check",
                "verbose_name_plural": "link checks",
                "ordering": ["failing_since", "url"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="draftevidence",
            name="draft_evidence_source_known",
        ),
        migrations.RemoveConstraint(
            model_name="evidence",
            name="evidence_source_known",
        ),
        migrations.RemoveConstraint(
            model_name="newssource",
            name="news_source_class_known",
        ),
        migrations.RemoveConstraint(
            model_name="state",
            name="state_evidence_known",
        ),
        migrations.RemoveField(
            model_name="state",
            name="searched_on",
        ),
        migrations.AddField(
            model_name="state",
            name="last_checked_on",
            field=models.DateField(null=True, verbose_name="last checked on"),
        ),
        migrations.AddField(
            model_name="state",
            name="last_news_on",
            field=models.DateField(null=True, verbose_name="last news on"),
        ),
        migrations.AlterField(
            model_name="draftevidence",
            name="source",
            field=models.CharField(
                choices=[("party", "party"), ("state_media", "state media"), ("independent", "independent")],
                max_length=20,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="source",
            field=models.CharField(
                choices=[("party", "party"), ("state_media", "state media"), ("independent", "independent")],
                max_length=20,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="newssource",
            name="source",
            field=models.CharField(
                choices=[("party", "party"), ("state_media", "state media"), ("independent", "independent")],
                max_length=20,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="state",
            name="evidence",
            field=models.CharField(
                choices=[
                    ("none", "none"),
                    ("background", "background only"),
                    ("party", "the parties’ own word"),
                    ("state_media", "state media"),
                    ("independent", "independent"),
                ],
                max_length=20,
                verbose_name="evidence",
            ),
        ),
        migrations.AlterField(
            model_name="state",
            name="status",
            field=models.CharField(
                choices=[
                    ("no_report", "no evidence found"),
                    ("not_started", "not started"),
                    ("in_progress", "in progress"),
                    ("completed", "completed"),
                    ("stopped", "stopped"),
                ],
                max_length=20,
                verbose_name="status",
            ),
        ),
        migrations.AddIndex(
            model_name="state",
            index=models.Index(fields=["last_news_on", "until_day"], name="state_last_news"),
        ),
        migrations.AddConstraint(
            model_name="draftevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["party", "state_media", "independent"])),
                name="draft_evidence_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["party", "state_media", "independent"])),
                name="evidence_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="newssource",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["party", "state_media", "independent"])),
                name="news_source_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="state",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence__in", ["none", "background", "party", "state_media", "independent"])),
                name="state_evidence_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="linkcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["answers", "gone", "unreachable", "unclear", "private"])),
                name="link_check_outcome_known",
            ),
        ),
        migrations.RunPython(allow_link_checks, migrations.RunPython.noop),
    ]
