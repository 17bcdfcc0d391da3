"""Days that differ from the week and the public holidays, such as a year's list of make-up days."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0021_files_are_handed_in_and_entries_made_by_hand")]

    operations = [
        migrations.AddField(
            model_name="calendar",
            name="special_days",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
