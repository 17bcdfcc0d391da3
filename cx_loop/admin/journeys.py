"""Journeys, stages, touchpoints with what is promised there, and viewpoints of the map."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cx_loop import clock
from cx_loop.actions.journey_versions import keep_version
from cx_loop.admin.base import NamesField, RetiringAdmin, actor_of
from cx_loop.events import touchpoints_changed
from cx_loop.models import (
    Journey,
    MomentCard,
    NameField,
    ServiceStandard,
    Stage,
    Touchpoint,
    Viewpoint,
    ViewpointStop,
)


class VersionedAdmin(RetiringAdmin[Any]):
    """Each save leaves a version of the map it belongs to."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        self._keep(request, form.instance)

    def change_force(self, request: HttpRequest, obj: Any, *, retire: bool) -> None:
        super().change_force(request, obj, retire=retire)
        self._keep(request, obj)

    def _keep(self, request: HttpRequest, obj: Any) -> None:
        stage = obj.stage if isinstance(obj, Touchpoint) else obj
        journey = stage if isinstance(stage, Journey) else stage.journey
        keep_version(journey=journey, by=actor_of(request), now=clock.now())


class MapAdmin(VersionedAdmin):
    """What rules over a stage, a journey or all touchpoints watch follows from these."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        touchpoints_changed(now=clock.now())

    def change_force(self, request: HttpRequest, obj: Any, *, retire: bool) -> None:
        super().change_force(request, obj, retire=retire)
        touchpoints_changed(now=clock.now())


@admin.register(Journey)
class JourneyAdmin(MapAdmin):
    list_display = ["key", "name", "position", "retired_at"]


@admin.register(Stage)
class StageAdmin(MapAdmin):
    list_display = ["key", "name", "journey", "position", "retired_at"]
    list_filter = ["journey"]


class StandardInline(admin.TabularInline[ServiceStandard, Touchpoint]):
    model = ServiceStandard
    extra = 0
    exclude = ["retired_at"]
    formfield_overrides = {NameField: {"form_class": NamesField}}


class StopInline(admin.TabularInline[ViewpointStop, Viewpoint]):
    model = ViewpointStop
    extra = 0
    formfield_overrides = {NameField: {"form_class": NamesField, "required": False}}


@admin.register(Viewpoint)
class ViewpointAdmin(VersionedAdmin):
    list_display = ["key", "name", "journey", "to_be", "segment", "reviewer", "retired_at"]
    list_filter = ["journey", "to_be"]
    inlines = [StopInline]


@admin.register(MomentCard)
class MomentCardAdmin(RetiringAdmin[MomentCard]):
    list_display = ["id", "who", "scene", "felt", "touchpoint", "segment", "score", "retired_at"]
    list_filter = ["touchpoint__stage__journey", "segment"]
    exclude = ["retired_at", "rank", "made_by", "made_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a card has somebody who made it


@admin.register(Touchpoint)
class TouchpointAdmin(MapAdmin):
    list_display = ["key", "name", "stage", "owner", "moment_of_truth", "retired_at"]
    list_filter = ["stage__journey", "owner"]
    search_fields = ["key"]
    filter_horizontal = ["support"]
    inlines = [StandardInline]
