from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cx_loop", "0025_files_say_what_is_next"),
    ]

    operations = [
        migrations.AddField(
            model_name="voicemodel",
            name="embeddings",
            field=models.CharField(blank=True, db_default="", default="", max_length=40),
        ),
        migrations.AddField(
            model_name="voicemodel",
            name="embeddings_accuracy",
            field=models.FloatField(null=True),
        ),
    ]
