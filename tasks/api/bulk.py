"""POST tasks/bulk/: one call on many tasks, answered task by task."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.replays import replayable
from cx_loop.api.said import Flag, Moment, Said, Text, Whole, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of
from tasks.actions.bulk import Outcome, perform_each
from tasks.api.calls import DISMISS
from tasks.api.refusals import SENTENCES
from tasks.logic import bulk
from tasks.models import Task

MESSAGES = {
    **SENTENCES,
    "not_found": "There is nothing here that you may see.",
    "stale": "Somebody has changed the task since; look at it again.",
    "not_allowed": "Its state does not allow this.",
    "invalid": "Some fields are not valid.",
}


class OneTask(serializers.Serializer[Any]):
    number = Whole(min_value=1, max_value=2**63 - 1)
    version = Whole(required=False, help_text="of the task as it was read: a newer one is refused")


class BulkSaid(Said):
    """The fields of the call stand beside `call`, and are the same for every task."""

    call = Word(choices=bulk.CALLS)
    tasks = serializers.ListField(child=OneTask(), min_length=1, max_length=bulk.MOST)
    start = Flag(required=False, help_text="of accept")
    assignee = Text(required=False, max_length=254)
    reason = Text(required=False)
    until = Moment(required=False)
    department = Text(required=False, max_length=80)
    resolution = Word(required=False, choices=DISMISS)


class FieldProblem(serializers.Serializer[Any]):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class BulkResultShape(serializers.Serializer[Any]):
    """`code` and what follows only of a task that was refused, with the names a single call has."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=["done", "refused"])
    state = serializers.ChoiceField(choices=Task.State.choices, required=False)
    version = serializers.IntegerField(required=False)
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    allowed = serializers.ListField(child=serializers.CharField(), required=False)
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]


class BulkAnswerShape(serializers.Serializer[Any]):
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BulkResultShape(many=True)


class BulkView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="tasks_bulk",
        summary="One call on many tasks",
        description=f"At most {bulk.MOST}; each succeeds or is refused by itself.",
        tags=["tasks"],
        request=BulkSaid,
        responses={200: BulkAnswerShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, now = actor_of(request), clock.now()
        fields = read_said(BulkSaid, request)
        call = fields.pop("call")
        asked = [(each["number"], each.get("version")) for each in fields.pop("tasks")]
        outcomes = perform_each(call, tasks=asked, by=by, now=now, fields=fields)
        done = sum(each.is_done for each in outcomes)
        results = [_told(each) for each in outcomes]
        return Response({"done": done, "refused": len(results) - done, "results": results})


def _told(outcome: Outcome) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": outcome.number,
        "status": "done" if outcome.is_done else "refused",
    }
    if outcome.task is not None:
        said |= {"state": outcome.task.state, "version": outcome.task.version}
    if outcome.is_done:
        return said
    said |= {
        "code": outcome.code,
        "message": MESSAGES.get(outcome.code, "This is another's to do."),
    }
    if outcome.code == "not_allowed":
        said["allowed"] = outcome.allowed
    if outcome.problems:
        said["errors"] = [
            {"field": name, "code": code, "message": message}
            for name, code, message in outcome.problems
        ]
    return said
