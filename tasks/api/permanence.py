"""tasks/{number}/permanence/ and worth/: what of a proven fix stays, and what it is worth."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cx_loop import clock
from cx_loop.api.permissions import ReadsOrWorks
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Number, Said, Text, Word, problems, read_said
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Viewer
from tasks import reads
from tasks.actions.permanence import answer_permanence
from tasks.actions.worth import set_worth
from tasks.api.calls import WorkView
from tasks.api.refusals import refusals
from tasks.logic.permanence import ANSWERS, PLACES
from tasks.models import Task
from tasks.reads.permanence import offers_of, permanence_of, sisters_of

STATES = ("not_asked", "asked", "made", "not_needed", "over")


class SisterSaid(serializers.Serializer[Any]):
    touchpoint = Text(max_length=80, help_text="key")
    location = Text(required=False, max_length=80)


class KeepSaid(Said):
    answer = Word(required=False, choices=ANSWERS)
    standard = Text(required=False, help_text="what the standard now says")
    playbook = Text(required=False, help_text="what the playbook now says")
    blueprint = Text(required=False, help_text="what the service blueprint now shows")
    standard_key = Text(required=False, max_length=160, help_text="whose target changes with it")
    target = Number(required=False, help_text="in the unit of the old one")
    playbook_key = Text(required=False, max_length=80, help_text="which gains steps with it")
    steps = serializers.ListField(child=Text(max_length=500), required=False, max_length=20)
    reason = Text(required=False, help_text="why nothing has to change")
    sisters = serializers.ListField(
        child=SisterSaid(), required=False, max_length=20, help_text="a task is opened at each"
    )


class WorthSaid(Said):
    cost = serializers.DecimalField(14, 2, required=False, allow_null=True)
    benefit = serializers.DecimalField(
        14, 2, required=False, allow_null=True, help_text="a year, in the company's own currency"
    )


class SisterShape(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(help_text="key")
    name = serializers.CharField(help_text="in the reader's language")
    location = serializers.CharField()


class OfferShape(serializers.Serializer[Any]):
    touchpoint = serializers.CharField(source="touchpoint.key")
    location = serializers.CharField()
    task = serializers.IntegerField(source="task_id")
    at = serializers.DateTimeField()


class EditShape(serializers.Serializer[Any]):
    """What was changed with the answer: the target of a standard, or steps of a playbook."""

    def get_fields(self) -> dict[str, Any]:
        # `from` cannot be written as an attribute
        return {
            "kind": serializers.ChoiceField(choices=["standard", "playbook"]),
            "key": serializers.CharField(),
            "from": serializers.FloatField(required=False),
            "to": serializers.FloatField(required=False),
            "version": serializers.IntegerField(required=False),
            "steps": serializers.IntegerField(required=False, help_text="how many it gained"),
        }


class PermanenceShape(serializers.Serializer[Any]):
    """`sisters`: where the measure may work too; `offers`: where it was offered."""

    state = serializers.ChoiceField(choices=STATES)
    asked_at = serializers.DateTimeField(allow_null=True)
    answer_by = serializers.DateTimeField(allow_null=True)
    standard = serializers.CharField()
    playbook = serializers.CharField()
    blueprint = serializers.CharField()
    edits = EditShape(many=True)
    reason = serializers.CharField()
    answered_at = serializers.DateTimeField(allow_null=True)
    answered_by = serializers.EmailField(allow_null=True)
    sisters = SisterShape(many=True)
    offers = OfferShape(many=True)
    cost = serializers.DecimalField(14, 2, allow_null=True)
    benefit = serializers.DecimalField(14, 2, allow_null=True)


ANSWERED = {200: PermanenceShape, **problems(400, 401, 403, 404, 409, 429)}


class PermanenceView(WorkView):
    permission_classes = [ReadsOrWorks]

    @extend_schema(
        operation_id="tasks_permanence",
        summary="Read what of a proven fix was made permanent",
        tags=["tasks"],
        responses={200: PermanenceShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, number: int) -> Response:
        return Response(_told(number, viewer_of(request)))

    @extend_schema(
        operation_id="tasks_make_permanent",
        summary="Say what of a proven fix stays for good, or why nothing has to change",
        tags=["tasks"],
        parameters=[IDEMPOTENCY_KEY],
        request=KeepSaid,
        responses=ANSWERED,
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by = actor_of(request)
        fields = read_said(KeepSaid, request)
        places = fields.pop("sisters", [])
        fields["sisters"] = [(each["touchpoint"], each.get("location", "")) for each in places]
        with refusals(lambda _number: None):
            answer_permanence(number=number, by=by, now=clock.now(), fields=fields)
        return Response(_told(number, viewer_of(request)))


class WorthView(WorkView):
    @extend_schema(
        operation_id="tasks_set_worth",
        summary="Say what the newest fix has cost, and what it brings a year",
        tags=["tasks"],
        parameters=[IDEMPOTENCY_KEY],
        request=WorthSaid,
        responses=ANSWERED,
    )
    @replayable
    def post(self, request: Request, number: int) -> Response:
        by, fields = actor_of(request), read_said(WorthSaid, request)
        with refusals(lambda _number: None):
            set_worth(number=number, by=by, now=clock.now(), fields=fields)
        return Response(_told(number, viewer_of(request)))


def _told(number: int, viewer: Viewer) -> dict[str, Any]:
    related = Task.objects.all().visible_to(viewer).select_related("touchpoint")
    task = related.filter(pk=number).first()
    if task is None:
        raise Http404
    found = permanence_of(task)
    newest = next(iter(reads.verifications_of(task)), None)
    is_open = found is not None and not found.answer
    told = {
        "state": "not_asked" if found is None else found.answer or "asked",
        "asked_at": found and found.asked_at,
        "answer_by": found and found.next_due_at,
        "answered_at": found and found.answered_at,
        "answered_by": found and found.answered_by and found.answered_by.email,
        "edits": found.edits if found else [],
        "sisters": sisters_of(task, viewer) if is_open else [],
        "offers": offers_of(found) if found else [],
        "cost": newest and newest.cost,
        "benefit": newest and newest.benefit,
    }
    words = {name: getattr(found, name, "") for name in (*PLACES, "reason")}
    return dict(PermanenceShape(told | words).data)
