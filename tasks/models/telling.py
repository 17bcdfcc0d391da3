"""Telling customers what was mended: the words, whom they went to, and who wants none."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from cx_loop.models import Journey, Touchpoint, User, Viewer, departments_of
from cx_loop.models.languages import NameField
from tasks.models.checklist import OfTask
from tasks.models.task import Task


class OptOut(models.Model):
    """A customer (keyed hash) who is never written to again, unless it is lifted for a reason; kept
    when they are erased, otherwise they would be written to once more."""

    class How(models.TextChoices):
        BY_HAND = "by_hand"
        API = "api"
        LINK = "link"  # in a message
        DECLINED = "declined"  # when they were called
        TOOL = "tool"  # at the survey tool

    customer = models.UUIDField(primary_key=True)
    how = models.CharField(max_length=10, choices=How)
    at = models.DateTimeField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.customer} {self.how}"


class MessageTemplateQuerySet(models.QuerySet["MessageTemplate"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those for all, and those of journeys with a touchpoint the viewer sees."""
        if departments_of(viewer) is None:
            return self
        seen = Touchpoint.objects.in_force().visible_to(viewer).order_by()
        return self.filter(Q(journey=None) | Q(journey__in=seen.values("stage__journey")))

    def in_force(self) -> Self:
        return self.filter(retired_at=None)

    def approved(self) -> Self:
        return self.in_force().filter(approved_at__isnull=False)

    def of_journey(self, journey: Journey | None) -> Self:
        """Those of the journey, and those for all."""
        return self.filter(Q(journey=None) | Q(journey=journey))


class MessageTemplate(models.Model):
    """What customers are told, one text a language. A change asks for a new approval.

    `journey` null: for all. `subject`, `text`: {"en": …, "zh-hans": …} with placeholders
    (`logic/telling.py`).
    """

    name = models.CharField(max_length=120)
    journey = models.ForeignKey(Journey, null=True, on_delete=models.PROTECT, related_name="+")
    subject = NameField()
    text = NameField()
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="template_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("written_by")),
                name="template_approved_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Telling(models.Model):
    """Once that customers behind a task were told: what, by whom, in which words of which version.

    `words`: {"en": {"subject": …, "text": …}, …}, filled in but for each customer's own link.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="tellings")
    template = models.ForeignKey(MessageTemplate, on_delete=models.PROTECT, related_name="+")
    template_version = models.PositiveIntegerField()
    words = models.JSONField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = OfTask["Telling"].as_manager()

    class Meta:
        ordering = ["task", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(template_version__gte=1), name="telling_of_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.at}"


class Told(models.Model):
    """One customer, told once of one task: by mail, or in the file for the survey tool.

    `digest`: of the answer by which their reference is found, as long as it is kept. `outcome`:
    what the survey tool says became of it, of the file only; '' while it says nothing.
    """

    class How(models.TextChoices):
        MAIL = "mail"
        FILE = "file"

    class Outcome(models.TextChoices):
        SENT = "sent"
        FAILED = "failed"
        OPTED_OUT = "opted_out"

    telling = models.ForeignKey(Telling, on_delete=models.PROTECT, related_name="told")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="told")
    customer = models.UUIDField(db_index=True)
    digest = models.UUIDField()
    how = models.CharField(max_length=4, choices=How)
    language = models.CharField(max_length=10)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    outcome_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "told"
        constraints = [
            # whoever sends twice, or two at once, write to nobody twice
            models.UniqueConstraint(fields=["task", "customer"], name="told_once"),
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at=None)
                | (~Q(outcome="") & Q(how="file", outcome_at__isnull=False)),
                name="told_outcome_of_the_file",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.how}"

    @property
    def message_key(self) -> str:
        """Of the mail in the outbox."""
        return f"told:{self.task_id}:{self.customer.hex}"


class Mended(models.Model):
    """ "You said, we mended": two sentences about a task, public only when a lead released them.

    `said`, `mended`: one text a language. A change takes the release back.
    """

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="mended")
    said = NameField()
    mended = NameField()
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    released_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True)

    objects = OfTask["Mended"].as_manager()

    class Meta:
        ordering = ["-released_at", "-id"]
        verbose_name_plural = "mended"
        constraints = [
            models.CheckConstraint(
                condition=Q(released_by=None, released_at=None)
                | Q(released_by__isnull=False, released_at__isnull=False),
                name="mended_released_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {'released' if self.released_at else 'draft'}"
