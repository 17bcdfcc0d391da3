"""Views of the queue that people keep: a name for a query string."""

from django.db import models
from django.db.models import Q

from cx_loop.models import User


class QueueView(models.Model):
    """`query` as the address of the queue has it, without the ?: so a view is a link to share."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="queue_views", db_index=False
    )
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            # serves as well: the views of a person
            models.UniqueConstraint(fields=["user", "name"], name="queue_view_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="queue_view_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name
