from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cx_loop", "0024_journeys_may_have_a_public_page"),
    ]

    operations = [
        migrations.AddField(
            model_name="handedfile",
            name="then",
            field=models.CharField(
                blank=True,
                choices=[("", "Ask"), ("try", "Try"), ("count", "Count")],
                db_default="",
                default="",
                max_length=5,
            ),
        ),
    ]
