"""What people share on a task, as the API tells it; nothing that its reader may not see."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from cx_loop.models import Feedback, Viewer
from cx_loop.ui.voice import words_of
from tasks.models import Attachment, Task
from tasks.reads.sharing import (
    attachments_of,
    card_behind,
    cause_of,
    comment_behind,
    gathered_by,
    stays_of,
    watchers_of,
)


class AttachmentShape(serializers.Serializer[Attachment]):
    id = serializers.IntegerField()
    name = serializers.CharField(help_text="made harmless")
    kind = serializers.CharField(help_text="what the content is")
    size = serializers.IntegerField(help_text="bytes")
    sha256 = serializers.CharField(source="digest")
    by = serializers.EmailField(source="by.email", allow_null=True)
    at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="of the download")

    def get_url(self, kept: Attachment) -> str:
        return reverse("task-attachment", args=[kept.task_id, kept.pk])


class StayShape(serializers.Serializer[Any]):
    """A department the task went through, who was asked first at the head. `answers`: it is the
    one that answers for the task now."""

    department = serializers.CharField(source="department.key")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)
    handed_by = serializers.EmailField(source="handed_by.email", allow_null=True)
    reason = serializers.CharField()
    answers = serializers.BooleanField()


class CommentShape(serializers.Serializer[Any]):
    """What a customer wrote, for whoever may see the touchpoint; null when it is not kept."""

    id = serializers.UUIDField(source="digest")
    occurred_at = serializers.DateTimeField()
    text = serializers.SerializerMethodField(help_text="without personal data")

    def get_text(self, said: Feedback) -> str:
        return words_of(said)


class SharingShape(serializers.Serializer[Task]):
    """Needs `viewer` in the context."""

    parent = serializers.SerializerMethodField(  # type: ignore[assignment]
        help_text="number of the task of its cause, if you see that one"
    )
    children = serializers.SerializerMethodField(help_text="those you see of the tasks it gathers")
    watchers = serializers.SerializerMethodField(help_text="e-mail addresses")
    attachments = serializers.SerializerMethodField()
    chain = serializers.SerializerMethodField()
    comment = serializers.SerializerMethodField(help_text="it was opened from")
    moment_card = serializers.SerializerMethodField(help_text="id of the one it was opened from")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_parent(self, task: Task) -> int | None:
        cause = cause_of(task, self._viewer)
        return cause.number if cause else None

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_children(self, task: Task) -> list[int]:
        return [each.number for each in gathered_by(task, self._viewer)]

    @extend_schema_field(serializers.ListField(child=serializers.EmailField()))
    def get_watchers(self, task: Task) -> list[str]:
        return [user.email for user in watchers_of(task)]

    @extend_schema_field(AttachmentShape(many=True))
    def get_attachments(self, task: Task) -> list[dict[str, Any]]:
        return [dict(AttachmentShape(kept).data) for kept in attachments_of(task)]

    @extend_schema_field(StayShape(many=True))
    def get_chain(self, task: Task) -> list[dict[str, Any]]:
        return [dict(StayShape(stay).data) for stay in stays_of(task)]

    @extend_schema_field(CommentShape(allow_null=True))
    def get_comment(self, task: Task) -> dict[str, Any] | None:
        said = comment_behind(task, self._viewer)
        return dict(CommentShape(said).data) if said else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_moment_card(self, task: Task) -> int | None:
        card = card_behind(task, self._viewer)
        return card.pk if card else None

    @property
    def _viewer(self) -> Viewer:
        viewer: Viewer = self.context["viewer"]
        return viewer
