"""POST journeys/{key}/{stages,touchpoints}/ and touchpoints/{key}/{change,move,give,retire}/."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions import journey_map
from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.touchpoints import give_to
from cx_loop.api.journey_maps import REFUSED, TAGS, refusals
from cx_loop.api.map_shapes import (
    ChangeSaid,
    GivenShape,
    GiveSaid,
    MoveStopSaid,
    StageMade,
    StageSaid,
    TouchpointMade,
    TouchpointSaid,
)
from cx_loop.api.permissions import HasScope
from cx_loop.api.replays import replayable
from cx_loop.api.said import NothingSaid, Said, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of
from cx_loop.models import (
    Actor,
    Department,
    Journey,
    Touchpoint,
)


class Draw(APIView):
    """Admins draw; whoever else is refused before anything is looked up."""

    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"
    takes: type[Said]

    def drawn(self, request: Request, do: Callable[[Actor, dict[str, Any]], Any]) -> Any:
        by, said = actor_of(request), read_said(self.takes, request)
        with refusals():
            if not journey_map.may_draw(by):
                raise Forbidden
            return do(by, said)


class StagesView(Draw):
    takes = StageSaid

    @extend_schema(
        operation_id="journeys_add_stage",
        summary="Add a stage at the end of a journey",
        tags=TAGS,
        request=StageSaid,
        responses={201: StageMade, **REFUSED},
    )
    @replayable
    def post(self, request: Request, key: str) -> Response:
        made = self.drawn(
            request,
            lambda by, said: journey_map.add_stage(
                journey=key,
                name=names_said(said),
                key=said.get("key", ""),
                by=by,
                now=clock.now(),
            ),
        )
        return Response(StageMade(made).data, status=201)


class StopsView(Draw):
    takes = TouchpointSaid

    @extend_schema(
        operation_id="journeys_add_touchpoint",
        summary="Add a touchpoint at the end of a stage",
        tags=TAGS,
        request=TouchpointSaid,
        responses={201: TouchpointMade, **REFUSED},
    )
    @replayable
    def post(self, request: Request, key: str) -> Response:
        def add(by: Actor, said: dict[str, Any]) -> Touchpoint:
            stage = said.get("stage", "")
            if not Journey.objects.filter(key=key, stages__key=stage).exists():
                raise Invalid(("stage", "stage_unknown", "Choose a stage of the same journey."))
            return journey_map.add_touchpoint(
                stage=stage,
                name=names_said(said),
                owner=said.get("owner", ""),
                key=said.get("key", ""),
                by=by,
                now=clock.now(),
            )

        return Response(TouchpointMade(self.drawn(request, add)).data, status=201)


class _OfTouchpoint(Draw):
    def made(self, request: Request, key: str) -> Response:
        touchpoint = self.drawn(request, lambda by, said: self.do(key, said, by))
        return Response(TouchpointMade(touchpoint).data)

    def do(self, key: str, said: dict[str, Any], by: Actor) -> Touchpoint:
        raise NotImplementedError


class ChangeView(_OfTouchpoint):
    takes = ChangeSaid

    def do(self, key: str, said: dict[str, Any], by: Actor) -> Touchpoint:
        if "name" in said or "names" in said:
            said["name"] = names_said(said)
        said.pop("names", None)
        return journey_map.describe_touchpoint(touchpoint=key, said=said, by=by, now=clock.now())

    @extend_schema(
        operation_id="touchpoints_change",
        summary="Describe a touchpoint",
        description="What is not said stays as it is.",
        tags=TAGS,
        request=ChangeSaid,
        responses={200: TouchpointMade, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        return self.made(request, key)


class MoveView(_OfTouchpoint):
    takes = MoveStopSaid

    def do(self, key: str, said: dict[str, Any], by: Actor) -> Touchpoint:
        return journey_map.move_touchpoint(
            touchpoint=key,
            stage=said.get("stage", ""),
            place=said.get("place", 0),
            by=by,
            now=clock.now(),
        )

    @extend_schema(
        operation_id="touchpoints_move",
        summary="Move a touchpoint on its journey",
        tags=TAGS,
        request=MoveStopSaid,
        responses={200: TouchpointMade, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        return self.made(request, key)


class RetireView(_OfTouchpoint):
    takes = NothingSaid

    def do(self, key: str, said: dict[str, Any], by: Actor) -> Touchpoint:
        return journey_map.retire_touchpoint(touchpoint=key, by=by, now=clock.now())

    @extend_schema(
        operation_id="touchpoints_retire",
        summary="Take a touchpoint off the map",
        tags=TAGS,
        request=NothingSaid,
        responses={200: TouchpointMade, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        return self.made(request, key)


class GiveView(Draw):
    takes = GiveSaid

    @extend_schema(
        operation_id="touchpoints_give",
        summary="Give a touchpoint to another department",
        description="New alerts go to it from now on; open tasks only with `with_tasks`.",
        tags=TAGS,
        request=GiveSaid,
        responses={200: GivenShape, **REFUSED},
    )
    def post(self, request: Request, key: str) -> Response:
        def give(by: Actor, said: dict[str, Any]) -> dict[str, Any]:
            rows = Touchpoint.objects.in_force().select_related("stage__journey", "owner")
            found = rows.filter(key=key).first()
            if found is None:
                raise NotFound
            to = Department.objects.in_force().filter(key=said.get("department", "")).first()
            if to is None:
                raise Invalid(("department", "department_unknown", "Choose a department."))
            reason = said.get("reason", "")
            handed = give_to(
                touchpoint=found,
                to=to,
                by=by,
                now=clock.now(),
                with_tasks=said.get("with_tasks", False),
                reason=reason or "The touchpoint has another owner.",
            )
            return {"touchpoint": key, "owner": to.key, "tasks_handed_over": handed}

        return Response(GivenShape(self.drawn(request, give)).data)


def names_said(said: dict[str, Any]) -> dict[str, str]:
    """`names` in several languages, or `name`, kept as the English one."""
    names = said.get("names")
    return dict(names) if names else {"en": said.get("name", "")}
