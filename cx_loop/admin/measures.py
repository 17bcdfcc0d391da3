"""Metrics, segments and sources."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.admin.base import KeptAdmin, RetiringAdmin
from cx_loop.logic.bins import Scale
from cx_loop.models import Channel, Location, Metric, MomentWeights, Segment, Series, Source
from cx_loop.models.encryption import encrypt
from cx_loop.ui.sentences import say_sentence

OF_THE_SCALE = ("kind", "low", "high", "step")


class MetricForm(forms.ModelForm[Metric]):
    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return said
        try:
            scale = Scale(said["kind"], said["low"], said["high"], said["step"])
        except ValueError as refusal:
            self.add_error("low", say_sentence(str(refusal)))
            return said
        if scale.bounded:
            said["low"], said["high"] = scale.low, scale.high
        elif said["low"] is not None or said["high"] is not None:
            self.add_error("low", _("A metric of this kind has no scale."))
        changed = set(OF_THE_SCALE).intersection(self.changed_data)
        if self.instance.pk and changed and Series.objects.filter(metric=self.instance).exists():
            self.add_error(
                changed.pop(), _("This metric has observations. Add a new metric instead.")
            )
        return said


@admin.register(Metric)
class MetricAdmin(RetiringAdmin[Metric]):
    form = MetricForm
    list_display = ["key", "name", "kind", "unit", "direction", "retired_at"]
    search_fields = ["key"]


@admin.register(Segment)
class SegmentAdmin(RetiringAdmin[Segment]):
    list_display = ["key", "name", "position", "retired_at"]


@admin.register(Channel, Location)
class SaidAdmin(RetiringAdmin[Channel | Location]):
    list_display = ["key", "name", "retired_at"]
    search_fields = ["key"]


class MomentWeightsForm(forms.ModelForm[MomentWeights]):
    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("metric", "expectation_metric"):
            if (metric := said.get(name)) and not metric.scale.bounded:
                self.add_error(name, _("A metric of this kind has no scale."))
        return said


@admin.register(MomentWeights)
class MomentWeightsAdmin(KeptAdmin[MomentWeights]):
    form = MomentWeightsForm

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not MomentWeights.objects.exists()


class SourceForm(forms.ModelForm[Source]):
    """The secret goes in and never comes out again."""

    new_secret = forms.CharField(
        required=False,
        widget=forms.PasswordInput(render_value=False),
        label=gettext_lazy("New secret"),
        help_text=gettext_lazy("Leave empty to keep the one there is."),
    )

    class Meta:
        model = Source
        fields = ["key", "tool", "mapping", "disabled_at"]

    def save(self, commit: bool = True) -> Source:
        if given := self.cleaned_data["new_secret"]:
            self.instance.secret = encrypt(given)
        return super().save(commit)


@admin.register(Source)
class SourceAdmin(RetiringAdmin[Source]):
    form = SourceForm
    list_display = ["key", "tool", "disabled_at", "retired_at"]
