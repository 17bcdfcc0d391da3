"""The emotion curve of a journey, and what to mend first: sums of rollups, at a cost that grows
neither with observations nor, in queries, with touchpoints or segments."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from cx_loop.logic.emotion import Line, Met, Stop, Weighing, line_of
from cx_loop.logic.moments import HIGHEST, Estimate, experience
from cx_loop.logic.totals import Totals
from cx_loop.models import (
    Journey,
    Metric,
    MomentWeights,
    Organization,
    Segment,
    Series,
    Touchpoint,
    Viewer,
)
from cx_loop.reads.drivers import Importance, Weighed, importance_of
from cx_loop.reads.windows import totals_of_windows

FEWEST_ASKED = 30  # answers about expectation; below it what is stated is surer
Spot = tuple[int, str]  # touchpoint, segment


@dataclass(frozen=True, slots=True)
class Moments:
    """A journey over [since, until), in the order of its touchpoints.

    `touchpoints` are all of them; `seen` says which of them the viewer may be told of. `lines`:
    None for all segments together, then each segment in order, then "" for answers without one.
    """

    journey: Journey
    metric: Metric | None
    weights: MomentWeights
    since: datetime
    until: datetime
    touchpoints: tuple[Touchpoint, ...]
    seen: frozenset[int]
    segment_weights: dict[str | None, float]
    lines: dict[str | None, Line]
    asked: frozenset[Spot]  # where expectation was measured
    importance: Importance

    @property
    def is_whole(self) -> bool:
        """Whether the viewer sees every touchpoint: only then what the journey amounts to."""
        return all(each.pk in self.seen for each in self.touchpoints)


def experience_metric(weights: MomentWeights) -> Metric | None:
    """What experience is read from: as set, else the first csat in force."""
    usual = Metric.objects.filter(kind=Metric.Kind.CSAT, retired_at=None).order_by("key")
    return weights.metric or usual.first()


def moments_of(
    journey: Journey, viewer: Viewer, *, now: datetime, days: int | None = None
) -> Moments | None:
    """The last `days` local days (as configured), today included; None for who sees none of it.

    Figures that compare touchpoints are worked out over the whole journey, whoever asks.
    """
    seen = Touchpoint.objects.in_force().visible_to(viewer).filter(stage__journey=journey)
    seen_ids = frozenset(seen.order_by().values_list("pk", flat=True))
    if not seen_ids:
        return None
    weights = MomentWeights.current()
    metric = experience_metric(weights)
    stops = touchpoints_of(journey)
    since, until = _span(now, days or weights.days)
    segments = list(Segment.objects.filter(retired_at=None))
    met, asked = _met(stops, segments, weights, metric, (since, until))
    importance = importance_of(journey, stops, metric)
    lines = _lines(stops, segments, met, importance, weights)
    return Moments(
        journey=journey,
        metric=metric,
        weights=weights,
        since=since,
        until=until,
        touchpoints=stops,
        seen=seen_ids,
        segment_weights={None: 1.0, "": 1.0} | {each.key: each.weight for each in segments},
        lines=lines,
        asked=asked,
        importance=importance,
    )


def touchpoints_of(journey: Journey) -> tuple[Touchpoint, ...]:
    """Those in force, in the order of the journey."""
    found = Touchpoint.objects.in_force().filter(stage__journey=journey, stage__retired_at=None)
    return tuple(found.select_related("stage").order_by("stage__position", "position", "key"))


def _lines(
    stops: Sequence[Touchpoint],
    segments: Sequence[Segment],
    met: dict[Spot, Met],
    importance: Importance,
    weights: MomentWeights,
) -> dict[str | None, Line]:
    weighing = Weighing(
        weights.decide_by == weights.Decides.EXPECTATION,
        weights.neutral,
        weights.recall,
        weights.factors,
    )
    parts = {each.key: each.weight for each in segments} | {"": 1.0}
    everybody = [[(met[stop.pk, key], weight) for key, weight in parts.items()] for stop in stops]
    lines: dict[str | None, Line] = {
        None: line_of(_stops(stops, importance.of(None), weights), everybody, weighing)
    }
    for key in parts:
        alone = [[(met[stop.pk, key], 1.0)] for stop in stops]
        if key or any(met[stop.pk, ""].n for stop in stops):
            lines[key] = line_of(_stops(stops, importance.of(key), weights), alone, weighing)
    return lines


def _stops(
    stops: Sequence[Touchpoint], importance: Sequence[Weighed], weights: MomentWeights
) -> list[Stop]:
    return [
        Stop(weighed.share, weights.usual_goal if stop.goal is None else stop.goal, stop.reach)
        for stop, weighed in zip(stops, importance, strict=True)
    ]


def _met(
    stops: Sequence[Touchpoint],
    segments: Sequence[Segment],
    weights: MomentWeights,
    metric: Metric | None,
    span: tuple[datetime, datetime],
) -> tuple[dict[Spot, Met], frozenset[Spot]]:
    """What each segment met and expected at each touchpoint, and where expectation was asked."""
    asks = weights.expectation_metric
    totals = _totals(stops, [each for each in (metric, asks) if each], span)
    by_segment: dict[str, float | None] = {each.key: each.expectation for each in segments} | {
        "": None
    }
    found, asked = {}, set()
    for stop in stops:
        for segment, usual in by_segment.items():
            spot = (stop.pk, segment)
            stated = _first(stop.expected_by(segment), usual, weights.expectation)
            expected = Estimate.stated(min(max(stated, 0.0), HIGHEST))
            told = totals.get((*spot, asks.pk)) if asks else None
            if asks and told and told.n >= FEWEST_ASKED:
                measured = _read(told, asks)
                asked.add(spot)
                expected = measured or expected
            here = totals.get((*spot, metric.pk)) if metric else None
            met = _read(here, metric, weights.reading) if metric and here else None
            found[spot] = Met(met, expected)
    return found, frozenset(asked)


def _read(totals: Totals, metric: Metric, reading: str = "mean") -> Estimate | None:
    return experience(
        totals, metric.scale, higher_is_better=metric.higher_is_better, reading=reading
    )


def _totals(
    stops: Sequence[Touchpoint], metrics: Sequence[Metric], span: tuple[datetime, datetime]
) -> dict[tuple[int, str, int], Totals]:
    """By touchpoint, segment and metric; two queries, however many there are."""
    series: dict[tuple[int, str, int], list[int]] = defaultdict(list)
    rows = Series.objects.filter(touchpoint__in=[each.pk for each in stops], metric__in=metrics)
    columns = ("pk", "touchpoint", "segment", "metric")
    for pk, touchpoint, segment, asked in rows.order_by("pk").values_list(*columns):
        series[touchpoint or 0, segment, asked].append(pk)
    return totals_of_windows((name, found, *span) for name, found in series.items())


def _first(*values: float | None) -> float:
    return next((each for each in values if each is not None), 0.0)


def _span(now: datetime, days: int) -> tuple[datetime, datetime]:
    zone = Organization.current_zone()
    today = now.astimezone(zone).date()
    first, after = today - timedelta(days=days - 1), today + timedelta(days=1)
    return tuple(datetime.combine(day, time(), tzinfo=zone) for day in (first, after))  # type: ignore[return-value]
