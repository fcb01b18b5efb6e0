"""Until which day a place counts as an early finisher."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("acceptance", "0002_estates"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="due_on",
            field=models.DateField(blank=True, null=True),
        ),
    ]
