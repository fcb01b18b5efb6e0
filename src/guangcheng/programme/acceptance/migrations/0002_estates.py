"""Estates apply too: the place of a case apart from the area by which rights go."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def places_of_areas(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Until now every place was an area."""
    apps.get_model("acceptance", "Case").objects.update(place_code=models.F("area_code"))


class Migration(migrations.Migration):
    dependencies = [
        ("acceptance", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="case", name="one_live_case"),
        migrations.AddField(
            model_name="case",
            name="place_code",
            field=models.CharField(db_index=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RunPython(places_of_areas, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["withdrawn", "refused"]), _negated=True),
                fields=("place_code", "standard"),
                name="one_live_case",
            ),
        ),
    ]
