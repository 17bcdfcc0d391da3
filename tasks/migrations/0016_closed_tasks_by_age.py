from django.db import migrations, models


class Migration(migrations.Migration):
    """What was closed is listed by age as well: without it a whole department would be sorted."""

    dependencies = [("tasks", "0015_verdicts_are_held_against_their_data")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", "closed")),
                fields=["department", "severity", "-number"],
                name="task_closed_by_age",
            ),
        ),
    ]
