"""Words that forms and pages show for levels, relations, kinds and statuses; the tables stay as they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0021_references_in_order"),
    ]

    operations = [
        migrations.AlterField(
            model_name="commitment",
            name="level",
            field=models.CharField(
                choices=[("primary", "pledge"), ("aim", "aim"), ("umbrella", "heading")],
                default="primary",
                max_length=20,
                verbose_name="level",
            ),
        ),
        migrations.AlterField(
            model_name="draftevidence",
            name="relation",
            field=models.CharField(
                choices=[("direct", "direct"), ("related", "related"), ("context", "background")],
                max_length=20,
                verbose_name="relation",
            ),
        ),
        migrations.AlterField(
            model_name="draftupdate",
            name="kind",
            field=models.CharField(
                choices=[("report", "report"), ("context", "background"), ("check", "check")],
                default="report",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="draftupdate",
            name="status",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="evidence",
            name="relation",
            field=models.CharField(
                choices=[("direct", "direct"), ("related", "related"), ("context", "background")],
                max_length=20,
                verbose_name="relation",
            ),
        ),
        migrations.AlterField(
            model_name="ledgerentry",
            name="kind",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="state",
            name="status",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="update",
            name="kind",
            field=models.CharField(
                choices=[("report", "report"), ("context", "background"), ("check", "check")],
                default="report",
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="update",
            name="status",
            field=models.CharField(
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
    ]
