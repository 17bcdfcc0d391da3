from collections import Counter

from django.db import migrations, models


def give_keys(apps, schema_editor):
    """As configuration as code names a standard without a key: touchpoint and metric."""
    standards = apps.get_model("cx_loop", "ServiceStandard").objects
    taken = Counter()
    for row in standards.select_related("touchpoint", "metric").order_by("touchpoint", "position"):
        plain = f"{row.touchpoint.key}-{row.metric.key if row.metric else 'promise'}"
        taken[plain] += 1
        row.key = plain if taken[plain] == 1 else f"{plain}-{taken[plain]}"
        row.save(update_fields=["key"])


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0006_find_marks_by_series")]

    operations = [
        migrations.AddField(
            "servicestandard",
            "key",
            models.SlugField(default="", max_length=160, db_index=False),
            preserve_default=False,
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
        migrations.AlterField(
            "servicestandard", "key", models.SlugField(max_length=160, unique=True)
        ),
        migrations.AddField(
            "servicestandard",
            "direction",
            models.CharField(
                blank=True,
                choices=[("at_most", "At Most"), ("at_least", "At Least")],
                max_length=8,
                default="",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "servicestandard", "aggregate", models.JSONField(blank=True, null=True)
        ),
        migrations.AddField(
            "servicestandard",
            "window",
            models.CharField(blank=True, max_length=8, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "servicestandard", "retired_at", models.DateTimeField(blank=True, null=True)
        ),
        migrations.RemoveConstraint("servicestandard", "standard_place_once"),
        migrations.AlterModelOptions(
            "servicestandard", options={"ordering": ["touchpoint", "position", "key"]}
        ),
    ]
