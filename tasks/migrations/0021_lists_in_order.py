from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tasks", "0020_customers_are_told")]

    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                fields=["severity", "due_at", "number"], name="task_in_order_of_severity"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["due_at", "number"], name="task_in_order_of_deadline"),
        ),
    ]
