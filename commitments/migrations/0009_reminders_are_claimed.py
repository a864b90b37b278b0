import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0008_draft_states_hold"),
    ]

    operations = [
        migrations.AddField(
            model_name="reminder",
            name="claimed_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="begun at"),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="sent_at",
            field=models.DateTimeField(null=True, verbose_name="sent at"),
        ),
    ]
