"""GET rules/{key}/quality/: how well a rule warned."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.logic.quality import Quality, Share
from alerts.reads import Reviewed, review_of_one, rules_seen
from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.said import problems
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of

LONGEST = 730


class ShareShape(serializers.Serializer[Any]):
    """`value`, `low` and `high` in percent, Wilson's interval; null while n is 0."""

    count = serializers.IntegerField()
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class MedianShape(serializers.Serializer[Any]):
    """Seconds; `low` and `high` are order statistics, null with too few."""

    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class ProposalShape(serializers.Serializer[Any]):
    change = serializers.CharField(help_text="a stable code")
    to = serializers.JSONField(allow_null=True)
    reason = serializers.CharField(help_text="a stable code")
    facts = serializers.DictField()


class QualityShape(serializers.Serializer[Any]):
    rule = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    alerts = serializers.IntegerField()
    confirmed = ShareShape(help_text="of those whose days after the alert could tell")
    false_alarms = ShareShape(help_text="of those over: dismissed as a false alarm")
    never_acknowledged = ShareShape()
    seconds_to_acknowledge = MedianShape()
    short_lived = ShareShape(help_text="of those over: cleared within two windows")
    silenced = ShareShape(allow_null=True)
    insufficient = ShareShape(help_text="of all decisions: too few observations to judge")
    missed_drops = serializers.IntegerField(allow_null=True, help_text="seen by drift only")
    proposal = ProposalShape(allow_null=True)


class RuleQualityView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="rules_quality",
        summary="How well a rule warned, and the one change proposed",
        tags=["rules"],
        parameters=[OpenApiParameter("days", int, description=f"1 to {LONGEST}, default 90")],
        responses={200: QualityShape, **problems(400, 401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        viewer, now = viewer_of(request), clock.now()
        days = _days(request)
        rule = rules_seen(viewer).filter(key=key).first()
        if rule is None:
            raise Http404
        since = now - timedelta(days=days)
        found = review_of_one(viewer, rule, since=since, now=now)
        return Response({"rule": key, "since": since, "until": now, **_told(found)})


def _told(found: Reviewed) -> dict[str, Any]:
    quality, proposal = found.quality, found.proposal
    return {
        "alerts": quality.alerts,
        "confirmed": _share(quality.confirmed),
        "false_alarms": _share(quality.false_alarms),
        "never_acknowledged": _share(quality.unacknowledged),
        "seconds_to_acknowledge": _median(quality),
        "short_lived": _share(quality.short_lived),
        "silenced": quality.silenced and _share(quality.silenced),
        "insufficient": _share(quality.thin),
        "missed_drops": quality.missed,
        "proposal": proposal and asdict(proposal),
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval or (None, None)
    return {"count": share.count, "n": share.n, "value": share.percent, "low": low, "high": high}


def _median(quality: Quality) -> dict[str, Any]:
    median, ends = quality.median_to_acknowledge, quality.median_interval
    return {
        "n": len(quality.acknowledged_after),
        "value": median.total_seconds() if median is not None else None,
        "low": ends[0].total_seconds() if ends else None,
        "high": ends[1].total_seconds() if ends else None,
    }


def _days(request: Request) -> int:
    asked = request.query_params.get("days", "90")
    if not asked.isdecimal() or not asked.isascii() or not 1 <= int(asked[:6]) <= LONGEST:
        raise Problem(400, "days_invalid", f"days must be from 1 to {LONGEST}.")
    return int(asked)
