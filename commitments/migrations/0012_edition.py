from django.db import migrations, models


def begin(apps, schema_editor):
    apps.get_model("commitments", "Edition").objects.create(id=1, mark="first")


class Migration(migrations.Migration):
    dependencies = [("commitments", "0011_sign_in_attempts")]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("mark", models.CharField(max_length=36, verbose_name="mark")),
            ],
            options={
                "verbose_name": "edition",
                "verbose_name_plural": "editions",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="edition_is_one_row")],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
