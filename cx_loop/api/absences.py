"""GET absences/, GET and POST absences/{id}/, POST absences/{id}/end/: who is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions.absence import (
    Refused,
    end_absence,
    people_seen,
    possible_substitutes,
    set_absence,
)
from cx_loop.api.permissions import ReadsOrWorks
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Moment, Said, Text, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Actor, User

REFUSALS = {
    "required": "This is needed.",
    "ends_before_it_begins": "It must end after it begins, and in the future.",
    "too_long": "At most a year.",
    "substitute_unknown": "Nobody of that address may stand in: it takes all the departments.",
    "not_yours": "You may not do this.",
}


class AbsenceShape(serializers.Serializer[User]):
    id = serializers.IntegerField(help_text="of the person")
    email = serializers.EmailField()
    name = serializers.CharField()
    away = serializers.SerializerMethodField(help_text="at this moment")
    since = serializers.DateTimeField(source="absent_since", allow_null=True)
    until = serializers.DateTimeField(
        source="absent_until", allow_null=True, help_text="the person is back from then on"
    )
    substitute = serializers.SerializerMethodField(help_text="e-mail address of who stands in")

    def get_substitute(self, person: User) -> str | None:
        return person.substitute.email if person.substitute is not None else None

    def get_away(self, person: User) -> bool:
        return person.is_absent(self.context["now"])


class AbsenceSaid(Said):
    since = Moment(help_text="with an offset")
    until = Moment(help_text="with an offset; at most a year later")
    substitute = Text(
        required=False, allow_null=True, max_length=254, help_text="e-mail address of who stands in"
    )


class PresenceSaid(Said):
    pass


class AbsencesView(GenericAPIView[User]):
    """The caller and the people they lead; for a key those of its department, or everybody."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    serializer_class = AbsenceShape
    orderings = {"id": ("id",)}
    default_ordering = "id"

    def get_queryset(self) -> QuerySet[User]:
        return people_seen(viewer_of(self.request))

    @extend_schema(operation_id="absences_list", responses=AbsenceShape(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        assert page is not None
        return self.get_paginated_response([_shown(person) for person in page])


_ANSWERS: dict[Any, Any] = {200: AbsenceShape, **problems(400, 401, 403, 404, 429)}


class AbsenceView(APIView):
    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(operation_id="absences_retrieve", responses=_ANSWERS)
    def get(self, request: Request, pk: int) -> Response:
        return Response(_shown(_seen(request, pk)))

    @extend_schema(
        operation_id="absences_enter",
        summary="Enter an absence, in place of the one before: one's own, or of people one leads",
        request=AbsenceSaid,
        responses=_ANSWERS,
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        person, by = _worked_on(request, pk)
        said = read_said(AbsenceSaid, request)
        with _refusals():
            set_absence(
                person=person,
                since=said["since"],
                until=said["until"],
                substitute=_substitute(person, said.get("substitute")),
                by=by,
                now=clock.now(),
            )
        return Response(_shown(person))


class PresenceView(APIView):
    """Back, or never gone."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(operation_id="absences_end", request=PresenceSaid, responses=_ANSWERS)
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        person, by = _worked_on(request, pk)
        read_said(PresenceSaid, request)
        with _refusals():
            end_absence(person=person, by=by, now=clock.now())
        return Response(_shown(person))


def _seen(request: Request, pk: int) -> User:
    found = people_seen(viewer_of(request)).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _worked_on(request: Request, pk: int) -> tuple[User, Actor]:
    """The person, and who acts; a key sees for whom it names no more than they do."""
    person, by = _seen(request, pk), actor_of(request)
    if by.user is None or not people_seen(by.user).filter(pk=pk).exists():
        raise Http404
    return person, by


def _substitute(person: User, email: str | None) -> User | None:
    if not email:
        return None
    wanted = email.strip().lower()
    found = next((each for each in possible_substitutes(person) if each.email == wanted), None)
    if found is None:
        raise Refused("substitute", "substitute_unknown")
    return found


def _shown(person: User) -> Any:
    return AbsenceShape(person, context={"now": clock.now()}).data


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        said = REFUSALS[refusal.code]
        error = {"field": refusal.field, "code": refusal.code, "message": said}
        raise Problem(400, "invalid", "Some fields are not valid.", errors=[error]) from refusal
