"""GET dead-letters/, POST dead-letters/retry/: what was given up, for who runs the service."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions.messages import retry_dead
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, Whole, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Message, User


class DeadShape(serializers.ModelSerializer[Message]):
    endpoint = serializers.IntegerField(source="endpoint_id", allow_null=True)

    class Meta:
        model = Message
        fields = [
            *("id", "channel", "recipient", "endpoint", "task_number", "attempts"),
            *("created_at", "last_error"),
        ]
        read_only_fields = fields


class RetrySaid(Said):
    ids = serializers.ListField(child=Whole(min_value=1), required=False, max_length=1000)


class RetriedShape(serializers.Serializer[Any]):
    retried = serializers.IntegerField()


class DeadLettersView(GenericAPIView[Message]):
    """Messages that were given up, newest first; for admins and keys of no department."""

    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = DeadShape
    queryset = Message.objects.dead()
    orderings = {"id": ("id",), "-id": ("-id",)}
    default_ordering = "-id"

    @extend_schema(operation_id="dead_letters_list", responses=DeadShape(many=True))
    def get(self, request: Request) -> Response:
        _check_admin(request)
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None
        return self.get_paginated_response(DeadShape(page, many=True).data)


class RetryView(APIView):
    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="dead_letters_retry",
        summary="Send dead letters anew, all or some",
        request=RetrySaid,
        responses={200: RetriedShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        _check_admin(request)
        said, by = read_said(RetrySaid, request), actor_of(request)
        if by.user is None or not by.user.is_superuser:
            raise Problem(403, "not_yours", "Dead letters are for admins.")
        dead = Message.objects.dead()
        if said.get("ids") is not None:
            dead = dead.filter(pk__in=said["ids"])
        return Response({"retried": retry_dead(dead, by=by, now=clock.now())})


def _check_admin(request: Request) -> None:
    viewer = viewer_of(request)
    if isinstance(viewer, User):
        allowed = viewer.is_superuser
    else:
        allowed = getattr(viewer, "department_id", 0) is None
    if not allowed:
        raise Problem(403, "not_yours", "Dead letters are for admins.")
