"""How far draft commitments have come, and who wrote them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

BATCH = 500


def begin_with_what_is_drafted(apps, schema_editor):
    """Each commitment that is not public is being drafted, by whoever added it, or else had the first hand in it."""
    using = schema_editor.connection.alias
    drafts = apps.get_model("commitments", "Commitment").objects.using(using).filter(published_at=None)
    edits = apps.get_model("commitments", "DraftEdit").objects.using(using).exclude(commitment=None)
    # The first comes last, and stays.
    authors = dict(edits.order_by("-pk").values_list("commitment", "user"))
    log = apps.get_model("admin", "LogEntry").objects.using(using)
    added = log.filter(content_type__app_label="commitments", content_type__model="commitment", action_flag=1)
    authors |= {int(key): user for key, user in added.values_list("object_id", "user") if key and key.isdecimal()}
    states = apps.get_model("commitments", "DraftCommitment")
    rows = [states(commitment_id=key, author_id=authors.get(key)) for key in drafts.values_list("pk", flat=True)]
    states.objects.using(using).bulk_create(rows, batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0024_outbox"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftCommitment",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "being drafted"),
                            ("waiting", "waits for publishing"),
                            ("returned", "returned"),
                            ("published", "published"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("returned_because", models.TextField(blank=True, editable=False, verbose_name="why it was returned")),
                (
                    "commitment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="drafting",
                        serialize=False,
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "published_as",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="commitments.ledgerentry",
                        verbose_name="published as",
                    ),
                ),
            ],
            options={
                "verbose_name": "state of a draft commitment",
                "verbose_name_plural": "states of draft commitments",
                "ordering": ["commitment"],
                "indexes": [models.Index(fields=["state"], name="draft_commitment_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "waiting", "returned", "published"])),
                        name="draft_commitment_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_as__isnull", False), ("state", "published")),
                            models.Q(models.Q(("state", "published"), _negated=True), ("published_as", None)),
                            _connector="OR",
                        ),
                        name="draft_commitment_published_as_an_entry",
                    ),
                ],
            },
        ),
        migrations.RunPython(begin_with_what_is_drafted, migrations.RunPython.noop),
    ]
