from django.db import models
from django.db.models import F, Q

from tasks.models.task import Task


class Pause(models.Model):
    """A time in which clocks of a task stood still, or will: `until` is its planned end.

    A silence stops all of them, a hold only the one to resolve. Ended early, it ends earlier.
    """

    class Kind(models.TextChoices):
        SILENCE = "silence"
        HOLD = "hold"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="pauses")
    kind = models.CharField(max_length=8, choices=Kind)
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["task", "since", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("since")), name="pause_ends_after_it_began"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["silence", "hold"]), name="pause_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.kind} {self.since}"
