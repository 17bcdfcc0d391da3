"""GET sources/ and deliveries/, POST sources/{key}/map_again/."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cx_loop import clock
from cx_loop.actions.sources import map_again
from cx_loop.api.catalog import ReadOnly
from cx_loop.api.permissions import HasScope
from cx_loop.api.problems import Problem
from cx_loop.api.replays import replayable
from cx_loop.api.said import Said, Whole, problems, read_said
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import actor_of, viewer_of
from cx_loop.models import ApiKey, Delivery, Source, departments_of
from cx_loop.reads.sources import Health, health_of, sources_in_force


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """What happened to a delivery; its body may hold customers' words and is not shown here."""

    source = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)  # type: ignore[assignment]
    responses = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = Delivery
        fields = [
            *("id", "source", "received_at", "content_type", "state", "reason"),
            *("responses", "settled_at"),
        ]
        read_only_fields = fields


class DeliveryFilter(django_filters.FilterSet):
    source = django_filters.CharFilter(field_name="source__key")
    state = django_filters.ChoiceFilter(choices=Delivery.State.choices)
    reason = django_filters.CharFilter()
    received_after = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="gte")
    received_before = django_filters.IsoDateTimeFilter(field_name="received_at", lookup_expr="lt")


class Deliveries(ReadOnly):
    serializer_class = DeliverySerializer
    queryset = Delivery.objects.select_related("source").defer("body", "answer")
    filterset_class = DeliveryFilter
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"
    orderings = {"id": ("id",)}
    default_ordering = "-id"

    def get_queryset(self) -> QuerySet[Delivery]:
        """Whoever sees everything; a key bound to a source sees that source's only."""
        viewer = viewer_of(self.request)
        everything = super().get_queryset()
        if isinstance(viewer, ApiKey) and viewer.source_id is not None:
            return everything.filter(source=viewer.source_id)
        return everything if departments_of(viewer) is None else everything.none()


class SourceSerializer(serializers.ModelSerializer[Source]):
    """A source and how it does; never its address nor its secrets. Needs `health`."""

    mapped = serializers.SerializerMethodField(help_text="whether it is said which field is which")
    disabled = serializers.SerializerMethodField()
    last_delivery_at = serializers.SerializerMethodField()
    deliveries_in_7_days = serializers.SerializerMethodField()
    rejected_share = serializers.SerializerMethodField(help_text="of these, 0 to 1")
    in_quarantine = serializers.SerializerMethodField()
    silent = serializers.SerializerMethodField(help_text="for longer than is usual")

    class Meta:
        model = Source
        fields = [
            *("key", "tool", "mapped", "disabled", "last_delivery_at", "deliveries_in_7_days"),
            *("rejected_share", "in_quarantine", "silent"),
        ]
        read_only_fields = fields

    def get_mapped(self, source: Source) -> bool:
        return bool(source.mapping)

    def get_disabled(self, source: Source) -> bool:
        return source.disabled_at is not None

    def get_last_delivery_at(self, source: Source) -> str | None:
        at = self._health(source).last_at
        return at.isoformat() if at else None

    def get_deliveries_in_7_days(self, source: Source) -> int:
        return self._health(source).week

    def get_rejected_share(self, source: Source) -> float:
        return round(self._health(source).rejected, 4)

    def get_in_quarantine(self, source: Source) -> int:
        return self._health(source).held

    def get_silent(self, source: Source) -> bool:
        return self._health(source).silent_for is not None

    def _health(self, source: Source) -> Health:
        found: Health = self.context["health"][source.pk]
        return found


class Sources(ReadOnly):
    """For whoever sees everything; a key bound to a source sees that one."""

    serializer_class = SourceSerializer
    queryset = sources_in_force()

    def get_queryset(self) -> QuerySet[Source]:
        viewer = viewer_of(self.request)
        everything = super().get_queryset()
        if isinstance(viewer, ApiKey) and viewer.source_id is not None:
            return everything.filter(pk=viewer.source_id)
        return everything if departments_of(viewer) is None else everything.none()

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """The health of all shown is asked at once; the document asks for the shape alone."""
        if args:
            shown = list(args[0]) if kwargs.get("many") else [args[0]]
            health = health_of(shown, clock.now())
            kwargs["context"] = {**self.get_serializer_context(), "health": health}
        return super().get_serializer(*args, **kwargs)


class MapAgainSaid(Said):
    ids = serializers.ListField(
        child=Whole(min_value=1),
        required=False,
        max_length=1000,
        help_text="deliveries; without them all that are in quarantine",
    )


class MappedAgainShape(serializers.Serializer[Any]):
    deliveries = serializers.IntegerField()


class MapAgainView(APIView):
    permission_classes = [HasScope("admin", people=True)]
    throttle_classes = [PerCaller]
    rate = "work"

    @extend_schema(
        operation_id="sources_map_again",
        summary="Map deliveries once more, after the mapping was mended",
        request=MapAgainSaid,
        responses={200: MappedAgainShape, **problems(400, 401, 403, 404, 429)},
    )
    @replayable
    def post(self, request: Request, key: str) -> Response:
        said, by = read_said(MapAgainSaid, request), actor_of(request)
        if by.user is None or not by.user.is_superuser:
            raise Problem(403, "not_yours", "Sources are for admins.")
        if by.key is not None and by.key.department_id is not None:
            raise Problem(403, "key_is_bound", "A key of a department does not do this.")
        source = get_object_or_404(sources_in_force(), key=key)
        state, ids = Delivery.State, said.get("ids")
        states = [state.QUARANTINED] if ids is None else [*{*state} - {state.REFUSED}]
        count = map_again(source=source, by=by, now=clock.now(), states=states, only=ids)
        return Response({"deliveries": count})
