"""GET and POST templates/, GET templates/{id}/, POST templates/{id}/{change,approve,retire}/: the
words in which customers are told what was mended."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.api.filters import YesNo
from cx_loop.api.permissions import HasScope, ReadsOrWorks
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, Text, Whole, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import Actor
from tasks.actions import message_templates as actions
from tasks.api.texts import Texts, merged, refusals_of_words
from tasks.logic.telling import PLACEHOLDERS
from tasks.models import MessageTemplate

LARGEST_ID = 2**63 - 1
_HOLDS = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)


class MessageTemplateShape(serializers.Serializer[MessageTemplate]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    journey = serializers.SerializerMethodField(help_text="key; null: of all journeys")
    subject = Texts()
    text = Texts()
    version = serializers.IntegerField()
    # names: a template for all is read by who must not learn the addresses of other departments
    written_by = serializers.SerializerMethodField(help_text="name")
    written_at = serializers.DateTimeField()
    approved_by = serializers.SerializerMethodField(help_text="name; null: waits for approval")
    approved_at = serializers.DateTimeField(allow_null=True)

    def get_journey(self, row: MessageTemplate) -> str | None:
        return row.journey.key if row.journey else None

    def get_written_by(self, row: MessageTemplate) -> str:
        return str(row.written_by)

    def get_approved_by(self, row: MessageTemplate) -> str | None:
        return str(row.approved_by) if row.approved_by else None


class TemplateSaid(Said):
    name = Text(required=False, max_length=500)
    journey = Text(required=False, max_length=80, help_text="key; empty: of all journeys")
    subject = Texts(required=False)
    text = Texts(required=False, help_text=f"may hold {_HOLDS}; {{stop}} must stand in it")


class TemplateChangeSaid(TemplateSaid):
    version = Whole(required=False, help_text="as it was read: a newer one is a 409")


class TemplateReadSaid(Said):
    version = Whole(required=False, help_text="as it was read: a newer one is a 409")


class TemplateFilters(filters.FilterSet):
    journey = filters.CharFilter(field_name="journey__key", label="key")
    approved = YesNo(field_name="approved_at", lookup_expr="isnull", exclude=True)


class TemplatesView(GenericAPIView[MessageTemplate]):
    """Those for all, and those of journeys with a touchpoint the caller sees."""

    permission_classes = [ReadsOrWorks]
    throttle_classes = [PerCaller]
    serializer_class = MessageTemplateShape
    filterset_class = TemplateFilters
    queryset = MessageTemplate.objects.all()
    orderings = {"name": ("name", "id"), "id": ("id",)}
    default_ordering = "name"

    @property
    def rate(self) -> str:
        return "work" if self.request.method == "POST" else "read"

    def get_queryset(self) -> QuerySet[MessageTemplate]:
        return _seen(self.request)

    @extend_schema(
        operation_id="templates_list",
        summary="List the words in which customers are told",
        tags=["recovery"],
        responses=MessageTemplateShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(MessageTemplateShape(page, many=True).data)

    @extend_schema(
        operation_id="templates_create",
        summary="Write words in which customers are told",
        description="Somebody else approves them before they are sent.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=TemplateSaid,
        responses={201: MessageTemplateShape, **problems(400, 401, 403, 429)},
    )
    @replayable
    def post(self, request: Request) -> Response:
        by, said = actor_of(request), read_said(TemplateSaid, request)
        with refusals_of_words(dict):
            made = actions.write_template(
                name=said.get("name", ""),
                journey=said.get("journey", ""),
                subject=merged({}, said.get("subject")),
                text=merged({}, said.get("text")),
                by=by,
                now=clock.now(),
            )
        return Response(_told(made.pk), status=201)


class TemplateView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="templates_retrieve",
        summary="Read one template",
        tags=["recovery"],
        responses={200: MessageTemplateShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(MessageTemplateShape(_one(request, pk)).data)


class TemplateCall(APIView):
    """A write on a template the caller sees; a foreign one is 404 before the body is read."""

    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"
    takes: type[Said] = TemplateReadSaid

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.kept = _one(request, kwargs["pk"])

    @replayable
    def post(self, request: Request, pk: int) -> Response:
        by, said = actor_of(request), read_said(self.takes, request)
        asked = {"template": pk, "version": said.pop("version", 0), "by": by, "now": clock.now()}
        with refusals_of_words(lambda: _told(pk)):
            self.do(by, said, asked)
        return Response(_told(pk))

    def do(self, by: Actor, said: dict[str, Any], asked: dict[str, Any]) -> Any:
        raise NotImplementedError


class _Change(TemplateCall):
    takes = TemplateChangeSaid

    def do(self, by: Actor, said: dict[str, Any], asked: dict[str, Any]) -> Any:
        kept = self.kept
        return actions.write_template(
            name=said.get("name", kept.name),
            journey=said.get("journey", kept.journey.key if kept.journey else ""),
            subject=merged(kept.subject, said.get("subject")),
            text=merged(kept.text, said.get("text")),
            **asked,
        )


class _Approve(TemplateCall):
    def do(self, by: Actor, said: dict[str, Any], asked: dict[str, Any]) -> Any:
        return actions.approve_template(**asked)


class _Retire(TemplateCall):
    def do(self, by: Actor, said: dict[str, Any], asked: dict[str, Any]) -> Any:
        return actions.retire_template(**asked)


def _described(base: type[TemplateCall], call: str, summary: str, more: str) -> type[TemplateCall]:
    """A view of its own for each, so the OpenAPI document can tell them apart."""

    def post(self: TemplateCall, request: Request, pk: int) -> Response:
        return TemplateCall.post(self, request, pk)

    described = extend_schema(
        operation_id=f"templates_{call}",
        summary=summary,
        description=more,
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=base.takes,
        responses={200: MessageTemplateShape, **problems(400, 401, 403, 404, 409, 429)},
    )
    return type(f"{call.title()}TemplateView", (base,), {"post": described(post)})


ChangeTemplateView = _described(
    _Change, "change", "Change a template", "What is not said stays; it waits for approval anew."
)
ApproveTemplateView = _described(
    _Approve,
    "approve",
    "Approve the words as they were read",
    "By a lead or director who did not write them.",
)
RetireTemplateView = _described(
    _Retire, "retire", "Use a template no more", "What was sent with it stays on record."
)


def _seen(request: Request) -> QuerySet[MessageTemplate]:
    seen = MessageTemplate.objects.in_force().visible_to(viewer_of(request))
    return seen.select_related("journey", "written_by", "approved_by")


def _one(request: Request, pk: int) -> MessageTemplate:
    found = _seen(request).filter(pk=pk).first() if pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    return found


def _told(pk: int) -> Any:
    """As it stands now; also one that was retired."""
    related = MessageTemplate.objects.select_related("journey", "written_by", "approved_by")
    return MessageTemplateShape(related.get(pk=pk)).data
