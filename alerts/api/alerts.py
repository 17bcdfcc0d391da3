"""GET alerts/ and alerts/{id}/."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.api.shapes import SEVERITIES, AlertDetailShape, AlertShape, numbers_of, tell, told
from alerts.models import UNRESOLVED, Alert, AlertQuerySet
from cx_loop.api.filters import AnyOf, Moment, Named, YesNo
from cx_loop.api.permissions import HasScope
from cx_loop.api.said import problems
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of
from cx_loop.models import Actor, User


class AlertFilters(filters.FilterSet):
    state = AnyOf(choices=Alert.State.choices)
    unresolved = YesNo(method="is_unresolved", label="open or acknowledged")
    severity = Named(SEVERITIES)
    rule = filters.CharFilter(field_name="version__rule__key", label="key")
    metric = filters.CharFilter(field_name="version__metric__key", label="key")
    touchpoint = filters.CharFilter(field_name="touchpoint__key", label="key")
    segment = filters.CharFilter(field_name="group__segment")
    channel = filters.CharFilter(field_name="group__channel")
    location = filters.CharFilter(field_name="group__location")
    cleared = YesNo()
    late = YesNo()
    opened_after = Moment(field_name="opened_at", lookup_expr="gte")
    opened_before = Moment(field_name="opened_at", lookup_expr="lt")
    closed_after = Moment(field_name="closed_at", lookup_expr="gte")
    closed_before = Moment(field_name="closed_at", lookup_expr="lt")

    def is_unresolved(self, alerts: QuerySet[Alert], name: str, yes: bool) -> QuerySet[Alert]:
        unresolved = {"state__in": UNRESOLVED}
        return alerts.filter(**unresolved) if yes else alerts.exclude(**unresolved)


class AlertsView(GenericAPIView[Alert]):
    """Alerts on touchpoints the caller's departments own, and of tasks they have or had."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = AlertShape
    filterset_class = AlertFilters
    queryset = Alert.objects.all()
    orderings = {
        "opened_at": ("opened_at", "id"),
        "severity": ("severity", "opened_at", "id"),
        "closed_at": ("closed_at", "id"),
        "id": ("id",),
    }
    default_ordering = "-opened_at"

    def get_queryset(self) -> QuerySet[Alert]:
        return told(Alert.objects.all().visible_to(viewer_of(self.request)))

    def parts(self) -> list[AlertQuerySet]:
        found: Any = self.filter_queryset(Alert.objects.all())
        return found.seen_in_parts(viewer_of(self.request))  # type: ignore[no-any-return]

    @extend_schema(
        operation_id="alerts_list",
        summary="List alerts",
        tags=["alerts"],
        responses=AlertShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        context = {"tasks": numbers_of(page, viewer_of(request))}
        return self.get_paginated_response(AlertShape(page, many=True, context=context).data)


class AlertView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="alerts_retrieve",
        summary="Read one alert, with the calls it allows now",
        tags=["alerts"],
        responses={200: AlertDetailShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        viewer = viewer_of(request)
        by = Actor(user=viewer) if isinstance(viewer, User) else None
        found = tell(pk, viewer, by)
        if found is None:
            raise Http404
        return Response(found)
