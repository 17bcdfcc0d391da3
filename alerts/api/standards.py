"""GET standards/, GET standards/{id}/ and POST standards/{id}/rule/."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.actions.errors import Forbidden, Invalid, NotFound, Taken
from alerts.actions.standards import make_rule_of_standard
from alerts.api.shapes import RuleShape, seen_keys
from alerts.logic.quality import Share
from alerts.reads.standards import Kept, kept_standards
from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import ServiceStandard, in_language


class KeptShape(serializers.Serializer[Any]):
    """How many of `n` answers or windows kept it, in percent, with Wilson's interval; `figure` is
    the aggregate over the whole period."""

    days = serializers.IntegerField()
    figure = serializers.FloatField(allow_null=True)
    count = serializers.IntegerField()
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class StandardShape(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="standard.pk")
    key = serializers.CharField(source="standard.key")
    text = serializers.SerializerMethodField(help_text="in the reader's language")
    touchpoint = serializers.CharField(source="standard.touchpoint.key")
    metric = serializers.CharField(source="standard.metric.key", allow_null=True, default=None)
    aggregate = serializers.SerializerMethodField(help_text="as in the configuration")
    target = serializers.FloatField(source="standard.target", allow_null=True)
    direction = serializers.SerializerMethodField(help_text="at_most or at_least")
    window = serializers.CharField(source="standard.window")
    wanted = serializers.FloatField(
        allow_null=True, help_text="percent of answers that have to keep it"
    )
    counted = serializers.SerializerMethodField(help_text="what keeps it: answers or windows")
    kept = serializers.SerializerMethodField()
    rules = serializers.ListField(
        child=serializers.CharField(), help_text="in force, watching this metric there"
    )

    def get_text(self, kept: Kept) -> str:
        return in_language(kept.standard.text)

    @extend_schema_field({"oneOf": [{"type": "string"}, {"type": "object"}], "nullable": True})
    def get_aggregate(self, kept: Kept) -> Any:
        if kept.promise is None:
            return None
        asks = kept.promise.aggregate
        return asks.name if asks.line is None else {asks.name: asks.line}

    def get_direction(self, kept: Kept) -> str | None:
        if kept.promise is None:
            return None
        return "at_most" if kept.promise.at_most else "at_least"

    def get_counted(self, kept: Kept) -> str:
        return "answers" if kept.by_answers else "windows"

    @extend_schema_field(KeptShape(many=True))
    def get_kept(self, kept: Kept) -> list[dict[str, Any]]:
        return [_told(days, share, kept.values[days]) for days, share in kept.shares.items()]


def _told(days: int, share: Share, figure: float | None) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {
        "days": days,
        "figure": figure,
        "count": share.count,
        "n": share.n,
        "value": share.percent,
        "low": low,
        "high": high,
    }


class StandardFilters(filters.FilterSet):
    touchpoint = filters.CharFilter(field_name="touchpoint__key", label="key")
    metric = filters.CharFilter(field_name="metric__key", label="key")


class StandardsView(GenericAPIView[ServiceStandard]):
    """Standards in force at touchpoints the caller sees, and how far they are kept."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = StandardShape
    filterset_class = StandardFilters
    queryset = ServiceStandard.objects.all()
    orderings = {"key": ("key",), "id": ("id",)}
    default_ordering = "key"

    def get_queryset(self) -> QuerySet[ServiceStandard]:
        return _seen(self.request)

    @extend_schema(
        operation_id="standards_list",
        summary="List service standards",
        tags=["rules"],
        responses=StandardShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        found = kept_standards(page, now=clock.now())
        return self.get_paginated_response(StandardShape(found, many=True).data)


class StandardView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="standards_retrieve",
        summary="Read one service standard",
        tags=["rules"],
        responses=StandardShape,
    )
    def get(self, request: Request, pk: int) -> Response:
        standard = _seen(request).filter(pk=pk).first()
        if standard is None:
            raise Http404
        (kept,) = kept_standards([standard], now=clock.now())
        return Response(StandardShape(kept).data)


class StandardRuleSaid(Said):
    pass


class StandardRuleView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not _seen(request).filter(pk=kwargs["pk"]).exists():
            raise Http404

    @extend_schema(
        operation_id="standards_rule",
        summary="Make a rule of a standard",
        description="By an admin, or a lead or director of the owning department. In force at "
        "once, in the person's name; its key is the standard's.",
        tags=["rules"],
        request=StandardRuleSaid,
        responses={201: RuleShape},
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        by = actor_of(request)
        read_said(StandardRuleSaid, request)
        try:
            rule = make_rule_of_standard(pk=pk, by=by, now=clock.now())
        except NotFound:
            raise Http404 from None
        except Forbidden:
            raise Problem(403, "lead_must_approve", LEADS) from None
        except Taken as refusal:
            detail = f"There is a rule {refusal.key} already."
            raise Problem(409, "rule_exists", detail) from None
        except Invalid as refusal:
            errors = [
                {"field": field, "code": code, "message": message}
                for field, code, message in refusal.problems
            ]
            raise Problem(400, "invalid", "No rule can be made of it.", errors=errors) from None
        context = {"seen": seen_keys(viewer_of(request))}
        return Response(RuleShape(rule, context=context).data, status=201)


LEADS = "A rule is made by an admin, or by a lead or director of the owning department."


def _seen(request: Request) -> QuerySet[ServiceStandard]:
    seen = ServiceStandard.objects.in_force().visible_to(viewer_of(request))
    return seen.select_related("touchpoint", "metric")
