from django.db import models
from django.db.models import F, Q

from cx_loop.logic.bins import Scale
from cx_loop.logic.voice.words import SHARES
from cx_loop.models.languages import Named


class Metric(Named):
    """What is measured. `scale` and `step` bound scores; durations and counts are open-ended."""

    class Kind(models.TextChoices):
        CSAT = "csat"
        NPS = "nps"
        CES = "ces"
        SCORE = "score"
        DURATION = "duration"
        COUNT = "count"
        RATE = "rate"

    class Direction(models.TextChoices):
        HIGHER = "higher_is_better"
        LOWER = "lower_is_better"

    kind = models.CharField(max_length=10, choices=Kind)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    step = models.FloatField(default=1.0)
    unit = models.CharField(max_length=20, blank=True)
    direction = models.CharField(max_length=20, choices=Direction, default=Direction.HIGHER)
    # a share of comments, counted from what they say: "pain", or "pain_efficiency"; '' otherwise
    comments = models.CharField(
        max_length=40, blank=True, default="", choices=[(each, each) for each in SHARES]
    )

    class Meta:
        ordering = ["key"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["duration", "count", "rate"], low=None, high=None)
                | Q(kind__in=["csat", "nps", "ces", "score"], low__lt=F("high")),
                name="metric_scale_fits_its_kind",
            ),
            models.CheckConstraint(condition=Q(step__gt=0), name="metric_step_is_positive"),
            models.CheckConstraint(
                condition=Q(comments="") | Q(kind="rate"), name="metric_of_comments_is_a_rate"
            ),
        ]

    @property
    def scale(self) -> Scale:
        return Scale(self.kind, self.low, self.high, self.step)

    @property
    def higher_is_better(self) -> bool:
        return self.direction == self.Direction.HIGHER
