"""POST tasks/{number}/<call>/: one address for each call of the table of states."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Flag, Moment, Said, Text, Whole, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from tasks.actions.work import comment, perform
from tasks.api.refusals import refusals
from tasks.api.shapes import NoteShape, TaskDetailShape, tell
from tasks.logic import lifecycle
from tasks.models import Task

DISMISS = (*lifecycle.DISMISS_RESOLUTIONS, "self_recovered")


class CallSaid(Said):
    version = Whole(required=False, help_text="of the task as it was read: a newer one is a 409")


class AcceptSaid(CallSaid):
    start = Flag(required=False, help_text="begin to work on it at once")


class AssignSaid(CallSaid):
    assignee = Text(required=False, max_length=254, help_text="e-mail of somebody who works there")


class ReasonSaid(CallSaid):
    reason = Text(required=False)


class HoldSaid(ReasonSaid):
    until = Moment(required=False)


class HandOverSaid(ReasonSaid):
    department = Text(required=False, max_length=80, help_text="key")


class SubmitSaid(CallSaid):
    pain_category = Word(required=False, choices=lifecycle.PAIN_CATEGORIES)
    root_cause = Word(required=False, choices=lifecycle.ROOT_CAUSES)
    countermeasure = Text(required=False)
    note = Text(required=False)
    fixed_at = Moment(required=False, help_text="between the alert and now")


class DismissSaid(ReasonSaid):
    resolution = Word(required=False, choices=DISMISS)


class DecideSaid(ReasonSaid):
    outcome = Word(required=False, choices=lifecycle.OUTCOMES)


class CommentSaid(Said):
    text = Text(required=False, max_length=10_000)


SAID: dict[str, type[CallSaid]] = {
    "accept": AcceptSaid,
    "assign": AssignSaid,
    "start": CallSaid,
    "hold": HoldSaid,
    "hand_over": HandOverSaid,
    "submit": SubmitSaid,
    "withdraw": ReasonSaid,
    "send_back": ReasonSaid,
    "dismiss": DismissSaid,
    "decide": DecideSaid,
    "reopen": ReasonSaid,
}


class WorkView(APIView):
    """A write on a task that the caller sees; a foreign one is 404 before the body is read."""

    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        seen = Task.objects.all().visible_to(viewer_of(request))
        if not seen.filter(number=kwargs["number"]).exists():
            raise Http404


class CallView(WorkView):
    call = ""
    said: type[CallSaid] = CallSaid

    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, now = actor_of(request), clock.now()
        fields = read_said(self.said, request)
        version = fields.pop("version", None)

        def seen(number: int) -> dict[str, Any] | None:
            return tell(number, viewer_of(request), now, by.user)

        with refusals(seen):
            perform(self.call, number=number, by=by, now=now, version=version, fields=fields)
        return Response(seen(number))


class CommentView(WorkView):
    @extend_schema(
        operation_id="tasks_comment",
        summary="Say something on a task",
        tags=["tasks"],
        request=CommentSaid,
        responses={201: NoteShape, **problems(400, 401, 403, 404, 429)},
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by = actor_of(request)
        fields = read_said(CommentSaid, request)
        with refusals(lambda number: None):
            note = comment(number=number, by=by, now=clock.now(), text=fields.get("text", ""))
        return Response(NoteShape(note).data, status=201)


def _view_of(call: str, said: type[CallSaid]) -> type[CallView]:
    """The view of one call: a class of its own, so the OpenAPI document can tell it apart."""
    name = "".join(part.title() for part in call.split("_"))
    made = type(f"{name}View", (CallView,), {"call": call, "said": said})
    row = lifecycle.TABLE[call]
    leads_to = " or ".join(row.targets) or "the same state"
    described = extend_schema(
        operation_id=f"tasks_{call}",
        summary=f"{', '.join(row.origins)} → {leads_to}",
        description=f"Needs: {', '.join(row.needs) or 'nothing'}.",
        tags=["tasks"],
        parameters=[IDEMPOTENCY_KEY],
        request=said,
        responses={200: TaskDetailShape, **problems(400, 401, 403, 404, 409, 429)},
    )

    def post(self: CallView, request: Request, number: int) -> Response:
        return CallView.post(self, request, number)

    made.post = described(post)  # type: ignore[attr-defined]
    return made


CALL_VIEWS = {call: _view_of(call, said) for call, said in SAID.items()}
