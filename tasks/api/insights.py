"""insights/: what came of the fixes, over the tasks that the reader sees."""

from datetime import UTC, datetime
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.exports import AnswersWithAFile, documented, sent
from cx_loop.api.permissions import HasScope
from cx_loop.api.said import problems
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import reader_of, viewer_of
from cx_loop.ui.sheets import Sheet
from tasks.actions.export_learning import export_learned
from tasks.logic.learning import GROUPS
from tasks.reads import learning
from tasks.reads.learning import Stretch

BY = OpenApiParameter("by", OpenApiTypes.STR, enum=GROUPS, default="department")
SINCE = OpenApiParameter("since", OpenApiTypes.DATETIME, description="verdicts from then on")
UNTIL = OpenApiParameter("until", OpenApiTypes.DATETIME, description="and before then")
REFUSED = problems(400, 401, 403, 429)


class FixShareShape(serializers.Serializer[Any]):
    """`count` of `n`, in percent, with its 95 % interval (Wilson); null where n is 0."""

    count = serializers.IntegerField()
    n = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    interval = serializers.ListField(child=serializers.FloatField(), allow_null=True)


class InsightsShape(serializers.Serializer[Any]):
    """`permanent`: of the proven fixes that were asked about. `days`: median, alert to proven."""

    proven = FixShareShape()
    recovered = FixShareShape()
    relapsed = FixShareShape()
    permanent = FixShareShape()
    not_needed = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    days = serializers.FloatField(allow_null=True)
    pending = serializers.IntegerField()


class LearnedShape(serializers.Serializer[Any]):
    """One group. `costed` and `valued`: of how many fixes cost and benefit are known."""

    key = serializers.CharField()
    name = serializers.CharField(help_text="in the reader's language; empty: it has only its key")
    where = serializers.CharField(help_text="the touchpoint, where it is told apart")
    proven = FixShareShape()
    recovered = FixShareShape()
    relapsed = FixShareShape()
    days = serializers.FloatField(allow_null=True, help_text="median, from alert to proven")
    cost = serializers.DecimalField(18, 2, allow_null=True)
    benefit = serializers.DecimalField(18, 2, allow_null=True)
    costed = serializers.IntegerField()
    valued = serializers.IntegerField()


class LearnedListShape(serializers.Serializer[Any]):
    results = LearnedShape(many=True)


class PendingShape(serializers.Serializer[Any]):
    """A verdict to come: not before `expected`, by `latest` if the looks go on to their end."""

    task = serializers.IntegerField(source="verification.task_id")
    episode = serializers.IntegerField(source="verification.episode")
    state = serializers.CharField(source="verification.state")
    looks = serializers.IntegerField(source="verification.looks_done")
    expected = serializers.DateTimeField()
    latest = serializers.DateTimeField()


class PendingListShape(serializers.Serializer[Any]):
    results = PendingShape(many=True)


class ReadsInsights(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]


class InsightsView(ReadsInsights):
    @extend_schema(
        operation_id="insights",
        summary="How well fixes work: shares proven, recovered, relapsed and made permanent",
        tags=["insights"],
        parameters=[SINCE, UNTIL],
        responses={200: InsightsShape, **REFUSED},
    )
    def get(self, request: Request) -> Response:
        found = learning.summary(viewer_of(request), stretch_of(request))
        return Response(InsightsShape(found).data)


class LearnedView(ReadsInsights):
    @extend_schema(
        operation_id="insights_fixes",
        summary="What came of the fixes, by group, those with most fixes first",
        tags=["insights"],
        parameters=[BY, SINCE, UNTIL],
        responses={200: LearnedListShape, **REFUSED},
    )
    def get(self, request: Request) -> Response:
        found = learning.learned(viewer_of(request), _group(request), stretch_of(request))
        return Response(LearnedListShape({"results": found}).data)


class LearnedWhereView(ReadsInsights):
    @extend_schema(
        operation_id="insights_playbooks",
        summary="Which playbook has helped at which touchpoint",
        tags=["insights"],
        parameters=[SINCE, UNTIL],
        responses={200: LearnedListShape, **REFUSED},
    )
    def get(self, request: Request) -> Response:
        found = learning.learned_where(viewer_of(request), stretch_of(request))
        return Response(LearnedListShape({"results": found}).data)


class PendingView(ReadsInsights):
    @extend_schema(
        operation_id="insights_pending",
        summary="Verdicts still to come, with the day they are expected",
        tags=["insights"],
        responses={200: PendingListShape, **REFUSED},
    )
    def get(self, request: Request) -> Response:
        found = learning.pending(viewer_of(request))
        return Response(PendingListShape({"results": found}).data)


class LearnedExportView(AnswersWithAFile, ReadsInsights):
    @extend_schema(parameters=[BY, SINCE, UNTIL])
    @documented("insights_fixes_export", "Take what came of the fixes as CSV or XLSX", "insights")
    def get(self, request: Request) -> HttpResponseBase:
        group, stretch, by = _group(request), stretch_of(request), reader_of(request)
        found = learning.learned(viewer_of(request), group, stretch)

        def make(kind: str) -> Sheet:
            return export_learned(found, group=group, kind=kind, by=by, now=clock.now())

        return sent(make, request)


def _group(request: Request) -> str:
    asked = str(request.query_params.get("by", "department"))
    if asked not in GROUPS:
        raise ValidationError({"by": [ErrorDetail("There is no such group.", "invalid_choice")]})
    return asked


def stretch_of(request: Request) -> Stretch:
    return Stretch(_moment(request, "since"), _moment(request, "until"))


def _moment(request: Request, name: str) -> datetime | None:
    raw = request.query_params.get(name, "")
    if not raw:
        return None
    try:
        moment = datetime.fromisoformat(raw)
        if moment.tzinfo is None:
            raise ValueError(raw)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = "Give a moment with its offset, such as 2026-03-01T00:00:00Z."
        raise ValidationError({name: [ErrorDetail(message, "invalid")]}) from None
