from django.db import migrations, models
from django.db.models import Q

OUTCOMES = [("sent", "Sent"), ("failed", "Failed"), ("opted_out", "Opted Out")]
WAYS = [
    ("by_hand", "By Hand"),
    ("api", "Api"),
    ("link", "Link"),
    ("declined", "Declined"),
    ("tool", "Tool"),
]


class Migration(migrations.Migration):
    dependencies = [("tasks", "0024_policies_have_names")]

    operations = [
        migrations.AlterField(
            model_name="optout",
            name="how",
            field=models.CharField(choices=WAYS, max_length=10),
        ),
        migrations.AddField(
            model_name="told",
            name="outcome",
            field=models.CharField(blank=True, choices=OUTCOMES, default="", max_length=9),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="told",
            name="outcome_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="told",
            constraint=models.CheckConstraint(
                condition=Q(outcome="", outcome_at=None)
                | (~Q(outcome="") & Q(how="file", outcome_at__isnull=False)),
                name="told_outcome_of_the_file",
            ),
        ),
    ]
