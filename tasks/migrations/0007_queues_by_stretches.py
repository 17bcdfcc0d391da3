import django.db.models.deletion
from django.db import migrations, models

WORKED_AT = """
UPDATE tasks_holding AS holding SET touchpoint_id = task.touchpoint_id
FROM tasks_task AS task WHERE task.number = holding.task_id AND task.touchpoint_id IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cx_loop", "0013_fold_hours_and_days"),
        ("tasks", "0006_checklists"),
    ]

    operations = [
        migrations.AddField(
            model_name="holding",
            name="touchpoint",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cx_loop.touchpoint",
            ),
        ),
        migrations.RunSQL(WORKED_AT, migrations.RunSQL.noop),
        # otherwise the index below would be made while the check of the new key is still to come
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="holding",
            index=models.Index(fields=["department", "touchpoint"], name="holding_worked_at"),
        ),
        migrations.RemoveIndex(model_name="task", name="task_department_queue"),
        migrations.RemoveIndex(model_name="task", name="task_board"),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["department", "severity", "due_at", "number"],
                condition=models.Q(("state", "closed"), _negated=True),
                include=["state", "assignee", "touchpoint", "metric"],
                name="task_department_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["severity", "due_at", "number"],
                condition=models.Q(("state", "closed"), _negated=True),
                include=["state", "assignee", "touchpoint", "metric"],
                name="task_board",
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["department", "severity", "due_at", "number"],
                condition=models.Q(("state", "closed")),
                name="task_department_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(
                condition=models.Q(("state", "decided"), _negated=True),
                fields=["next_look_at"],
                name="verification_next_look",
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(
                condition=models.Q(("state", "person")),
                fields=["task"],
                name="verification_asks",
            ),
        ),
    ]
