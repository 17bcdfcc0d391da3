"""The customer's way: journeys, their stages, and the touchpoints where both sides meet."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import JSONField, Q, Value

from cx_loop.events import touchpoints_seen_through_work
from cx_loop.logic.moments import TYPES as MOMENT_TYPES
from cx_loop.logic.scores import Aggregate, default_aggregate, parse_aggregate
from cx_loop.models.asked import once
from cx_loop.models.languages import Named, NameField
from cx_loop.models.metric import Metric
from cx_loop.models.organization import Department
from cx_loop.models.people import User
from cx_loop.models.visibility import Viewer, department_ids_of, departments_of


def on_scale(low: float, high: float) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class Reviewed(Named):
    """A map is an opinion until somebody looks at it: who does, and the local day they last did."""

    reviewer = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_on = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Journey(Reviewed):
    position = models.PositiveSmallIntegerField(default=0)
    # "you said, we mended": a page that everybody may read
    public_page = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["position", "key"]


class Stage(Named):
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="stages")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["journey__position", "position", "key"]


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    def in_force(self) -> Self:
        return self.filter(retired_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """What the viewer's departments own, and what belongs to tasks they have or had."""
        departments = department_ids_of(viewer)
        if departments is None:
            return self
        worked = once(("worked", *departments), lambda: touchpoints_seen_through_work(departments))
        return self.filter(Q(owner__in=departments) | Q(pk__in=worked))


class Touchpoint(Named):
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="touchpoints")
    owner = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="touchpoints")
    support = models.ManyToManyField(Department, blank=True, related_name="supported_touchpoints")
    channels = models.JSONField(default=list, blank=True)
    front_stage = models.BooleanField(default=True)
    moment_of_truth = models.BooleanField(default=False)
    moment_type = models.CharField(
        max_length=20, blank=True, choices=[(each, each) for each in MOMENT_TYPES]
    )
    # on 0..5, for everybody and where it differs by segment: {"gold": 3.5}
    expectation = models.FloatField(null=True, blank=True, validators=on_scale(0, 5))
    expectations = models.JSONField(default=dict, blank=True, db_default=Value({}, JSONField()))
    # what it matters beside the other touchpoints of its journey; none: as much as any
    importance = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    goal = models.FloatField(null=True, blank=True, validators=on_scale(-5, 5))
    # share of customers who pass it; none: judged by the answers
    reach = models.FloatField(null=True, blank=True, validators=on_scale(0, 1))
    # lane -> what happens there, a text per language: {"customer": {"en": "Shows the pass"}}
    blueprint = models.JSONField(default=dict, blank=True, db_default=Value({}, JSONField()))
    position = models.PositiveSmallIntegerField(default=0)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        ordering = ["stage__journey__position", "stage__position", "position", "key"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(importance=None) | Q(importance__gte=0))
                & (Q(goal=None) | Q(goal__gte=-5, goal__lte=5))
                & (Q(reach=None) | Q(reach__gte=0, reach__lte=1)),
                name="touchpoint_figures_are_on_their_scale",
            )
        ]

    def expected_by(self, segment: str) -> float | None:
        """What is stated for a segment here, else for everybody; None where nothing is."""
        stated = self.expectations.get(segment)
        return self.expectation if stated is None else float(stated)


class StandardQuerySet(models.QuerySet["ServiceStandard"]):
    def in_force(self) -> Self:
        return self.filter(retired_at=None, touchpoint__retired_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Standards of touchpoints the viewer sees."""
        if departments_of(viewer) is None:
            return self
        seen = Touchpoint.objects.all().visible_to(viewer).order_by()
        return self.filter(touchpoint__in=seen)


class ServiceStandard(models.Model):
    """What the organisation promises at a touchpoint, in words and in a figure.

    `target` is in the unit of `aggregate` (none: the usual one of the metric's kind), measured
    over `window`; `direction` none: as the metric is better.
    """

    class Direction(models.TextChoices):
        AT_MOST = "at_most"
        AT_LEAST = "at_least"

    key = models.SlugField(max_length=160, unique=True)
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="standards")
    text = NameField()
    metric = models.ForeignKey(Metric, null=True, blank=True, on_delete=models.PROTECT)
    target = models.FloatField(null=True, blank=True)
    direction = models.CharField(max_length=8, choices=Direction, blank=True)
    aggregate = models.JSONField(null=True, blank=True)  # "p90", {"share_above": 30}; null: usual
    window = models.CharField(max_length=8, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StandardQuerySet.as_manager()

    class Meta:
        ordering = ["touchpoint", "position", "key"]

    def __str__(self) -> str:
        return self.key

    @property
    def is_measured(self) -> bool:
        return self.metric is not None and self.target is not None

    @property
    def at_most(self) -> bool:
        """Whether the target is a ceiling."""
        if self.direction or self.metric is None:
            return self.direction == self.Direction.AT_MOST
        return not self.metric.higher_is_better

    @property
    def asks(self) -> Aggregate:
        """What is computed and held against the target; only of a standard with a metric."""
        assert self.metric is not None
        if self.aggregate is None:
            return default_aggregate(self.metric.kind)
        return parse_aggregate(self.aggregate)
