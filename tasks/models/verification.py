"""Has the fix worked? The plan is frozen when the fix is submitted; each look is a row."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q, Value

from cx_loop.models import Department, Viewer, departments_of
from tasks.models.elsewhere import JudgedElsewhere
from tasks.models.task import Task

# a submission that was taken back is no fix anybody could judge
TAKEN_BACK = ("withdrawn", "sent_back", "reopened")


class VerificationQuerySet(models.QuerySet["Verification"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if departments_of(viewer) is None:
            return self
        return self.filter(task__in=Task.objects.all().visible_to(viewer).values("number"))

    def judged(self) -> Self:
        """Fixes with a verdict, whoever gave it."""
        return self.filter(state="decided").exclude(reason__in=TAKEN_BACK)

    def to_recheck(self, now: datetime) -> Self:
        return self.filter(recheck_at__lte=now)

    def to_watch(self, now: datetime) -> Self:
        return self.filter(watch_at__lte=now)


class Verification(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting"  # before the first look
        WATCHING = "watching"
        PERSON = "person"  # a person must say
        DECIDED = "decided"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="verifications")
    episode = models.PositiveIntegerField()
    # a lead chose to judge it there; null: on what its rule watches
    elsewhere = models.ForeignKey(
        JudgedElsewhere, null=True, on_delete=models.PROTECT, related_name="verifications"
    )
    plan = models.JSONField()  # effect.Plan: measure, reference, looks, tolerance …
    series = models.JSONField()  # ids of the series judged
    controls = models.JSONField(default=list)  # ids of the series compared with
    # metrics that must not get worse: [{"metric", "measure", "higher_is_better", "series",
    # "controls"}], frozen with the plan
    guards = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    next_look_at = models.DateTimeField(null=True)
    looks_done = models.PositiveSmallIntegerField(default=0)
    verdict = models.CharField(max_length=24, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    recovered = models.BooleanField(null=True)
    result = models.JSONField(default=dict)  # baseline, after, effect, interval, method
    decided_at = models.DateTimeField(null=True)
    # a fix that worked is watched until here; when the closed task is looked at next
    relapse_until = models.DateTimeField(null=True)
    watch_at = models.DateTimeField(null=True)
    watch = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))  # last look
    relapsed_at = models.DateTimeField(null=True)
    # its data were corrected since: what the verdict would be now, noted when that was seen; and
    # when they are looked at next
    correction = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    corrected_at = models.DateTimeField(null=True)
    recheck_at = models.DateTimeField(null=True)
    # it helps: whoever has not told its customers by then is reminded, once
    tell_at = models.DateTimeField(null=True)
    # whose fix it was and what was said of it; the task's own change with its next round
    department = models.ForeignKey(
        Department, null=True, on_delete=models.PROTECT, related_name="+"
    )
    pain_category = models.CharField(max_length=20, blank=True, default="")
    root_cause = models.CharField(max_length=20, blank=True, default="")
    # what the measure has cost and brings a year, in the company's own currency
    cost = models.DecimalField(null=True, max_digits=14, decimal_places=2)
    benefit = models.DecimalField(null=True, max_digits=14, decimal_places=2)

    objects = VerificationQuerySet.as_manager()

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
            models.CheckConstraint(
                condition=Q(watch_at=None)
                | Q(state="decided", relapse_until__isnull=False, relapsed_at=None),
                name="verification_watches_what_worked",
            ),
            models.CheckConstraint(
                condition=Q(verdict="relapsed", relapsed_at__isnull=False)
                | ~Q(verdict="relapsed") & Q(relapsed_at=None),
                name="verification_relapsed_at_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(recheck_at=None) | Q(state="decided"),
                name="verification_rechecks_what_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(tell_at=None) | Q(state="decided"),
                name="verification_tells_what_is_decided",
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0), name="verification_costs_something"
            ),
        ]
        indexes = [
            # serves: the audit of looks that have come
            models.Index(
                fields=["next_look_at"],
                condition=~Q(state="decided"),
                name="verification_next_look",
            ),
            # serves: the sweep, that looks for relapses
            models.Index(
                fields=["watch_at"],
                condition=Q(watch_at__isnull=False),
                name="verification_watch",
            ),
            # serves: the sweep, that holds verdicts against their data
            models.Index(
                fields=["recheck_at"],
                condition=Q(recheck_at__isnull=False),
                name="verification_recheck",
            ),
            # serves: the sweep, that reminds of telling customers
            models.Index(
                fields=["tell_at"],
                condition=Q(tell_at__isnull=False),
                name="verification_tell",
            ),
            # serves: what the company learns from verdicts of a stretch of time
            models.Index(
                fields=["decided_at"],
                condition=Q(state="decided"),
                name="verification_decided",
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
