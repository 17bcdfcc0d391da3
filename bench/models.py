"""The table of the conventional way; made by the bench itself, never part of an installation."""

from django.db import models

from cx_loop.models import Metric, Touchpoint


class Conventional(models.Model):
    """What a project's first model of an observation looks like: a surrogate key, real foreign
    keys with the indexes Django gives them, one observation an identifier and metric, and an
    index to read a series by."""

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=200)
    occurred_at = models.DateTimeField()
    value = models.FloatField()

    class Meta:
        app_label = "bench"
        db_table = "bench_conventional"
        constraints = [models.UniqueConstraint(fields=["external_id", "metric"], name="bench_once")]
        indexes = [
            models.Index(fields=["touchpoint", "metric", "occurred_at"], name="bench_of_series")
        ]

    def __str__(self) -> str:
        return self.external_id
