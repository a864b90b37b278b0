"""Who looks after a commitment inside the house, readers who ask for an answer by mail, and mails that are replaced."""

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

roles = import_module("commitments.migrations.0007_roles")
ASSIGN = {"add_assignment", "change_assignment", "delete_assignment", "view_assignment"}
ALLOWED = {"Editor": ASSIGN, "Publisher": ASSIGN, "Administrator": {"view_assignment"}}


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
        ("commitments", "0025_draft_commitments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="errorreport",
            name="language",
            field=models.CharField(
                choices=[("en-gb", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")],
                default="en-gb",
                editable=False,
                max_length=10,
                verbose_name="language",
            ),
        ),
        migrations.AddField(
            model_name="errorreport",
            name="wants_mail",
            field=models.BooleanField(default=False, editable=False, verbose_name="wants to be told by mail"),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="topic",
            field=models.CharField(blank=True, max_length=60, verbose_name="what it is about"),
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "commitment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="assignment",
                        serialize=False,
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "desk_officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="desk officer",
                    ),
                ),
                (
                    "lead_office",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="commitments.organisation",
                        verbose_name="lead office",
                    ),
                ),
            ],
            options={
                "verbose_name": "assignment",
                "verbose_name_plural": "assignments",
                "ordering": ["commitment"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lead_office__isnull", False), ("desk_officer__isnull", False), _connector="OR"
                        ),
                        name="assignment_to_somebody",
                    )
                ],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
