"""POST tasks/{number}/judge_elsewhere/: a lead accepts where a fix could be proven."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cx_loop import clock
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, Text, Word, problems, read_said
from cx_loop.api.viewer import actor_of
from tasks.actions.judge_elsewhere import judge_elsewhere
from tasks.api.calls import WorkView
from tasks.api.outlook import ChosenShape
from tasks.api.refusals import refusals


class ElsewhereSaid(Said):
    of = Word(required=False, choices=("stage", "touchpoint"))
    metric = Text(required=False, max_length=80, help_text="key; one of those offered")
    reason = Text(required=False)


class ElsewhereView(WorkView):
    @extend_schema(
        operation_id="tasks_judge_elsewhere",
        summary="Judge the fix where it could be proven, before the first look; for a lead",
        tags=["tasks"],
        parameters=[IDEMPOTENCY_KEY],
        request=ElsewhereSaid,
        responses={200: ChosenShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, fields = actor_of(request), read_said(ElsewhereSaid, request)
        with refusals(lambda _number: None):
            chosen = judge_elsewhere(number=number, by=by, now=clock.now(), fields=fields)
        return Response(ChosenShape(chosen).data)
