from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cx_loop", "0005_remember_dropped_months")]

    operations = [
        migrations.AddIndex(
            "dirtymark", models.Index(fields=["series_id"], name="dirtymark_series")
        )
    ]
