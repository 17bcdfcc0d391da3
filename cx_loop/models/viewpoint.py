"""A journey map through somebody's eyes, as it should be, and as it was."""

from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import JSONField, Q, Value

from cx_loop.models.journey import Journey, Reviewed, Stage, Touchpoint
from cx_loop.models.languages import NameField
from cx_loop.models.people import User
from cx_loop.models.source import ApiKey


class ViewpointQuerySet(models.QuerySet["Viewpoint"]):
    def in_force(self) -> Self:
        return self.filter(retired_at=None, journey__retired_at=None)


class Viewpoint(Reviewed):
    """A persona who goes the journey, or the journey as it should be (`to_be`), laid over the map.

    `who`: the persona in words; `segment`: whose figures stand beside it, '' everybody's.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="viewpoints")
    who = NameField(blank=True)
    to_be = models.BooleanField(default=False)
    segment = models.CharField(max_length=80, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)

    objects = ViewpointQuerySet.as_manager()

    class Meta:
        ordering = ["journey__position", "position", "key"]


class ViewpointStop(models.Model):
    """What a viewpoint says of a touchpoint, or of one that is still to come in a stage.

    `felt`: thought or wished for, on −5..+5, never measured; `words`: what goes through the
    customer's mind; `blueprint`: the lanes that differ from the map; `dropped`: no longer there.
    """

    viewpoint = models.ForeignKey(Viewpoint, on_delete=models.PROTECT, related_name="stops")
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = NameField(blank=True)
    felt = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-5), MaxValueValidator(5)]
    )
    words = NameField(blank=True)
    blueprint = models.JSONField(default=dict, blank=True, db_default=Value({}, JSONField()))
    dropped = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["viewpoint", "position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["viewpoint", "touchpoint"],
                condition=Q(touchpoint__isnull=False),
                name="viewpoint_speaks_once_of_a_touchpoint",
            ),
            models.CheckConstraint(
                condition=Q(touchpoint__isnull=False, stage=None)
                | Q(touchpoint=None, stage__isnull=False, dropped=False) & ~Q(name={}),
                name="viewpoint_stop_is_there_or_to_come",
            ),
            models.CheckConstraint(
                condition=Q(felt=None) | Q(felt__gte=-5, felt__lte=5),
                name="viewpoint_felt_is_on_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.viewpoint_id}: {self.touchpoint_id or self.name}"


class JourneyVersion(models.Model):
    """How a map stood after a change: kept whole, so that any two can be compared.

    `form`: {"journey": {…}, "stage": {key: {…}}, "touchpoint": {key: {…}}, "viewpoint": …}.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    form = models.JSONField()

    class Meta:
        ordering = ["journey", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["journey", "number"], name="journey_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.journey_id} v{self.number}"
