"""insights/loop/: the loop's own figures, as the page of insights says them."""

from dataclasses import replace
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cx_loop import clock
from cx_loop.api.viewer import viewer_of
from tasks.api.insights import REFUSED, FixShareShape, ReadsInsights, stretch_of
from tasks.logic.loop_figures import Figures, Took
from tasks.reads import learning
from tasks.reads.loop import loop_of
from tasks.reads.narrowing import seen_below

DEPARTMENT = OpenApiParameter(
    "department", OpenApiTypes.STR, description="key: only this one and those below it"
)
SINCE = OpenApiParameter(
    "since", OpenApiTypes.DATETIME, description="tasks opened and verdicts from then on"
)
UNTIL = OpenApiParameter("until", OpenApiTypes.DATETIME, description="and before then")


class LengthShape(serializers.Serializer[Any]):
    """A quantile of `n` lengths, with its 95 % interval; an end is null where n is too small."""

    minutes = serializers.FloatField(allow_null=True, help_text="of working time, without pauses")
    interval = serializers.ListField(child=serializers.FloatField(allow_null=True))
    n = serializers.IntegerField()


class TookShape(serializers.Serializer[Any]):
    """`n` were measured of `of`: of very many, as many as that are drawn by lot."""

    median = LengthShape()
    nine_of_ten = LengthShape()
    n = serializers.IntegerField()
    of = serializers.IntegerField()


class LoopFiguresShape(serializers.Serializer[Any]):
    """Counted for the department that had the task when it happened, wherever it is now."""

    key = serializers.CharField(help_text="of the department; empty: all together")
    name = serializers.CharField(help_text="in the reader's language")
    opened = serializers.IntegerField(help_text="tasks that it had, of those opened in the period")
    response = TookShape(help_text="from the opening of a round until it was accepted")
    resolution = TookShape(help_text="from the opening of a round until its fix was submitted")
    late = FixShareShape(help_text="of those submitted, closed or past their time")
    to_lead = FixShareShape(help_text="escalated to a lead or higher")
    to_director = FixShareShape()
    proven = FixShareShape()
    recovered = FixShareShape()
    relapsed = FixShareShape()


class LoopShape(serializers.Serializer[Any]):
    whole = LoopFiguresShape()
    departments = LoopFiguresShape(many=True)


class LoopView(ReadsInsights):
    @extend_schema(
        operation_id="insights_loop",
        summary="The loop's own figures: response, resolution, late, escalated, proven, relapsed",
        tags=["insights"],
        parameters=[DEPARTMENT, SINCE, UNTIL],
        responses={200: LoopShape, **REFUSED},
    )
    def get(self, request: Request) -> Response:
        viewer, stretch = viewer_of(request), stretch_of(request)
        if key := str(request.query_params.get("department", "")).replace("\x00", "")[:80]:
            # of one that nobody may see, or that is not there, there are no tasks
            stretch = replace(stretch, departments=seen_below(viewer, key))
        of_fixes = learning.summary(viewer, stretch)
        found = loop_of(viewer, stretch, of_fixes, now=clock.now())
        told = {"whole": _told(found.whole), "departments": [_told(each) for each in found.sides]}
        return Response(LoopShape(told).data)


def _told(found: Figures) -> dict[str, Any]:
    shares = ("late", "to_lead", "to_director", "proven", "recovered", "relapsed")
    return {
        "key": found.key,
        "name": found.name,
        "opened": found.opened,
        "response": _took(found.response),
        "resolution": _took(found.resolution),
    } | {name: getattr(found, name) for name in shares}


def _took(length: Took) -> dict[str, Any]:
    return {
        "median": length.median.as_json(),
        "nine_of_ten": length.most.as_json(),
        "n": length.n,
        "of": length.of,
    }
