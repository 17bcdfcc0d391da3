"""Customers who complained and are to be contacted: one row an answer, beside its task if any."""

from typing import Self

from django.db import models
from django.db.models import Q

from cx_loop.models import Department, Metric, Touchpoint, User, Viewer, department_ids_of
from tasks.logic.recovery import OUTCOMES, WITHIN
from tasks.models.task import Task


class RecoveryRule(models.Model):
    """Every single answer beyond the line adds a row to its touchpoint's list; never a task.

    touchpoints: keys, empty for all; each: {"below": 3} or {"above": 60}.
    """

    key = models.SlugField(max_length=80, unique=True)
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    touchpoints = models.JSONField(default=list, blank=True)
    each = models.JSONField()
    within = models.CharField(max_length=8, default=WITHIN)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def open(self) -> Self:
        return self.filter(outcome="")

    def visible_to(self, viewer: Viewer) -> Self:
        """Of the departments that contact them: a list of customers goes no further."""
        departments = department_ids_of(viewer)
        return self if departments is None else self.filter(department__in=departments)

    def in_turn(self) -> Self:
        """Repeat complainers and high-value segments first, then by deadline."""
        return self.order_by("-before", "-weight", "due_at", "id")


class Recovery(models.Model):
    """One customer to be contacted about one answer (`digest`, as the answer is known by).

    `customer` is a keyed hash; `may_contact` null: not asked. `before`: how often the customer had
    complained already; `weight` of the segment. `level`: who was told last that it is late.
    """

    digest = models.UUIDField(unique=True)
    customer = models.UUIDField(null=True, db_index=True)
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, null=True, on_delete=models.PROTECT, related_name="recoveries")
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField()
    segment = models.CharField(max_length=80, blank=True, default="")
    weight = models.FloatField(default=1)
    before = models.PositiveIntegerField(default=0)
    may_contact = models.BooleanField(null=True)
    occurred_at = models.DateTimeField()
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalate_at = models.DateTimeField(null=True)
    level = models.PositiveSmallIntegerField(default=0)
    offered = models.TextField(blank=True)
    outcome = models.CharField(
        max_length=12, blank=True, choices=[(each, each) for each in OUTCOMES]
    )
    contacted_at = models.DateTimeField(null=True)
    contacted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        verbose_name_plural = "recoveries"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", contacted_at=None)
                | (~Q(outcome="") & Q(contacted_at__isnull=False, escalate_at=None)),
                name="recovery_over_has_a_time",
            )
        ]
        indexes = [
            # serves: the list of a department
            models.Index(
                fields=["department", "due_at"], condition=Q(outcome=""), name="recovery_open"
            ),
            # serves: the sweep
            models.Index(
                fields=["escalate_at"],
                condition=Q(escalate_at__isnull=False),
                name="recovery_to_push",
            ),
            # serves: the page of a task, and of a touchpoint
            models.Index(fields=["touchpoint", "-occurred_at"], name="recovery_here"),
        ]

    def __str__(self) -> str:
        return f"{self.touchpoint_id} {self.occurred_at} {self.outcome or 'open'}"
