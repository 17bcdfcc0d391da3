"""Addresses outside that are told of events: webhooks and chats."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from cx_loop.models.encryption import decrypt


class EndpointQuerySet(models.QuerySet["Endpoint"]):
    def in_force(self) -> Self:
        return self.filter(disabled_at=None)


class Endpoint(models.Model):
    """One address, whoever named it. Address and secrets are encrypted; the host may be shown."""

    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    address = models.TextField(editable=False)  # encrypted: that of a chat is its key
    host = models.CharField(max_length=255, editable=False)
    tool = models.SlugField(max_length=20, blank=True, editable=False)  # "": a plain webhook
    secret = models.TextField(blank=True, editable=False)  # encrypted
    old_secret = models.TextField(blank=True, editable=False)  # encrypted; signs beside the new
    old_secret_until = models.DateTimeField(null=True, editable=False)
    whole = models.BooleanField(default=False, db_default=False, editable=False)  # every department
    created_at = models.DateTimeField(editable=False)
    last_ok_at = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)  # in a row
    failing_since = models.DateTimeField(null=True, editable=False)
    disabled_at = models.DateTimeField(null=True, editable=False)
    disabled_reason = models.CharField(max_length=40, blank=True, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        ordering = ["host", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_reason="")
                | (Q(disabled_at__isnull=False) & ~Q(disabled_reason="")),
                name="endpoint_disabled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="endpoint_fails_since_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tool or 'webhook'} {self.host} {self.fingerprint[:6]}"

    @property
    def channel(self) -> str:
        return "chat" if self.tool else "webhook"

    def secrets(self, now: datetime) -> list[str]:
        """What signs now: the secret, and for a while the one before it."""
        old = self.old_secret if self.old_secret_until and self.old_secret_until > now else ""
        return [decrypt(each) for each in (self.secret, old) if each]
