"""Making it permanent: what a proven fix has changed for good, and where else it is tried."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q, Value

from cx_loop.models import Touchpoint, User
from tasks.models.checklist import OfTask
from tasks.models.task import Task
from tasks.models.verification import Verification


class PermanenceQuerySet(OfTask["Permanence"]):
    def due(self, now: datetime) -> Self:
        return self.filter(next_due_at__lte=now)


class Permanence(models.Model):
    """The question an effective verdict asks: what of it becomes standard, playbook, blueprint?

    Unanswered by its deadline, it is put to those above. It outlives the closing of the task.
    """

    class Answer(models.TextChoices):
        MADE = "made"
        NOT_NEEDED = "not_needed"
        OVER = "over"  # the task came back first: there is nothing to keep

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="permanences")
    verification = models.OneToOneField(
        Verification, on_delete=models.PROTECT, related_name="permanence"
    )
    asked_at = models.DateTimeField()
    asked = models.PositiveSmallIntegerField(default=1)  # times; each time one level up
    next_due_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, choices=Answer, blank=True)
    # what was changed, in words; empty: not changed
    standard = models.TextField(blank=True)
    playbook = models.TextField(blank=True)
    blueprint = models.TextField(blank=True)
    # what was really changed with the answer: [{"kind", "key", "from", "to"}, {"kind", "key",
    # "version", "steps"}]
    edits = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    reason = models.TextField(blank=True)  # why nothing has to change
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PermanenceQuerySet.as_manager()

    class Meta:
        ordering = ["task", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", next_due_at__isnull=False, answered_at=None)
                | ~Q(answer="") & Q(next_due_at=None, answered_at__isnull=False),
                name="permanence_is_answered_or_asks_again",
            ),
            models.CheckConstraint(
                condition=~Q(answer="made") | ~Q(standard="") | ~Q(playbook="") | ~Q(blueprint=""),
                name="permanence_changes_something",
            ),
            models.CheckConstraint(
                condition=~Q(answer="not_needed") | ~Q(reason=""),
                name="permanence_not_needed_says_why",
            ),
        ]
        indexes = [
            # serves: the sweep
            models.Index(
                fields=["next_due_at"],
                condition=Q(next_due_at__isnull=False),
                name="permanence_next_due",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.answer or self.next_due_at}"


class Offer(models.Model):
    """A proven measure offered to a sister touchpoint or another location: a task of its own."""

    permanence = models.ForeignKey(Permanence, on_delete=models.PROTECT, related_name="offers")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    location = models.CharField(max_length=80, blank=True, default="")
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="offered_by")
    at = models.DateTimeField()

    class Meta:
        ordering = ["permanence", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["permanence", "touchpoint", "location"], name="offer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.permanence_id} to {self.touchpoint_id} {self.location}"
