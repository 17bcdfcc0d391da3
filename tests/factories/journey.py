"""The journey, what is measured on it, and measurements."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cx_loop.logic.bins import bin_of
from cx_loop.models import (
    COARSE,
    DAY,
    FINE,
    Department,
    Fold,
    Journey,
    Metric,
    MomentCard,
    Rollup,
    Segment,
    Series,
    ServiceStandard,
    Source,
    Stage,
    Touchpoint,
)
from tests.factories.common import NOW, serial
from tests.factories.organization import make_department


def make_stage(key: str = "", *, journey: Journey | None = None, **fields: Any) -> Stage:
    key = key or f"stage-{next(serial)}"
    fields.setdefault("name", {"en": key.capitalize()})
    journey = (
        journey
        or Journey.objects.get_or_create(
            key="flight", defaults={"name": {"en": "Flight", "zh-hans": "飞行"}}
        )[0]
    )
    return Stage.objects.create(key=key, journey=journey, **fields)


def make_touchpoint(
    key: str = "", *, owner: Department | None = None, stage: Stage | None = None, **fields: Any
) -> Touchpoint:
    key = key or f"touchpoint-{next(serial)}"
    fields.setdefault("name", {"en": key.replace("-", " ").capitalize()})
    return Touchpoint.objects.create(
        key=key, owner=owner or make_department(), stage=stage or make_stage(), **fields
    )


def make_metric(key: str = "", *, kind: str = "csat", **fields: Any) -> Metric:
    key = key or f"{kind}-{next(serial)}"
    ends = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7), "score": (-5, 5)}.get(kind)
    if ends:
        fields.setdefault("low", ends[0])
        fields.setdefault("high", ends[1])
    else:
        fields.setdefault("direction", Metric.Direction.LOWER)
    fields.setdefault("name", {"en": key.replace("-", " ").capitalize()})
    return Metric.objects.create(key=key, kind=kind, **fields)


def make_segment(key: str, **fields: Any) -> Segment:
    return Segment.objects.create(key=key, **{"name": {"en": key.capitalize()}, **fields})


def make_source(key: str = "", **fields: Any) -> Source:
    return Source.objects.create(key=key or f"source-{next(serial)}", **fields)


def make_series(
    touchpoint: Touchpoint | None = None, metric: Metric | None = None, **dimensions: str
) -> Series:
    return Series.objects.create(
        touchpoint=touchpoint or make_touchpoint(), metric=metric or make_metric(), **dimensions
    )


def fill_hour(
    series: Series, at: datetime, values: Sequence[float], *, exposure: float = 0
) -> None:
    """Values that occurred at one moment, rolled up as intake would: fine, and in the grains that
    are folded already."""
    sums: dict[int, list[float]] = {}
    for value in values:
        sums.setdefault(bin_of(value, series.metric.scale), []).append(value)
    for grain in (FINE, *folded_grains(at)):
        bucket = datetime.fromtimestamp(at.timestamp() // (grain * 60) * grain * 60, UTC)
        for place, (bin, members) in enumerate(sums.items()):
            Rollup.objects.create(
                series_id=series.pk,
                grain=grain,
                bucket=bucket,
                bin=bin,
                n=len(members),
                total=sum(members),
                squares=sum(value * value for value in members),
                exposure=0 if place else exposure,
            )


def folded_grains(at: datetime) -> list[int]:
    """The grains that are folded at a moment, where no slice is half done."""
    seam = fold.folded_until if (fold := Fold.objects.first()) else None
    if seam is None or at >= seam:
        return []
    midnight = seam.replace(hour=0, minute=0, second=0, microsecond=0)
    return [COARSE, DAY] if at < midnight else [COARSE]


def fill_days(
    series: Series,
    first_day: date,
    days: Sequence[Sequence[float]],
    *,
    zone: str = "Asia/Shanghai",
) -> None:
    """One list of values a local day from `first_day` on, all at noon of that day."""
    noon = datetime.combine(first_day, time(12), tzinfo=ZoneInfo(zone))
    for place, values in enumerate(days):
        fill_hour(series, (noon + timedelta(days=place)).astimezone(UTC), values)


def make_standard(
    touchpoint: Touchpoint | None = None, metric: Metric | None = None, **fields: Any
) -> ServiceStandard:
    """Nine of ten wait at most 20 minutes."""
    given = {
        "key": f"standard-{next(serial)}",
        "text": {"en": "Boarding starts on time", "zh-hans": "准时登机"},
        "target": 20,
        **fields,
    }
    return ServiceStandard.objects.create(
        touchpoint=touchpoint or make_touchpoint(),
        metric=metric or make_metric(kind="duration", unit="min"),
        **given,
    )


def make_card(touchpoint: Touchpoint, felt: str = "left alone", **fields: Any) -> MomentCard:
    """A lived moment at a touchpoint."""
    given = {"who": "A family with two children", "scene": "The gate changes for the third time"}
    return MomentCard.objects.create(
        touchpoint=touchpoint, **{"felt": felt, "made_at": NOW, **given, **fields}
    )
