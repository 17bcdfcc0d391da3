"""GET and POST endpoints/, GET endpoints/{id}/, POST endpoints/{id}/{call}/."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions import addresses
from cx_loop.actions.messages import CannotSend, send_test
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import NothingSaid, Said, Text, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Actor, Department, Endpoint

REFUSALS = {
    "not_yours": (403, "You do not look after it."),
    "shared": (403, "Another department is told through it as well: ask an admin."),
    "no_address": (400, "Only https:// addresses without a user name are sent to."),
    "internal_address": (
        400,
        "It leads to an internal network; CX_OUTGOING_NETWORKS can open one.",
    ),
    "is_there_already": (409, "It is told already."),
    "too_many": (409, "A department has twenty addresses at most."),
    "no_secret": (409, "Chat tools are not signed for."),
}


class EndpointShape(serializers.Serializer[Endpoint]):
    """Never the address, which of a chat is its key; needs `departments` and `failed`."""

    id = serializers.IntegerField()
    host = serializers.CharField()
    tool = serializers.CharField(help_text="of a chat; empty: a webhook")
    whole = serializers.BooleanField(help_text="told of the events of every department")
    departments = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    last_ok_at = serializers.DateTimeField(allow_null=True)
    failures = serializers.IntegerField(help_text="in a row")
    failing_since = serializers.DateTimeField(allow_null=True)
    last_error = serializers.SerializerMethodField()
    disabled_at = serializers.DateTimeField(allow_null=True)
    disabled_reason = serializers.CharField()
    old_secret_until = serializers.DateTimeField(
        allow_null=True, help_text="until then the secret before a rotation signs as well"
    )

    def get_departments(self, endpoint: Endpoint) -> list[str]:
        return [key for key, ways in self.context["departments"] if endpoint.fingerprint in ways]

    def get_last_error(self, endpoint: Endpoint) -> str:
        return str(self.context["failed"].get(endpoint.pk, ""))


class SecretShape(serializers.Serializer[Any]):
    secret = serializers.CharField(help_text="shown this once")


class EndpointSaid(Said):
    address = Text(max_length=2000, help_text="https://…")
    department = Text(required=False, max_length=80, help_text="key; without it the whole company")


class PlaceSaid(Said):
    department = Text(required=False, max_length=80, help_text="key; without it the whole company")


class EndpointsView(GenericAPIView[Endpoint]):
    """The addresses the caller looks after: an admin all, a lead those of the department."""

    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = EndpointShape
    orderings = {"id": ("id",)}
    default_ordering = "id"
    rate = "work"

    def get_queryset(self) -> QuerySet[Endpoint]:
        return addresses.addresses_of(viewer_of(self.request))

    @extend_schema(operation_id="endpoints_list", responses=EndpointShape(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None
        return self.get_paginated_response(shown(request, page))

    @extend_schema(
        operation_id="endpoints_create",
        request=EndpointSaid,
        responses={201: EndpointShape, **problems(400, 401, 403, 409, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        said = read_said(EndpointSaid, request)
        by = actor_of(request)
        with refusals():
            endpoint = addresses.tell(
                address=said["address"], department=_place(request, said), by=by, now=clock.now()
            )
        return Response(shown(request, [endpoint])[0], status=201)


class EndpointView(APIView):
    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="endpoints_retrieve",
        responses={200: EndpointShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(shown(request, [seen(request, pk)])[0])


class _Call(APIView):
    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"
    takes: type[Said] = NothingSaid

    def answered(self, request: Request, pk: int) -> Response:
        endpoint = seen(request, pk)
        said, by = read_said(self.takes, request), actor_of(request)
        # a key sees for the person it names no more than they do
        if by.user is None or not addresses.addresses_of(by.user).filter(pk=pk).exists():
            raise Http404
        with refusals():
            secret = self.do(request, endpoint, by, said)
        if secret:
            return Response({"secret": secret}, headers={"Cache-Control": "no-store"})
        return Response(shown(request, [seen_again(endpoint)])[0])

    def do(self, request: Request, endpoint: Endpoint, by: Actor, said: Any) -> str:
        raise NotImplementedError


_ANSWERS: dict[Any, Any] = {200: EndpointShape, **problems(400, 401, 403, 404, 409, 429)}


class TestView(_Call):
    """Send a test message at once; 409 `not_taken` with what the other side said."""

    def do(self, request: Request, endpoint: Endpoint, by: Actor, said: Any) -> str:
        try:
            send_test(endpoint=endpoint, now=clock.now())
        except CannotSend as error:
            raise Problem(409, "not_taken", str(error)) from error
        return ""

    @extend_schema(operation_id="endpoints_test", request=NothingSaid, responses=_ANSWERS)
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


class RotateView(_Call):
    """A new signing secret, shown once; the one before signs beside it for a week."""

    def do(self, request: Request, endpoint: Endpoint, by: Actor, said: Any) -> str:
        return addresses.rotate(endpoint=endpoint, by=by, now=clock.now())

    @extend_schema(
        operation_id="endpoints_rotate",
        request=NothingSaid,
        responses=_ANSWERS | {200: SecretShape},
    )
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


class DisableView(_Call):
    """Nothing more is sent there; what waits is put with the dead letters."""

    def do(self, request: Request, endpoint: Endpoint, by: Actor, said: Any) -> str:
        addresses.switch(endpoint=endpoint, on=False, by=by, now=clock.now())
        return ""

    @extend_schema(operation_id="endpoints_disable", request=NothingSaid, responses=_ANSWERS)
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


class EnableView(_Call):
    """Events go there again; what is dead stays so until it is retried."""

    def do(self, request: Request, endpoint: Endpoint, by: Actor, said: Any) -> str:
        addresses.switch(endpoint=endpoint, on=True, by=by, now=clock.now())
        return ""

    @extend_schema(operation_id="endpoints_enable", request=NothingSaid, responses=_ANSWERS)
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


class RemoveView(_Call):
    """A department, or the whole company, tells it nothing any more."""

    takes = PlaceSaid

    def do(self, request: Request, endpoint: Endpoint, by: Actor, said: Any) -> str:
        place = _place(request, said)
        addresses.tell_no_more(endpoint=endpoint, department=place, by=by, now=clock.now())
        return ""

    @extend_schema(operation_id="endpoints_remove", request=PlaceSaid, responses=_ANSWERS)
    def post(self, request: Request, pk: int) -> Response:
        return self.answered(request, pk)


def shown(request: Request, endpoints: list[Endpoint]) -> list[dict[str, Any]]:
    """As the caller may see them: departments of others are not named."""
    led = addresses.departments_led(viewer_of(request)).order_by("key")
    context = {
        "departments": list(led.values_list("key", "notify")),
        "failed": addresses.last_errors(endpoints),
    }
    shape: Any = EndpointShape
    return list(shape(endpoints, many=True, context=context).data)


def seen(request: Request, pk: int) -> Endpoint:
    found = addresses.addresses_of(viewer_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def seen_again(endpoint: Endpoint) -> Endpoint:
    endpoint.refresh_from_db()
    return endpoint


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except addresses.Refused as refusal:
        status, detail = REFUSALS[refusal.code]
        raise Problem(status, refusal.code, detail) from refusal


def _place(request: Request, said: Any) -> Department | None:
    key = said.get("department")
    if not key:
        return None
    led = addresses.departments_led(viewer_of(request))
    found = led.filter(key=key).first()
    if found is None:
        errors = [{"field": "department", "code": "unknown", "message": "No such department."}]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors)
    return found
