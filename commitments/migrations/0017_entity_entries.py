"""Names and descriptions become entries of the ledger: columns for what is on record, its changes, and new public fields.

What was public before gets its first entries after the migration: `ledger.post_migrate`.
"""

import importlib

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

roles = importlib.import_module("commitments.migrations.0007_roles")
EDITOR = roles.all_of("newssource") | roles.view("entityproposal", "entitychange") | {"add_entityproposal"}
PUBLISHER = EDITOR | {"change_entityproposal"}


def name_occasions(apps, schema_editor):
    occasions = apps.get_model("commitments", "Occasion").objects.using(schema_editor.connection.alias)
    for occasion in occasions.all():
        occasion.slug = occasion.day.isoformat()
        occasion.save(update_fields=["slug"])


def allow(apps, schema_editor):
    using = schema_editor.connection.alias
    config = apps.get_app_config("commitments")
    config.models_module = True
    roles.create_permissions(config, apps=apps, using=using, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, codenames in {"Editor": EDITOR, "Publisher": PUBLISHER}.items():
        for group in apps.get_model("auth", "Group").objects.using(using).filter(name=name):
            group.permissions.add(*permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0016_plain_column_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EntityChange",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_column="sequence",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="entity_change",
                        serialize=False,
                        to="commitments.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organisation", "organisation"),
                            ("area", "area"),
                            ("release", "release"),
                            ("occasion", "occasion"),
                            ("news_source", "news source"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("slug", models.CharField(max_length=50, verbose_name="slug")),
                ("release", models.CharField(blank=True, max_length=50, verbose_name="release")),
                ("is_first", models.BooleanField(default=False, verbose_name="first")),
                ("changes", models.JSONField(blank=True, default=list, verbose_name="changes")),
            ],
            options={
                "verbose_name": "change of a name or description",
                "verbose_name_plural": "changes of names and descriptions",
                "ordering": ["-entry"],
            },
        ),
        migrations.CreateModel(
            name="EntityProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("organisation", "organisation"),
                            ("area", "area"),
                            ("release", "release"),
                            ("occasion", "occasion"),
                            ("news_source", "news source"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("slug", models.CharField(max_length=50, verbose_name="slug")),
                ("changes", models.JSONField(default=dict, verbose_name="changes")),
                ("reason", models.TextField(help_text="Public, and kept for good.", verbose_name="reason")),
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
            ],
            options={
                "verbose_name": "proposed change",
                "verbose_name_plural": "proposed changes",
                "ordering": [models.OrderBy(models.F("decided_at"), descending=True, nulls_first=True), "created_at"],
            },
        ),
        migrations.CreateModel(
            name="NewsSource",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "slug",
                    models.SlugField(
                        help_text="Short, lower case; never changed once in use.", unique=True, verbose_name="slug"
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="on record since"),
                ),
                ("public_from", models.DateField(blank=True, editable=False, null=True, verbose_name="public from")),
                ("former", models.JSONField(blank=True, default=list, editable=False)),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("name_zh_hant", models.CharField(blank=True, max_length=120, verbose_name="name (繁體中文)")),
                ("name_zh_hans", models.CharField(blank=True, max_length=120, verbose_name="name (简体中文)")),
                (
                    "source",
                    models.CharField(
                        choices=[("party", "party"), ("independent", "independent")],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                ("why", models.TextField(help_text="Why it belongs to that class, in a sentence.", verbose_name="why")),
                ("why_zh_hant", models.TextField(blank=True, verbose_name="why (繁體中文)")),
                ("why_zh_hans", models.TextField(blank=True, verbose_name="why (简体中文)")),
            ],
            options={
                "verbose_name": "news source",
                "verbose_name_plural": "news sources",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Repetition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "why",
                    models.CharField(help_text="What is the same, in a sentence.", max_length=300, verbose_name="why"),
                ),
            ],
            options={
                "verbose_name": "repetition",
                "verbose_name_plural": "repetitions",
            },
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="entry_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="ledgerentry",
            name="entry_belongs_to_a_commitment",
        ),
        migrations.RemoveIndex(
            model_name="commitment",
            name="public_in_area",
        ),
        migrations.AddField(
            model_name="area",
            name="former",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="area",
            name="public_from",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="public from"),
        ),
        migrations.AddField(
            model_name="area",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="on record since"),
        ),
        migrations.AddField(
            model_name="commitment",
            name="retracted_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="retracted at"),
        ),
        migrations.AddField(
            model_name="commitment",
            name="short_title",
            field=models.CharField(
                blank=True,
                help_text="Two to four words that tell it from its neighbours: “Training 40 airport staff”.",
                max_length=60,
                verbose_name="short title",
            ),
        ),
        migrations.AddField(
            model_name="draftevidence",
            name="copy",
            field=models.CharField(
                blank=True, choices=[("reprint", "reprint"), ("mirror", "mirror")], max_length=20, verbose_name="copy"
            ),
        ),
        migrations.AddField(
            model_name="evidence",
            name="copy",
            field=models.CharField(
                blank=True, choices=[("reprint", "reprint"), ("mirror", "mirror")], max_length=20, verbose_name="copy"
            ),
        ),
        migrations.AddField(
            model_name="ledgerentry",
            name="entity",
            field=models.CharField(blank=True, max_length=80, verbose_name="what it is about"),
        ),
        migrations.AddField(
            model_name="occasion",
            name="former",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="occasion",
            name="public_from",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="public from"),
        ),
        migrations.AddField(
            model_name="occasion",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="on record since"),
        ),
        migrations.AddField(
            model_name="occasion",
            name="slug",
            field=models.SlugField(default="", db_index=False, verbose_name="slug"),
            preserve_default=False,
        ),
        migrations.RunPython(name_occasions, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="occasion",
            name="slug",
            field=models.SlugField(
                help_text="Short, lower case; never changed once in use.", unique=True, verbose_name="slug"
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="aliases",
            field=models.TextField(
                blank=True,
                help_text="As releases and reports call it, too; one on each line.",
                verbose_name="other names",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="aliases_zh_hans",
            field=models.TextField(blank=True, verbose_name="other names (简体中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="aliases_zh_hant",
            field=models.TextField(blank=True, verbose_name="other names (繁體中文)"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="former",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="organisation",
            name="public_from",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="public from"),
        ),
        migrations.AddField(
            model_name="organisation",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="on record since"),
        ),
        migrations.AddField(
            model_name="release",
            name="former",
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name="release",
            name="known_through",
            field=models.TextField(
                blank=True,
                help_text="Where its text itself could not be had: what it is known from.",
                verbose_name="known through",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="known_through_zh_hans",
            field=models.TextField(blank=True, verbose_name="known through (简体中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="known_through_zh_hant",
            field=models.TextField(blank=True, verbose_name="known through (繁體中文)"),
        ),
        migrations.AddField(
            model_name="release",
            name="public_from",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="public from"),
        ),
        migrations.AddField(
            model_name="release",
            name="published_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="on record since"),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("published", "published"),
                    ("report", "report"),
                    ("context", "context"),
                    ("check", "check"),
                    ("correction", "correction"),
                    ("retraction", "retraction"),
                    ("redaction", "redaction"),
                    ("entity", "name or description"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("entity", ""), _negated=True), fields=["entity", "sequence"], name="entry_entity"
            ),
        ),
        migrations.AddConstraint(
            model_name="area",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                    models.Q(("public_from", None), ("published_at", None)),
                    _connector="OR",
                ),
                name="area_on_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="commitment",
            constraint=models.CheckConstraint(
                condition=models.Q(("retracted_at", None), ("published_at__isnull", False), _connector="OR"),
                name="commitment_retracted_once_public",
            ),
        ),
        migrations.AddConstraint(
            model_name="draftevidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("copy__in", ["reprint", "mirror", ""])), name="draft_evidence_copy_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("copy__in", ["reprint", "mirror", ""])), name="evidence_copy_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["published", "report", "context", "check", "correction", "retraction", "redaction", "entity"],
                    )
                ),
                name="entry_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("commitment", None), ("entity", ""), ("kind", "redaction")),
                    models.Q(("commitment", None), ("kind", "entity"), models.Q(("entity", ""), _negated=True)),
                    models.Q(
                        models.Q(("kind__in", ("redaction", "entity")), _negated=True),
                        ("commitment__isnull", False),
                        ("entity", ""),
                    ),
                    _connector="OR",
                ),
                name="entry_is_about_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="occasion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                    models.Q(("public_from", None), ("published_at", None)),
                    _connector="OR",
                ),
                name="occasion_on_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                    models.Q(("public_from", None), ("published_at", None)),
                    _connector="OR",
                ),
                name="organisation_on_record",
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                    models.Q(("public_from", None), ("published_at", None)),
                    _connector="OR",
                ),
                name="release_on_record",
            ),
        ),
        migrations.AddIndex(
            model_name="entitychange",
            index=models.Index(fields=["kind", "slug", "entry"], name="entity_change_of"),
        ),
        migrations.AddConstraint(
            model_name="entitychange",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["organisation", "area", "release", "occasion", "news_source"])),
                name="entity_change_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="entityproposal",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="entityproposal",
            name="decided_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="entityproposal",
            name="published_as",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="commitments.ledgerentry",
                verbose_name="published as",
            ),
        ),
        migrations.AddConstraint(
            model_name="newssource",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["party", "independent"])), name="news_source_class_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="newssource",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                    models.Q(("public_from", None), ("published_at", None)),
                    _connector="OR",
                ),
                name="news_source_on_record",
            ),
        ),
        migrations.AddField(
            model_name="repetition",
            name="commitment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="repetitions",
                to="commitments.commitment",
                verbose_name="commitment",
            ),
        ),
        migrations.AddField(
            model_name="repetition",
            name="repeated",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="repeated_by",
                to="commitments.commitment",
                verbose_name="promised before",
            ),
        ),
        migrations.AddConstraint(
            model_name="entityproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["organisation", "area", "release", "occasion", "news_source"])),
                name="entity_proposal_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="entityproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "recorded", "declined"])),
                name="entity_proposal_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="entityproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_as__isnull", False), ("state", "recorded")),
                    models.Q(models.Q(("state", "recorded"), _negated=True), ("published_as", None)),
                    _connector="OR",
                ),
                name="entity_proposal_recorded_as_an_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="repetition",
            constraint=models.UniqueConstraint(fields=("commitment", "repeated"), name="repetition_unique"),
        ),
        migrations.RunPython(allow, migrations.RunPython.noop),
    ]
