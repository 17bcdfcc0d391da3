"""Journeys, stages, and touchpoints with what is promised there."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cx_loop import clock
from cx_loop.admin.base import NamesField, RetiringAdmin
from cx_loop.events import touchpoints_changed
from cx_loop.models import Journey, MomentCard, NameField, ServiceStandard, Stage, Touchpoint


class MapAdmin(RetiringAdmin[Any]):
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
