from django.db import migrations


class Migration(migrations.Migration):
    """The list in the order of age has an index that serves the figures of a period as well."""

    dependencies = [("tasks", "0018_customers_are_contacted")]

    operations = [migrations.RemoveIndex(model_name="task", name="task_by_age")]
