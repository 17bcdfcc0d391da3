import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0003_silences_keep_alerts_quiet"),
        ("cx_loop", "0006_find_marks_by_series"),
    ]

    operations = [
        migrations.AddField(
            model_name="rule",
            name="over_limit_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rulestate",
            name="cleared_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rulestate",
            name="healthy_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="rulestate",
            name="praised",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="ComparedSeries",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="compared",
                        to="alerts.group",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cx_loop.series",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("series", "group"), name="compared_series_once")
                ],
            },
        ),
    ]
