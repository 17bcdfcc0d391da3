from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tasks", "0022_a_task_is_held_by_one")]

    operations = [
        migrations.AddField(
            model_name="verification",
            name="tell_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="verification",
            constraint=models.CheckConstraint(
                condition=Q(tell_at=None) | Q(state="decided"),
                name="verification_tells_what_is_decided",
            ),
        ),
        migrations.AddIndex(
            model_name="verification",
            index=models.Index(
                fields=["tell_at"],
                condition=Q(tell_at__isnull=False),
                name="verification_tell",
            ),
        ),
    ]
