"""The rounds of a task."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from tasks.models.task import Task


class Episode(models.Model):
    """One round of a task, with clocks of its own: from opening or reopening to its end.

    Its deadlines are counted without pauses; those of the task stand in the task, with them.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="episodes")
    number = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    responded_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_fired_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["task", "number"]
        constraints = [models.UniqueConstraint(fields=["task", "number"], name="episode_once")]
        # serves: how long the rounds of a period took
        indexes = [BrinIndex(fields=["opened_at"], name="episode_by_age")]

    def __str__(self) -> str:
        return f"#{self.task_id}.{self.number}"
