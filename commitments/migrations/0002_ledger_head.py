"""The one row that writers lock, before the first entry."""

from django.db import migrations


def create_head(apps, schema_editor):
    """Sequence 0 and the digest before the first entry."""
    apps.get_model("commitments", "LedgerHead").objects.get_or_create(id=1, defaults={"digest": "0" * 64})


class Migration(migrations.Migration):
    """Data only."""

    dependencies = [("commitments", "0001_initial")]
    operations = [migrations.RunPython(create_head, migrations.RunPython.noop)]
