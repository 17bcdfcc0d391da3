"""Improvement tasks: what a department does about an alert."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value

from alerts.models import Alert, PlaybookVersion, RuleVersion, Severity
from cx_loop.models import Department, Metric, Touchpoint, User, Viewer, department_ids_of
from tasks.models.routing import EscalationPolicyVersion

# carried by the indexes of the queue, so that what a filter leaves out is not read from the table
NARROWED_BY = ["state", "assignee", "touchpoint", "metric"]
WORKABLE = ["open", "accepted", "in_progress", "on_hold"]


class TaskQuerySet(models.QuerySet["Task"]):
    def unclosed(self) -> Self:
        return self.exclude(state="closed")

    def due(self, now: datetime) -> Self:
        return self.filter(next_due_at__lte=now)

    def to_push_up(self, now: datetime) -> Self:
        """Due for a step of their ladder, and nothing else; those that failed are left out."""
        awake = Q(silenced_until=None) | Q(silenced_until__gt=now)
        worked = Q(hold_until=None) | Q(hold_until__gt=now)
        return self.due(now).filter(awake, worked, state__in=WORKABLE, attempts=0)

    def overdue(self, now: datetime) -> Self:
        return self.filter(state__in=WORKABLE, due_at__lt=now)

    def unattended(self) -> Self:
        """Those on which the last step of escalation has led to nothing."""
        return self.unclosed().filter(unattended_since__isnull=False)

    def mine(self, user: User) -> Self:
        return self.unclosed().filter(assignee=user)

    def held_by(self, departments: Sequence[int]) -> Self:
        """Tasks the departments (primary keys) have, had, or answer for."""
        held = Holding.objects.filter(task=OuterRef("pk"), department__in=departments)
        # asked of each task that is read; as a set, every task ever held would be read first
        return self.filter(Q(department__in=departments) | Exists(held))

    def visible_to(self, viewer: Viewer) -> Self:
        departments = department_ids_of(viewer)
        return self if departments is None else self.held_by(departments)


class Task(models.Model):
    """One row a task; what belongs to one round of it stands in its episodes."""

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted"
        IN_PROGRESS = "in_progress"
        ON_HOLD = "on_hold"
        VERIFYING = "verifying"
        CLOSED = "closed"

    number = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    severity = models.SmallIntegerField(choices=Severity)  # the highest of the episode
    title = models.JSONField(default=dict)  # {"code": …, "params": …}, or {"text": …} by hand
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="tasks")
    # the first department stays answerable until the next one accepts
    answerable_department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="answerable_tasks"
    )
    assignee = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    # why it came to the department: routing.Choice as it was made
    routed = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    metric = models.ForeignKey(
        Metric, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    segment = models.CharField(max_length=80, blank=True, default="")
    rule_version = models.ForeignKey(
        RuleVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    playbook = models.ForeignKey(
        PlaybookVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    policy = models.ForeignKey(
        EscalationPolicyVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    alerts = models.ManyToManyField(Alert, through="TaskAlert", related_name="tasks")
    episode = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)

    created_at = models.DateTimeField()
    respond_by = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)  # resolve by
    was_late = models.BooleanField(default=False)
    escalation_level = models.PositiveSmallIntegerField(default=0)  # 0 staff, 1 lead, 2 director
    escalate_at = models.DateTimeField(null=True)
    progressed_at = models.DateTimeField(null=True)  # when somebody last moved it
    # nobody is left to be asked: until somebody takes it in hand
    unattended_since = models.DateTimeField(null=True)
    hold_until = models.DateTimeField(null=True)
    # its alerts are silenced: until then its clocks stand still and it announces nothing
    silenced_until = models.DateTimeField(null=True)
    # announcements kept until the silence ends: [{"code", "role"}]
    unsaid = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    # the one moment the sweep looks at: the earliest of the deadlines the state has
    next_due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # failed sweeps of this row

    pain_category = models.CharField(max_length=20, blank=True)
    root_cause = models.CharField(max_length=20, blank=True)
    countermeasure = models.TextField(blank=True)
    fixed_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    self_recovered = models.BooleanField(default=False)
    recovered = models.BooleanField(null=True)
    closed_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=24, blank=True)

    # who has just been told of the change as a watcher; of this row in memory, not in the table
    told_watching: frozenset[int] = frozenset()

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["severity", "due_at", "number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", next_due_at=None)
                | (~Q(state="closed") & Q(next_due_at__isnull=False)),
                name="task_unclosed_has_a_next_deadline",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(resolution="")
                | ~Q(state="closed") & Q(closed_at=None),
                name="task_closed_has_time_and_resolution",
            ),
            models.CheckConstraint(
                condition=~Q(state="on_hold") | Q(hold_until__isnull=False),
                name="task_on_hold_has_an_end",
            ),
            # a sweep that failed comes back a little later than the end of the silence
            models.CheckConstraint(
                condition=Q(silenced_until=None)
                | ~Q(state="closed") & Q(next_due_at__lte=F("silenced_until"))
                | ~Q(state="closed") & Q(attempts__gt=0),
                name="task_silenced_wakes_in_time",
            ),
            models.CheckConstraint(condition=Q(severity__in=[1, 2]), name="task_severity_known"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("number")), name="task_is_not_its_own_cause"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("created_at")),
                name="task_closed_after_created",
            ),
        ]
        indexes = [
            # serves: the sweep
            models.Index(
                fields=["next_due_at"], condition=Q(next_due_at__isnull=False), name="task_next_due"
            ),
            # serves: a department's queue by keyset
            models.Index(
                fields=["department", "severity", "due_at", "number"],
                condition=~Q(state="closed"),
                include=NARROWED_BY,
                name="task_department_queue",
            ),
            # serves: a department's closed tasks by keyset
            models.Index(
                fields=["department", "severity", "due_at", "number"],
                condition=Q(state="closed"),
                name="task_department_closed",
            ),
            # serves: the same by age, the newest first
            models.Index(
                fields=["department", "severity", "-number"],
                condition=Q(state="closed"),
                name="task_closed_by_age",
            ),
            # serves: my queue by keyset
            models.Index(
                fields=["assignee", "severity", "due_at", "number"],
                condition=~Q(state="closed"),
                name="task_my_queue",
            ),
            # serves: the whole board by keyset
            models.Index(
                fields=["severity", "due_at", "number"],
                condition=~Q(state="closed"),
                include=NARROWED_BY,
                name="task_board",
            ),
            # serves: what was pushed up in a department, on the board and in the queue
            models.Index(
                fields=["department", "severity", "due_at", "number"],
                condition=~Q(state="closed") & Q(escalation_level__gt=0),
                name="task_escalated",
            ),
            # serves: the API's list by severity, by deadline, by age, and by the day of closing
            models.Index(fields=["severity", "due_at", "number"], name="task_in_order_of_severity"),
            models.Index(fields=["due_at", "number"], name="task_in_order_of_deadline"),
            models.Index(fields=["created_at", "number"], name="task_in_order_of_age"),
            models.Index(fields=["closed_at", "number"], name="task_in_order_of_end"),
            # serves: what nobody attends to, longest first; nearly empty while all is well
            models.Index(
                fields=["unattended_since", "number"],
                condition=Q(unattended_since__isnull=False),
                name="task_unattended",
            ),
            # serves: the audit; empty as long as every task wakes for its deadlines
            models.Index(
                fields=["number"],
                condition=Q(
                    state__in=["open", "accepted", "in_progress"],
                    attempts=0,
                    silenced_until=None,
                    next_due_at__gt=F("escalate_at"),
                ),
                name="task_sleeps_too_long",
            ),
            # serves: joining an alert to the unsubmitted task of its rule and touchpoint
            models.Index(
                fields=["touchpoint", "rule_version"],
                condition=Q(state__in=WORKABLE),
                name="task_to_join",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    def is_silenced(self, now: datetime) -> bool:
        return self.silenced_until is not None and self.silenced_until > now

    def is_overdue(self, now: datetime) -> bool:
        return self.state in WORKABLE and self.due_at is not None and self.due_at < now


class TaskAlert(models.Model):
    """Which alerts a task is about, by episode: three segments, one task."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="links")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="links")
    episode = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "alert", "episode"], name="task_alert_once")
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} alert {self.alert_id}"


class Holding(models.Model):
    """The chain of departments a task went through: what a department had, it may still see."""

    # both begin an index below
    task = models.ForeignKey(
        Task, on_delete=models.PROTECT, related_name="holdings", db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="holdings", db_index=False
    )
    # of the task, which never moves: so what a department worked at is found without its tasks
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task"], condition=Q(until=None), name="task_is_held_by_one"
            )
        ]
        indexes = [
            # serves: whether a department has or had a task, asked of each row that is read
            models.Index(fields=["task", "department"], name="holding_of_task"),
            # serves: the touchpoints a department worked at, one probe each
            models.Index(fields=["department", "touchpoint"], name="holding_worked_at"),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} at {self.department_id}"
