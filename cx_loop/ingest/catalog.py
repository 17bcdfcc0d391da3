"""What intake looks names up in: journeys, stages, touchpoints, metrics, segments, by key.

Kept in memory and compared with a token that a trigger changes in the transaction of every
change, so a metric just configured is usable at once and a retired one refused at once.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from cx_loop.logic.bins import Scale
from cx_loop.models import CatalogState, Journey, Metric, Segment, Stage, Touchpoint

# (touchpoint, stage, journey, metric, segment, channel, location); 0 where there is none
SeriesName: TypeAlias = tuple[int, int, int, int, str, str, str]

_MOST_SERIES = 200_000  # remembered; more are looked up again
_MOST_PLACES = 50_000  # the same of what `ingest.check` worked out


@dataclass(frozen=True, slots=True)
class KnownMetric:
    id: int
    kind: str
    scale: Scale


@dataclass(slots=True)
class Catalog:
    token: uuid.UUID | None
    touchpoints: dict[str, tuple[int, int]]  # key -> id, owning department
    stages: dict[str, int]
    journeys: dict[str, int]
    metrics: dict[str, KnownMetric]
    segments: frozenset[str]
    series: dict[SeriesName, int] = field(default_factory=dict)
    _places: dict[frozenset[int] | None, dict[Any, Any]] = field(default_factory=dict)

    def places_of(self, owners: frozenset[int] | None) -> dict[Any, Any]:
        """What was worked out for senders who may write to touchpoints of these departments; it
        lives as long as the catalog it was worked out from."""
        places = self._places.setdefault(owners, {})
        if len(places) > _MOST_PLACES:
            places.clear()
        return places

    def remember(self, found: dict[SeriesName, int]) -> None:
        """Keep series seen in a committed transaction."""
        if len(self.series) + len(found) > _MOST_SERIES:
            self.series.clear()
        self.series.update(found)


_kept: Catalog | None = None


def current(token: uuid.UUID | None = None) -> Catalog:
    """The catalog as of now: one small query, and five more when something was changed.

    `token`: as just read from the database, for who has asked for it already.
    """
    global _kept
    # the token first: what is read after it is at least as new, otherwise a change between the
    # two would be missed until the next one
    token = token or CatalogState.objects.values_list("token", flat=True).first()
    kept = _kept
    if kept is None or token is None or kept.token != token:
        kept = _kept = _loaded(token)
    return kept


def _loaded(token: uuid.UUID | None) -> Catalog:
    touchpoints = Touchpoint.objects.filter(retired_at=None)
    stages = Stage.objects.filter(retired_at=None)
    journeys = Journey.objects.filter(retired_at=None)
    segments = Segment.objects.filter(retired_at=None)
    return Catalog(
        token=token,
        touchpoints={
            key: (pk, owner)
            for key, pk, owner in touchpoints.order_by().values_list("key", "id", "owner")
        },
        stages=dict(stages.order_by().values_list("key", "id")),
        journeys=dict(journeys.order_by().values_list("key", "id")),
        metrics={
            metric.key: KnownMetric(metric.pk, metric.kind, metric.scale)
            for metric in Metric.objects.filter(retired_at=None).order_by()
        },
        segments=frozenset(segments.order_by().values_list("key", flat=True)),
    )
