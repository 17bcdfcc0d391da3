"""GET recovery/, GET recovery/{id}/, POST recovery/{id}/contacted/: customers who complained."""

from collections.abc import Sequence
from datetime import datetime
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
from cx_loop.api.filters import AnyOf, Moment, WholeNumber, YesNo
from cx_loop.api.permissions import HasScope
from cx_loop.api.replays import IDEMPOTENCY_KEY, replayable
from cx_loop.api.said import Said, Text, Word, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.ui.voice import words_of
from tasks.actions.recovery import LONGEST, settle
from tasks.api.refusals import refusals
from tasks.logic.recovery import LEVELS, OUTCOMES
from tasks.models import Recovery
from tasks.reads.recovery import comments_of, references_of

LARGEST_ID = 2**63 - 1


class RecoveryShape(serializers.Serializer[Recovery]):
    """One customer to be contacted. Needs `now`, `comments` and `references` in the context."""

    id = serializers.IntegerField()
    touchpoint = serializers.CharField(source="touchpoint.key")
    department = serializers.CharField(source="department.key")
    task = serializers.IntegerField(source="task_id", allow_null=True)
    metric = serializers.CharField(source="metric.key")
    value = serializers.FloatField()
    segment = serializers.CharField()
    customer = serializers.SerializerMethodField(
        help_text="the first characters of a keyed hash: enough to tell two apart"
    )
    reference = serializers.SerializerMethodField(
        help_text="as it was sent, only of who agreed to be contacted"
    )
    comment = serializers.SerializerMethodField(help_text="without personal data")
    complained_before = serializers.IntegerField(source="before", help_text="times")
    may_contact = serializers.BooleanField(allow_null=True, help_text="null: not asked")
    occurred_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    late = serializers.SerializerMethodField()
    escalated_to = serializers.SerializerMethodField()
    outcome = serializers.CharField(help_text=f"{', '.join(OUTCOMES)}, or '' while it is open")
    offered = serializers.CharField()
    contacted_at = serializers.DateTimeField(allow_null=True)
    contacted_by = serializers.EmailField(source="contacted_by.email", allow_null=True)

    def get_customer(self, row: Recovery) -> str:
        return row.customer.hex[:6] if row.customer else ""

    def get_reference(self, row: Recovery) -> str:
        reference: str = self.context["references"].get(row.digest, "")
        return reference

    def get_comment(self, row: Recovery) -> str:
        found = self.context["comments"].get(row.digest)
        return words_of(found) if found else ""

    def get_late(self, row: Recovery) -> bool:
        now: datetime = self.context["now"]
        return not row.outcome and row.due_at < now

    def get_escalated_to(self, row: Recovery) -> str:
        return LEVELS[row.level]


class RecoveryFilters(filters.FilterSet):
    touchpoint = filters.CharFilter(field_name="touchpoint__key", label="key")
    department = filters.CharFilter(field_name="department__key", label="key")
    task = WholeNumber(method="of_task", label="number of the task they stand behind")
    open = YesNo(field_name="contacted_at", lookup_expr="isnull", label="still to be contacted")
    outcome = AnyOf(choices=[(each, each) for each in OUTCOMES])
    may_contact = YesNo()
    due_after = Moment(field_name="due_at", lookup_expr="gte")
    due_before = Moment(field_name="due_at", lookup_expr="lt")

    def of_task(self, rows: QuerySet[Recovery], name: str, task: Any) -> QuerySet[Recovery]:
        return rows.filter(task=task) if 0 < task <= LARGEST_ID else rows.none()


class RecoveriesView(GenericAPIView[Recovery]):
    """Whom the caller's departments are to contact, or have contacted; the first in turn first."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    serializer_class = RecoveryShape
    filterset_class = RecoveryFilters
    queryset = Recovery.objects.all()
    orderings = {
        "turn": ("-before", "-weight", "due_at", "id"),
        "due_at": ("due_at", "id"),
        "occurred_at": ("occurred_at", "id"),
    }
    default_ordering = "turn"

    def get_queryset(self) -> QuerySet[Recovery]:
        return _told(Recovery.objects.all().visible_to(viewer_of(self.request)))

    @extend_schema(
        operation_id="recovery_list",
        summary="List customers who complained",
        tags=["recovery"],
        responses=RecoveryShape(many=True),
    )
    def get(self, request: Request) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(_shown(page))


class RecoveryView(APIView):
    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]

    @extend_schema(
        operation_id="recovery_retrieve",
        summary="Read about one customer who complained",
        tags=["recovery"],
        responses={200: RecoveryShape, **problems(401, 403, 404, 429)},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_one(request, pk))


class ContactedSaid(Said):
    outcome = Word(required=False, choices=OUTCOMES)
    offered = Text(required=False, max_length=LONGEST, help_text="no personal data")


class ContactedView(APIView):
    permission_classes = [HasScope("work", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        _one(request, kwargs["pk"])  # a foreign one is 404 before the body is read

    @extend_schema(
        operation_id="recovery_contacted",
        summary="Say what was offered to a customer, and what became of it",
        description="Once. `content` and `unhappy` need what was offered; who `declined` is not"
        " contacted again.",
        tags=["recovery"],
        parameters=[IDEMPOTENCY_KEY],
        request=ContactedSaid,
        responses={200: RecoveryShape, **problems(400, 401, 403, 404, 429)},
    )
    @replayable
    def post(self, request: Request, pk: int) -> Response:
        by, said = actor_of(request), read_said(ContactedSaid, request)
        with refusals(lambda _number: None):
            settle(
                recovery=pk,
                outcome=said.get("outcome", ""),
                offered=said.get("offered", ""),
                by=by,
                now=clock.now(),
            )
        return Response(_one(request, pk))


def _one(request: Request, pk: int) -> Any:
    if pk > LARGEST_ID:
        raise Http404
    found = list(_told(Recovery.objects.all().visible_to(viewer_of(request))).filter(pk=pk))
    if not found:
        raise Http404
    return _shown(found)[0]


def _told(rows: QuerySet[Recovery]) -> QuerySet[Recovery]:
    return rows.select_related("touchpoint", "department", "metric", "contacted_by")


def _shown(rows: Sequence[Recovery]) -> Any:
    """The words and references of all rows at once, however many there are."""
    found = list(rows)
    context = {
        "now": clock.now(),
        "comments": comments_of(found),
        "references": references_of(found),
    }
    return [RecoveryShape(row, context=context).data for row in found]
