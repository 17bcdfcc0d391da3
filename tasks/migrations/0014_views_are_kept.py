import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import migrations, models


class Migration(migrations.Migration):
    """People keep views of their queue; boards and figures find what they count."""

    dependencies = [
        ("tasks", "0013_titles_are_searched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("created_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="queue_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"ordering": ["name", "id"]},
        ),
        migrations.AddConstraint(
            model_name="queueview",
            constraint=models.UniqueConstraint(
                fields=("user", "name"), name="queue_view_named_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="queueview",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="queue_view_has_a_name"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(
                    models.Q(("state", "closed"), _negated=True), ("escalation_level__gt", 0)
                ),
                fields=["department", "severity", "due_at", "number"],
                name="task_escalated",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=BrinIndex(fields=["created_at"], name="task_by_age"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=BrinIndex(fields=["opened_at"], name="episode_by_age"),
        ),
    ]
