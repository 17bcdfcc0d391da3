"""The outbox: nothing leaves before commit; a job carries what the rows say."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from cx_loop.models.endpoint import Endpoint
from cx_loop.models.people import User


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> Self:
        return self.pending().filter(available_at__lte=now)

    def pending(self) -> Self:
        return self.filter(state=Message.State.PENDING)

    def dead(self) -> Self:
        return self.filter(state=Message.State.DEAD)


class Message(models.Model):
    """One message to one address. `dedup_key` makes it once, the lease lets one sender try it."""

    class State(models.TextChoices):
        PENDING = "pending"
        SENT = "sent"
        DEAD = "dead"
        CANCELLED = "cancelled"
        SUPPRESSED = "suppressed"  # replay and demo: written, never sent

    dedup_key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=20)  # email, webhook, chat
    recipient = models.CharField(max_length=500)  # of an endpoint its host
    endpoint = models.ForeignKey(Endpoint, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    payload = models.JSONField()  # subject and text, or an event; never a customer's words
    # sent in one mail with whatever else waits for the same person
    bundled = models.BooleanField(default=False)
    # 0: waits for nothing; else it may be gathered with others, lower ones first
    urgency = models.PositiveSmallIntegerField(default=0, db_default=0)
    task_number = models.BigIntegerField(null=True)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    available_at = models.DateTimeField()
    lease = models.UUIDField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        # serves: what is due to be sent
        indexes = [
            models.Index(fields=["available_at"], condition=Q(state="pending"), name="message_due"),
            # serves: what goes with a digest
            models.Index(
                fields=["user"], condition=Q(state="pending", bundled=True), name="message_bundled"
            ),
            # serves: how many mails a person got lately
            models.Index(
                fields=["user", "sent_at"],
                condition=Q(state="sent", channel="email"),
                name="message_told",
            ),
            # serves: the list of dead letters, and how many there are
            models.Index(fields=["created_at"], condition=Q(state="dead"), name="message_dead"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"),
                name="message_sent_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.recipient} {self.state}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self, user: User) -> Self:
        return self.filter(user=user, read_at=None)


class Notice(models.Model):
    """The in-app inbox: written in the transaction of its event, so exactly once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    dedup_key = models.CharField(max_length=200, unique=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    task_number = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        indexes = [
            # serves: the inbox, newest first
            models.Index(fields=["user", "-created_at", "-id"], name="notice_inbox"),
            models.Index(
                fields=["user", "-created_at"], condition=Q(read_at=None), name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.code}"


class Heartbeat(models.Model):
    """When each sweep last ended well: what `doctor` and health look at."""

    name = models.SlugField(primary_key=True)
    last_ok_at = models.DateTimeField()
    handled = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name} {self.last_ok_at}"


class Invariant(models.Model):
    """What the audit of every minute found of one thing that must always hold."""

    name = models.SlugField(primary_key=True)
    looked_at = models.DateTimeField()
    broken = models.IntegerField()  # when it was looked at last; healed ones are counted here too
    found = models.BigIntegerField(default=0)  # ever
    healed = models.BigIntegerField(default=0)  # ever
    place = models.BigIntegerField(default=0)  # where the next slice of rows begins

    def __str__(self) -> str:
        return f"{self.name} {self.broken}"
