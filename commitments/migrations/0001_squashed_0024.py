"""All tables, roles and first rows as they are after 0024, in one step: for a database that has none of them yet.

The 24 steps stay beside it. A database that has some of them takes the rest, because these bring what staff wrote
before into the form of today: names become entries, hands in drafts are read from the log. One that has all of them has
this one, too. On a database without rows both ways come to the same (tests/models/test_upgrade.py).
"""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.contrib.postgres.operations import TrigramExtension
from django.core.management import call_command
from django.db import migrations, models

import commitments.models.fields

SEARCHED = ("commitment", "update", "organisation")  # on PostgreSQL by an index; areas are few


def all_of(*models):
    return {f"{do}_{model}" for model in models for do in ("add", "change", "delete", "view")}


def view(*models):
    return {f"view_{model}" for model in models}


# docs/staff.md says in words what each may do.
CONTRIBUTOR = view("commitment") | all_of("draftupdate", "draftevidence")
EDITOR = (
    CONTRIBUTOR
    | {"work_for_all", "change_errorreport", "add_entityproposal"}
    | all_of("commitment", "organisation", "area", "release", "section", "agreement", "occasion", "newssource")
    | view("errorreport", "ledgerentry", "update", "evidence", "state", "linkcheck")
    | view("entitychange", "entityproposal", "entryproposal")
)
ROLES = {
    "Contributor": CONTRIBUTOR,
    "Editor": EDITOR,
    "Publisher": EDITOR | {"publish", "change_entityproposal"},
    "Administrator": {"work_for_all", "redact", "add_user", "change_user", "view_user", "view_group"}
    | all_of("affiliation")
    | view("commitment", "draftupdate", "draftevidence", "organisation", "redactionrequest", "reminder")
    | view("ledgerentry", "update", "evidence", "state", "accountchange"),
}


def make_first_rows(apps, schema_editor):
    """The head of an empty ledger, the edition's token, and the table of settings.CACHES for attempts to sign in."""
    using = schema_editor.connection.alias
    apps.get_model("commitments", "LedgerHead").objects.using(using).create(id=1, digest="0" * 64)
    apps.get_model("commitments", "Edition").objects.using(using).create(id=1, token="first")  # noqa: S106  # no secret
    call_command("createcachetable", "sign_in_attempts", database=using, verbosity=0)


def make_groups(apps, schema_editor):
    using = schema_editor.connection.alias
    for label in ("auth", "commitments"):  # Django makes permissions after all migrations; these are needed here
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, using=using, verbosity=0)
        config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    ours = permissions.filter(content_type__app_label__in=("auth", "commitments"))
    for name, codenames in ROLES.items():
        group = apps.get_model("auth", "Group").objects.using(using).create(name=name)
        found = ours.filter(codename__in=codenames)
        if missing := codenames - set(found.values_list("codename", flat=True)):
            raise LookupError(f"no such permission: {missing}")
        group.permissions.add(*found)


