"""GET rules/ and rules/{key}/."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.api.shapes import RuleShape, seen_keys
from alerts.models import Group, Rule
from cx_loop.api.filters import YesNo
from cx_loop.api.permissions import HasScope
from cx_loop.api.said import problems
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of
from cx_loop.models import Touchpoint, Viewer


class RuleFilters(filters.FilterSet):
    metric = filters.CharFilter(field_name="current__metric__key", label="key")
    touchpoint = filters.CharFilter(method="watches", label="key of a touchpoint it watches")
    retired = YesNo(method="is_retired", label="kept for its history, no longer watching")

    def watches(self, rules: QuerySet[Rule], name: str, key: str) -> QuerySet[Rule]:
        """Only touchpoints the caller sees: otherwise the filter tells where else a rule looks."""
        seen = Touchpoint.objects.all().visible_to(viewer_of(self.request))
        groups = Group.objects.filter(touchpoint__in=seen.order_by().filter(key=key))
        return rules.filter(pk__in=groups.values("rule"))

    def is_retired(self, rules: QuerySet[Rule], name: str, yes: bool) -> QuerySet[Rule]:
        return rules.filter(retired_at__isnull=not yes)


class RulesView(GenericAPIView[Rule]):
    """Rules that watch a touchpoint the caller sees."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = RuleShape
    filterset_class = RuleFilters
    queryset = Rule.objects.all()
    orderings = {"key": ("key",), "id": ("id",)}
    default_ordering = "key"

    def get_queryset(self) -> QuerySet[Rule]:
        return _seen(viewer_of(self.request))

    @extend_schema(
        operation_id="rules_list",
        summary="List rules",
        tags=["rules"],
        responses=RuleShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        context = {"seen": seen_keys(viewer_of(request))}
        return self.get_paginated_response(RuleShape(page, many=True, context=context).data)


class RuleView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="rules_retrieve",
        summary="Read one rule",
        tags=["rules"],
        responses={200: RuleShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        viewer = viewer_of(request)
        rule = _seen(viewer).filter(key=key).first()
        if rule is None:
            raise Http404
        return Response(RuleShape(rule, context={"seen": seen_keys(viewer)}).data)


def _seen(viewer: Viewer) -> QuerySet[Rule]:
    # by key, since a join to groups would list a rule once a group
    seen = Rule.objects.all().visible_to(viewer).order_by()
    every = Rule.objects.select_related("current__metric", "current__playbook")
    return every.filter(pk__in=seen.values("pk"))
