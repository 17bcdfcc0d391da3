"""The form of a recovery rule: which single answers, where, and how soon the customer is called."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy

from alerts.web.lengths import SpanField
from cx_loop.models import Metric, Touchpoint, in_language
from cx_loop.ui.sentences import say_sentence
from cx_loop.web.setting_forms import SettingForm, many, named, one
from tasks.logic.recovery import parse_each, why_idle

SIDES = (
    ("below", gettext_lazy("below the line")),
    ("above", gettext_lazy("above the line")),
)
WATCHED = ("metric", "side", "line", "touchpoints")


class RecoveryRuleForm(SettingForm):
    """`kept`: the rule in force, whose metric and touchpoints are offered even when retired."""

    has_names = False
    metric = one(gettext_lazy("Metric"), required=True)
    side = one(gettext_lazy("Answers that count"), required=True)
    line = forms.FloatField(
        label=gettext_lazy("Line"),
        help_text=gettext_lazy("An answer exactly on it does not count."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "autocomplete": "off"}),
    )
    contact_within = SpanField(
        label=gettext_lazy("Contacted within"),
        help_text=gettext_lazy("Of working time. Empty: one working day."),
    )
    touchpoints = many(gettext_lazy("Touchpoints"), gettext_lazy("None chosen: all of them."))

    def __init__(self, *args: Any, kept: Mapping[str, Any] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        own = kept or {"metric": "", "touchpoints": []}
        metrics = Metric.objects.filter(Q(retired_at=None) | Q(key=own["metric"]))
        # a touchpoint that is off the map stays ticked: without it the rule would mean all
        places = Touchpoint.objects.filter(Q(retired_at=None) | Q(key__in=own["touchpoints"]))
        self.choose("metric", sorted(((row.key, _said(row)) for row in metrics), key=itemgetter(1)))
        self.choose("touchpoints", named(places))
        self.choose("side", SIDES)

    def slot_of(self, place: str) -> str | None:
        return "line" if ".each" in place else super().slot_of(place)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("metric") and said.get("side") and said.get("line") is not None:
            scale = Metric.objects.get(key=said["metric"]).scale
            if reason := why_idle(parse_each({said["side"]: said["line"]}), scale):
                self.add_error("line", say_sentence(reason))
        return said

    def can_be_tried(self) -> bool:
        """Whether what it watches is said; what nobody has come to yet is not held against them."""
        self.is_valid()
        begun = bool(self["line"].value())
        for name in list(self.errors):
            if not begun or name not in WATCHED:
                del self.errors[name]
        return begun and not self.errors

    def entry(self, key: str) -> dict[str, Any]:
        """The rule as a file would have it."""
        said = self.cleaned_data
        entry = {
            "key": key,
            "metric": said["metric"],
            "touchpoints": said["touchpoints"],
            "each": {said["side"]: said["line"]},
            "contact_within": said.get("contact_within"),
        }
        return {name: value for name, value in entry.items() if value}


def initial_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a rule in force."""
    ((side, line),) = form["each"].items()
    return {
        "metric": form["metric"],
        "touchpoints": form["touchpoints"],
        "side": side,
        "line": int(line) if float(line).is_integer() else line,
        "contact_within": form["within"],
    }


def _said(metric: Metric) -> str:
    """Satisfaction (1–5): where a line can be drawn."""
    name = in_language(metric.name) or metric.key
    if metric.low is None or metric.high is None:
        return name
    return f"{name} ({metric.low:.10g}–{metric.high:.10g})"