def index_searches(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for model in SEARCHED:
            table = f"commitments_{model}"
            schema_editor.execute(f"CREATE INDEX {table}_search_text ON {table} USING gin (search_text gin_trgm_ops)")


class Migration(migrations.Migration):
    replaces = [
        ("commitments", "0001_initial"),
        ("commitments", "0002_ledger_head"),
        ("commitments", "0003_occasions_and_rebuilds"),
        ("commitments", "0004_error_reports_and_replies"),
        ("commitments", "0005_ledger_by_time"),
        ("commitments", "0006_staff_and_drafts"),
        ("commitments", "0007_roles"),
        ("commitments", "0008_draft_states_hold"),
        ("commitments", "0009_reminders_are_claimed"),
        ("commitments", "0010_evidence_is_public"),
        ("commitments", "0011_sign_in_attempts"),
        ("commitments", "0012_edition"),
        ("commitments", "0013_indexes_for_asking"),
        ("commitments", "0014_three_languages"),
        ("commitments", "0015_language_of_staff"),
        ("commitments", "0016_plain_column_names"),
        ("commitments", "0017_entity_entries"),
        ("commitments", "0018_sources_news_and_checks"),
        ("commitments", "0019_background_note"),
        ("commitments", "0020_search_text"),
        ("commitments", "0021_references_in_order"),
        ("commitments", "0022_words_for_statuses_and_levels"),
        ("commitments", "0023_account_changes"),
        ("commitments", "0024_outbox"),
    ]

    initial = True

    dependencies = [
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name="Organisation",
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
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                ("name_zh_hant", models.CharField(blank=True, max_length=200, verbose_name="name (繁體中文)")),
                ("name_zh_hans", models.CharField(blank=True, max_length=200, verbose_name="name (简体中文)")),
                ("short_name", models.CharField(blank=True, max_length=60, verbose_name="short name")),
                (
                    "short_name_zh_hant",
                    models.CharField(blank=True, max_length=60, verbose_name="short name (繁體中文)"),
                ),
                (
                    "short_name_zh_hans",
                    models.CharField(blank=True, max_length=60, verbose_name="short name (简体中文)"),
                ),
                (
                    "aliases",
                    models.TextField(
                        blank=True,
                        help_text="As releases and reports call it, too; one on each line.",
                        verbose_name="other names",
                    ),
                ),
                ("aliases_zh_hant", models.TextField(blank=True, verbose_name="other names (繁體中文)")),
                ("aliases_zh_hans", models.TextField(blank=True, verbose_name="other names (简体中文)")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("government", "government"),
                            ("department", "government department"),
                            ("central_government", "central government"),
                            ("statutory_body", "statutory body"),
                            ("public_body", "public body"),
                            ("association", "association"),
                            ("enterprise", "enterprise"),
                            ("institution", "institution"),
                            ("joint_body", "joint body"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        choices=[
                            ("hong_kong", "Hong Kong"),
                            ("shanghai", "Shanghai"),
                            ("both", "both sides"),
                            ("national", "national"),
                            ("other", "other"),
                        ],
                        max_length=20,
                        verbose_name="side",
                    ),
                ),
                ("site", models.URLField(blank=True, verbose_name="site")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("note_zh_hant", models.TextField(blank=True, verbose_name="note (繁體中文)")),
                ("note_zh_hans", models.TextField(blank=True, verbose_name="note (简体中文)")),
            ],
            options={
                "verbose_name": "organisation",
                "verbose_name_plural": "organisations",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "government",
                                    "department",
                                    "central_government",
                                    "statutory_body",
                                    "public_body",
                                    "association",
                                    "enterprise",
                                    "institution",
                                    "joint_body",
                                ],
                            )
                        ),
                        name="organisation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["hong_kong", "shanghai", "both", "national", "other"])),
                        name="organisation_side_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                            models.Q(("public_from", None), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="organisation_on_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Area",
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
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                ("name", models.CharField(max_length=120, unique=True, verbose_name="name")),
                ("name_zh_hant", models.CharField(blank=True, max_length=120, verbose_name="name (繁體中文)")),
                ("name_zh_hans", models.CharField(blank=True, max_length=120, verbose_name="name (简体中文)")),
                (
                    "position",
                    models.PositiveSmallIntegerField(help_text="Its place in lists of areas.", verbose_name="position"),
                ),
            ],
            options={
                "verbose_name": "area",
                "verbose_name_plural": "areas",
                "ordering": ["position", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                            models.Q(("public_from", None), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="area_on_record",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
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
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_zh_hant", models.CharField(blank=True, max_length=200, verbose_name="title (繁體中文)")),
                ("title_zh_hans", models.CharField(blank=True, max_length=200, verbose_name="title (简体中文)")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("publisher", models.CharField(max_length=120, verbose_name="publisher")),
                (
                    "publisher_zh_hant",
                    models.CharField(blank=True, max_length=120, verbose_name="publisher (繁體中文)"),
                ),
                (
                    "publisher_zh_hans",
                    models.CharField(blank=True, max_length=120, verbose_name="publisher (简体中文)"),
                ),
                ("place", models.CharField(blank=True, max_length=120, verbose_name="place")),
                ("place_zh_hant", models.CharField(blank=True, max_length=120, verbose_name="place (繁體中文)")),
                ("place_zh_hans", models.CharField(blank=True, max_length=120, verbose_name="place (简体中文)")),
                (
                    "language",
                    models.CharField(
                        help_text="Of the text, as a code: en, zh-Hant.", max_length=10, verbose_name="language"
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=500, verbose_name="address")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("note_zh_hant", models.TextField(blank=True, verbose_name="note (繁體中文)")),
                ("note_zh_hans", models.TextField(blank=True, verbose_name="note (简体中文)")),
                (
                    "known_through",
                    models.TextField(
                        blank=True,
                        help_text="Where its text itself could not be had: what it is known from.",
                        verbose_name="known through",
                    ),
                ),
                ("known_through_zh_hant", models.TextField(blank=True, verbose_name="known through (繁體中文)")),
                ("known_through_zh_hans", models.TextField(blank=True, verbose_name="known through (简体中文)")),
                (
                    "agreements_stated",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="How many the release says were signed.",
                        null=True,
                        verbose_name="agreements stated",
                    ),
                ),
                ("agreements_note", models.TextField(blank=True, verbose_name="note on the agreements")),
                (
                    "agreements_note_zh_hant",
                    models.TextField(blank=True, verbose_name="note on the agreements (繁體中文)"),
                ),
                (
                    "agreements_note_zh_hans",
                    models.TextField(blank=True, verbose_name="note on the agreements (简体中文)"),
                ),
            ],
            options={
                "verbose_name": "release",
                "verbose_name_plural": "releases",
                "ordering": ["-issued_on", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                            models.Q(("public_from", None), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="release_on_record",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="commitments.release",
                        verbose_name="release",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "heading",
                    models.CharField(
                        blank=True, help_text="Empty where the text has none.", max_length=200, verbose_name="heading"
                    ),
                ),
                ("heading_zh_hant", models.CharField(blank=True, max_length=200, verbose_name="heading (繁體中文)")),
                ("heading_zh_hans", models.CharField(blank=True, max_length=200, verbose_name="heading (简体中文)")),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="commitments.area",
                        verbose_name="area",
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("note_zh_hant", models.TextField(blank=True, verbose_name="note (繁體中文)")),
                ("note_zh_hans", models.TextField(blank=True, verbose_name="note (简体中文)")),
            ],
            options={
                "verbose_name": "section",
                "verbose_name_plural": "sections",
                "ordering": ["release", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("release", "position"), name="section_position_unique"),
                    models.UniqueConstraint(fields=("release", "area"), name="section_area_unique"),
                    models.UniqueConstraint(
                        condition=models.Q(("area", None)), fields=("release",), name="section_without_area_unique"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Occasion",
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
                ("day", models.DateField(unique=True, verbose_name="day")),
                (
                    "name",
                    models.CharField(
                        help_text="As readers know it: 5th Plenary Session.", max_length=120, verbose_name="name"
                    ),
                ),
                ("name_zh_hant", models.CharField(blank=True, max_length=120, verbose_name="name (繁體中文)")),
                ("name_zh_hans", models.CharField(blank=True, max_length=120, verbose_name="name (简体中文)")),
            ],
            options={
                "verbose_name": "occasion",
                "verbose_name_plural": "occasions",
                "ordering": ["day"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                            models.Q(("public_from", None), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="occasion_on_record",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LoadedItem",
            fields=[
                ("key", models.CharField(max_length=120, primary_key=True, serialize=False, verbose_name="key")),
                ("loaded_at", models.DateTimeField(auto_now_add=True, verbose_name="loaded at")),
            ],
            options={
                "verbose_name": "loaded item",
                "verbose_name_plural": "loaded items",
                "ordering": ["key"],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        max_length=12,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Z]{2,4}-[0-9]{2,6}$", "Two to four capital letters, a hyphen, digits: CU-06."
                            )
                        ],
                        verbose_name="reference",
                    ),
                ),
                (
                    "reference_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Concat(
                            django.db.models.functions.text.Substr(
                                "reference", 1, django.db.models.functions.text.StrIndex("reference", models.Value("-"))
                            ),
                            django.db.models.functions.text.Right(
                                django.db.models.functions.text.Concat(
                                    models.Value("000000"),
                                    django.db.models.functions.text.Substr(
                                        "reference",
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.functions.text.StrIndex("reference", models.Value("-")),
                                            "+",
                                            models.Value(1),
                                        ),
                                    ),
                                ),
                                6,
                            ),
                            django.db.models.functions.text.Substr(
                                "reference",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.functions.text.StrIndex("reference", models.Value("-")),
                                    "+",
                                    models.Value(1),
                                ),
                            ),
                        ),
                        output_field=models.CharField(max_length=20),
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="commitments.release",
                        verbose_name="release",
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="commitments.area",
                        verbose_name="area",
                    ),
                ),
                (
                    "paragraph",
                    models.PositiveSmallIntegerField(
                        help_text="Counted within its section of the text.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="paragraph",
                    ),
                ),
                ("title", models.CharField(help_text="In our words.", max_length=200, verbose_name="title")),
                (
                    "short_title",
                    models.CharField(
                        blank=True,
                        help_text="Two to four words that tell it from its neighbours: “Training 40 airport staff”.",
                        max_length=60,
                        verbose_name="short title",
                    ),
                ),
                (
                    "quote",
                    models.CharField(
                        help_text="Word for word, at most 15 words.", max_length=300, verbose_name="quote"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agreement", "agreement"),
                            ("action", "action"),
                            ("continuing", "continuing"),
                            ("target", "target"),
                            ("done_at_release", "done when announced"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                (
                    "force",
                    models.CharField(
                        choices=[
                            ("promise", "promise"),
                            ("plan", "plan"),
                            ("estimate", "estimate"),
                            ("statement", "statement"),
                        ],
                        max_length=20,
                        verbose_name="force",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[("primary", "pledge"), ("aim", "aim"), ("umbrella", "heading")],
                        default="primary",
                        max_length=20,
                        verbose_name="level",
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parts",
                        to="commitments.commitment",
                        verbose_name="part of",
                    ),
                ),
                (
                    "parties_as_stated",
                    models.CharField(
                        blank=True,
                        help_text="Parties that are no organisation, in the release’s words.",
                        max_length=300,
                        verbose_name="parties as stated",
                    ),
                ),
                ("owner_inferred", models.BooleanField(default=False, verbose_name="owner inferred")),
                (
                    "owner_note",
                    models.TextField(
                        blank=True, help_text="Why the owner is inferred.", verbose_name="note on the owner"
                    ),
                ),
                (
                    "deadline_first",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="first day of the deadline"),
                ),
                (
                    "deadline_last",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day of the deadline"),
                ),
                (
                    "deadline",
                    commitments.models.fields.PartialDateField(
                        blank=True, default="", max_length=10, verbose_name="deadline"
                    ),
                ),
                (
                    "deadline_as_stated",
                    models.CharField(
                        blank=True,
                        help_text="The release’s own words.",
                        max_length=120,
                        verbose_name="deadline as stated",
                    ),
                ),
                (
                    "deadline_basis",
                    models.CharField(
                        blank=True,
                        choices=[("stated", "stated in the release"), ("event", "date of the event")],
                        max_length=20,
                        verbose_name="basis of the deadline",
                    ),
                ),
                (
                    "target",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="target",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        blank=True, help_text="What is counted: employees.", max_length=60, verbose_name="unit"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        blank=True,
                        help_text="What the figure is: number trained.",
                        max_length=60,
                        verbose_name="measure",
                    ),
                ),
                ("target_approximate", models.BooleanField(default=False, verbose_name="approximate")),
                (
                    "done_when",
                    models.CharField(help_text="What would count as done.", max_length=300, verbose_name="done when"),
                ),
                (
                    "review_on",
                    models.DateField(blank=True, help_text="When to look again.", null=True, verbose_name="review on"),
                ),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="published at"),
                ),
                (
                    "retracted_at",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="retracted at"),
                ),
                ("translated", models.JSONField(blank=True, default=dict, editable=False)),
                ("untranslated_zh_hant", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("untranslated_zh_hans", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
                ("title_key_zh_hant", models.CharField(blank=True, default="", editable=False, max_length=240)),
                ("title_key_zh_hans", models.CharField(blank=True, default="", editable=False, max_length=240)),
            ],
            options={
                "verbose_name": "commitment",
                "verbose_name_plural": "commitments",
                "ordering": ["reference_key"],
                "permissions": [("work_for_all", "Can work on the commitments of every organisation")],
                "indexes": [
                    models.Index(fields=["release", "area", "paragraph"], name="commitment_place"),
                    models.Index(fields=["published_at"], name="commitment_published_at"),
                    models.Index(fields=["reference_key"], name="commitment_reference_key"),
                    models.Index(fields=["area", "reference_key"], name="commitment_area"),
                    models.Index(fields=["kind", "reference_key"], name="commitment_kind"),
                    models.Index(fields=["level", "reference_key"], name="commitment_level"),
                    models.Index(fields=["title", "reference_key"], name="commitment_title"),
                    models.Index(fields=["title_key_zh_hant", "reference_key"], name="commitment_title_zh_hant"),
                    models.Index(fields=["title_key_zh_hans", "reference_key"], name="commitment_title_zh_hans"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["agreement", "action", "continuing", "target", "done_at_release"])
                        ),
                        name="commitment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("force__in", ["promise", "plan", "estimate", "statement"])),
                        name="commitment_force_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("level__in", ["primary", "aim", "umbrella"])), name="commitment_level_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deadline_basis__in", ["stated", "event", ""])),
                        name="commitment_deadline_basis_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deadline", ""), ("deadline_first__isnull", True), ("deadline_last__isnull", True)
                            ),
                            models.Q(
                                models.Q(("deadline", ""), _negated=True),
                                ("deadline_first__isnull", False),
                                ("deadline_first__lte", models.F("deadline_last")),
                                ("deadline_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_deadline_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("deadline", ""), ("deadline_basis", "")),
                            models.Q(
                                models.Q(("deadline", ""), _negated=True),
                                models.Q(("deadline_basis", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="commitment_deadline_has_basis",
                        violation_error_message="A deadline and its basis go together.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target", None), ("target__gt", 0), _connector="OR"),
                        name="commitment_target_positive",
                        violation_error_message="A target is more than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("target", None), models.Q(("unit", ""), _negated=True), _connector="OR"),
                        name="commitment_target_has_unit",
                        violation_error_message="Say what the target counts.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paragraph__gte", 1)), name="commitment_paragraph_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("retracted_at", None), ("published_at__isnull", False), _connector="OR"),
                        name="commitment_retracted_once_public",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("owner_inferred", False), models.Q(("owner_note", ""), _negated=True), _connector="OR"
                        ),
                        name="commitment_inference_has_reason",
                        violation_error_message="Say why the owner is inferred.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="agreements",
                        to="commitments.release",
                        verbose_name="release",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("title_zh_hant", models.CharField(blank=True, max_length=200, verbose_name="title (繁體中文)")),
                ("title_zh_hans", models.CharField(blank=True, max_length=200, verbose_name="title (简体中文)")),
                (
                    "basis",
                    models.CharField(
                        choices=[("named", "named in the text"), ("inferred", "inferred")],
                        max_length=20,
                        verbose_name="basis",
                    ),
                ),
                ("parties", models.ManyToManyField(blank=True, to="commitments.organisation", verbose_name="parties")),
                (
                    "commitments",
                    models.ManyToManyField(
                        blank=True, related_name="agreements", to="commitments.commitment", verbose_name="commitments"
                    ),
                ),
            ],
            options={
                "verbose_name": "agreement",
                "verbose_name_plural": "agreements",
                "ordering": ["release", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("release", "number"), name="agreement_number_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["named", "inferred"])), name="agreement_basis_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Ownership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="commitments.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "owner",
                "verbose_name_plural": "owners",
                "constraints": [models.UniqueConstraint(fields=("commitment", "organisation"), name="owner_unique")],
            },
        ),
        migrations.CreateModel(
            name="Partnership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="commitments.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
                "constraints": [models.UniqueConstraint(fields=("commitment", "organisation"), name="partner_unique")],
            },
        ),
        migrations.AddField(
            model_name="commitment",
            name="owners",
            field=models.ManyToManyField(
                blank=True,
                related_name="owned",
                through="commitments.Ownership",
                to="commitments.organisation",
                verbose_name="owners",
            ),
        ),
        migrations.AddField(
            model_name="commitment",
            name="partners",
            field=models.ManyToManyField(
                blank=True,
                related_name="joined",
                through="commitments.Partnership",
                to="commitments.organisation",
                verbose_name="partners",
            ),
        ),
        migrations.CreateModel(
            name="Repetition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="repetitions",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "repeated",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeated_by",
                        to="commitments.commitment",
                        verbose_name="promised before",
                    ),
                ),
                (
                    "why",
                    models.CharField(help_text="What is the same, in a sentence.", max_length=300, verbose_name="why"),
                ),
            ],
            options={
                "verbose_name": "repetition",
                "verbose_name_plural": "repetitions",
                "constraints": [models.UniqueConstraint(fields=("commitment", "repeated"), name="repetition_unique")],
            },
        ),
        migrations.CreateModel(
            name="State",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="states",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                ("from_day", models.DateField(verbose_name="from")),
                ("until_day", models.DateField(verbose_name="until (not included)")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("no_report", "no evidence found"),
                            ("not_started", "not started"),
                            ("in_progress", "in progress"),
                            ("completed", "delivered"),
                            ("stopped", "stopped"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cancelled", "cancelled"),
                            ("withdrawn", "withdrawn"),
                            ("overtaken", "overtaken by events"),
                        ],
                        max_length=20,
                        verbose_name="reason for stopping",
                    ),
                ),
                (
                    "status_on_first",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="first day of the status"),
                ),
                (
                    "status_on_last",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day of the status"),
                ),
                (
                    "status_on",
                    commitments.models.fields.PartialDateField(
                        blank=True, default="", max_length=10, verbose_name="status on"
                    ),
                ),
                (
                    "completed_on_first",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="first day of completion"),
                ),
                (
                    "completed_on_last",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day of completion"),
                ),
                (
                    "completed_on",
                    commitments.models.fields.PartialDateField(
                        blank=True, default="", max_length=10, verbose_name="completed on"
                    ),
                ),
                ("achieved", models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="achieved")),
                (
                    "deadline_first",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="first day of the deadline"),
                ),
                (
                    "deadline_last",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day of the deadline"),
                ),
                (
                    "deadline",
                    commitments.models.fields.PartialDateField(
                        blank=True, default="", max_length=10, verbose_name="deadline"
                    ),
                ),
                (
                    "original_deadline_first",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="first day of the first deadline"
                    ),
                ),
                (
                    "original_deadline_last",
                    models.DateField(
                        blank=True, editable=False, null=True, verbose_name="last day of the first deadline"
                    ),
                ),
                (
                    "original_deadline",
                    commitments.models.fields.PartialDateField(
                        blank=True, default="", max_length=10, verbose_name="first deadline"
                    ),
                ),
                (
                    "evidence",
                    models.CharField(
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
                ("last_entry_on", models.DateField(null=True, verbose_name="last entry on")),
                ("last_news_on", models.DateField(null=True, verbose_name="last news on")),
                ("last_checked_on", models.DateField(null=True, verbose_name="last checked on")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "background_note",
                    models.TextField(blank=True, default="", verbose_name="note of the latest background"),
                ),
                ("evidence_urls", models.TextField(blank=True, verbose_name="addresses of the evidence")),
            ],
            options={
                "verbose_name": "state",
                "verbose_name_plural": "states",
                "ordering": ["commitment", "from_day"],
                "indexes": [
                    models.Index(fields=["status", "until_day"], name="state_status"),
                    models.Index(fields=["evidence", "until_day"], name="state_evidence"),
                    models.Index(fields=["deadline_last", "until_day"], name="state_deadline"),
                    models.Index(fields=["last_entry_on", "until_day"], name="state_last_entry"),
                    models.Index(fields=["last_news_on", "until_day"], name="state_last_news"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("commitment", "from_day"), name="state_from_day_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("from_day__lt", models.F("until_day"))), name="state_days_in_order"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["no_report", "not_started", "in_progress", "completed", "stopped"])
                        ),
                        name="state_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stop_reason__in", ["cancelled", "withdrawn", "overtaken", ""])),
                        name="state_stop_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("evidence__in", ["none", "background", "party", "state_media", "independent"])
                        ),
                        name="state_evidence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("achieved", None), ("achieved__gte", 0), _connector="OR"),
                        name="state_achieved_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status_on", ""), ("status_on_first__isnull", True), ("status_on_last__isnull", True)
                            ),
                            models.Q(
                                models.Q(("status_on", ""), _negated=True),
                                ("status_on_first__isnull", False),
                                ("status_on_first__lte", models.F("status_on_last")),
                                ("status_on_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="state_status_on_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("completed_on", ""),
                                ("completed_on_first__isnull", True),
                                ("completed_on_last__isnull", True),
                            ),
                            models.Q(
                                models.Q(("completed_on", ""), _negated=True),
                                ("completed_on_first__isnull", False),
                                ("completed_on_first__lte", models.F("completed_on_last")),
                                ("completed_on_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="state_completed_on_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deadline", ""), ("deadline_first__isnull", True), ("deadline_last__isnull", True)
                            ),
                            models.Q(
                                models.Q(("deadline", ""), _negated=True),
                                ("deadline_first__isnull", False),
                                ("deadline_first__lte", models.F("deadline_last")),
                                ("deadline_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="state_deadline_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("original_deadline", ""),
                                ("original_deadline_first__isnull", True),
                                ("original_deadline_last__isnull", True),
                            ),
                            models.Q(
                                models.Q(("original_deadline", ""), _negated=True),
                                ("original_deadline_first__isnull", False),
                                ("original_deadline_first__lte", models.F("original_deadline_last")),
                                ("original_deadline_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="state_original_deadline_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                (
                    "sequence",
                    models.PositiveBigIntegerField(primary_key=True, serialize=False, verbose_name="sequence"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("published", "published"),
                            ("report", "report"),
                            ("context", "background"),
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
                (
                    "commitment",
                    models.ForeignKey(
                        db_column="reference",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="commitments.commitment",
                        to_field="reference",
                        verbose_name="commitment",
                    ),
                ),
                ("entity", models.CharField(blank=True, max_length=80, verbose_name="what it is about")),
                (
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targeted_by",
                        to="commitments.ledgerentry",
                        verbose_name="the entry it is about",
                    ),
                ),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "role",
                    models.CharField(
                        choices=[("publisher", "publisher"), ("administrator", "administrator")],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("organisation", models.CharField(blank=True, max_length=50, verbose_name="organisation")),
                ("key", models.CharField(max_length=80, null=True, unique=True, verbose_name="key")),
                ("content", models.TextField(blank=True, verbose_name="content")),
                ("salt", models.CharField(blank=True, max_length=64, verbose_name="salt")),
                ("content_digest", models.CharField(max_length=64, verbose_name="digest of the content")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
            ],
            options={
                "verbose_name": "ledger entry",
                "verbose_name_plural": "ledger entries",
                "ordering": ["sequence"],
                "permissions": [("publish", "Can publish to the ledger")],
                "indexes": [
                    models.Index(fields=["-recorded_at", "-sequence"], name="entry_recorded_at"),
                    models.Index(fields=["kind", "-recorded_at", "-sequence"], name="entry_kind_recorded_at"),
                    models.Index(
                        condition=models.Q(("entity", ""), _negated=True),
                        fields=["entity", "sequence"],
                        name="entry_entity",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "published",
                                    "report",
                                    "context",
                                    "check",
                                    "correction",
                                    "retraction",
                                    "redaction",
                                    "entity",
                                ],
                            )
                        ),
                        name="entry_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["publisher", "administrator"])), name="entry_role_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("sequence__gte", 1)), name="entry_sequence_from_one"),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("retraction", "redaction")), ("target__isnull", False)),
                            models.Q(
                                models.Q(("kind__in", ("retraction", "redaction")), _negated=True), ("target", None)
                            ),
                            _connector="OR",
                        ),
                        name="entry_target_where_needed",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "published")), fields=("commitment",), name="entry_published_once"
                    ),
                    models.UniqueConstraint(fields=("target", "kind"), name="entry_targeted_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("sequence", models.PositiveBigIntegerField(default=0, verbose_name="sequence")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("rebuilds", models.PositiveIntegerField(default=0, verbose_name="rebuilds")),
            ],
            options={
                "verbose_name": "head of the ledger",
                "verbose_name_plural": "head of the ledger",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="head_is_one_row")],
            },
        ),
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("token", models.CharField(max_length=36, verbose_name="mark")),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="edition_is_one_row")],
            },
        ),
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
                "indexes": [models.Index(fields=["kind", "slug", "entry"], name="entity_change_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["organisation", "area", "release", "occasion", "news_source"])
                        ),
                        name="entity_change_kind_known",
                    )
                ],
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
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
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
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("declined_because", models.TextField(blank=True, verbose_name="why it was declined")),
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
            ],
            options={
                "verbose_name": "proposed change",
                "verbose_name_plural": "proposed changes",
                "ordering": [models.OrderBy(models.F("decided_at"), descending=True, nulls_first=True), "created_at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["organisation", "area", "release", "occasion", "news_source"])
                        ),
                        name="entity_proposal_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "recorded", "declined"])),
                        name="entity_proposal_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_as__isnull", False), ("state", "recorded")),
                            models.Q(models.Q(("state", "recorded"), _negated=True), ("published_as", None)),
                            _connector="OR",
                        ),
                        name="entity_proposal_recorded_as_an_entry",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ErrorReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token", models.CharField(editable=False, max_length=32, unique=True, verbose_name="token")),
                (
                    "received_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="received"),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="error_reports",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.organisation",
                        verbose_name="writes for",
                    ),
                ),
                ("what", models.TextField(editable=False, verbose_name="what is wrong")),
                (
                    "source",
                    models.URLField(blank=True, editable=False, max_length=1000, verbose_name="where it can be read"),
                ),
                ("email", models.EmailField(blank=True, editable=False, max_length=320, verbose_name="e-mail address")),
                ("sender", models.CharField(blank=True, editable=False, max_length=64, verbose_name="sender")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "received"),
                            ("in_hand", "in hand"),
                            ("upheld", "put right"),
                            ("declined", "not changed"),
                        ],
                        default="new",
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("answer", models.TextField(blank=True, verbose_name="answer")),
                ("closed_at", models.DateTimeField(editable=False, null=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "error report",
                "verbose_name_plural": "error reports",
                "ordering": [models.OrderBy(models.F("closed_at"), descending=True, nulls_first=True), "received_at"],
                "indexes": [models.Index(fields=["received_at"], name="error_report_received_at")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "in_hand", "upheld", "declined"])),
                        name="error_report_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("state__in", ("upheld", "declined")), _negated=True), ("closed_at", None)
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("email", ""),
                                ("state__in", ("upheld", "declined")),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="error_report_closed_with_answer",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftUpdate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("report", "report"), ("context", "background"), ("check", "check")],
                        default="report",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("date_first", models.DateField(blank=True, editable=False, null=True, verbose_name="first day")),
                ("date_last", models.DateField(blank=True, editable=False, null=True, verbose_name="last day")),
                (
                    "date",
                    commitments.models.fields.PartialDateField(
                        blank=True,
                        default="",
                        help_text="When it happened: 2019, 2018-H1, 2018-11, 2018-11-05.",
                        max_length=10,
                        verbose_name="date",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "not started"),
                            ("in_progress", "in progress"),
                            ("completed", "delivered"),
                            ("stopped", "stopped"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cancelled", "cancelled"),
                            ("withdrawn", "withdrawn"),
                            ("overtaken", "overtaken by events"),
                        ],
                        max_length=20,
                        verbose_name="reason for stopping",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[("evidence", "evidence"), ("release", "the release’s own statement")],
                        default="evidence",
                        max_length=20,
                        verbose_name="rests on",
                    ),
                ),
                (
                    "achieved",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="achieved",
                    ),
                ),
                (
                    "deadline_first",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="first day of the deadline"),
                ),
                (
                    "deadline_last",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day of the deadline"),
                ),
                (
                    "deadline",
                    commitments.models.fields.PartialDateField(
                        blank=True,
                        default="",
                        help_text="Only where a new one was announced.",
                        max_length=10,
                        verbose_name="revised deadline",
                    ),
                ),
                (
                    "deadline_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for the new deadline"),
                ),
                ("note", models.TextField(blank=True, help_text="What happened, in our words.", verbose_name="note")),
                (
                    "searched",
                    models.CharField(
                        blank=True, help_text="For a check: where you looked.", max_length=300, verbose_name="searched"
                    ),
                ),
                (
                    "reply_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="The owner or partner whose words the note gives, once you know that they come from there.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.organisation",
                        to_field="slug",
                        verbose_name="reply of",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
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
                "verbose_name": "draft update",
                "verbose_name_plural": "draft updates",
                "ordering": ["-created_at"],
                "indexes": [models.Index(fields=["state", "-created_at"], name="draft_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["draft", "waiting", "returned", "published"])),
                        name="draft_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_as__isnull", False), ("state", "published")),
                            models.Q(models.Q(("state", "published"), _negated=True), ("published_as", None)),
                            _connector="OR",
                        ),
                        name="draft_published_as_an_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["no_report", "not_started", "in_progress", "completed", "stopped", ""])
                        ),
                        name="draft_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stop_reason__in", ["cancelled", "withdrawn", "overtaken", ""])),
                        name="draft_stop_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["evidence", "release", ""])), name="draft_basis_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("report", "context", "check"))), name="draft_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("achieved", None), ("achieved__gte", 0), _connector="OR"),
                        name="draft_achieved_not_negative",
                        violation_error_message="What was achieved cannot be less than nothing.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date", ""), ("date_first__isnull", True), ("date_last__isnull", True)),
                            models.Q(
                                models.Q(("date", ""), _negated=True),
                                ("date_first__isnull", False),
                                ("date_first__lte", models.F("date_last")),
                                ("date_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="draft_date_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deadline", ""), ("deadline_first__isnull", True), ("deadline_last__isnull", True)
                            ),
                            models.Q(
                                models.Q(("deadline", ""), _negated=True),
                                ("deadline_first__isnull", False),
                                ("deadline_first__lte", models.F("deadline_last")),
                                ("deadline_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="draft_deadline_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftEvidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="position")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("publisher", models.CharField(max_length=120, verbose_name="publisher")),
                (
                    "url",
                    models.URLField(
                        max_length=1000,
                        validators=[commitments.models.fields.validate_public_url],
                        verbose_name="address",
                    ),
                ),
                ("date_first", models.DateField(blank=True, editable=False, null=True, verbose_name="first day")),
                ("date_last", models.DateField(blank=True, editable=False, null=True, verbose_name="last day")),
                (
                    "date",
                    commitments.models.fields.PartialDateField(
                        blank=True,
                        default="",
                        help_text="Of the page; empty where it is undated.",
                        max_length=10,
                        verbose_name="date",
                    ),
                ),
                (
                    "archived_url",
                    models.URLField(
                        blank=True,
                        max_length=1000,
                        validators=[commitments.models.fields.validate_public_url],
                        verbose_name="archived copy",
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[("direct", "direct"), ("related", "related"), ("context", "background")],
                        max_length=20,
                        verbose_name="relation",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("party", "party"), ("state_media", "state media"), ("independent", "independent")],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "copy",
                    models.CharField(
                        blank=True,
                        choices=[("reprint", "reprint"), ("mirror", "mirror")],
                        max_length=20,
                        verbose_name="copy",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence",
                        to="commitments.draftupdate",
                        verbose_name="draft",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["direct", "related", "context"])),
                        name="draft_evidence_relation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["party", "state_media", "independent"])),
                        name="draft_evidence_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("copy__in", ["reprint", "mirror", ""])), name="draft_evidence_copy_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date", ""), ("date_first__isnull", True), ("date_last__isnull", True)),
                            models.Q(
                                models.Q(("date", ""), _negated=True),
                                ("date_first__isnull", False),
                                ("date_first__lte", models.F("date_last")),
                                ("date_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="draft_evidence_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Update",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[("report", "report"), ("context", "background"), ("check", "check")],
                        default="report",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("date_first", models.DateField(blank=True, editable=False, null=True, verbose_name="first day")),
                ("date_last", models.DateField(blank=True, editable=False, null=True, verbose_name="last day")),
                (
                    "date",
                    commitments.models.fields.PartialDateField(
                        blank=True,
                        default="",
                        help_text="When it happened: 2019, 2018-H1, 2018-11, 2018-11-05.",
                        max_length=10,
                        verbose_name="date",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("not_started", "not started"),
                            ("in_progress", "in progress"),
                            ("completed", "delivered"),
                            ("stopped", "stopped"),
                        ],
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "stop_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("cancelled", "cancelled"),
                            ("withdrawn", "withdrawn"),
                            ("overtaken", "overtaken by events"),
                        ],
                        max_length=20,
                        verbose_name="reason for stopping",
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[("evidence", "evidence"), ("release", "the release’s own statement")],
                        default="evidence",
                        max_length=20,
                        verbose_name="rests on",
                    ),
                ),
                (
                    "achieved",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=14,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="achieved",
                    ),
                ),
                (
                    "deadline_first",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="first day of the deadline"),
                ),
                (
                    "deadline_last",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="last day of the deadline"),
                ),
                (
                    "deadline",
                    commitments.models.fields.PartialDateField(
                        blank=True,
                        default="",
                        help_text="Only where a new one was announced.",
                        max_length=10,
                        verbose_name="revised deadline",
                    ),
                ),
                (
                    "deadline_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason for the new deadline"),
                ),
                ("note", models.TextField(blank=True, help_text="What happened, in our words.", verbose_name="note")),
                (
                    "searched",
                    models.CharField(
                        blank=True, help_text="For a check: where you looked.", max_length=300, verbose_name="searched"
                    ),
                ),
                (
                    "reply_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="The owner or partner whose words the note gives, once you know that they come from there.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.organisation",
                        to_field="slug",
                        verbose_name="reply of",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        db_column="sequence",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="commitments.ledgerentry",
                        verbose_name="entry",
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
                ("effective_on", models.DateField(verbose_name="counts from")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                (
                    "role",
                    models.CharField(
                        choices=[("publisher", "publisher"), ("administrator", "administrator")],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                ("organisation", models.CharField(blank=True, max_length=50, verbose_name="organisation")),
                (
                    "retracted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.ledgerentry",
                        verbose_name="retracted by",
                    ),
                ),
                (
                    "redacted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.ledgerentry",
                        verbose_name="redacted by",
                    ),
                ),
                ("search_text", models.TextField(blank=True, default="", editable=False)),
            ],
            options={
                "verbose_name": "update",
                "verbose_name_plural": "updates",
                "ordering": ["-effective_on", "-entry"],
                "indexes": [
                    models.Index(fields=["commitment", "effective_on", "entry"], name="update_of_commitment"),
                    models.Index(fields=["-recorded_at", "-entry"], name="update_recorded_at"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["no_report", "not_started", "in_progress", "completed", "stopped", ""])
                        ),
                        name="update_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stop_reason__in", ["cancelled", "withdrawn", "overtaken", ""])),
                        name="update_stop_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["evidence", "release", ""])), name="update_basis_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("report", "context", "check"))), name="update_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("achieved", None), ("achieved__gte", 0), _connector="OR"),
                        name="update_achieved_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date", ""), ("date_first__isnull", True), ("date_last__isnull", True)),
                            models.Q(
                                models.Q(("date", ""), _negated=True),
                                ("date_first__isnull", False),
                                ("date_first__lte", models.F("date_last")),
                                ("date_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="update_date_interval",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("deadline", ""), ("deadline_first__isnull", True), ("deadline_last__isnull", True)
                            ),
                            models.Q(
                                models.Q(("deadline", ""), _negated=True),
                                ("deadline_first__isnull", False),
                                ("deadline_first__lte", models.F("deadline_last")),
                                ("deadline_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="update_deadline_interval",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="position")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("publisher", models.CharField(max_length=120, verbose_name="publisher")),
                (
                    "url",
                    models.URLField(
                        max_length=1000,
                        validators=[commitments.models.fields.validate_public_url],
                        verbose_name="address",
                    ),
                ),
                ("date_first", models.DateField(blank=True, editable=False, null=True, verbose_name="first day")),
                ("date_last", models.DateField(blank=True, editable=False, null=True, verbose_name="last day")),
                (
                    "date",
                    commitments.models.fields.PartialDateField(
                        blank=True,
                        default="",
                        help_text="Of the page; empty where it is undated.",
                        max_length=10,
                        verbose_name="date",
                    ),
                ),
                (
                    "archived_url",
                    models.URLField(
                        blank=True,
                        max_length=1000,
                        validators=[commitments.models.fields.validate_public_url],
                        verbose_name="archived copy",
                    ),
                ),
                (
                    "relation",
                    models.CharField(
                        choices=[("direct", "direct"), ("related", "related"), ("context", "background")],
                        max_length=20,
                        verbose_name="relation",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("party", "party"), ("state_media", "state media"), ("independent", "independent")],
                        max_length=20,
                        verbose_name="source",
                    ),
                ),
                (
                    "copy",
                    models.CharField(
                        blank=True,
                        choices=[("reprint", "reprint"), ("mirror", "mirror")],
                        max_length=20,
                        verbose_name="copy",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="commitments.update",
                        verbose_name="update",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "ordering": ["update", "position"],
                "constraints": [
                    models.UniqueConstraint(fields=("update", "position"), name="evidence_position_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("relation__in", ["direct", "related", "context"])),
                        name="evidence_relation_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["party", "state_media", "independent"])),
                        name="evidence_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("copy__in", ["reprint", "mirror", ""])), name="evidence_copy_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("date", ""), ("date_first__isnull", True), ("date_last__isnull", True)),
                            models.Q(
                                models.Q(("date", ""), _negated=True),
                                ("date_first__isnull", False),
                                ("date_first__lte", models.F("date_last")),
                                ("date_last__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="evidence_interval",
                    ),
                ],
            },
        ),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["answers", "gone", "unreachable", "unclear", "private"])),
                        name="link_check_outcome_known",
                    )
                ],
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
                        choices=[("party", "party"), ("state_media", "state media"), ("independent", "independent")],
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["party", "state_media", "independent"])),
                        name="news_source_class_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("public_from__isnull", False), ("published_at__isnull", False)),
                            models.Q(("public_from", None), ("published_at", None)),
                            _connector="OR",
                        ),
                        name="news_source_on_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("content", models.JSONField(verbose_name="content")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="written at")),
                ("due_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="tried from")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("problem", models.CharField(blank=True, max_length=200, verbose_name="why it was not sent")),
            ],
            options={
                "verbose_name": "outgoing mail",
                "verbose_name_plural": "outgoing mails",
                "ordering": ["written_at", "pk"],
                "indexes": [models.Index(fields=["due_at"], name="outgoing_mail_due_at")],
            },
        ),
        migrations.CreateModel(
            name="Affiliation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="affiliation",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="affiliations",
                        to="commitments.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en-gb", "English"), ("zh-hant", "繁體中文"), ("zh-hans", "简体中文")],
                        default="en-gb",
                        max_length=10,
                        verbose_name="language of reminders",
                    ),
                ),
            ],
            options={
                "verbose_name": "affiliation",
                "verbose_name_plural": "affiliation",
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("claimed_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun at")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="sent at")),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "ordering": ["-day", "user"],
                "constraints": [models.UniqueConstraint(fields=("user", "day"), name="reminder_once_a_day")],
            },
        ),
        migrations.CreateModel(
            name="AccountChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                ("made_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed at")),
                ("mailed_at", models.DateTimeField(null=True, verbose_name="mailed at")),
                ("address_before", models.EmailField(blank=True, max_length=254, verbose_name="address before")),
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
            name="RedactionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="redaction_requests",
                        to="commitments.ledgerentry",
                        verbose_name="ledger entry",
                    ),
                ),
                ("remaining", models.JSONField(null=True, verbose_name="what remains")),
                (
                    "reason",
                    models.TextField(help_text="Public. It must not repeat what is removed.", verbose_name="reason"),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for at")),
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
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("granted", models.BooleanField(default=False, verbose_name="carried out")),
            ],
            options={
                "verbose_name": "redaction request",
                "verbose_name_plural": "redaction requests",
                "ordering": [models.OrderBy(models.F("decided_at"), descending=True, nulls_first=True), "asked_at"],
                "permissions": [("redact", "Can ask for redactions and carry out those of others")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("granted", False)),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="redaction_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("granted", False),
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="redaction_takes_two",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decided_at", None)), fields=("entry",), name="redaction_asked_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Translation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "commitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="translations",
                        to="commitments.commitment",
                        verbose_name="commitment",
                    ),
                ),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["editor", "publisher", "administrator"])),
                        name="translation_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ("zh-hant", "zh-hans"))), name="translation_language_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DraftEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
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
                    "target",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="commitments.ledgerentry",
                        verbose_name="entry to be retracted",
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
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
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
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("declined_because", models.TextField(blank=True, verbose_name="why it was declined")),
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
        migrations.RunPython(make_first_rows),
        migrations.RunPython(make_groups),
        migrations.RunPython(index_searches),
    ]
