"""Silences: times in which the alerts that match disturb nobody. They always end."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from alerts.logic.silences import LONGEST
from cx_loop.models import Department, User, Viewer, departments_of


class SilenceQuerySet(models.QuerySet["Silence"]):
    def coming(self, now: datetime) -> Self:
        return self.filter(ended_at=None, starts_at__gt=now)

    def running(self, now: datetime) -> Self:
        return self.filter(ended_at=None, starts_at__lte=now, ends_at__gt=now)

    def over(self, now: datetime) -> Self:
        return self.filter(Q(ended_at__isnull=False) | Q(ends_at__lte=now))

    def to_begin(self, now: datetime) -> Self:
        """Begun by the clock and not looked at yet; one that ran out in a downtime too."""
        return self.filter(ended_at=None, begun_at=None, starts_at__lte=now)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those of the viewer's departments. One over the whole company names touchpoints of
        others, so it is listed for who sees everything; its alerts tell of it all the same.
        """
        departments = departments_of(viewer)
        return self if departments is None else self.filter(department__in=departments)


class Silence(models.Model):
    """Rows are never deleted; ending one early is the only change a person makes to it.

    `matchers` maps a fact of an alert to the values it may have; all must match. It reaches the
    touchpoints that `department` or one below it owns; without a department, all.
    """

    class Kind(models.TextChoices):
        SILENCE = "silence"
        MAINTENANCE = "maintenance"

    kind = models.CharField(max_length=12, choices=Kind, default=Kind.SILENCE)
    matchers = models.JSONField()
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="silences"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    begun_at = models.DateTimeField(null=True)  # when the sweep quieted what was open then
    ended_at = models.DateTimeField(null=True)  # ended early, or called off before it began
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = SilenceQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")) & Q(ends_at__lte=F("starts_at") + LONGEST),
                name="silence_ends_in_time",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="silence_has_a_reason"),
            models.CheckConstraint(condition=~Q(matchers={}), name="silence_matches_something"),
            models.CheckConstraint(
                condition=Q(kind__in=["silence", "maintenance"]), name="silence_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__lte=F("ends_at"), ended_by__isnull=False),
                name="silence_ended_early_by_somebody",
            ),
        ]
        # serves: what is running or has to begin, asked by every sweep and every opened alert
        indexes = [
            models.Index(
                fields=["starts_at", "ends_at"],
                condition=Q(ended_at=None),
                name="silence_not_ended",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
