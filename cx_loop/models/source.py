"""Where observations come from, and the keys that may send them."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from cx_loop.clock import DatabaseNow
from cx_loop.models.organization import Department


class Source(models.Model):
    """A survey tool, a call centre, a file: observations are unique within their source."""

    key = models.SlugField(max_length=80, unique=True)
    tool = models.SlugField(max_length=40, default="api")
    secret = models.TextField(blank=True)  # encrypted
    mapping = models.JSONField(default=list, blank=True)
    hook_digest = models.CharField(  # noqa: DJ001  unique only where issued
        max_length=64, null=True, unique=True, editable=False
    )
    hook_token = models.TextField(blank=True, editable=False)  # encrypted, to show it again
    disabled_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class Delivery(models.Model):
    """A raw webhook delivery, kept before anything is understood of it."""

    class State(models.TextChoices):
        RECEIVED = "received"
        MAPPED = "mapped"
        QUARANTINED = "quarantined"
        REFUSED = "refused"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="deliveries")
    received_at = models.DateTimeField(db_default=DatabaseNow())
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    reason = models.CharField(max_length=80, blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        # serves: the job that maps what was received
        indexes = [
            models.Index(fields=["id"], condition=Q(state="received"), name="delivery_to_map")
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.id} {self.state}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def live(self, now: datetime) -> Self:
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class ApiKey(models.Model):
    """`cxl_<prefix>_<secret>`: the prefix finds the row, only a keyed hash of the whole is kept."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="keys"
    )
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="keys"
    )
    created_at = models.DateTimeField(db_default=DatabaseNow())
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"
