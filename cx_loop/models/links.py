"""Addresses that open something by themselves: an invitation, a new password, a calendar feed."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q

from cx_loop.models.people import User


class PersonLinkQuerySet(models.QuerySet["PersonLink"]):
    def live(self, now: datetime) -> Self:
        """Neither used, revoked nor run out, of somebody who is active."""
        lasting = Q(expires_at=None) | Q(expires_at__gt=now)
        return self.filter(lasting, ended_at=None, user__is_active=True)


class PersonLink(models.Model):
    """Only a keyed hash of the token is kept, so a stolen table opens nothing."""

    class Kind(models.TextChoices):
        INVITE = "invite"
        RESET = "reset"
        CALENDAR = "calendar"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # used, or revoked

    objects = PersonLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=Q(ended_at=None),
                name="person_link_one_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="calendar", expires_at=None) | Q(expires_at__gt=F("created_at")),
                name="person_link_runs_out_unless_a_feed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user}"
