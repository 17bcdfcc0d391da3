"""Judged elsewhere: what a fix is held against when its own touchpoint cannot prove it."""

from django.db import models

from cx_loop.models import Metric, User
from tasks.models.task import Task


class JudgedElsewhere(models.Model):
    """A lead's choice for one round of a task, made before anything after the fix was looked at."""

    class Of(models.TextChoices):
        STAGE = "stage"  # the metric of the rule over the whole stage
        TOUCHPOINT = "touchpoint"  # another metric of the touchpoint

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="judged_elsewhere")
    episode = models.PositiveIntegerField()
    of = models.CharField(max_length=10, choices=Of)
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["task", "episode"]
        constraints = [
            models.UniqueConstraint(fields=["task", "episode"], name="judged_elsewhere_once"),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="judged_elsewhere_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id}.{self.episode} {self.of} {self.metric_id}"
