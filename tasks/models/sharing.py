"""What people put on a task together: who watches, who was named, files, and where it came from."""

from typing import Self

from django.db import models
from django.db.models import Q

from cx_loop.models import MomentCard, User
from tasks.logic.attachments import LARGEST, MOST
from tasks.models.note import Note
from tasks.models.task import Task


class Watcher(models.Model):
    """Somebody who wants to hear of every change of state."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="watchers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="watching")
    since = models.DateTimeField()

    class Meta:
        ordering = ["since", "id"]
        constraints = [models.UniqueConstraint(fields=["task", "user"], name="watcher_once")]

    def __str__(self) -> str:
        return f"#{self.task_id} watched by {self.user_id}"


class Mention(models.Model):
    """Somebody named in a comment, and told of it."""

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["note", "id"]
        constraints = [models.UniqueConstraint(fields=["note", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.note_id} names {self.user_id}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def kept(self) -> Self:
        return self.filter(removed_at=None)

    def listed(self) -> Self:
        """Without the bytes: a list of twenty files must not read 200 MB."""
        return self.kept().defer("content").select_related("by")


class Attachment(models.Model):
    """A file on a task. Its bytes are a column, so they are backed up with everything else.

    What is removed keeps its row without bytes: who put it there and who took it away.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="attachments")
    place = models.PositiveSmallIntegerField()  # 1 … MOST, each once: the limit of a task
    name = models.CharField(max_length=120)  # as logic/attachments.py made it harmless
    kind = models.CharField(max_length=8)  # what its content was found to be
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)  # SHA-256 of the content
    content = models.BinaryField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "place"], condition=Q(removed_at=None), name="attachment_place_once"
            ),
            models.CheckConstraint(
                condition=Q(place__gte=1, place__lte=MOST), name="attachment_within_the_limit"
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=LARGEST), name="attachment_size_allowed"
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None, content__isnull=False)
                | Q(removed_at__isnull=False, content=None),
                name="attachment_has_bytes_until_removed",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} {self.name}"


class Origin(models.Model):
    """The comment, or the moment card, a task was opened from.

    A comment by its digest, not by a key: retention and erasure take the words away, and the task
    stays.
    """

    task = models.OneToOneField(
        Task, primary_key=True, on_delete=models.PROTECT, related_name="origin"
    )
    comment = models.UUIDField(null=True)
    card = models.ForeignKey(
        MomentCard, null=True, on_delete=models.PROTECT, related_name="tasks_from"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(comment=None, card__isnull=False) | Q(comment__isnull=False, card=None),
                name="origin_is_one_thing",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.task_id} from {self.comment or self.card_id}"
