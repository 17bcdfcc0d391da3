"""GET rules/watch/: what is watched by nothing, what watches nothing, what is too thin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.api.shapes import DimensionsShape
from alerts.logic.durations import format_duration
from alerts.reads import watch as reads
from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of

MOST = 500


class ThinShape(serializers.Serializer[Any]):
    """`usual`: observations in an average window; `window`: one that would usually hold enough."""

    rule = serializers.CharField(source="group.rule.key")
    touchpoint = serializers.CharField(source="group.touchpoint.key")
    dimensions = DimensionsShape(source="group")
    usual = serializers.FloatField()
    min_samples = serializers.IntegerField(source="wanted")
    window = serializers.SerializerMethodField()

    def get_window(self, thin: reads.ThinGroup) -> str | None:
        return format_duration(thin.window) if thin.window else None


class WatchShape(serializers.Serializer[Any]):
    """At most 500 of each; `truncated` names the lists that hold more."""

    touchpoints_unwatched = serializers.ListField(child=serializers.CharField())
    standards_unwatched = serializers.ListField(child=serializers.CharField())
    rules_watching_nothing = serializers.ListField(child=serializers.CharField())
    too_thin = ThinShape(many=True)
    truncated = serializers.ListField(child=serializers.CharField())


class WatchView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="rules_watch",
        summary="What no rule watches, and which rules cannot alarm",
        tags=["rules"],
        responses=WatchShape,
    )
    def get(self, request: Request) -> Response:
        viewer, now = viewer_of(request), clock.now()
        found: dict[str, list[Any]] = {
            "touchpoints_unwatched": _keys(reads.unwatched_touchpoints(viewer)),
            "standards_unwatched": _keys(reads.unwatched_standards(viewer)),
            "rules_watching_nothing": _keys(reads.blind_rules(viewer)),
            "too_thin": list(reads.thin_groups(viewer, now=now)[: MOST + 1]),
        }
        truncated = [name for name, rows in found.items() if len(rows) > MOST]
        cut = {name: rows[:MOST] for name, rows in found.items()}
        thin = reads.measure_thin(cut["too_thin"], now=now)
        return Response(WatchShape({**cut, "too_thin": thin, "truncated": truncated}).data)


def _keys(rows: Any) -> list[str]:
    return list(rows.values_list("key", flat=True)[: MOST + 1])
