"""The text of a release on its way to drafts, and who works on it."""

from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

roles = import_module("commitments.migrations.0007_roles")
READ = {"add_intake", "change_intake", "delete_intake", "view_intake"}
ALLOWED = {"Editor": READ, "Publisher": READ}


def allow(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("commitments")
    config.models_module = True
    roles.create_permissions(config, apps=apps, using=using, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, codenames in ALLOWED.items():
        for group in apps.get_model("auth", "Group").objects.using(using).filter(name=name):
            group.permissions.add(*permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0028_kept_work"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Intake",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(blank=True, verbose_name="text")),
                ("chinese_text", models.TextField(blank=True, verbose_name="text in Chinese")),
                (
                    "prefix",
                    models.CharField(
                        blank=True,
                        help_text="Two to four capital letters. Left empty, they are those of each pledge’s area.",
                        max_length=4,
                        validators=[
                            django.core.validators.RegexValidator("^[A-Z]{2,4}$", "Two to four capital letters.")
                        ],
                        verbose_name="letters of the references",
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                ("started_at", models.DateTimeField(auto_now_add=True, verbose_name="started at")),
                ("text_deleted_at", models.DateTimeField(editable=False, null=True, verbose_name="text deleted at")),
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="intake",
                        to="commitments.release",
                        verbose_name="release",
                    ),
                ),
                (
                    "started_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="started by",
                    ),
                ),
            ],
            options={
                "verbose_name": "release being read",
                "verbose_name_plural": "releases being read",
                "ordering": ["-started_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="IntakeSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("heading", models.CharField(blank=True, max_length=200, verbose_name="heading")),
                ("joins_above", models.BooleanField(default=False, verbose_name="goes with the part above")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="commitments.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "intake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="commitments.intake",
                        verbose_name="release being read",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of the text",
                "verbose_name_plural": "parts of the text",
                "ordering": ["intake", "start"],
                "constraints": [models.UniqueConstraint(fields=("intake", "start"), name="intake_section_unique")],
            },
        ),
        migrations.CreateModel(
            name="IntakeSpan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("promises", models.BooleanField(verbose_name="taken for a pledge")),
                ("why", models.CharField(max_length=30)),
                ("cells", models.JSONField(blank=True, default=dict)),
                ("reading", models.JSONField(blank=True, default=dict)),
                (
                    "decision",
                    models.CharField(
                        choices=[("undecided", "undecided"), ("accepted", "accepted"), ("rejected", "no pledge")],
                        default="undecided",
                        max_length=20,
                        verbose_name="decision",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="why it was returned")),
                ("deadline_confirmed", models.BooleanField(default=False, verbose_name="deadline looked at")),
                ("decided_at", models.DateTimeField(editable=False, null=True, verbose_name="decided at")),
                ("revision", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "commitment",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="intake_span",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "intake",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spans",
                        to="commitments.intake",
                        verbose_name="release being read",
                    ),
                ),
                (
                    "whole",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="parts",
                        to="commitments.intakespan",
                        verbose_name="part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "span of the text",
                "verbose_name_plural": "spans of the text",
                "ordering": ["intake", "start", "end"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["undecided", "accepted", "rejected"])),
                        name="intake_decision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="intake_span_has_words"
                    ),
                    models.UniqueConstraint(fields=("intake", "start", "end"), name="intake_span_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("decision", "undecided"), ("decided_by__isnull", False), _connector="OR"),
                        name="intake_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
