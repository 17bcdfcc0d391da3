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
    # encrypted, as are the next two; the one before verifies beside it for a while
    secret = models.TextField(blank=True)
    old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    token = models.TextField(blank=True, editable=False)  # to ask the tool for answers
    mapping = models.JSONField(default=list, blank=True)
    # what else is said of the tool: timezone, partial, expected_every, signature, items, api …
    options = models.JSONField(default=dict, blank=True)
    # how often the tool was asked on the day (UTC) it was asked last, and when it is next
    asked_on = models.DateField(null=True, editable=False)
    asked = models.IntegerField(default=0, editable=False)
    ask_at = models.DateTimeField(null=True, editable=False)
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


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def unread(self) -> Self:
        """To be mapped."""
        return self.filter(state=Delivery.State.RECEIVED)

    def to_ask_for(self, now: datetime) -> Self:
        """Envelopes whose answers are due to be asked for."""
        return self.filter(state=Delivery.State.WAITING, try_at__lte=now)

    def counted(self) -> Self:
        """Those that say how a source does: not what somebody without the secret sent."""
        return self.exclude(state=Delivery.State.REFUSED)


class Delivery(models.Model):
    """A raw delivery, kept before anything is understood of it."""

    class State(models.TextChoices):
        RECEIVED = "received"
        WAITING = "waiting"  # an envelope: the answers are to be asked for at `try_at`
        MAPPED = "mapped"
        IGNORED = "ignored"  # nothing to count: a test call, a repetition, an unfinished response
        QUARANTINED = "quarantined"
        REFUSED = "refused"

    # no index of its own: `delivery_latest` begins with it
    source = models.ForeignKey(
        Source, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    received_at = models.DateTimeField(db_default=DatabaseNow())
    content_type = models.CharField(max_length=200, blank=True)
    headers = models.JSONField(default=dict)  # few, with lower-case names; never credentials
    body = models.BinaryField()
    answer = models.BinaryField(null=True)  # what the tool said when it was asked
    message_id = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=12, choices=State, default=State.RECEIVED)
    reason = models.CharField(max_length=80, blank=True)
    params = models.JSONField(default=dict)
    responses = models.JSONField(default=list)  # identifiers, the first few
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            # serves: the job that maps what was received, a source at a time
            models.Index(
                fields=["source", "id"], condition=Q(state="received"), name="delivery_to_map"
            ),
            # serves: the job that asks for answers
            models.Index(
                fields=["try_at"], condition=Q(state="waiting"), name="delivery_to_ask_for"
            ),
            # serves: the latest of a source, and when it was heard of last
            models.Index(fields=["source", "-received_at", "-id"], name="delivery_latest"),
            # serves: what waits for a better mapping
            models.Index(
                fields=["source", "id"],
                condition=Q(state="quarantined"),
                name="delivery_in_quarantine",
            ),
            # serves: whether a message came before
            models.Index(
                fields=["source", "message_id"], condition=~Q(message_id=""), name="delivery_again"
            ),
            # serves: retention
            models.Index(fields=["received_at"], name="delivery_by_age"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", try_at__isnull=False) | ~Q(state="waiting"),
                name="delivery_waiting_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.id} {self.state}"


class SurveyResponse(models.Model):
    """The newest version of one response that was counted, and as what.

    Its key is a digest of (source, the tool's identifier). So an older version that comes late
    changes nothing, one that says the same costs nothing, and an answer that was taken back is
    taken out again.
    """

    digest = models.UUIDField(primary_key=True)
    source = models.ForeignKey(
        Source, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
    )
    revision = models.BigIntegerField()  # the tool's, or when it arrived
    edition = models.IntegerField()  # ours: the revision of its observations
    content = models.UUIDField(null=True)  # of its observations; null where some were refused
    delivery_id = models.BigIntegerField()
    # [identifier, metric] of each observation; [] of a response that was deleted
    sent = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.digest)


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
