"""Read-only lists of what is configured and stored."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from cx_loop.api.filters import YesNo
from cx_loop.api.permissions import HasScope
from cx_loop.api.throttles import PerCaller
from cx_loop.api.viewer import viewer_of
from cx_loop.logic.moments import TYPES
from cx_loop.models import (
    Channel,
    Department,
    Journey,
    Location,
    Metric,
    Series,
    Stage,
    Touchpoint,
    departments_of,
    in_language,
)


class NamesSerializer(serializers.ModelSerializer[Any]):
    """`name` in the reader's language, `names` in all; `retired` things are kept, not used."""

    name = serializers.SerializerMethodField()
    names = serializers.DictField(source="name", child=serializers.CharField(), read_only=True)
    retired = serializers.SerializerMethodField()

    def get_name(self, row: Any) -> str:
        return in_language(row.name)

    def get_retired(self, row: Any) -> bool:
        return row.retired_at is not None


class Retired(YesNo):
    def __init__(self) -> None:
        super().__init__(field_name="retired_at", lookup_expr="isnull", exclude=True)


NAMES = ["key", "name", "names", "retired"]


class ReadOnly(ReadOnlyModelViewSet[Any]):
    """A list by keyset and one row by its key, for keys with `read` and whoever is signed in."""

    permission_classes = [HasScope("read", people=True)]
    throttle_classes = [PerCaller]
    lookup_field = "key"
    lookup_value_regex = "[-a-zA-Z0-9_]+"
    orderings: dict[str, tuple[str, ...]] = {"key": ("key",)}
    default_ordering = "key"


class MetricSerializer(NamesSerializer):
    comments = serializers.CharField(
        read_only=True, help_text="of which comments it is the share, such as pain, or ''"
    )

    class Meta:
        model = Metric
        fields = [*NAMES, "kind", "low", "high", "step", "unit", "direction", "comments"]
        read_only_fields = fields


class MetricFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Metric.Kind.choices)
    retired = Retired()


class Metrics(ReadOnly):
    serializer_class = MetricSerializer
    queryset = Metric.objects.all()
    filterset_class = MetricFilter


class ChannelSerializer(NamesSerializer):
    class Meta:
        model = Channel
        fields = NAMES
        read_only_fields = fields


class LocationSerializer(NamesSerializer):
    class Meta:
        model = Location
        fields = NAMES
        read_only_fields = fields


class SaidFilter(django_filters.FilterSet):
    retired = Retired()


class Channels(ReadOnly):
    """Those that were given a name; observations may hold others."""

    serializer_class = ChannelSerializer
    queryset = Channel.objects.all()
    filterset_class = SaidFilter
    lookup_value_regex = "[^/]+"


class Locations(ReadOnly):
    """Those that were given a name; observations may hold others."""

    serializer_class = LocationSerializer
    queryset = Location.objects.all()
    filterset_class = SaidFilter
    lookup_value_regex = "[^/]+"


class DepartmentSerializer(NamesSerializer):
    parent = serializers.SlugRelatedField[Any](  # type: ignore[assignment]
        slug_field="key", read_only=True, allow_null=True
    )

    class Meta:
        model = Department
        fields = [*NAMES, "parent"]
        read_only_fields = fields


class DepartmentFilter(django_filters.FilterSet):
    parent = django_filters.CharFilter(field_name="parent__key")
    retired = Retired()


class Departments(ReadOnly):
    serializer_class = DepartmentSerializer
    queryset = Department.objects.select_related("parent")
    filterset_class = DepartmentFilter

    def get_queryset(self) -> QuerySet[Department]:
        seen = departments_of(viewer_of(self.request))
        everything = super().get_queryset()
        return everything if seen is None else everything.filter(pk__in=seen)


