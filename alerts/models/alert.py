from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from alerts.events import alerts_seen_through_work
from alerts.models.group import Group
from alerts.models.rule import RuleVersion
from alerts.models.silence import Silence
from cx_loop.models import Touchpoint, User, Viewer, department_ids_of, once


class Severity(models.IntegerChoices):
    """Critical is the smaller number, so that every keyset reads in one direction."""

    CRITICAL = 1, "critical"
    WARNING = 2, "warning"


UNRESOLVED = ["open", "acknowledged"]


class AlertQuerySet(models.QuerySet["Alert"]):
    def unresolved(self) -> Self:
        return self.filter(state__in=UNRESOLVED)

    def visible_to(self, viewer: Viewer) -> Self:
        departments = department_ids_of(viewer)
        if departments is None:
            return self
        return self.filter(
            Q(touchpoint__owner__in=departments) | alerts_seen_through_work(departments)
        )

    def seen_in_parts(self, viewer: Viewer) -> list[Self]:
        """The same alerts as `visible_to`, in lists of which no two have one in common.

        What happened at the departments' own touchpoints, and what else came to them as work.
        Joined by OR neither has an index, and a small department reads past all alerts of others.
        """
        departments = department_ids_of(viewer)
        if departments is None:
            return [self]
        touchpoints = Touchpoint.objects.filter(owner__in=departments).order_by("pk")
        ids = touchpoints.values_list("pk", flat=True)
        own = once(("own touchpoints", *departments), lambda: list(ids))
        others = self.exclude(touchpoint__in=own)
        return [
            self.filter(touchpoint__in=own),
            others.filter(alerts_seen_through_work(departments)),
        ]


class Alert(models.Model):
    """A breach, from its opening until it clears or people close it. One unresolved a group."""

    class State(models.TextChoices):
        OPEN = "open"
        ACKNOWLEDGED = "acknowledged"
        RESOLVED = "resolved"
        DISMISSED = "dismissed"

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="alerts")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="alerts")
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    severity = models.SmallIntegerField(choices=Severity)
    episode = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    edge = models.DateTimeField()  # end of the window that raised it
    value = models.FloatField(null=True)  # of the window that raised it
    n = models.FloatField()
    peak = models.FloatField(null=True)  # the worst value since
    last_value = models.FloatField(null=True)
    last_n = models.FloatField(default=0)
    # of a rule that follows drift: way, from, to (both as of the opening), since, line
    drift = models.JSONField(null=True)
    late = models.BooleanField(default=False)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # quiet until the later of the two; once passed, they only tell of it
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    silenced_until = models.DateTimeField(null=True)
    silence = models.ForeignKey(Silence, null=True, on_delete=models.PROTECT, related_name="alerts")
    closed_at = models.DateTimeField(null=True)
    # closed by the rule itself, when the value came back
    cleared = models.BooleanField(default=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "-opened_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], condition=Q(state__in=UNRESOLVED), name="alert_one_unresolved"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNRESOLVED, closed_at=None)
                | Q(state__in=["resolved", "dismissed"], closed_at__isnull=False),
                name="alert_closed_has_a_time",
            ),
            models.CheckConstraint(condition=Q(severity__in=[1, 2]), name="alert_severity_known"),
            models.CheckConstraint(
                condition=Q(silence=None, silenced_until=None)
                | Q(silence__isnull=False, silenced_until__isnull=False),
                name="alert_silenced_by_a_silence",
            ),
        ]
        indexes = [
            # serves: the list of alerts by a department's touchpoints
            models.Index(fields=["touchpoint", "-opened_at"], name="alert_by_touchpoint"),
            # serves: the unresolved alerts of a department's touchpoints, each from its end
            models.Index(
                fields=["touchpoint", "severity", "opened_at", "id"],
                condition=Q(state__in=UNRESOLVED),
                name="alert_unresolved_there",
            ),
            # serves: the list of all alerts by age, by keyset
            models.Index(fields=["opened_at", "id"], name="alert_by_age"),
            # serves: the keyset of unresolved alerts
            models.Index(
                fields=["severity", "opened_at", "id"],
                condition=Q(state__in=UNRESOLVED),
                name="alert_unresolved",
            ),
            # serves: the review of every sweep, while no silence runs
            models.Index(
                fields=["silenced_until"],
                condition=Q(state__in=UNRESOLVED, silenced_until__isnull=False),
                name="alert_still_silenced",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} {self.state}"

    @property
    def quiet_until(self) -> datetime | None:
        """The end of its silence or snooze, the later one; it may have passed."""
        ends = [end for end in (self.silenced_until, self.snoozed_until) if end is not None]
        return max(ends, default=None)

    def is_quiet(self, now: datetime) -> bool:
        """It disturbs nobody: it is evaluated and opened as ever, but sends no message."""
        return self.quiet_until is not None and self.quiet_until > now
