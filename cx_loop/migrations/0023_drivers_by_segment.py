from django.db import migrations, models
from django.db.models import Value


class Migration(migrations.Migration):
    dependencies = [
        ("cx_loop", "0022_calendars_have_special_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="journeydrivers",
            name="by_segment",
            field=models.JSONField(db_default=Value({}, models.JSONField()), default=dict),
        ),
    ]
