"""What is done about a task: ideas, the playbooks chosen, their steps, and what was used."""

from datetime import datetime
from typing import Self, TypeVar

from django.db import models
from django.db.models import F, Q

from alerts.logic.playbooks import PLAYBOOK_KINDS, STEP_TYPES
from alerts.models import PlaybookVersion
from cx_loop.models import Metric, NameField, Touchpoint, User, Viewer, departments_of
from tasks.models.task import Task
from tasks.models.verification import Verification

Of = TypeVar("Of", bound=models.Model)
KINDS = ["", *PLAYBOOK_KINDS]


class OfTask(models.QuerySet[Of]):
    """Rows that are seen by who sees their task."""

    def visible_to(self, viewer: Viewer) -> Self:
        if departments_of(viewer) is None:
            return self
        return self.filter(task__in=Task.objects.all().visible_to(viewer).values("number"))


class Idea(models.Model):
    """What somebody thinks could help. The one that is chosen becomes steps."""

    class State(models.TextChoices):
        OPEN = "open"
        CHOSEN = "chosen"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="ideas")
    episode = models.PositiveIntegerField()
    text = models.TextField()
    kind = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfTask["Idea"].as_manager()

    class Meta:
        ordering = ["task", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="idea_says_something"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="idea_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "chosen"]), name="idea_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.text[:40]}"


class Vote(models.Model):
    """One person finds one idea good. A vote that is taken back is gone; the trail tells of it."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="votes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["idea", "id"]
        constraints = [models.UniqueConstraint(fields=["idea", "by"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.by_id} for {self.idea_id}"


class Adoption(models.Model):
    """A playbook or an idea was chosen for a round of a task: from then on its steps are ours."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="adoptions")
    episode = models.PositiveIntegerField()
    playbook = models.ForeignKey(
        PlaybookVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    idea = models.OneToOneField(Idea, null=True, on_delete=models.PROTECT, related_name="adoption")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = OfTask["Adoption"].as_manager()

    class Meta:
        ordering = ["task", "id"]
        constraints = [
            models.UniqueConstraint(fields=["task", "episode", "playbook"], name="adoption_once"),
            models.CheckConstraint(
                condition=Q(playbook=None, idea__isnull=False)
                | Q(playbook__isnull=False, idea=None),
                name="adoption_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id}.{self.episode} {self.playbook_id or self.idea_id}"


class StepQuerySet(OfTask["Step"]):
    def late(self, now: datetime) -> Self:
        """Steps whose owner has to be told, of tasks whose clocks run."""
        return self.filter(
            Q(task__silenced_until=None) | Q(task__silenced_until__lte=now),
            remind_at__lte=now,
            task__state__in=["open", "accepted", "in_progress"],
        )


class Step(models.Model):
    """One line of a task's checklist, containing the harm or correcting its cause."""

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        NOT_NEEDED = "not_needed"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="steps")
    adoption = models.ForeignKey(  # none: added by hand
        Adoption, null=True, on_delete=models.PROTECT, related_name="steps"
    )
    episode = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    text = NameField()
    type = models.CharField(max_length=8)
    kind = models.CharField(max_length=20, blank=True)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)  # none: with the task
    remind_at = models.DateTimeField(null=True)  # when its owner is told that it is late
    evidence = models.TextField(blank=True)
    link = models.URLField(max_length=500, blank=True)  # of the evidence
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    reason = models.TextField(blank=True)  # why it is not needed
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = StepQuerySet.as_manager()

    class Meta:
        ordering = ["task", "position"]
        constraints = [
            # two change places in one transaction, so it is asked at its end
            models.UniqueConstraint(
                fields=["task", "position"],
                name="step_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(type__in=STEP_TYPES), name="step_type_known"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="step_kind_known"),
            models.CheckConstraint(condition=~Q(text={}), name="step_says_something"),
            models.CheckConstraint(
                condition=Q(state="open", done_at=None, done_by=None, reason="")
                | Q(state="done", done_at__isnull=False, done_by__isnull=False, reason="")
                | Q(state="not_needed", done_at=None, done_by=None) & ~Q(reason=""),
                name="step_says_who_and_when_or_why_not",
            ),
            models.CheckConstraint(
                condition=Q(remind_at=None) | Q(state="open"), name="step_reminds_while_open"
            ),
        ]
        indexes = [
            # serves: the sweep, that tells of late steps
            models.Index(
                fields=["remind_at"], condition=Q(remind_at__isnull=False), name="step_remind"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} step {self.position}"


class FollowUpQuerySet(OfTask["FollowUp"]):
    def due(self, now: datetime) -> Self:
        return self.filter(next_due_at__lte=now)


class FollowUp(models.Model):
    """Has a training stuck? Asked on a day, of the step's owner; unanswered, of those above.

    It outlives the task's closing: what people learnt shows weeks later.
    """

    class Answer(models.TextChoices):
        STUCK = "stuck"
        PARTLY = "partly"
        NOT_STUCK = "not_stuck"

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="follow_ups")
    step = models.OneToOneField(Step, on_delete=models.PROTECT, related_name="follow_up")
    asks_at = models.DateTimeField()
    asked = models.PositiveSmallIntegerField(default=0)  # times; each time one level up
    next_due_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["task", "asks_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, next_due_at__isnull=False)
                | Q(answer__in=["stuck", "partly", "not_stuck"], next_due_at=None)
                & Q(answered_at__isnull=False, answered_by__isnull=False),
                name="follow_up_is_answered_or_asks_again",
            ),
            models.CheckConstraint(
                condition=Q(asks_at__gte=F("created_at")), name="follow_up_asks_later"
            ),
        ]
        indexes = [
            # serves: the sweep
            models.Index(
                fields=["next_due_at"],
                condition=Q(next_due_at__isnull=False),
                name="follow_up_next_due",
            ),
            # serves: the audit of questions that were never put
            models.Index(
                fields=["asks_at"], condition=Q(asked=0, answer=""), name="follow_up_unasked"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.answer or self.asks_at}"


class Countermeasure(models.Model):
    """What stood behind a submitted fix: one row a playbook's version and kind, as learning needs.

    Frozen when the fix is submitted; its verdict is that of the verification.
    """

    verification = models.ForeignKey(
        Verification, on_delete=models.PROTECT, related_name="countermeasures"
    )
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="countermeasures")
    episode = models.PositiveIntegerField()
    playbook = models.ForeignKey(  # none: steps by hand, or of an idea
        PlaybookVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, blank=True)
    steps_done = models.PositiveSmallIntegerField()
    steps_in_all = models.PositiveSmallIntegerField()  # without those that were not needed
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, on_delete=models.PROTECT, related_name="+"
    )
    metric = models.ForeignKey(Metric, null=True, on_delete=models.PROTECT, related_name="+")
    pain_category = models.CharField(max_length=20)
    root_cause = models.CharField(max_length=20)
    fixed_at = models.DateTimeField()
    at = models.DateTimeField()

    objects = OfTask["Countermeasure"].as_manager()

    class Meta:
        ordering = ["task", "verification", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "playbook", "kind"],
                nulls_distinct=False,
                name="countermeasure_once",
            ),
            models.CheckConstraint(
                condition=Q(steps_done__gte=1, steps_in_all__gte=F("steps_done")),
                name="countermeasure_was_taken",
            ),
        ]
        indexes = [
            # serves: what has helped at a touchpoint before
            models.Index(fields=["touchpoint", "metric"], name="countermeasure_where")
        ]

    def __str__(self) -> str:
        return f"#{self.task_id}.{self.episode} {self.playbook_id} {self.kind}"
