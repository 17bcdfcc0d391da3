"""A task as the API tells it."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alerts.models import Severity
from cx_loop.models import User, Viewer
from tasks.actions.work import allowed_calls
from tasks.api.outlook import OutlookShape, outlook_of
from tasks.api.sharing_shapes import SharingShape
from tasks.api.verification_shapes import VerificationShape, verification_told
from tasks.logic import lifecycle, routing
from tasks.models import Note, Task, TaskAlert, Verification
from tasks.notices import segment_names, title_of

SEVERITIES = {word: number for number, word in Severity.choices}


class TaskShape(serializers.Serializer[Task]):
    """What stands in lists. Needs `now` and `segments` in the context."""

    number = serializers.IntegerField()
    title = serializers.SerializerMethodField(help_text="in the reader's language")
    state = serializers.ChoiceField(choices=Task.State.choices)
    severity = serializers.ChoiceField(choices=list(SEVERITIES), source="get_severity_display")
    department = serializers.CharField(source="department.key")
    answerable_department = serializers.CharField(source="answerable_department.key")
    assignee = serializers.EmailField(source="assignee.email", allow_null=True)
    alerts = serializers.SerializerMethodField()
    touchpoint = serializers.CharField(source="touchpoint.key", allow_null=True)
    metric = serializers.CharField(source="metric.key", allow_null=True)
    segment = serializers.CharField()
    playbook = serializers.CharField(source="playbook.playbook.key", allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    respond_by = serializers.DateTimeField(allow_null=True)
    silenced_until = serializers.DateTimeField(
        allow_null=True, help_text="until then its clocks stand still and it announces nothing"
    )
    hold_until = serializers.DateTimeField(allow_null=True)
    escalation_level = serializers.IntegerField()
    unattended_since = serializers.DateTimeField(
        allow_null=True, help_text="nobody is left to be asked, until somebody takes it in hand"
    )
    episode = serializers.IntegerField()
    version = serializers.IntegerField()
    pain_category = serializers.SerializerMethodField()
    root_cause = serializers.SerializerMethodField()
    countermeasure = serializers.SerializerMethodField()
    verification = serializers.SerializerMethodField()
    overdue = serializers.SerializerMethodField()
    was_late = serializers.BooleanField()
    self_recovered = serializers.BooleanField()
    recovered = serializers.BooleanField(allow_null=True)
    created_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    resolution = serializers.SerializerMethodField()

    def get_title(self, task: Task) -> str:
        return title_of(task, self.context["segments"])

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_alerts(self, task: Task) -> list[int]:
        return sorted({link.alert_id for link in task.links.all()})

    @extend_schema_field(
        serializers.ChoiceField(choices=lifecycle.PAIN_CATEGORIES, allow_null=True)
    )
    def get_pain_category(self, task: Task) -> str | None:
        return task.pain_category or None

    @extend_schema_field(serializers.ChoiceField(choices=lifecycle.ROOT_CAUSES, allow_null=True))
    def get_root_cause(self, task: Task) -> str | None:
        return task.root_cause or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_countermeasure(self, task: Task) -> str | None:
        return task.countermeasure or None

    @extend_schema_field(VerificationShape(allow_null=True))
    def get_verification(self, task: Task) -> dict[str, Any] | None:
        newest = next(iter(task.verifications.all()), None)
        return None if newest is None else dict(VerificationShape(verification_told(newest)).data)

    def get_overdue(self, task: Task) -> bool:
        return task.is_overdue(self.context["now"])

    @extend_schema_field(serializers.ChoiceField(choices=lifecycle.RESOLUTIONS, allow_null=True))
    def get_resolution(self, task: Task) -> str | None:
        return task.resolution or None


class ComparisonShape(serializers.Serializer[Any]):
    """One condition of a route beside what the task had; `position` counts routes from 1 on."""

    position = serializers.IntegerField(required=False)
    condition = serializers.ChoiceField(choices=routing.CONDITIONS)
    wanted = serializers.ListField(child=serializers.CharField())
    given = serializers.ListField(child=serializers.CharField())


class RouteTakenShape(serializers.Serializer[Any]):
    """Why the task came to its department. `because`: the conditions of the route that was taken;
    `passed`: for each route before it the first condition that did not hold."""

    by = serializers.ChoiceField(choices=["route", "owner", "hand"])
    to = serializers.CharField(help_text="department")
    role = serializers.CharField(help_text="lead, director, members, a duty; empty: the staff")
    table = serializers.IntegerField(required=False, help_text="version of the routes")
    position = serializers.IntegerField(required=False)
    because = ComparisonShape(many=True, required=False)
    passed = ComparisonShape(many=True, required=False)
    instead = serializers.CharField(
        required=False, help_text="who has it because the department is retired"
    )


class TaskDetailShape(TaskShape, SharingShape):
    """`allowed`: the calls the person may make now; empty for a key, which acts for others."""

    allowed = serializers.SerializerMethodField()
    route = serializers.SerializerMethodField()
    outlook = serializers.SerializerMethodField()

    @extend_schema_field(OutlookShape(allow_null=True))
    def get_outlook(self, task: Task) -> dict[str, Any] | None:
        return outlook_of(task, self.context["now"])

    @extend_schema_field(RouteTakenShape(allow_null=True))
    def get_route(self, task: Task) -> dict[str, Any] | None:
        return task.routed or None

    @extend_schema_field(
        serializers.ListField(child=serializers.ChoiceField(choices=list(lifecycle.TABLE)))
    )
    def get_allowed(self, task: Task) -> list[str]:
        person = self.context["person"]
        return [] if person is None else allowed_calls(task, person)


class NoteShape(serializers.Serializer[Any]):
    """`mentions`: who was named with @ and told of it."""

    id = serializers.IntegerField()
    by = serializers.EmailField(source="by.email", allow_null=True)
    at = serializers.DateTimeField()
    text = serializers.CharField()
    mentions = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.EmailField()))
    def get_mentions(self, note: Note) -> list[str]:
        return [mention.user.email for mention in note.mentions.select_related("user")]


def told(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks with everything their shape names, in a number of queries that does not grow."""
    newest = (
        Verification.objects.defer("plan", "series", "controls", "guards")
        .select_related("elsewhere__metric")
        .annotate(looks_taken=Count("looks"))
        .order_by("-episode", "-id")
    )
    return tasks.select_related(
        "department",
        "answerable_department",
        "assignee",
        "touchpoint",
        "metric",
        "playbook__playbook",
    ).prefetch_related(
        Prefetch("links", queryset=TaskAlert.objects.only("task_id", "alert_id")),
        Prefetch("verifications", queryset=newest),
    )


def context_of(
    now: datetime, person: User | None = None, viewer: Viewer | None = None
) -> dict[str, Any]:
    """`viewer`: whose eyes it is told for, when those are not the person's."""
    return {
        "now": now,
        "segments": segment_names(),
        "person": person,
        "viewer": viewer or person or AnonymousUser(),
    }


def tell(number: int, viewer: Viewer, now: datetime, person: User | None) -> dict[str, Any] | None:
    """One task in full, or None when the viewer may not see it."""
    task = told(Task.objects.all().visible_to(viewer)).filter(number=number).first()
    if task is None:
        return None
    return dict(TaskDetailShape(task, context=context_of(now, person, viewer)).data)
