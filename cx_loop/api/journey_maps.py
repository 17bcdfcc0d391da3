"""GET journeys/{key}/map/ and journeys/{key}/versions/; POST journeys/{key}/review/."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.reviews import review
from cx_loop.api.map_shapes import (
    MapShape,
    ReviewedShape,
    ReviewSaid,
    VersionShape,
    map_body,
    version_bodies,
)
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.said import problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import (
    Journey,
    JourneyVersion,
    Viewpoint,
    departments_of,
)
from cx_loop.reads.journeys import journeys_seen

MOST_VERSIONS = 50
TAGS = ["journeys"]
REFUSED = problems(400, 401, 403, 404, 429)


class MapView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="journeys_map",
        summary="Read a journey as a map",
        description="Stages, touchpoints with what happens in each lane, what is open there, and "
        "the viewpoints laid over it: personas and the journey as it should be.",
        tags=TAGS,
        responses={200: MapShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        viewer = viewer_of(request)
        return Response(MapShape(map_body(journey_seen(request, key), viewer)).data)


class VersionsView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="journeys_versions",
        summary="Read what was changed on a map",
        description=f"The newest {MOST_VERSIONS}; only to who sees the whole journey.",
        tags=TAGS,
        responses={200: VersionShape(many=True), **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, key: str) -> Response:
        journey = journey_seen(request, key)
        if departments_of(viewer_of(request)) is not None:
            raise Http404
        rows = JourneyVersion.objects.filter(journey=journey).select_related("user")
        newest = list(rows.order_by("-number")[: MOST_VERSIONS + 1])
        shape: Any = VersionShape
        return Response(shape(version_bodies(newest, MOST_VERSIONS), many=True).data)


class ReviewView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="journeys_review",
        summary="Say that a map, or a viewpoint of it, still holds",
        description="For its reviewer, and admins.",
        tags=TAGS,
        request=ReviewSaid,
        responses={200: ReviewedShape, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        journey = journey_seen(request, key)
        by, said = actor_of(request), read_said(ReviewSaid, request)
        of: Journey | Viewpoint | None = journey
        if view := said.get("viewpoint", ""):
            of = Viewpoint.objects.in_force().filter(journey=journey, key=view).first()
        if of is None:
            raise Http404
        with refusals():
            return Response(ReviewedShape(review(of=of, by=by, now=clock.now())).data)


@contextmanager
def refusals() -> Iterator[None]:
    try:
        yield
    except NotFound:
        raise Http404 from None
    except Forbidden:
        raise Problem(403, "read_only", "This is for others to change.") from None
    except Invalid as refusal:
        errors = [
            {"field": field, "code": code, "message": message}
            for field, code, message in refusal.problems
        ]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors) from None


def journey_seen(request: Request, key: str) -> Journey:
    found = journeys_seen(viewer_of(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found
