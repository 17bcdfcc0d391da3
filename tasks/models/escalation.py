from django.db import models

from tasks.models.task import Task


class Escalation(models.Model):
    """A push up the ladder. Unique by (task, episode, seq): it cannot be recorded twice."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="escalations")
    episode = models.PositiveIntegerField()
    seq = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    to = models.CharField(max_length=20)  # staff, lead, director
    ladder = models.CharField(max_length=12)  # response, progress, resolution, decision
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField()
    recipients = models.JSONField(default=list)  # user ids; empty: nobody was reachable

    class Meta:
        ordering = ["task", "episode", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["task", "episode", "seq"], name="escalation_once"),
            models.CheckConstraint(
                condition=models.Q(fired_at__gte=models.F("due_at")), name="escalation_not_early"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id}.{self.episode}.{self.seq} {self.to}"
