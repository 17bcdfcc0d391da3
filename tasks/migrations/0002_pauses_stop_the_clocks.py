import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0002_groups_states_and_alerts"),
        ("cx_loop", "0005_remember_dropped_months"),
        ("tasks", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("silence", "Silence"), ("hold", "Hold")], max_length=8
                    ),
                ),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
            ],
            options={
                "ordering": ["task", "since", "id"],
            },
        ),
        migrations.AddField(
            model_name="task",
            name="silenced_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="unsaid",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("silenced_until", None),
                    models.Q(
                        models.Q(("state", "closed"), _negated=True),
                        ("next_due_at__lte", models.F("silenced_until")),
                    ),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("attempts__gt", 0)),
                    _connector="OR",
                ),
                name="task_silenced_wakes_in_time",
            ),
        ),
        migrations.AddField(
            model_name="pause",
            name="task",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="pauses", to="tasks.task"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gte", models.F("since"))),
                name="pause_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["silence", "hold"])), name="pause_kind_known"
            ),
        ),
    ]
