"""GET journeys/{key}/emotion/ and GET journeys/{key}/moments/."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.said import problems
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of
from cx_loop.logic.emotion import Moment
from cx_loop.logic.moments import ANSWERS, POLARITIES, TYPES, Estimate
from cx_loop.logic.priority import QUADRANTS
from cx_loop.models import Journey, Touchpoint, in_language
from cx_loop.reads.drivers import Driven, Weighed
from cx_loop.reads.moments import Moments, moments_of

LONGEST = 366  # days


class EstimateShape(serializers.Serializer[Estimate]):
    """With its 95 % interval; `n` 0: stated by people, taken as exact."""

    value = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()


class PointShape(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(help_text="key")
    name = serializers.CharField()
    stage = serializers.CharField(help_text="key")
    n = serializers.IntegerField()
    experience = EstimateShape(allow_null=True, help_text="on 0..5")
    expectation = EstimateShape(allow_null=True, help_text="on 0..5")
    satisfaction = EstimateShape(allow_null=True, help_text="experience minus expectation, −5..+5")
    measured = EstimateShape(allow_null=True, help_text="measured satisfaction, −5..+5")
    is_peak = serializers.BooleanField()
    is_end = serializers.BooleanField()


class RememberedShape(serializers.Serializer[Any]):
    """Peak, end and mean together; null for who does not see the whole journey."""

    satisfaction = serializers.FloatField(allow_null=True)
    measured = serializers.FloatField(allow_null=True)


class LineShape(serializers.Serializer[Any]):
    segment = serializers.CharField(
        allow_null=True, help_text="null: all together, weighted; empty: answers without one"
    )
    weight = serializers.FloatField()
    remembered = RememberedShape()
    points = PointShape(many=True)


class CurveShape(serializers.Serializer[Any]):
    journey = serializers.CharField(help_text="key")
    metric = serializers.CharField(allow_null=True, help_text="experience is read from")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    whole = serializers.BooleanField(help_text="you see every touchpoint of the journey")
    decide_by = serializers.ChoiceField(choices=["measured", "expectation"])
    note = serializers.CharField(help_text="what the curve can and cannot say")
    lines = LineShape(many=True)


class ImportanceShape(serializers.Serializer[Weighed]):
    """Of the journey's touchpoints together 1. Ranks from 200 customers on, with the interval of
    95 % of the draws."""

    share = serializers.FloatField()
    source = serializers.ChoiceField(choices=["data", "stated"])  # type: ignore[assignment]
    rank = serializers.IntegerField(allow_null=True)
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)


class MomentShape(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(help_text="key")
    name = serializers.CharField()
    moment_of_truth = serializers.BooleanField()
    type = serializers.ChoiceField(choices=["", *TYPES])
    n = serializers.IntegerField()
    score = EstimateShape(allow_null=True, help_text="what decides, on −5..+5: see decide_by")
    goal = serializers.FloatField(help_text="on −5..+5")
    importance = ImportanceShape()
    gap = serializers.FloatField(allow_null=True, help_text="0..1")
    reach = serializers.FloatField(help_text="share of customers who pass, 0..1")
    is_peak = serializers.BooleanField()
    is_end = serializers.BooleanField()
    priority = serializers.FloatField(allow_null=True)
    place = serializers.IntegerField(allow_null=True, help_text="in the journey, 1 first")
    quadrant = serializers.ChoiceField(choices=[*QUADRANTS], allow_null=True)
    polarity = serializers.ChoiceField(choices=[*POLARITIES], allow_null=True)
    certain = serializers.BooleanField(help_text="the whole interval has this polarity")
    answer = serializers.ChoiceField(choices=[*ANSWERS.values()], allow_null=True)


class DriversShape(serializers.Serializer[Driven]):
    """What importance was found in; of a segment with too few answers of its own, in all."""

    segment = serializers.CharField(allow_null=True, help_text="null: all customers together")
    n = serializers.IntegerField(help_text="customers of the thinnest pair of touchpoints")
    r2 = serializers.FloatField(allow_null=True, help_text="of overall satisfaction explained")
    weighed_at = serializers.DateTimeField()


class MomentsShape(serializers.Serializer[Any]):
    journey = serializers.CharField(help_text="key")
    segment = serializers.CharField(allow_null=True)
    metric = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    whole = serializers.BooleanField(help_text="you see every touchpoint of the journey")
    decide_by = serializers.ChoiceField(choices=["measured", "expectation"])
    drivers = DriversShape(allow_null=True)
    moments = MomentShape(many=True, help_text="the most urgent first")


DAYS = OpenApiParameter(
    "days", int, description=f"local days up to today, 1 to {LONGEST}; as configured without it"
)
SEGMENT = OpenApiParameter("segment", str, description="key; all together without it")


class _Read(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    def found(self, request: Request, key: str) -> Moments:
        journey = Journey.objects.filter(key=key, retired_at=None).first()
        days = _days(request.query_params.get("days"))
        viewer = viewer_of(request)
        told = moments_of(journey, viewer, now=clock.now(), days=days) if journey else None
        if told is None:
            raise Http404
        return told


class EmotionView(_Read):
    @extend_schema(
        operation_id="journeys_emotion",
        summary="Read the emotion curve of a journey",
        description="One line for all segments and one for each. Satisfaction is experience minus "
        "expectation: a diagnosis. What was measured decides.",
        tags=["journeys"],
        parameters=[DAYS],
        responses={200: CurveShape, **problems(400, 401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        told = self.found(request, key)
        body = _head(told) | {"note": _note(), "lines": [_line(told, each) for each in told.lines]}
        return Response(CurveShape(body).data)


class MomentsView(_Read):
    @extend_schema(
        operation_id="journeys_moments",
        summary="Read what to mend first on a journey",
        description="Priority = importance × gap × reach × what is remembered; importance and "
        "performance as a matrix; polarity and its answer.",
        tags=["journeys"],
        parameters=[DAYS, SEGMENT],
        responses={200: MomentsShape, **problems(400, 401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        told = self.found(request, key)
        segment = request.query_params.get("segment")
        if segment not in told.lines:
            raise _invalid("segment", "segment_unknown", "There is no such segment.")
        seen = sorted(_seen(told, segment), key=lambda each: _order(each[2]))
        body = _head(told) | {
            "segment": segment,
            "drivers": told.importance.driven(segment) if told.is_whole else None,
            "moments": [_moment(told, *each) for each in seen],
        }
        return Response(MomentsShape(body).data)


def _head(told: Moments) -> dict[str, Any]:
    return {
        "journey": told.journey.key,
        "metric": told.metric and told.metric.key,
        "since": told.since,
        "until": told.until,
        "whole": told.is_whole,
        "decide_by": told.weights.decide_by,
    }


def _note() -> str:
    return _(
        "Satisfaction here is experience minus expectation: it helps to see why people feel as "
        "they do. Thresholds, priorities and verdicts follow measured satisfaction."
    )


def _line(told: Moments, segment: str | None) -> dict[str, Any]:
    line = told.lines[segment]
    nothing = {"satisfaction": None, "measured": None}
    peak = None if line.peak is None else told.touchpoints[line.peak].pk
    remembered = {"satisfaction": line.satisfaction, "measured": line.measured}
    return {
        "segment": segment,
        "weight": told.segment_weights[segment],
        "remembered": remembered if told.is_whole else nothing,
        "points": [
            _fields(moment) | _named(stop) | {"stage": stop.stage.key, "is_peak": stop.pk == peak}
            for stop, _weighed, moment in _seen(told, segment)
        ],
    }


def _fields(moment: Moment) -> dict[str, Any]:
    return {each.name: getattr(moment, each.name) for each in fields(moment)}


def _moment(told: Moments, stop: Touchpoint, weighed: Weighed, moment: Moment) -> dict[str, Any]:
    by_gap = told.weights.decide_by == told.weights.Decides.EXPECTATION
    return {
        **_fields(moment),
        **_named(stop),
        "moment_of_truth": stop.moment_of_truth,
        "type": stop.moment_type,
        "score": moment.satisfaction if by_gap else moment.measured,
        "goal": told.weights.usual_goal if stop.goal is None else stop.goal,
        "importance": {
            "share": weighed.share,
            "source": "data" if weighed.is_found else "stated",
            "rank": weighed.rank,
            "rank_low": weighed.rank_low,
            "rank_high": weighed.rank_high,
        },
        "certain": moment.is_certain,
        "answer": ANSWERS[moment.polarity] if moment.polarity else None,
    }


def _named(stop: Touchpoint) -> dict[str, str]:
    return {"touchpoint": stop.key, "name": in_language(stop.name) or stop.key}


def _seen(told: Moments, segment: str | None) -> Iterator[tuple[Touchpoint, Weighed, Moment]]:
    """In the order of the journey; of what the reader does not see nothing is said."""
    weighed, line = told.importance.of(segment), told.lines[segment]
    together = zip(told.touchpoints, weighed, line.moments, strict=True)
    return (each for each in together if each[0].pk in told.seen)


def _order(moment: Moment) -> tuple[bool, int]:
    return moment.place is None, moment.place or 0


def _days(raw: str | None) -> int | None:
    if raw is None:
        return None
    if not (raw.isascii() and raw.isdigit() and len(raw) <= 3 and 1 <= int(raw) <= LONGEST):
        raise _invalid("days", "invalid", f"Write a whole number from 1 to {LONGEST}.")
    return int(raw)


def _invalid(field: str, code: str, message: str) -> Problem:
    errors = [{"field": field, "code": code, "message": message}]
    return Problem(400, "invalid", "Some fields are not valid.", errors=errors)
