"""A journey as a map: its stages, touchpoints and viewpoints, for one reader; and as one form."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from cx_loop.models import (
    Department,
    Journey,
    Stage,
    Touchpoint,
    User,
    Viewer,
    Viewpoint,
    ViewpointStop,
    departments_of,
)

OWN = ("name", "channels", "front_stage", "moment_of_truth", "moment_type", "blueprint")


@dataclass(frozen=True, slots=True)
class Map:
    """What a reader sees of a journey: `stages` with the touchpoints seen, in order; a stage of
    which nothing is seen is left out, unless the reader sees everything. `whole`: they do."""

    journey: Journey
    stages: tuple[tuple[Stage, tuple[Touchpoint, ...]], ...]
    viewpoints: tuple[Viewpoint, ...]
    whole: bool

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        return tuple(stop for _stage, stops in self.stages for stop in stops)


def journeys_seen(viewer: Viewer) -> QuerySet[Journey]:
    """Journeys in force with a touchpoint the viewer sees; to who sees everything, all."""
    found = Journey.objects.filter(retired_at=None).select_related("reviewer")
    if departments_of(viewer) is None:
        return found
    seen = Touchpoint.objects.in_force().visible_to(viewer).order_by()
    return found.filter(pk__in=seen.values("stage__journey"))


def map_of(journey: Journey, viewer: Viewer) -> Map:
    """Six queries, however large the map."""
    seen = Touchpoint.objects.in_force().visible_to(viewer)
    seen = seen.select_related("owner", "stage__journey").order_by("position", "key")
    support = Prefetch("support", queryset=Department.objects.order_by("key"))
    stops = Prefetch("touchpoints", queryset=seen.prefetch_related(support), to_attr="seen")
    stages = Stage.objects.filter(journey=journey, retired_at=None).prefetch_related(stops)
    whole = departments_of(viewer) is None
    return Map(
        journey=journey,
        stages=tuple(
            (stage, tuple(stage.seen))
            for stage in stages.order_by("position", "key")
            if whole or stage.seen
        ),
        viewpoints=tuple(_viewpoints(journey)),
        whole=whole,
    )


def stops_of(viewpoints: Iterable[Viewpoint]) -> dict[int, list[ViewpointStop]]:
    """What each viewpoint says, in its order; the reader leaves out what they do not see."""
    found: dict[int, list[ViewpointStop]] = {each.pk: [] for each in viewpoints}
    rows = ViewpointStop.objects.filter(viewpoint__in=list(found))
    for stop in rows.select_related("touchpoint", "stage").order_by("position", "id"):
        found[stop.viewpoint_id].append(stop)
    return found


def form_of_map(journey: Journey) -> dict[str, Any]:
    """The whole map as plain JSON, order included: what a version keeps (`logic/blueprint.py`)."""
    stages = list(
        Stage.objects.filter(journey=journey, retired_at=None).order_by("position", "key")
    )
    rows = Touchpoint.objects.in_force().filter(stage__in=stages).select_related("owner", "stage")
    stops = list(rows.prefetch_related("support").order_by("position", "key"))
    viewpoints = list(_viewpoints(journey))
    said = stops_of(viewpoints)
    return {
        "journey": {
            "name": journey.name,
            "reviewer": _email(journey.reviewer),
            # said where it is so: versions kept before it existed stay as they are
            **({"public_page": True} if journey.public_page else {}),
            "order": [stage.key for stage in stages],
        },
        "stage": {
            stage.key: {
                "name": stage.name,
                "order": [stop.key for stop in stops if stop.stage_id == stage.pk],
            }
            for stage in stages
        },
        "touchpoint": {stop.key: _form_of(stop) for stop in stops},
        "viewpoint": {each.key: _viewpoint_form(each, said[each.pk]) for each in viewpoints},
    }


def _viewpoints(journey: Journey) -> Iterable[Viewpoint]:
    found = Viewpoint.objects.in_force().filter(journey=journey).select_related("reviewer")
    return found.order_by("position", "key")


def _form_of(stop: Touchpoint) -> dict[str, Any]:
    return {
        **{name: getattr(stop, name) for name in OWN},
        "stage": stop.stage.key,
        "owner": stop.owner.key,
        "support": sorted(department.key for department in stop.support.all()),
    }


def _viewpoint_form(viewpoint: Viewpoint, stops: Iterable[ViewpointStop]) -> dict[str, Any]:
    return {
        **{name: getattr(viewpoint, name) for name in ("name", "who", "to_be", "segment")},
        "reviewer": _email(viewpoint.reviewer),
        "stops": [
            {
                "touchpoint": stop.touchpoint and stop.touchpoint.key,
                "stage": stop.stage and stop.stage.key,
                **{name: getattr(stop, name) for name in ("name", "felt", "words", "dropped")},
                "blueprint": stop.blueprint,
            }
            for stop in stops
        ],
    }


def _email(person: User | None) -> str:
    return person.email if person else ""
