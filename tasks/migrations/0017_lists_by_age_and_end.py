from django.db import migrations, models


class Migration(migrations.Migration):
    """Lists of a million tasks are read in the order of an index, whichever end they begin at."""

    dependencies = [("tasks", "0016_closed_tasks_by_age")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["created_at", "number"], name="task_in_order_of_age"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["closed_at", "number"], name="task_in_order_of_end"),
        ),
    ]
