"""The table of the conventional way; made by the bench itself, never part of an installation."""

from django.db import models


class Conventional(models.Model):
    touchpoint = models.CharField(max_length=80)
    metric = models.CharField(max_length=80)
    segment = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=200, unique=True)
    occurred_at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        app_label = "bench"
        db_table = "bench_conventional"
        indexes = [
            models.Index(fields=["touchpoint", "metric", "occurred_at"], name="bench_of_series")
        ]

    def __str__(self) -> str:
        return self.external_id
