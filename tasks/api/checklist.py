"""tasks/{number}/checklist/ and everything people do to it; each answers with the whole list."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.logic.playbooks import PAIN_CATEGORIES, PLAYBOOK_KINDS, STEP_TYPES
from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Flag, Moment, Said, Text, Whole, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from tasks.actions import checklist, countermeasures, follow_ups
from tasks.api.calls import WorkView
from tasks.api.checklist_shapes import ChecklistShape, checklist_of
from tasks.api.refusals import refusals
from tasks.logic.checklist import ANSWERS


class StepSaid(Said):
    version = Whole(required=False, help_text="of the step as it was read: a newer one is a 409")


class EditSaid(StepSaid):
    text = Text(required=False, max_length=500)
    type = Word(required=False, choices=STEP_TYPES)
    kind = Word(required=False, choices=PLAYBOOK_KINDS, allow_blank=True)
    owner = Text(required=False, max_length=254, help_text="e-mail; empty: nobody")
    due_at = Moment(required=False, allow_null=True)
    within = Text(required=False, max_length=12, help_text="working time such as 4h or 2d")
    evidence = Text(required=False)
    link = Text(required=False, max_length=500, help_text="of the evidence: https://…")


class TickSaid(StepSaid):
    done_at = Moment(required=False, help_text="between the opening of the round and now")
    evidence = Text(required=False)
    link = Text(required=False, max_length=500)
    follow_up_at = Moment(
        required=False, help_text="when to ask whether a training has stuck; else in 30 days"
    )


class NotNeededSaid(StepSaid):
    reason = Text(required=False)


class MoveSaid(StepSaid):
    up = Flag(required=False, help_text="one place up; else one down")


class PlaybookSaid(Said):
    playbook = Text(required=False, max_length=80, help_text="key")


class IdeaSaid(Said):
    text = Text(required=False, max_length=500, help_text="a line each step")
    kind = Word(required=False, choices=PLAYBOOK_KINDS, allow_blank=True)


class ChooseIdeaSaid(Said):
    type = Word(required=False, choices=STEP_TYPES)


class AnswerSaid(Said):
    answer = Word(required=False, choices=ANSWERS)
    note = Text(required=False)


class ChecklistView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="tasks_checklist",
        summary="Read the steps, ideas and follow-ups of a task, and the playbooks proposed for it",
        tags=["tasks"],
        parameters=[
            OpenApiParameter(
                "pain_category",
                OpenApiTypes.STR,
                enum=PAIN_CATEGORIES,
                description="propose playbooks for it where the task has none yet",
            )
        ],
        responses={200: ChecklistShape, **problems(400, 401, 403, 404, 429)},
    )
    def get(self, request: Request, number: int) -> Response:
        viewer = viewer_of(request)
        asked = request.query_params.get("pain_category", "")
        if asked and asked not in PAIN_CATEGORIES:
            detail = ErrorDetail("This is no pain category.", "invalid_choice")
            raise ValidationError({"pain_category": [detail]})
        found = checklist_of(number, viewer, clock.now(), pain_category=asked)
        if found is None:
            raise Http404
        return Response(found)


class ChecklistCall(WorkView):
    """One verb of the checklist. `do` gets number, by, now and the fields of the body."""

    said: type[Said] = Said
    do: Callable[..., Any]

    @replayable
    def post(self, request: Request, number: int, **thing: int) -> Response:
        by, now = actor_of(request), clock.now()
        fields = read_said(self.said, request)

        def seen(number: int) -> dict[str, Any] | None:
            return checklist_of(number, viewer_of(request), now)

        with refusals(seen):
            type(self).do(number=number, by=by, now=now, fields=fields, **thing)
        return Response(seen(number))


def _on_step(action: Callable[..., Any]) -> Callable[..., Any]:
    def do(*, fields: dict[str, Any], **known: Any) -> None:
        action(version=fields.pop("version", None), fields=fields, **known)

    return do


def _choose_playbook(*, fields: dict[str, Any], **known: Any) -> None:
    countermeasures.choose_playbook(playbook=fields.get("playbook", ""), **known)


def _choose_idea(*, fields: dict[str, Any], **known: Any) -> None:
    countermeasures.choose_idea(**fields, **known)


def _vote(*, fields: dict[str, Any], **known: Any) -> None:
    countermeasures.vote(**known)


def _withdraw_vote(*, fields: dict[str, Any], **known: Any) -> None:
    countermeasures.withdraw_vote(**known)


def _add_step(*, fields: dict[str, Any], **known: Any) -> None:
    fields.pop("version", None)  # what is new has none
    checklist.add_step(fields=fields, **known)


# address below tasks/{number}/ -> (name, what the body may say, who does it, in one line)
CALLS: dict[str, tuple[str, type[Said], Callable[..., Any], str]] = {
    "playbook/": (
        "choose_playbook",
        PlaybookSaid,
        _choose_playbook,
        "Choose a playbook: its steps are copied to the task",
    ),
    "steps/": ("add_step", EditSaid, _add_step, "Add a step by hand, at the end"),
    "steps/<int:step>/edit/": (
        "edit_step",
        EditSaid,
        _on_step(checklist.edit_step),
        "Change what a step says",
    ),
    "steps/<int:step>/tick/": (
        "tick_step",
        TickSaid,
        _on_step(checklist.tick_step),
        "The step is done",
    ),
    "steps/<int:step>/untick/": (
        "untick_step",
        StepSaid,
        _on_step(checklist.untick_step),
        "The step is to be done again",
    ),
    "steps/<int:step>/not_needed/": (
        "step_not_needed",
        NotNeededSaid,
        _on_step(checklist.mark_not_needed),
        "The step is not needed, for a reason",
    ),
    "steps/<int:step>/move/": (
        "move_step",
        MoveSaid,
        _on_step(checklist.move_step),
        "Move a step one place",
    ),
    "ideas/": ("add_idea", IdeaSaid, countermeasures.add_idea, "Say what could help"),
    "ideas/<int:idea>/vote/": ("vote", Said, _vote, "Vote for an idea, once a person"),
    "ideas/<int:idea>/withdraw_vote/": ("withdraw_vote", Said, _withdraw_vote, "Take a vote back"),
    "ideas/<int:idea>/choose/": (
        "choose_idea",
        ChooseIdeaSaid,
        _choose_idea,
        "Choose an idea: each of its lines becomes a step",
    ),
    "follow_ups/<int:follow_up>/answer/": (
        "answer_follow_up",
        AnswerSaid,
        follow_ups.answer_follow_up,
        "Say whether a training has stuck",
    ),
}


def _view_of(
    name: str, said: type[Said], do: Callable[..., Any], summary: str
) -> type[ChecklistCall]:
    """A class of its own for each call, so the OpenAPI document can tell it apart."""
    title = "".join(part.title() for part in name.split("_"))
    made = type(f"{title}View", (ChecklistCall,), {"said": said, "do": staticmethod(do)})
    described = extend_schema(
        operation_id=f"tasks_{name}",
        summary=summary,
        tags=["tasks"],
        parameters=[IDEMPOTENCY_KEY],
        request=said,
        responses={200: ChecklistShape, **problems(400, 401, 403, 404, 409, 429)},
    )

    def post(self: ChecklistCall, request: Request, number: int, **thing: int) -> Response:
        return ChecklistCall.post(self, request, number, **thing)

    made.post = described(post)  # type: ignore[attr-defined]
    return made


CALL_VIEWS = {
    address: (name, _view_of(name, said, do, summary))
    for address, (name, said, do, summary) in CALLS.items()
}
