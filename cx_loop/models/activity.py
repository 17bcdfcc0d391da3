"""One audit trail: append-only, written in the transaction of the change it tells of."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from cx_loop.models.people import User
from cx_loop.models.source import ApiKey
from cx_loop.models.together import add


class Activity(models.Model):
    """Who did what to which object: codes and parameters, so both languages can read it."""

    at = models.DateTimeField()
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=20)  # "task", "alert", "rule"
    subject_id = models.BigIntegerField()
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        verbose_name_plural = "activities"
        # serves: the trail of one object
        indexes = [
            models.Index(fields=["subject", "subject_id", "at", "id"], name="activity_trail")
        ]
        constraints = [models.CheckConstraint(condition=~Q(verb=""), name="activity_has_a_verb")]

    def __str__(self) -> str:
        return f"{self.subject} {self.subject_id} {self.verb}"


class Actor:
    """A user, a key speaking for a user, or the system (neither)."""

    __slots__ = ("key", "user")

    def __init__(self, user: User | None = None, key: ApiKey | None = None) -> None:
        self.user = user
        self.key = key

    @property
    def is_system(self) -> bool:
        return self.user is None and self.key is None

    def __str__(self) -> str:
        return str(self.user or self.key or "system")


SYSTEM = Actor()


def entry(
    *,
    verb: str,
    subject: str,
    subject_id: int,
    by: Actor,
    now: datetime,
    from_state: str = "",
    to_state: str = "",
    params: dict[str, Any] | None = None,
) -> Activity:
    """A row of the trail that is not written yet."""
    return Activity(
        at=now,
        user=by.user,
        key=by.key,
        verb=verb,
        subject=subject,
        subject_id=subject_id,
        from_state=from_state,
        to_state=to_state,
        params=params or {},
    )


def record(**said: Any) -> Activity:
    """Append one row to the trail. Call it inside the transaction of the change.

    What is said is what `entry` takes.
    """
    made = entry(**said)
    add(made)
    return made
