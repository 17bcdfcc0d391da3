"""POST observations/: a thin door before `ingest.accept`."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from cx_loop.actions.keys import default_source
from cx_loop.api import bodies
from cx_loop.api.answers import JsonAnswer, MostlyJson
from cx_loop.api.first_look import look_of
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.schema import ProblemSerializer
from cx_loop.api.throttles import PerCaller, WhileEvaluationKeepsUp
from cx_loop.ingest import catalog
from cx_loop.ingest.accept import REJECTED, Acceptance, accept_body
from cx_loop.ingest.items import UnreadableBody
from cx_loop.models import ApiKey, Source, departments_of


class ObservationSerializer(serializers.Serializer[Any]):
    """What an item may hold; checked by `ingest`, declared here for the OpenAPI document."""

    occurred_at = serializers.DateTimeField(help_text="ISO 8601 with an offset")
    touchpoint = serializers.CharField(
        required=False, help_text="one of touchpoint, stage, journey"
    )
    stage = serializers.CharField(required=False)
    journey = serializers.CharField(required=False)
    metric = serializers.CharField(required=False, help_text="with value, or a comment alone")
    value = serializers.FloatField(required=False)
    exposure = serializers.FloatField(required=False, help_text="of a rate: out of how many")
    segment = serializers.CharField(required=False)
    channel = serializers.CharField(required=False, max_length=80)
    location = serializers.CharField(required=False, max_length=80)
    external_id = serializers.CharField(required=False, max_length=200)
    revision = serializers.IntegerField(required=False)
    customer = serializers.CharField(required=False, max_length=200)
    comment = serializers.CharField(required=False, max_length=10_000)
    contact = serializers.BooleanField(
        required=False, help_text="whether the customer agreed to be contacted"
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    index = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(choices=["updated", "duplicate", "rejected"])
    code = serializers.CharField(required=False)
    field = serializers.CharField(required=False)
    message = serializers.CharField(required=False)


class AcceptanceSerializer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    updated = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    rejected = serializers.IntegerField()
    results = OutcomeSerializer(many=True)


class ObservationsView(APIView):
    """Store observations: one object, an array of at most 5,000, or newline-delimited JSON."""

    permission_classes = [HasScope("ingest")]
    throttle_classes = [PerCaller, WhileEvaluationKeepsUp]
    parser_classes = [bodies.PlainJson, bodies.JsonLines]
    content_negotiation_class = MostlyJson
    rate = "ingest"

    @extend_schema(
        operation_id="observations_create",
        request=ObservationSerializer(many=True),
        responses={
            200: AcceptanceSerializer,
            422: OpenApiResponse(AcceptanceSerializer, "every item was rejected"),
            (400, "application/problem+json"): ProblemSerializer,
            (401, "application/problem+json"): ProblemSerializer,
            (403, "application/problem+json"): ProblemSerializer,
            (413, "application/problem+json"): ProblemSerializer,
            (415, "application/problem+json"): ProblemSerializer,
            (429, "application/problem+json"): ProblemSerializer,
            (503, "application/problem+json"): ProblemSerializer,
        },
    )
    @replayable
    def post(self, request: Request) -> JsonAnswer:
        look = look_of(request)
        assert look is not None
        lines = bodies.is_lines(request)
        body = bodies.read(request)
        try:
            result = accept_body(
                body,
                source=_open(look.source or default_source()),
                now=look.now,
                lines=lines,
                owners=owners_of(look.key),
                known=catalog.current(look.token),
            )
        except UnreadableBody as refusal:
            status = 413 if refusal.code == "too_many_items" else 400
            raise Problem(status, refusal.code, refusal.message) from None
        stored = result.accepted + result.updated + result.duplicates
        return JsonAnswer(_body(result), 422 if result.rejected and not stored else 200)


def owners_of(key: ApiKey) -> frozenset[int] | None:
    """The departments whose touchpoints the key may write to; None for all."""
    departments = departments_of(key)
    return None if departments is None else frozenset(d.pk for d in departments)


def source_of(key: ApiKey) -> Source:
    return _open(key.source or default_source())


def _open(source: Source) -> Source:
    if source.disabled_at is not None or source.retired_at is not None:
        raise Problem(403, "source_disabled", f"The source {source.key} is switched off.")
    return source


def _body(result: Acceptance) -> dict[str, Any]:
    results = []
    for outcome in result.results:
        row = asdict(outcome) | {"external_id": outcome.external_id or None}
        if outcome.status != REJECTED:
            row = {name: row[name] for name in ("index", "external_id", "status")}
        results.append(row)
    return {
        "accepted": result.accepted,
        "updated": result.updated,
        "duplicates": result.duplicates,
        "rejected": result.rejected,
        "results": results,
    }
