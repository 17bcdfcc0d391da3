"""Guardrails, verdicts held against their data, other yardsticks, and what an answer has changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# verdicts of the last year were never held against their data: the sweep takes fifty at a time
EARLIER = """
UPDATE tasks_verification SET recheck_at = decided_at + interval '1 day'
WHERE state = 'decided' AND looks_done > 0 AND plan ? 'measure'
  AND decided_at > now() - interval '1 year'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cx_loop", "0016_moments_of_truth"),
        ("tasks", "0014_views_are_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="permanence",
            name="edits",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="verification",
            name="corrected_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="verification",
            name="correction",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name="verification",
            name="guards",
            field=models.JSONField(db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="verification",
            name="recheck_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name="JudgedElsewhere",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("episode", models.PositiveIntegerField()),
                (
                    "of",
                    models.CharField(
                        choices=[("stage", "Stage"), ("touchpoint", "Touchpoint")], max_length=10
                    ),
                ),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "metric",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cx_loop.metric",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judged_elsewhere",
                        to="tasks.task",
                    ),
                ),
            ],
            options={
                "ordering": ["task", "episode"],
            },
        ),
        migrations.AddField(
            model_name="verification",
            name="elsewhere",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verifications",
                to="tasks.judgedelsewhere",
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(
                condition=models.Q(("recheck_at__isnull", False)),
                fields=["recheck_at"],
                name="verification_recheck",
            ),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=models.Q(("recheck_at", None), ("state", "decided"), _connector="OR"),
                name="verification_rechecks_what_is_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="judgedelsewhere",
            constraint=models.UniqueConstraint(
                fields=("task", "episode"), name="judged_elsewhere_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="judgedelsewhere",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="judged_elsewhere_says_why"
            ),
        ),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
    ]
