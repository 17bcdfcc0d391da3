"""Moments of truth: how they are weighed, what drives a journey, and cards of lived moments."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value

from cx_loop.logic import moments
from cx_loop.logic.peak_end import Recall
from cx_loop.logic.priority import Factors
from cx_loop.models.journey import Journey, Touchpoint
from cx_loop.models.metric import Metric
from cx_loop.models.people import User
from cx_loop.models.visibility import Viewer, departments_of

UNRANKED = 32_767  # behind all that have a place
_WEIGHTS = (
    "recall_peak",
    "recall_end",
    "recall_mean",
    "by_importance",
    "by_gap",
    "by_reach",
    "for_peak",
    "for_end",
)


def weight(default: float) -> "models.FloatField[float, float]":
    return models.FloatField(default=default, validators=[MinValueValidator(0)])


class MomentWeights(models.Model):
    """One row, or none while the defaults hold: every weight is a choice, so each can be set.

    `metric`: what experience is read from (none: the first csat), `expectation_metric`: what asks
    for expectation. `goal` on −5..+5 (none: 2.5 of what is measured, 0 of the gap).
    """

    class Reading(models.TextChoices):
        MEAN = "mean"
        TOP_BOX = "top_box"

    class Decides(models.TextChoices):
        MEASURED = "measured"
        EXPECTATION = "expectation"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expectation_metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reading = models.CharField(max_length=8, choices=Reading, default=Reading.MEAN)
    decide_by = models.CharField(max_length=12, choices=Decides, default=Decides.MEASURED)
    expectation = models.FloatField(
        default=3.0, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    goal = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
    )
    neutral = models.FloatField(
        default=1.0, validators=[MinValueValidator(0), MaxValueValidator(5)]
    )
    days = models.PositiveSmallIntegerField(
        default=28, validators=[MinValueValidator(1), MaxValueValidator(366)]
    )
    recall_peak = weight(0.4)
    recall_end = weight(0.4)
    recall_mean = weight(0.2)
    by_importance = weight(1.0)
    by_gap = weight(1.0)
    by_reach = weight(1.0)
    for_peak = weight(0.5)
    for_end = weight(0.5)

    class Meta:
        verbose_name_plural = "moment weights"
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="moment_weights_are_one"),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in _WEIGHTS}),
                name="moment_weights_are_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(recall_peak__gt=0) | Q(recall_end__gt=0) | Q(recall_mean__gt=0),
                name="moment_recall_weighs_something",
            ),
            models.CheckConstraint(
                condition=Q(expectation__gte=0, expectation__lte=5, neutral__gte=0)
                & (Q(goal=None) | Q(goal__gte=-5, goal__lte=5)),
                name="moment_lines_are_on_their_scale",
            ),
        ]

    def __str__(self) -> str:
        return "weights of moments"

    @classmethod
    def current(cls) -> "MomentWeights":
        """As set, or the defaults."""
        kept = cls.objects.select_related("metric", "expectation_metric").first()
        return kept or cls()

    @property
    def recall(self) -> Recall:
        return Recall(self.recall_peak, self.recall_end, self.recall_mean)

    @property
    def factors(self) -> Factors:
        return Factors(self.by_importance, self.by_gap, self.by_reach, self.for_peak, self.for_end)

    @property
    def usual_goal(self) -> float:
        """Of a touchpoint without one: four of five points, or what was expected."""
        if self.goal is not None:
            return self.goal
        return 2.5 if self.decide_by == self.Decides.MEASURED else 0.0


class JourneyDrivers(models.Model):
    """How much each touchpoint of a journey makes of overall satisfaction, as last worked out.

    `shares`: [{"touchpoint": key, "share", "rank", "rank_low", "rank_high"}], of the touchpoints
    with enough answers; empty where there are too few, `n` customers of the thinnest pair.
    `by_segment`: {key: {"n", "r2", "shares"}} of the segments whose own customers are enough.
    """

    journey = models.OneToOneField(
        Journey, primary_key=True, on_delete=models.PROTECT, related_name="drivers"
    )
    metric = models.ForeignKey(Metric, on_delete=models.PROTECT, related_name="+")
    weighed_at = models.DateTimeField()
    since = models.DateTimeField()
    n = models.PositiveIntegerField(default=0)
    r2 = models.FloatField(null=True)
    shares = models.JSONField(default=list)
    by_segment = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(r2=None) | Q(r2__gte=0, r2__lte=1.000001), name="drivers_r2_is_a_share"
            )
        ]

    def __str__(self) -> str:
        return f"drivers of {self.journey_id}"


class MomentCardQuerySet(models.QuerySet["MomentCard"]):
    def in_force(self) -> Self:
        return self.filter(retired_at=None)

    def visible_to(self, viewer: Viewer) -> Self:
        """Cards of touchpoints the viewer sees."""
        if departments_of(viewer) is None:
            return self
        seen = Touchpoint.objects.all().visible_to(viewer).order_by()
        return self.filter(touchpoint__in=seen)


class MomentCard(models.Model):
    """One lived moment: who, in which scene, felt what. Kinds of people, never a customer's name.

    `score`: what was felt, on −5..+5; `kind`: of moment, none: the touchpoint's; `rank`: the
    place people gave it, 1 first.
    """

    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="cards")
    segment = models.CharField(max_length=80, blank=True, default="")
    who = models.CharField(max_length=120)
    scene = models.CharField(max_length=400)
    felt = models.CharField(max_length=400)
    kind = models.CharField(
        max_length=20, choices=[(each, each) for each in moments.TYPES], blank=True, default=""
    )
    score = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
    )
    rank = models.PositiveSmallIntegerField(default=UNRANKED)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = MomentCardQuerySet.as_manager()

    class Meta:
        ordering = ["rank", "id"]
        # serves: the cards by their place, page by page
        indexes = [models.Index(fields=["rank", "id"], name="card_by_rank")]
        constraints = [
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__gte=-5, score__lte=5),
                name="card_score_is_on_its_scale",
            ),
            models.CheckConstraint(
                condition=~Q(who="") & ~Q(scene="") & ~Q(felt=""), name="card_says_all_three"
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=UNRANKED), name="card_rank_is_a_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.felt}"

    @property
    def place(self) -> int | None:
        return None if self.rank == UNRANKED else self.rank

    @property
    def moment_type(self) -> str:
        return self.kind or self.touchpoint.moment_type
