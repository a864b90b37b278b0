from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0007_roles"),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="draftupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_as__isnull", False), ("state", "published")),
                    models.Q(models.Q(("state", "published"), _negated=True), ("published_as", None)),
                    _connector="OR",
                ),
                name="draft_published_as_an_entry",
            ),
        ),
    ]
