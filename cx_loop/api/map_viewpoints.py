"""POST journeys/{key}/viewpoints/, viewpoints/{key}/{change,retire}/ and
journeys/{key}/versions/{number}/restore/."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cx_loop import clock
from cx_loop.actions import viewpoints
from cx_loop.actions.errors import NotFound
from cx_loop.actions.journey_restore import restore_version
from cx_loop.api.journey_maps import REFUSED, TAGS
from cx_loop.api.map_drawing import Draw, names_said
from cx_loop.api.map_shapes import (
    VersionShape,
    ViewpointChangeSaid,
    ViewpointSaid,
    ViewpointShape,
    version_bodies,
    viewpoint_body,
)
from cx_loop.api.replays import replayable
from cx_loop.api.said import NothingSaid
from cx_loop.models import Actor, Journey, JourneyVersion, Viewpoint
from cx_loop.reads.journeys import stops_of


class ViewpointsView(Draw):
    takes = ViewpointSaid

    @extend_schema(
        operation_id="journeys_add_viewpoint",
        summary="Add a persona to a journey map, or the journey as it should be",
        tags=TAGS,
        request=ViewpointSaid,
        responses={201: ViewpointShape, **REFUSED},
    )
    @replayable
    def post(self, request: Request, key: str) -> Response:
        def add(by: Actor, said: dict[str, Any]) -> Viewpoint:
            journey = Journey.objects.filter(key=key, retired_at=None).first()
            if journey is None:
                raise NotFound
            to_be = said.get("to_be", False)
            return viewpoints.add_viewpoint(
                journey=journey, name=names_said(said), to_be=to_be, by=by, now=clock.now()
            )

        return Response(_body(self.drawn(request, add)), status=201)


class _OfViewpoint(Draw):
    def made(self, request: Request, key: str) -> Response:
        def do(by: Actor, said: dict[str, Any]) -> Viewpoint:
            found = Viewpoint.objects.in_force().filter(key=key).select_related("journey").first()
            if found is None:
                raise NotFound
            return self.do(found, said, by)

        return Response(_body(self.drawn(request, do)))

    def do(self, viewpoint: Viewpoint, said: dict[str, Any], by: Actor) -> Viewpoint:
        raise NotImplementedError


class ChangeViewpointView(_OfViewpoint):
    takes = ViewpointChangeSaid

    def do(self, viewpoint: Viewpoint, said: dict[str, Any], by: Actor) -> Viewpoint:
        if "name" in said or "names" in said:
            said["name"] = names_said(said)
        if "stops" in said:
            said["stops"] = [
                {**stop, "name": stop.get("names", {})} if "names" in stop else stop
                for stop in said["stops"]
            ]
        return viewpoints.change_viewpoint(viewpoint=viewpoint, said=said, by=by, now=clock.now())

    @extend_schema(
        operation_id="viewpoints_change",
        summary="Write what a viewpoint says, its lanes included",
        description="What is not said stays as it is. `stops`, where said, are all there are.",
        tags=TAGS,
        request=ViewpointChangeSaid,
        responses={200: ViewpointShape, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        return self.made(request, key)


class RetireViewpointView(_OfViewpoint):
    takes = NothingSaid

    def do(self, viewpoint: Viewpoint, said: dict[str, Any], by: Actor) -> Viewpoint:
        return viewpoints.retire_viewpoint(viewpoint=viewpoint, by=by, now=clock.now())

    @extend_schema(
        operation_id="viewpoints_retire",
        summary="Take a viewpoint off the map",
        tags=TAGS,
        request=NothingSaid,
        responses={200: ViewpointShape, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        return self.made(request, key)


class RestoreView(Draw):
    takes = NothingSaid

    @extend_schema(
        operation_id="journeys_restore",
        summary="Bring an earlier version of a map back, as a new version",
        description="Owners change for new alerts only; open tasks stay where they are.",
        tags=TAGS,
        request=NothingSaid,
        responses={200: VersionShape, **REFUSED},
    )
    def post(self, request: Request, key: str, number: int) -> Response:
        made: JourneyVersion = self.drawn(
            request,
            lambda by, said: restore_version(journey=key, number=number, by=by, now=clock.now()),
        )
        rows = JourneyVersion.objects.filter(journey=made.journey_id, number__lte=made.number)
        newest = list(rows.select_related("user").order_by("-number")[:2])
        return Response(VersionShape(next(version_bodies(newest, 1))).data)


def _body(viewpoint: Viewpoint) -> dict[str, Any]:
    stops = stops_of([viewpoint])[viewpoint.pk]
    return dict(ViewpointShape(viewpoint_body(viewpoint, stops)).data)
