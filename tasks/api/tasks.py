"""GET and POST tasks/, GET tasks/{number}/."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.permissions import HasScope, ReadsOrWorks
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, Text, Whole, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Actor, Department, Feedback, MomentCard, Touchpoint, User
from tasks.actions.errors import Invalid
from tasks.actions.opening import open_by_hand
from tasks.api.filters import TaskFilters
from tasks.api.refusals import refusals
from tasks.api.shapes import SEVERITIES, TaskDetailShape, TaskShape, context_of, tell, told
from tasks.logic import lifecycle
from tasks.models import Task
from tasks.reads.sharing import card_at, comment_at

LARGEST_ID = 2**63 - 1


class NewTaskSaid(Said):
    title = Text(required=False, max_length=200)
    touchpoint = Text(required=False, max_length=80, help_text="key")
    severity = Word(required=False, choices=list(SEVERITIES), default="warning")
    department = Text(
        required=False, max_length=80, help_text="key; without it the routes, then the owner"
    )
    pain_category = Word(required=False, choices=lifecycle.PAIN_CATEGORIES)
    comment = Text(
        required=False, max_length=36, help_text="id of what a customer wrote at the touchpoint"
    )
    moment_card = Whole(
        required=False, min_value=1, max_value=LARGEST_ID, help_text="id of a moment card there"
    )


class TasksView(GenericAPIView[Task]):
    """The tasks that the caller's departments have or had, the most urgent first."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    serializer_class = TaskShape
    filterset_class = TaskFilters
    queryset = Task.objects.all()
    orderings = {
        "severity": ("severity", "due_at", "number"),
        "due_at": ("due_at", "number"),
        "created_at": ("created_at", "number"),
        "closed_at": ("closed_at", "number"),
        "number": ("number",),
    }
    default_ordering = "severity"

    @property
    def rate(self) -> str:
        return "work" if self.request.method == "POST" else "read"

    def get_queryset(self) -> QuerySet[Task]:
        return told(Task.objects.all().visible_to(viewer_of(self.request)))

    @extend_schema(
        operation_id="tasks_list",
        summary="List tasks",
        tags=["tasks"],
        responses=TaskShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        shapes = TaskShape(page, many=True, context=context_of(clock.now()))
        return self.get_paginated_response(shapes.data)

    @extend_schema(
        operation_id="tasks_create",
        summary="Open a task by hand",
        tags=["tasks"],
        request=NewTaskSaid,
        responses={201: TaskDetailShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, now = actor_of(request), clock.now()
        fields = read_said(NewTaskSaid, request)
        with refusals(lambda number: None):
            touchpoint = _touchpoint(fields, by)
            card = _card(fields, touchpoint, by)
            task = open_by_hand(
                touchpoint=touchpoint,
                comment=_comment(fields, touchpoint, by),
                card=card,
                segment=card.segment if card else "",
                text=fields.get("title", ""),
                severity=SEVERITIES[fields["severity"]],
                department=_department(fields),
                pain_category=fields.get("pain_category", ""),
                by=by,
                now=now,
            )
        made = told(Task.objects.all()).get(number=task.number)
        body = TaskDetailShape(made, context=context_of(now, by.user)).data
        return Response(body, status=201)


class TaskView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="tasks_retrieve",
        summary="Read one task, with the calls it allows now",
        tags=["tasks"],
        responses={200: TaskDetailShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: int) -> Response:
        viewer = viewer_of(request)
        person = viewer if isinstance(viewer, User) else None
        found = tell(number, viewer, clock.now(), person)
        if found is None:
            raise Http404
        return Response(found)


def _touchpoint(fields: dict[str, Any], by: Actor) -> Touchpoint:
    """A touchpoint in force that key and person see; of others nothing is said."""
    seen = Touchpoint.objects.in_force()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    found = seen.select_related("owner").filter(key=fields.get("touchpoint", "")).first()
    if found is None:
        raise Invalid([("touchpoint", "touchpoint_unknown", "Choose a touchpoint that you see.")])
    return found


def _comment(fields: dict[str, Any], touchpoint: Touchpoint, by: Actor) -> Feedback | None:
    if "comment" not in fields:
        return None
    try:
        digest = UUID(fields["comment"])
    except ValueError:
        digest = None
    # the touchpoint is one that key and person see
    found = comment_at(touchpoint, digest, by.key or by.user or AnonymousUser())
    if found is None:
        raise Invalid([("comment", "comment_unknown", "There is no such comment there.")])
    return found


def _card(fields: dict[str, Any], touchpoint: Touchpoint, by: Actor) -> MomentCard | None:
    if "moment_card" not in fields:
        return None
    found = card_at(touchpoint, fields["moment_card"], by.key or by.user or AnonymousUser())
    if found is None:
        raise Invalid([("moment_card", "card_unknown", "There is no such card there.")])
    return found


def _department(fields: dict[str, Any]) -> Department | None:
    if "department" not in fields:
        return None
    found = Department.objects.in_force().filter(key=fields["department"]).first()
    if found is None:
        raise Invalid([("department", "department_unknown", "There is no such department.")])
    return found
