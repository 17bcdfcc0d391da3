"""Series and their rollups: everything read about a window is a sum of these rows."""

from django.db import models
from django.db.models import Q

from cx_loop.models.journey import Journey, Stage, Touchpoint
from cx_loop.models.metric import Metric

FINE, COARSE, DAY = 5, 60, 1440  # minutes of a rollup bucket


class Series(models.Model):
    """One stream of values: (subject, metric, segment, channel, location), made on first sight.

    The subject is a touchpoint, a stage or a journey. Dimensions are '' rather than NULL.
    """

    touchpoint = models.ForeignKey(Touchpoint, null=True, on_delete=models.PROTECT)
    stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT)
    journey = models.ForeignKey(Journey, null=True, on_delete=models.PROTECT)
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT)
    segment = models.CharField(max_length=80, blank=True, default="")
    channel = models.CharField(max_length=80, blank=True, default="")
    location = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "touchpoint",
                    "stage",
                    "journey",
                    "metric",
                    "segment",
                    "channel",
                    "location",
                ],
                nulls_distinct=False,
                name="series_once",
            ),
            models.CheckConstraint(
                condition=Q(touchpoint__isnull=False, stage=None, journey=None)
                | Q(touchpoint=None, stage__isnull=False, journey=None)
                | Q(touchpoint=None, stage=None, journey__isnull=False),
                name="series_has_one_subject",
            ),
        ]

    def __str__(self) -> str:
        return f"series {self.pk}"


class Rollup(models.Model):
    """(series, grain, bucket, bin) -> n, sum, sum of squares, exposure. Rows only ever add up.

    Intake writes the fine grain; hours and days are folded from it later (`Fold`).
    """

    pk = models.CompositePrimaryKey("series_id", "grain", "bucket", "bin")
    series_id = models.BigIntegerField()
    grain = models.SmallIntegerField()  # minutes: 5, 60 or 1440
    bucket = models.DateTimeField()
    bin = models.SmallIntegerField()
    n = models.IntegerField()
    total = models.FloatField()
    squares = models.FloatField()
    exposure = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(grain__in=[FINE, COARSE, DAY]), name="rollup_grain_known"
            ),
            # a trigger refuses n below zero: a check would refuse the negative half of an upsert
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.grain} {self.bucket} {self.bin}"


class DirtyMark(models.Model):
    """A series was touched between two moments: whoever evaluates takes the mark away.

    Appended, never updated: an update would make intake wait for a running evaluation.
    """

    series_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    marked_at = models.DateTimeField()

    class Meta:
        # serves: a request that takes the marks of its own series, whatever backlog there is
        indexes = [models.Index(fields=["series_id"], name="dirtymark_series")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.since}"
