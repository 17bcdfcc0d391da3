"""The form of a route, and of the facts it is tried with."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.models import Department, Membership, Metric, Segment, Stage, Touchpoint
from cx_loop.models.journey import Journey
from cx_loop.ui.dimensions import ValueField, ValuesField
from cx_loop.web.setting_forms import SettingForm, many, named, one
from tasks.logic.routing import CONDITIONS
from tasks.notices import PAIN_CATEGORIES
from tasks.web.routes import say_role

SEVERITIES = (("critical", gettext_lazy("Critical")), ("warning", gettext_lazy("Warning")))
ROLES = ("members", "lead", "director")
_WORDS = gettext_lazy("Words with commas between; empty: any.")


class RouteForm(SettingForm):
    """A route: everything that is chosen must hold, and any one of a list is enough."""

    has_names = False
    severity = many(gettext_lazy("Severity"))
    metric = many(gettext_lazy("Metric"))
    touchpoint = many(gettext_lazy("Touchpoint"))
    stage = many(gettext_lazy("Stage"))
    journey = many(gettext_lazy("Journey"))
    segment = many(gettext_lazy("Segment"))
    channel = ValuesField("channel", label=gettext_lazy("Channel"), help_text=_WORDS)
    location = ValuesField("location", label=gettext_lazy("Location"), help_text=_WORDS)
    pain_category = many(
        gettext_lazy("Pain category"),
        gettext_lazy("Only tasks opened by hand have one; an alert knows none."),
    )
    to = one(gettext_lazy("Department"), required=True)
    role = one(gettext_lazy("For whom there"), gettext_lazy("A duty is one of the department's."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        offered = _offered()
        for name, choices in offered.items():
            self.choose(name, choices)
        self.choose("to", [("", "…"), *named(Department.objects.in_force())])
        duties = Membership.objects.filter(role="duty").values_list("duty", flat=True).distinct()
        roles = [(role, say_role(role) or _("everybody there")) for role in ROLES]
        self.choose("role", [*roles, *((duty, duty) for duty in sorted(duties))])

    @property
    def conditions(self) -> list[forms.BoundField]:
        return [self[name] for name in CONDITIONS]

    @property
    def goal(self) -> list[forms.BoundField]:
        return [self["to"], self["role"]]

    def route(self) -> dict[str, Any]:
        """The route as a file would have it."""
        said = self.cleaned_data
        return {
            "when": {name: sorted(said[name]) for name in sorted(CONDITIONS) if said[name]},
            "to": said["to"],
            "role": said["role"] or "members",
        }

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        role, key = said.get("role"), said.get("to")
        if role and key and role not in ROLES:
            there = Membership.objects.filter(department__key=key, role="duty", duty=role)
            if not there.exists():
                self.add_error("role", _("This department has no such duty; choose another."))
        return said


class FactsForm(forms.Form):
    """What a task would be about: the routes are asked where it would go."""

    touchpoint = one(gettext_lazy("Touchpoint"), required=True)
    metric = one(gettext_lazy("Metric"))
    severity = one(gettext_lazy("Severity"))
    segment = one(gettext_lazy("Segment"))
    channel = ValueField("channel", label=gettext_lazy("Channel"))
    location = ValueField("location", label=gettext_lazy("Location"))
    pain_category = one(gettext_lazy("Pain category"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"auto_id": "try_%s", **more})
        offered = _offered()
        for name in ("touchpoint", "metric", "severity", "segment", "pain_category"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            first = [("", "…" if name == "touchpoint" else _("not known"))]
            field.choices = [*first, *offered[name]]

    def facts(self) -> dict[str, str]:
        """What is known of it besides the touchpoint."""
        return {
            name: word for name, word in self.cleaned_data.items() if word and name != "touchpoint"
        }


def initial_of(route: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a route in force."""
    return {**route.get("when", {}), "to": route.get("to"), "role": route.get("role") or "members"}


def _offered() -> dict[str, list[tuple[str, Any]]]:
    places = Touchpoint.objects.in_force()
    return {
        "severity": list(SEVERITIES),
        "metric": named(Metric.objects.filter(retired_at=None)),
        "touchpoint": named(places),
        "stage": named(Stage.objects.filter(retired_at=None)),
        "journey": named(Journey.objects.filter(retired_at=None)),
        "segment": named(Segment.objects.filter(retired_at=None)),
        "pain_category": [(key, label) for key, label in PAIN_CATEGORIES.items()],
    }
