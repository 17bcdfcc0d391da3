"""GET and POST silences/, GET silences/{id}/, POST silences/{id}/end/."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import django_filters as filters
from django.db.models import Count, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from alerts.actions.errors import Forbidden, Invalid, NotFound, Over
from alerts.actions.silences import end_silence, make_silence
from alerts.logic.silences import LONGEST, MATCHERS, STATES, state_of
from alerts.models import Silence
from cx_loop import clock
from cx_loop.api.permissions import HasScope, ReadsOrWorks
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Moment, Said, Text, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Department, Viewer


class Words(serializers.ListField):
    """One word, or a list of which one fits."""

    child = Text(max_length=80)

    def to_internal_value(self, data: Any) -> list[Any]:
        return super().to_internal_value([data] if isinstance(data, str) else data)


class MatchersShape(serializers.Serializer[Any]):
    """What an alert must be: all that is given must fit; '' is the empty value of a dimension."""

    def get_fields(self) -> dict[str, Any]:
        return {name: Words(required=False) for name in MATCHERS}

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(MATCHERS)):
            detail = serializers.ErrorDetail("This field is not known here.", "unknown_field")
            raise serializers.ValidationError({name: [detail] for name in sorted(unknown)})
        return super().to_internal_value(data)

    def to_representation(self, instance: Any) -> Any:
        return dict(instance)


class SilenceShape(serializers.Serializer[Silence]):
    """Needs `now` in the context."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=Silence.Kind.choices)
    state = serializers.SerializerMethodField()
    matchers = MatchersShape()
    department = serializers.CharField(
        source="department.key",
        allow_null=True,
        default=None,
        help_text="reaches the touchpoints it or one below it owns; null is all",
    )
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()
    author = serializers.EmailField(source="author.email")
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="ended early, or called off")
    ended_by = serializers.EmailField(source="ended_by.email", allow_null=True, default=None)
    alerts = serializers.IntegerField(source="silenced", help_text="how many it has kept quiet")

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_state(self, silence: Silence) -> str:
        now: datetime = self.context["now"]
        return state_of(
            now,
            starts_at=silence.starts_at,
            ends_at=silence.ends_at,
            ended_at=silence.ended_at,
        )


class SilenceSaid(Said):
    kind = Word(required=False, choices=Silence.Kind.choices, default="silence")
    matchers = MatchersShape(required=False)
    department = Text(
        required=False,
        max_length=80,
        help_text="key of one the person leads; without it the one they lead, for an admin all",
    )
    starts_at = Moment(required=False, help_text="now, at the earliest and by default")
    ends_at = Moment(required=False, help_text=f"at most {LONGEST.days} days later")
    reason = Text(required=False)


class EndSaid(Said):
    pass


class SilenceFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=[(word, word) for word in STATES], method="in_state")
    kind = filters.ChoiceFilter(choices=Silence.Kind.choices)
    author = filters.CharFilter(field_name="author__email")

    def in_state(self, silences: Any, name: str, state: str) -> QuerySet[Silence]:
        found: QuerySet[Silence] = getattr(silences, state)(clock.now())
        return found


class SilencesView(GenericAPIView[Silence]):
    """The silences of the caller's departments; one over the whole company is an admin's."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    serializer_class = SilenceShape
    filterset_class = SilenceFilters
    queryset = Silence.objects.all()
    orderings = {"starts_at": ("starts_at", "id"), "ends_at": ("ends_at", "id"), "id": ("id",)}
    default_ordering = "-starts_at"

    def get_queryset(self) -> QuerySet[Silence]:
        return told(viewer_of(self.request))

    @extend_schema(
        operation_id="silences_list",
        summary="List silences and maintenance windows",
        tags=["silences"],
        responses={200: SilenceShape(many=True), **problems(400, 401, 403, 429)},
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        shown = SilenceShape(page, many=True, context={"now": clock.now()})
        return self.get_paginated_response(shown.data)

    @extend_schema(
        operation_id="silences_create",
        summary="Keep matching alerts quiet for a time",
        description=(
            "For leads and directors, over touchpoints of their departments; for admins over all. "
            "Alerts open as ever, with their tasks; they send nothing, and the clocks of a task "
            "stand still while all its alerts are silenced. Needs: matchers, ends_at, reason."
        ),
        tags=["silences"],
        request=SilenceSaid,
        responses={201: SilenceShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, now = actor_of(request), clock.now()
        said = {"matchers": {}, "reason": "", "ends_at": None, **read_said(SilenceSaid, request)}
        with _refusals():
            said["department"] = _department(said.get("department"))
            made = make_silence(by=by, now=now, **said)
        return Response(tell(made.pk, viewer_of(request), now), status=201)


class SilenceView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="silences_retrieve",
        summary="Read one silence",
        tags=["silences"],
        responses={200: SilenceShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(tell(pk, viewer_of(request), clock.now()))


class EndSilenceView(APIView):
    """A foreign silence is 404 before the body is read."""

    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        tell(kwargs["pk"], viewer_of(request), clock.now())

    @extend_schema(
        operation_id="silences_end",
        summary="End a silence now, or call it off",
        description="What it kept quiet and still fires is announced, and clocks go on, at once.",
        tags=["silences"],
        request=EndSaid,
        responses={200: SilenceShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        by, now = actor_of(request), clock.now()
        read_said(EndSaid, request)
        with _refusals():
            end_silence(pk=pk, by=by, now=now)
        return Response(tell(pk, viewer_of(request), now))


def told(viewer: Viewer) -> QuerySet[Silence]:
    seen = Silence.objects.all().visible_to(viewer)
    related = seen.select_related("department", "author", "ended_by")
    return related.annotate(silenced=Count("alerts"))


def tell(pk: int, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """One silence. Raises Http404 when the viewer may not see it."""
    found = told(viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return dict(SilenceShape(found, context={"now": now}).data)


def _department(key: str | None) -> Department | None:
    if key is None:
        return None
    found = None if "\x00" in key else Department.objects.in_force().filter(key=key).first()
    if found is None:
        raise Invalid([("department", "department_unknown", "Name one that you lead.")])
    return found


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except NotFound:
        raise Http404 from None
    except Over:
        raise Problem(409, "silence_over", "This silence has ended already.") from None
    except Forbidden as refusal:
        detail = "Silences are for leads and directors of a department, and for admins."
        raise Problem(403, refusal.code, detail) from None
    except Invalid as refusal:
        errors = [
            {"field": field, "code": code, "message": message}
            for field, code, message in refusal.problems
        ]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors) from None
