"""Taking out what was sent: DELETE observations/{external_id}/ and POST customers/erase/."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions.erasure import erase_customer, export_customer
from cx_loop.api.observations import owners_of, source_of
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, Text, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.ingest.removal import remove_observation
from cx_loop.models import Actor, ApiKey

LONGEST = 200  # characters of an identifier


class ObservationView(APIView):
    """What the key's source sent under one identifier."""

    permission_classes = [HasScope("ingest")]
    throttle_classes = [PerCaller]
    rate = "ingest"

    @extend_schema(
        operation_id="observations_delete",
        summary="Take an observation out",
        description="With its comment and its link to a customer, and of all metrics unless one"
        " is named. A resend stays out; a higher revision counts anew.",
        parameters=[OpenApiParameter("metric", str, description="key: of this metric only")],
        responses={204: None, **problems(401, 403, 404, 429)},
    )
    def delete(self, request: Request, external_id: str) -> Response:
        key = request.auth
        assert isinstance(key, ApiKey)
        source, metric = source_of(key), request.query_params.get("metric")
        if _unheard_of(external_id) or _unheard_of(metric or ""):
            raise Http404
        gone = remove_observation(
            source=source,
            external_id=external_id,
            metric=metric,
            owners=owners_of(key),
            now=clock.now(),
        )
        if not gone.found:
            raise Http404
        return Response(status=204)


class EraseSaid(Said):
    customer = Text(help_text="as it was sent with the observations", max_length=LONGEST)


class ErasedSerializer(serializers.Serializer[Any]):
    observations = serializers.IntegerField(help_text="taken out: figures and comments")


class EraseCustomerView(APIView):
    """Everything linked to one customer, by whatever source it came."""

    permission_classes = [HasScope("admin")]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="customers_erase",
        summary="Erase a customer",
        request=EraseSaid,
        responses={200: ErasedSerializer, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        customer, by = _asked_by(request)
        gone = erase_customer(customer=customer, by=by, now=clock.now())
        return Response({"observations": gone.removed})


class ExportedSerializer(serializers.Serializer[Any]):
    """As `manage.py export_customer` prints it."""

    customer = serializers.CharField()
    erased = serializers.BooleanField()
    answers = serializers.ListField(child=serializers.DictField())
    comments = serializers.ListField(child=serializers.DictField())
    deliveries = serializers.ListField(child=serializers.DictField())
    contacts = serializers.ListField(child=serializers.DictField(), required=False)
    told = serializers.ListField(child=serializers.DictField(), required=False)
    opted_out = serializers.ListField(child=serializers.DictField(), required=False)


class ExportCustomerView(APIView):
    """Everything kept of one customer, to be handed out to them."""

    permission_classes = [HasScope("admin")]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="customers_export",
        summary="Export a customer",
        request=EraseSaid,
        responses={200: ExportedSerializer, **problems(400, 401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        customer, by = _asked_by(request)
        return Response(export_customer(customer=customer, by=by, now=clock.now()))


def _asked_by(request: Request) -> tuple[str, Actor]:
    """The customer a key asks about, which must see every department."""
    key = request.auth
    assert isinstance(key, ApiKey)
    if key.department_id is not None:
        detail = "A key bound to a department cannot reach what other departments were told."
        raise Problem(403, "key_is_bound", detail)
    customer: str = read_said(EraseSaid, request)["customer"]
    if not customer:
        errors = [{"field": "customer", "code": "blank", "message": "Say which customer."}]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors)
    return customer, Actor(key=key)


def _unheard_of(text: str) -> bool:
    """No observation can have such an identifier; the database would refuse to look for it."""
    return len(text) > LONGEST or "\0" in text or not _encodable(text)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
