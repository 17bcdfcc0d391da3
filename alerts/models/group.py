"""What a rule watches, and where each of these stands."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from alerts.models.rule import Rule, RuleVersion
from cx_loop.models import Series, Touchpoint, Viewer, departments_of


class Group(models.Model):
    """(rule, touchpoint, values of `by`). A dimension the rule does not split by stays ''."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="groups")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    segment = models.CharField(max_length=80, blank=True, default="")
    channel = models.CharField(max_length=80, blank=True, default="")
    location = models.CharField(max_length=80, blank=True, default="")
    series = models.ManyToManyField(Series, through="GroupSeries", related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "touchpoint", "segment", "channel", "location"], name="group_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.touchpoint_id}/{self.segment}/{self.channel}/{self.location}"

    @property
    def dimensions(self) -> dict[str, str]:
        every = {"segment": self.segment, "channel": self.channel, "location": self.location}
        return {name: value for name, value in every.items() if value}


class GroupSeries(models.Model):
    """Who watches what, materialised: evaluation follows touched series, never all rules."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="members")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "group"], name="group_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.series_id} in {self.group_id}"


class ComparedSeries(models.Model):
    """What a group is compared with: series of another part of its touchpoint, such as a segment.

    Apart from the members, otherwise every sum over a group would count them too.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+", db_index=False)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="compared")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "group"], name="compared_series_once")
        ]

    def __str__(self) -> str:
        return f"{self.group_id} against {self.series_id}"


class SeriesSeen(models.Model):
    """A series whose groups have been built: what is missing here is found by the next drain."""

    series = models.OneToOneField(
        Series, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.series_id)


class RuleStateQuerySet(models.QuerySet["RuleState"]):
    def due(self, now: datetime) -> Self:
        return self.filter(next_edge__lte=now)


class RuleState(models.Model):
    """Where a group stands under the rule's current version. `next_edge` is its deadline."""

    class State(models.TextChoices):
        OK = "ok"
        PENDING = "pending"
        FIRING = "firing"
        RECOVERING = "recovering"
        INSUFFICIENT = "insufficient"
        NO_DATA = "no_data"
        ERROR = "error"

    group = models.OneToOneField(
        Group, primary_key=True, on_delete=models.CASCADE, related_name="state"
    )
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=State, default=State.OK)
    level = models.SmallIntegerField(null=True)  # what fires: 1 critical, 2 warning
    since = models.DateTimeField(null=True)
    muted = models.BooleanField(default=False)
    # since when it would clear, were it not kept firing for a while
    healthy_since = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)  # the edge at which it cleared last: cooldown
    praised = models.BooleanField(default=False, db_default=False)  # the good news is told
    last_data_at = models.DateTimeField(null=True)
    last_edge = models.DateTimeField(null=True)  # the newest final evaluation
    next_edge = models.DateTimeField(null=True)  # null: nothing to do until data arrive

    objects = RuleStateQuerySet.as_manager()

    class Meta:
        # serves: the sweep of passing edges
        indexes = [
            models.Index(
                fields=["next_edge"], condition=Q(next_edge__isnull=False), name="state_next_edge"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__in=[1, 2]), name="state_level_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.state}"


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Decisions about touchpoints the viewer sees."""
        if departments_of(viewer) is None:
            return self
        seen = Touchpoint.objects.all().visible_to(viewer).order_by()
        return self.filter(group__touchpoint__in=seen)


class Evaluation(models.Model):
    """Why a rule fired or did not. An unchanged verdict extends the last row."""

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="evaluations")
    edge = models.DateTimeField()
    until = models.DateTimeField()  # the last edge this row speaks for
    times = models.PositiveIntegerField(default=1)
    value = models.FloatField(null=True)
    n = models.FloatField()
    verdict = models.CharField(max_length=20)
    level = models.SmallIntegerField(null=True)
    reason = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    provisional = models.BooleanField(default=False)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["-edge", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "group", "edge"], name="evaluation_once"),
            models.CheckConstraint(
                condition=Q(until__gte=models.F("edge")), name="evaluation_until_after_edge"
            ),
        ]
        # serves: the last row of a group, and its log
        indexes = [models.Index(fields=["group", "-edge"], name="evaluation_log")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.edge} {self.verdict}"

    @property
    def interval(self) -> tuple[float, float] | None:
        """Both ends of what the value may be, where the rule judged it by how sure it is."""
        match self.params.get("interval"):
            case [int() | float() as low, int() | float() as high]:
                return float(low), float(high)
        return None
