"""References sort as people count, NS-99 before NS-100: by a column that the database makes of them."""

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Concat, Right, StrIndex, Substr

# The indexes that settle ties by the reference: on which column, beside it.
INDEXES = {
    "commitment_area": "area",
    "commitment_kind": "kind",
    "commitment_level": "level",
    "commitment_title": "title",
    "commitment_title_zh_hant": "title_key_zh_hant",
    "commitment_title_zh_hans": "title_key_zh_hans",
}
HYPHEN = StrIndex("reference", Value("-"))
NUMBER = Substr("reference", HYPHEN + 1)
KEY = Concat(Substr("reference", 1, HYPHEN), Right(Concat(Value("000000"), NUMBER), 6), NUMBER)


def index(*columns, name):
    return migrations.AddIndex("commitment", models.Index(fields=[*columns, "reference_key"], name=name))


class Migration(migrations.Migration):
    dependencies = [("commitments", "0020_search_text")]

    operations = [
        migrations.AlterModelOptions(
            name="commitment",
            options={
                "ordering": ["reference_key"],
                "permissions": [("work_for_all", "Can work on the commitments of every organisation")],
                "verbose_name": "commitment",
                "verbose_name_plural": "commitments",
            },
        ),
        *(migrations.RemoveIndex("commitment", name) for name in INDEXES),
        migrations.AddField(
            model_name="commitment",
            name="reference_key",
            field=models.GeneratedField(db_persist=True, expression=KEY, output_field=models.CharField(max_length=20)),
        ),
        index(name="commitment_reference_key"),
        *(index(column, name=name) for name, column in INDEXES.items()),
    ]
