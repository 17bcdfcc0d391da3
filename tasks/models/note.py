"""What people say about a task."""

from django.db import models

from cx_loop.models import User
from tasks.models.task import Task


class Note(models.Model):
    """A comment on a task."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="notes")
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.at}"