class TouchpointSerializer(NamesSerializer):
    stage = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    journey = serializers.CharField(source="stage.journey.key", read_only=True)
    owner = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    # a text, since '' is an answer too and an enumeration of the document leaves it out
    moment_type = serializers.CharField(read_only=True, help_text=", ".join(TYPES) + " or ''")

    class Meta:
        model = Touchpoint
        fields = [
            *NAMES,
            "journey",
            "stage",
            "owner",
            "channels",
            "front_stage",
            "moment_of_truth",
            "moment_type",
            "expectation",
        ]
        read_only_fields = fields


class TouchpointFilter(django_filters.FilterSet):
    journey = django_filters.CharFilter(field_name="stage__journey__key")
    stage = django_filters.CharFilter(field_name="stage__key")
    owner = django_filters.CharFilter(field_name="owner__key")
    moment_of_truth = YesNo()
    retired = Retired()


class Touchpoints(ReadOnly):
    serializer_class = TouchpointSerializer
    queryset = Touchpoint.objects.all()
    filterset_class = TouchpointFilter

    def get_queryset(self) -> QuerySet[Touchpoint]:
        seen = Touchpoint.objects.all().visible_to(viewer_of(self.request))
        return seen.select_related("stage__journey", "owner")


class StageSerializer(NamesSerializer):
    touchpoints = serializers.SerializerMethodField()

    class Meta:
        model = Stage
        fields = [*NAMES, "touchpoints"]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_touchpoints(self, stage: Stage) -> list[str]:
        return [touchpoint.key for touchpoint in stage.touchpoints.all()]


class JourneySerializer(NamesSerializer):
    stages = StageSerializer(many=True, read_only=True)

    class Meta:
        model = Journey
        fields = [*NAMES, "stages"]
        read_only_fields = fields


class Journeys(ReadOnly):
    serializer_class = JourneySerializer
    queryset = Journey.objects.all()

    def get_queryset(self) -> QuerySet[Journey]:
        """Journeys with a touchpoint the viewer sees, and of their touchpoints only those."""
        viewer = viewer_of(self.request)
        seen = Touchpoint.objects.all().visible_to(viewer)
        stages = Stage.objects.prefetch_related(Prefetch("touchpoints", queryset=seen))
        journeys = super().get_queryset().prefetch_related(Prefetch("stages", queryset=stages))
        if departments_of(viewer) is None:
            return journeys
        return journeys.filter(pk__in=seen.order_by().values("stage__journey"))


class SeriesSerializer(serializers.ModelSerializer[Series]):
    touchpoint = serializers.SlugRelatedField[Any](
        slug_field="key", read_only=True, allow_null=True
    )
    stage = serializers.SlugRelatedField[Any](slug_field="key", read_only=True, allow_null=True)
    journey = serializers.SlugRelatedField[Any](slug_field="key", read_only=True, allow_null=True)
    metric = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)

    class Meta:
        model = Series
        fields = [
            "id",
            "touchpoint",
            "stage",
            "journey",
            "metric",
            "segment",
            "channel",
            "location",
        ]
        read_only_fields = fields


class SeriesFilter(django_filters.FilterSet):
    touchpoint = django_filters.CharFilter(field_name="touchpoint__key")
    stage = django_filters.CharFilter(field_name="stage__key")
    journey = django_filters.CharFilter(field_name="journey__key")
    metric = django_filters.CharFilter(field_name="metric__key")
    segment = django_filters.CharFilter()
    channel = django_filters.CharFilter()
    location = django_filters.CharFilter()


class SeriesViews(ReadOnly):
    serializer_class = SeriesSerializer
    queryset = Series.objects.select_related("touchpoint", "stage", "journey", "metric")
    filterset_class = SeriesFilter
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"
    orderings = {"id": ("id",)}
    default_ordering = "id"

    def get_queryset(self) -> QuerySet[Series]:
        """Series of stages and journeys belong to several departments: only who sees all."""
        viewer = viewer_of(self.request)
        everything = super().get_queryset()
        if departments_of(viewer) is None:
            return everything
        seen = Touchpoint.objects.all().visible_to(viewer).order_by()
        return everything.filter(touchpoint__in=seen)
