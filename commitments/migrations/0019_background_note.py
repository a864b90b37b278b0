from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0018_sources_news_and_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="state",
            name="background_note",
            field=models.TextField(blank=True, default="", verbose_name="note of the latest background"),
        ),
    ]
