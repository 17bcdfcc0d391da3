"""Has the fix worked? The plan is frozen when the fix is submitted; each look is a row."""

from django.db import models
from django.db.models import Q

from tasks.models.task import Task


class Verification(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"  # before the first look
        WATCHING = "watching"
        PERSON = "person"  # a person must say
        DECIDED = "decided"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="verifications")
    episode = models.PositiveIntegerField()
    plan = models.JSONField()  # effect.Plan: measure, reference, looks, tolerance …
    series = models.JSONField()  # ids of the series judged
    controls = models.JSONField(default=list)  # ids of the series compared with
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    next_look_at = models.DateTimeField(null=True)
    looks_done = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    recovered = models.BooleanField(null=True)
    result = models.JSONField(default=dict)  # baseline, after, effect, interval, method
    decided_at = models.DateTimeField(null=True)
    relapse_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["task", "episode", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "episode"],
                condition=~Q(state="decided"),
                name="verification_one_running",
            ),
            models.CheckConstraint(
                condition=Q(state="decided", decided_at__isnull=False, next_look_at=None)
                & ~Q(verdict="")
                | ~Q(state="decided") & Q(next_look_at__isnull=False),
                name="verification_looks_or_is_decided",
            ),
        ]
        indexes = [
            # serves: the audit of looks that have come
            models.Index(
                fields=["next_look_at"],
                condition=~Q(state="decided"),
                name="verification_next_look",
            ),
            # serves: the queue of decisions that wait for a person
            models.Index(fields=["task"], condition=Q(state="person"), name="verification_asks"),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id}.{self.episode} {self.verdict or self.state}"


class Look(models.Model):
    """One look at the data, with everything it used: so that it can be computed again."""

    verification = models.ForeignKey(Verification, on_delete=models.PROTECT, related_name="looks")
    seq = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    at = models.DateTimeField()
    data = models.JSONField()  # the days that went in
    result = models.JSONField()

    class Meta:
        ordering = ["verification", "seq"]
        constraints = [models.UniqueConstraint(fields=["verification", "seq"], name="look_once")]

    def __str__(self) -> str:
        return f"{self.verification_id} look {self.seq}"
