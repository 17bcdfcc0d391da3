from django.db import migrations

import cx_loop.models.languages


class Migration(migrations.Migration):
    dependencies = [("tasks", "0023_customers_are_not_forgotten")]

    operations = [
        migrations.AddField(
            model_name="escalationpolicy",
            name="name",
            field=cx_loop.models.languages.NameField(default=dict),
        ),
    ]
