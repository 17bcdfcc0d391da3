"""What a journey map looks like in the API, and what is said to draw it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from rest_framework import serializers

from cx_loop.api.said import Flag, Number, Said, Text, Whole, Word
from cx_loop.logic.blueprint import LANES, changes_between
from cx_loop.logic.moments import TYPES
from cx_loop.models import (
    Journey,
    JourneyVersion,
    Stage,
    Touchpoint,
    Viewer,
    Viewpoint,
    ViewpointStop,
    in_language,
)
from cx_loop.reads.journeys import map_of, stops_of
from cx_loop.ui.slots import WorkAt, work_at

LANE_HELP = f"lane ({', '.join(LANES)}) -> a text per language"


class Names(serializers.DictField):
    """A text per language."""

    child = Text(max_length=200)


class StopShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    names = Names()
    owner = serializers.CharField(help_text="key of a department")
    support = serializers.ListField(child=serializers.CharField())
    channels = serializers.ListField(child=serializers.CharField())
    front_stage = serializers.BooleanField()
    moment_of_truth = serializers.BooleanField()
    moment_type = serializers.CharField(help_text=f"{', '.join(TYPES)} or ''")
    blueprint = serializers.DictField(child=Names(), help_text=LANE_HELP)
    open_alerts = serializers.IntegerField(help_text="that you may see")
    open_tasks = serializers.IntegerField(help_text="that you may see")


class MapStageShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    names = Names()
    touchpoints = StopShape(many=True)


class ViewpointStopShape(serializers.Serializer[Any]):
    """Of a touchpoint, or of one to come in a stage."""

    touchpoint = serializers.CharField(allow_null=True)
    stage = serializers.CharField(allow_null=True)
    name = Names()
    felt = serializers.FloatField(allow_null=True, help_text="thought or wished, −5..+5")
    words = Names()
    blueprint = serializers.DictField(child=Names(), help_text=LANE_HELP)
    dropped = serializers.BooleanField()


class ViewpointShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    who = serializers.CharField()
    to_be = serializers.BooleanField()
    segment = serializers.CharField(help_text="key; empty: everybody")
    reviewer = serializers.CharField(help_text="e-mail address, or empty")
    reviewed_on = serializers.DateField(allow_null=True)
    stops = ViewpointStopShape(many=True)


class MapShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    reviewer = serializers.CharField(help_text="e-mail address, or empty")
    reviewed_on = serializers.DateField(allow_null=True)
    whole = serializers.BooleanField(help_text="you see every touchpoint of every journey")
    stages = MapStageShape(many=True)
    viewpoints = ViewpointShape(many=True)


class MapChangeShape(serializers.Serializer[Any]):
    what = serializers.ChoiceField(choices=["added", "removed", "changed"])
    part = serializers.ChoiceField(choices=["journey", "stage", "touchpoint", "viewpoint"])
    key = serializers.CharField()
    changed = serializers.CharField(source="field", help_text="of what changed; else empty")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class VersionShape(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.EmailField(allow_null=True)
    changes = MapChangeShape(many=True, help_text="since the version before; of the first none")


class StageMade(serializers.Serializer[Stage]):
    key = serializers.CharField()
    names = Names(source="name")
    journey = serializers.CharField(source="journey.key")
    position = serializers.IntegerField()


class TouchpointMade(serializers.Serializer[Touchpoint]):
    key = serializers.CharField()
    names = Names(source="name")
    stage = serializers.CharField(source="stage.key")
    owner = serializers.CharField(source="owner.key")
    position = serializers.IntegerField()
    blueprint = serializers.DictField(child=Names(), help_text=LANE_HELP)
    retired_at = serializers.DateTimeField(allow_null=True)


class GivenShape(serializers.Serializer[Any]):
    touchpoint = serializers.CharField()
    owner = serializers.CharField()
    tasks_handed_over = serializers.IntegerField()


class ReviewedShape(serializers.Serializer[Any]):
    key = serializers.CharField()
    reviewer = serializers.EmailField(source="reviewer.email")
    reviewed_on = serializers.DateField()


class StageSaid(Said):
    key = Text(required=False, max_length=80, help_text="made of the name without it")
    name = Text(required=False, max_length=200)
    names = Names(required=False)


class TouchpointSaid(StageSaid):
    stage = Text(required=False, max_length=80, help_text="key")
    owner = Text(required=False, max_length=80, help_text="key of a department")


class ChangeSaid(Said):
    name = Text(required=False, max_length=200)
    names = Names(required=False)
    channels = serializers.ListField(child=Text(max_length=80), required=False, max_length=50)
    support = serializers.ListField(child=Text(max_length=80), required=False, max_length=50)
    front_stage = Flag(required=False)
    moment_of_truth = Flag(required=False)
    moment_type = Word(required=False, choices=["", *TYPES])
    blueprint = serializers.DictField(child=Names(), required=False, help_text=LANE_HELP)


class MoveStopSaid(Said):
    stage = Text(required=False, max_length=80, help_text="key")
    place = Whole(required=False, min_value=0, max_value=9_999, help_text="0 is the first")


class GiveSaid(Said):
    department = Text(required=False, max_length=80, help_text="key")
    with_tasks = Flag(required=False)
    reason = Text(required=False, max_length=400)


class ViewpointSaid(Said):
    name = Text(required=False, max_length=200)
    names = Names(required=False)
    to_be = Flag(required=False)


class ViewpointStopSaid(serializers.Serializer[Any]):
    """Of a touchpoint, or of one to come: its stage and names."""

    touchpoint = Text(required=False, max_length=80, help_text="key")
    stage = Text(required=False, max_length=80, help_text="key")
    names = Names(required=False)
    felt = Number(required=False, allow_null=True, help_text="−5..+5")
    words = Names(required=False)
    dropped = Flag(required=False)
    blueprint = serializers.DictField(
        child=Names(), required=False, help_text=f"{LANE_HELP}; unsaid lanes stay"
    )


class ViewpointChangeSaid(ViewpointSaid):
    who = Names(required=False)
    segment = Text(required=False, allow_blank=True, max_length=80, help_text="key")
    reviewer = Text(required=False, allow_blank=True, max_length=254, help_text="e-mail address")
    stops = ViewpointStopSaid(many=True, required=False, help_text="all of them")


class ReviewSaid(Said):
    viewpoint = Text(required=False, max_length=80, help_text="key; without it the map itself")


def map_body(journey: Journey, viewer: Viewer) -> dict[str, Any]:
    found = map_of(journey, viewer)
    work = work_at(list(found.touchpoints), viewer)
    # None: one still to come
    seen = {None, *(each.pk for each in found.touchpoints)}
    said = stops_of(found.viewpoints)
    return {
        "key": journey.key,
        "name": in_language(journey.name) or journey.key,
        "reviewer": journey.reviewer.email if journey.reviewer else "",
        "reviewed_on": journey.reviewed_on,
        "whole": found.whole,
        "stages": [
            _named(stage) | {"touchpoints": [_stop(each, work) for each in stops]}
            for stage, stops in found.stages
        ],
        "viewpoints": [
            viewpoint_body(each, [stop for stop in said[each.pk] if stop.touchpoint_id in seen])
            for each in found.viewpoints
        ],
    }


def version_bodies(newest: Sequence[JourneyVersion], most: int) -> Iterator[dict[str, Any]]:
    """Newest first; the last of more than `most` is only what another is held against."""
    older = {later.pk: before for later, before in pairwise(newest)}
    for each in newest[:most]:
        before = older.get(each.pk)
        yield {
            "number": each.number,
            "at": each.at,
            "by": each.user.email if each.user else None,
            "changes": changes_between(before.form, each.form) if before else [],
        }


def _named(thing: Stage | Touchpoint) -> dict[str, Any]:
    name = in_language(thing.name) or thing.key
    return {"key": thing.key, "name": name, "names": thing.name}


def _stop(stop: Touchpoint, work: dict[int, WorkAt]) -> dict[str, Any]:
    here = work.get(stop.pk)
    plain = ("channels", "front_stage", "moment_of_truth", "moment_type", "blueprint")
    return {
        **_named(stop),
        **{name: getattr(stop, name) for name in plain},
        "owner": stop.owner.key,
        "support": [each.key for each in stop.support.all()],
        "open_alerts": here.alerts if here else 0,
        "open_tasks": here.tasks if here else 0,
    }


def viewpoint_body(view: Viewpoint, stops: Iterable[ViewpointStop]) -> dict[str, Any]:
    return {
        "key": view.key,
        "name": in_language(view.name) or view.key,
        "who": in_language(view.who),
        "to_be": view.to_be,
        "segment": view.segment,
        "reviewer": view.reviewer.email if view.reviewer else "",
        "reviewed_on": view.reviewed_on,
        "stops": [
            {
                "touchpoint": stop.touchpoint.key if stop.touchpoint else None,
                "stage": stop.stage.key if stop.stage else None,
                **{name: getattr(stop, name) for name in ("name", "felt", "words", "dropped")},
                "blueprint": stop.blueprint,
            }
            for stop in stops
        ],
    }
