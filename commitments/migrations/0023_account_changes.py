"""Changes of accounts, who had a hand in which draft, and what one publisher proposes to another."""

from importlib import import_module

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

roles = import_module("commitments.migrations.0007_roles")
# By role, what may be looked at. Publishers decide by the permission that they have.
VIEWED = {"Editor": "entryproposal", "Publisher": "entryproposal", "Administrator": "accountchange"}
BATCH = 500


def allow(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("commitments")
    config.models_module = True
    roles.create_permissions(config, apps=apps, using=using, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, model in VIEWED.items():
        for group in apps.get_model("auth", "Group").objects.using(using).filter(name=name):
            group.permissions.add(*permissions.filter(codename__in=roles.view(model)))


def read_hands_from_the_log(apps, schema_editor):
    """Who wrote or changed drafts that are not public yet: until now only the admin's log knew all of them.

    What a form or an import changed is logged as a list; what was decided on a draft, in words.
    """
    using = schema_editor.connection.alias
    log = apps.get_model("admin", "LogEntry").objects.using(using).filter(content_type__app_label="commitments")
    edits = log.filter(models.Q(action_flag=1) | models.Q(action_flag=2, change_message__startswith="[{"))
    drafts = apps.get_model("commitments", "DraftUpdate").objects.using(using).filter(published_as=None)
    commitments = apps.get_model("commitments", "Commitment").objects.using(using).filter(published_at=None)
    hands = {(user, None, key) for key, *users in drafts.values_list("pk", "author", "changed_by") for user in users}
    hands |= _logged(edits.filter(content_type__model="draftupdate"), drafts, of_commitments=False)
    hands |= _logged(edits.filter(content_type__model="commitment"), commitments, of_commitments=True)
    by_reference = dict(commitments.values_list("reference", "pk"))
    translated = log.filter(content_type__model="translation").values_list("user", "object_repr")
    hands |= {(user, by_reference[name], None) for user, name in translated if name in by_reference}
    edit = apps.get_model("commitments", "DraftEdit")
    rows = [edit(user_id=user, commitment_id=whole, draft_id=draft) for user, whole, draft in hands if user]
    edit.objects.using(using).bulk_create(rows, batch_size=BATCH)


def _logged(edits, drafts, *, of_commitments):
    keys = set(drafts.values_list("pk", flat=True))
    pairs = {(user, int(key)) for user, key in edits.values_list("user", "object_id") if key and key.isdecimal()}
    return {(user, key, None) if of_commitments else (user, None, key) for user, key in pairs if key in keys}


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0022_words_for_statuses_and_levels"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("password", "password"),
                            ("factors", "second factors"),
                            ("address", "e-mail address"),
                            ("roles", "roles"),
                            ("active", "mark “active”"),
                        ],
                        max_length=20,
                        verbose_name="what was changed",
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed at")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="mailed at")),
                ("address_before", models.EmailField(blank=True, max_length=254, verbose_name="address before")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="account_changes",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="account",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of an account",
                "verbose_name_plural": "changes of accounts",
                "ordering": ["-made_at", "-pk"],
                "indexes": [
                    models.Index(fields=["account", "made_at"], name="account_change_of"),
                    models.Index(fields=["changed_by", "made_at"], name="account_change_by"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["password", "factors", "address", "roles", "active"])),
                        name="account_change_part_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("mailed_at", None), ("address_before", ""), _connector="OR"),
                        name="account_change_address_goes_once_told",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="edits",
                        to="commitments.draftupdate",
                        verbose_name="draft",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "hand in a draft",
                "verbose_name_plural": "hands in drafts",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("commitment", None), ("draft__isnull", False)),
                            models.Q(("commitment__isnull", False), ("draft", None)),
                            _connector="OR",
                        ),
                        name="draft_edit_of_one_draft",
                    ),
                    models.UniqueConstraint(fields=("user", "commitment"), name="draft_edit_once_a_commitment"),
                    models.UniqueConstraint(fields=("user", "draft"), name="draft_edit_once_a_draft"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntryProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("correction", "correction"),
                            ("retraction", "retraction"),
                            ("translation", "translation"),
                        ],
                        max_length=20,
                        verbose_name="what is to be done",
                    ),
                ),
                ("content", models.JSONField(default=dict, verbose_name="content")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for publishing"),
                            ("recorded", "recorded"),
                            ("declined", "declined"),
                        ],
                        default="waiting",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("declined_because", models.TextField(blank=True, verbose_name="why it was declined")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "published_as",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.ledgerentry",
                        verbose_name="published as",
                    ),
                ),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.ledgerentry",
                        verbose_name="entry to be retracted",
                    ),
                ),
            ],
            options={
                "verbose_name": "proposed correction, retraction or translation",
                "verbose_name_plural": "proposed corrections, retractions and translations",
                "ordering": [models.OrderBy(models.F("decided_at"), descending=True, nulls_first=True), "created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("act__in", ["correction", "retraction", "translation"])),
                        name="entry_proposal_act_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "recorded", "declined"])),
                        name="entry_proposal_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="entry_proposal_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "recorded"), _negated=True),
                            models.Q(("decided_by", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        name="entry_proposal_takes_two",
                    ),
                ],
            },
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
        migrations.RunPython(read_hands_from_the_log, migrations.RunPython.noop),
    ]
