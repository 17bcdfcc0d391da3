"""What people of our own saw or were told, and entered by hand."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from cx_loop.logic.voice.origins import BY_HAND
from cx_loop.models.journey import Touchpoint
from cx_loop.models.metric import Metric
from cx_loop.models.people import User
from cx_loop.models.source import Source
from cx_loop.models.visibility import Viewer, departments_of


class HandEntryQuerySet(models.QuerySet["HandEntry"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all for who sees everything."""
        if isinstance(viewer, User) and departments_of(viewer) is not None:
            return self.filter(entered_by=viewer)
        return self


class HandEntry(models.Model):
    """Who entered what. Its id is the `external_id` of the observation, which went through intake
    like any other; the words stand with the other comments, under their retention."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=[(each, each) for each in BY_HAND])
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    metric = models.ForeignKey(Metric, null=True, on_delete=models.PROTECT, related_name="+")
    value = models.FloatField(null=True)
    exposure = models.FloatField(null=True)
    occurred_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    taken_out_at = models.DateTimeField(null=True)

    objects = HandEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "hand entries"
        indexes = [
            # serves: what somebody entered last
            models.Index(fields=["entered_by", "-entered_at"], name="handentry_own"),
            # serves: what was entered last
            models.Index(fields=["-entered_at"], name="handentry_latest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(metric=None, value=None) | Q(metric__isnull=False, value__isnull=False),
                name="handentry_measures_or_speaks",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.touchpoint_id} {self.occurred_at}"
