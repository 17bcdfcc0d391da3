"""GET evaluations/: why did it, or did it not, fire."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from alerts.api.shapes import EvaluationShape
from alerts.models import Alert, Evaluation
from cx_loop.api.filters import AnyOf, Moment, YesNo
from cx_loop.api.permissions import HasScope
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of

VERDICTS = ("ok", "pending", "firing", "recovering", "insufficient", "no_data", "error")


class EvaluationFilters(filters.FilterSet):
    """`from` and `to` bound the edges a row speaks for; it is listed when it overlaps them."""

    rule = filters.CharFilter(field_name="version__rule__key", label="key")
    touchpoint = filters.CharFilter(field_name="group__touchpoint__key", label="key")
    segment = filters.CharFilter(field_name="group__segment")
    channel = filters.CharFilter(field_name="group__channel")
    location = filters.CharFilter(field_name="group__location")
    alert = filters.NumberFilter(method="behind_alert", label="id of an alert: its group's")
    verdict = AnyOf(choices=[(word, word) for word in VERDICTS])
    reason = filters.CharFilter()
    provisional = YesNo()
    to = Moment(field_name="edge", lookup_expr="lt", label="before")

    def behind_alert(
        self, rows: QuerySet[Evaluation], name: str, alert: Any
    ) -> QuerySet[Evaluation]:
        if alert != int(alert) or not 0 < alert < 2**63:
            return rows.none()
        return rows.filter(group__in=Alert.objects.filter(pk=int(alert)).values("group"))


# `from` cannot be written as an attribute
EvaluationFilters.base_filters["from"] = Moment(
    field_name="until", lookup_expr="gte", label="at or after"
)


class EvaluationsView(GenericAPIView[Evaluation]):
    """One row a decision, newest first; an unchanged verdict extends the last row."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = EvaluationShape
    filterset_class = EvaluationFilters
    queryset = Evaluation.objects.all()
    orderings = {"edge": ("edge", "id"), "id": ("id",)}
    default_ordering = "-edge"

    def get_queryset(self) -> QuerySet[Evaluation]:
        seen = Evaluation.objects.all().visible_to(viewer_of(self.request))
        return seen.select_related("version__rule", "group__touchpoint")

    @extend_schema(
        operation_id="evaluations_list",
        summary="Why did it fire, or not",
        tags=["rules"],
        responses=EvaluationShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(EvaluationShape(page, many=True).data)
