"""POST alerts/{id}/acknowledge|snooze|dismiss/."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.actions.errors import Forbidden, Invalid, NotFound
from alerts.actions.work import perform
from alerts.api.shapes import AlertDetailShape, tell
from alerts.logic.lifecycle import DISMISS_RESOLUTIONS, NotAllowed
from alerts.models import Alert
from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Moment, Said, Text, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of

ANSWERS = {200: AlertDetailShape, **problems(400, 401, 403, 404, 409, 429)}


class AcknowledgeSaid(Said):
    pass


class SnoozeSaid(Said):
    until = Moment(required=False)


class DismissAlertSaid(Said):
    reason = Text(required=False)
    resolution = Word(required=False, choices=DISMISS_RESOLUTIONS)


class CallView(APIView):
    """A write on an alert that the caller sees; a foreign one is 404 before the body is read."""

    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        seen = Alert.objects.all().visible_to(viewer_of(request))
        if not seen.filter(pk=kwargs["pk"]).exists():
            raise Http404

    def perform(self, call: str, said: type[Said], request: Request, pk: int) -> Response:
        by = actor_of(request)
        fields = read_said(said, request)
        with _refusals():
            perform(call, pk=pk, by=by, now=clock.now(), fields=fields)
        return Response(tell(pk, viewer_of(request), by))


class AcknowledgeView(CallView):
    @extend_schema(
        operation_id="alerts_acknowledge",
        summary="open → acknowledged",
        tags=["alerts"],
        request=AcknowledgeSaid,
        responses=ANSWERS,
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        return self.perform("acknowledge", AcknowledgeSaid, request, pk)


class SnoozeView(CallView):
    @extend_schema(
        operation_id="alerts_snooze",
        summary="Be quiet until later",
        description=(
            "A silence of one alert, for a week at most: it sends nothing and the clocks of its "
            "task stand still; then it is loud again. A shorter one replaces a longer. Needs: "
            "until."
        ),
        tags=["alerts"],
        request=SnoozeSaid,
        responses=ANSWERS,
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        return self.perform("snooze", SnoozeSaid, request, pk)


class DismissView(CallView):
    @extend_schema(
        operation_id="alerts_dismiss",
        summary="open, acknowledged → dismissed, with its task",
        description="Needs: reason, resolution. A critical one is dismissed by the lead.",
        tags=["alerts"],
        request=DismissAlertSaid,
        responses=ANSWERS,
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        return self.perform("dismiss", DismissAlertSaid, request, pk)


@contextmanager
def _refusals() -> Iterator[None]:
    """What the action refused, as problems; the task behind it refuses with the same kinds."""
    try:
        yield
    except NotFound:
        raise Http404 from None
    except NotAllowed as refusal:
        members: dict[str, Any] = {"state": refusal.state, "allowed": list(refusal.allowed)}
        raise Problem(409, "not_allowed", str(refusal), **members) from None
    except Forbidden as refusal:
        raise Problem(403, refusal.code, SENTENCES.get(refusal.code, OTHERS)) from None
    except Invalid as refusal:
        errors = [
            {"field": field, "code": code, "message": message}
            for field, code, message in refusal.problems
        ]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors) from None


OTHERS = "This is another's to do."
SENTENCES = {
    "lead_must_approve": "A critical alert is dismissed by the lead of its department.",
    "not_your_department": "This is for the department that answers for it.",
}
