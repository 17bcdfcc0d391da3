"""POST opt-outs/ and opt-outs/lift/: who wants to hear no more, or again, says another system."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.permissions import HasScope
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, Text, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of
from tasks.actions.opt_outs import LONGEST, LONGEST_REASON, lift_opt_out, opt_out_reference
from tasks.api.refusals import refusals
from tasks.models import OptOut


class OptOutSaid(Said):
    customer = Text(
        required=False, max_length=LONGEST, help_text="as it was sent with the observations"
    )


class OptedOutShape(serializers.Serializer[Any]):
    opted_out = serializers.BooleanField(help_text="whether they were known is not told")


class OptOutsView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="opt_outs_create",
        summary="Never write to a customer again",
        description="Kept until it is lifted, also when they are erased; what waits to be sent is"
        " cancelled.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=OptOutSaid,
        responses={200: OptedOutShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, said = actor_of(request), read_said(OptOutSaid, request)
        with refusals(lambda _number: None):
            opt_out_reference(
                reference=said.get("customer", ""), how=OptOut.How.API, by=by, now=clock.now()
            )
        return Response({"opted_out": True})


class LiftSaid(OptOutSaid):
    reason = Text(required=False, max_length=LONGEST_REASON, help_text="no personal data")


class LiftedShape(serializers.Serializer[Any]):
    lifted = serializers.BooleanField()


class LiftOptOutView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="opt_outs_lift",
        summary="Let a customer be written to again",
        description="For a reason, which is kept in the trail. It gives no consent back: only an"
        " answer after it that agrees to be contacted does.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=LiftSaid,
        responses={200: LiftedShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, said = actor_of(request), read_said(LiftSaid, request)
        with refusals(lambda _number: None):
            lift_opt_out(
                reference=said.get("customer", ""),
                reason=said.get("reason", ""),
                by=by,
                now=clock.now(),
            )
        return Response({"lifted": True})
