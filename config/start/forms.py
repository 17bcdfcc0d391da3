"""What each step asks, and what a configuration file would say of it."""

from collections.abc import Mapping
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db import models
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alerts.models import Rule
from cx_loop.models import Department, Journey, Metric, Touchpoint, in_language
from cx_loop.ui.fields import WordField

KINDS = [
    ("csat", _("Satisfaction, from 1 to 5")),
    ("nps", _("Would recommend, from 0 to 10")),
    ("ces", _("Effort, from 1 to 7, higher is easier")),
    ("duration", _("A waiting time, in minutes")),
    ("count", _("A count, such as complaints")),
    ("rate", _("A rate, such as cancelled out of all")),
]
SCALES = {"csat": [1, 5], "ces": [1, 7]}
LOWER = ("duration", "count", "rate")


class StepForm(forms.Form):
    """A name, and the key that stands for it in addresses and files.

    `keys`: which field holds the key of what. One that is there already is refused, otherwise the
    step would change that one unasked.
    """

    keys: ClassVar[Mapping[str, type[models.Model]]] = {}
    made_from: ClassVar[Mapping[str, str]] = {"key": "name"}

    name = forms.CharField(label=_("Name"), max_length=120)
    key = WordField(
        label=_("Short name"),
        required=False,
        max_length=60,
        help_text=_("small letters, digits and hyphens; left empty, it is made from the name"),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for key, source in self.made_from.items():
            if key in self.fields and not said.get(key) and said.get(source):
                said[key] = slugify(said[source])[:60] or self._numbered(key)
        for name, of in self.keys.items():
            if of._default_manager.filter(key=str(said.get(name, "")).lower()).exists():
                self.add_error(name, _("There is one of that key already; choose another."))
        return said

    def _numbered(self, key: str) -> str:
        """department-1: of a name without a Latin letter nothing could be made."""
        of = self.keys[key]
        known = set(of._default_manager.values_list("key", flat=True))
        names = (f"{of._meta.model_name}-{number}" for number in range(1, len(known) + 2))
        return next(name for name in names if name not in known)

    def slot_of(self, place: str) -> str | None:
        """The field that a refusal is about; None: the form as a whole."""
        return next((part for part in reversed(place.split(".")) if part in self.fields), None)

    def section(self) -> dict[str, Any]:
        """The sections of a configuration file that say the same."""
        raise NotImplementedError

    def named(self) -> dict[str, Any]:
        return {"key": self.cleaned_data["key"].lower(), "name": in_own(self.cleaned_data["name"])}


class OrganizationForm(StepForm):
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("where most departments work; days and weeks of figures begin in it"),
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        del self.fields["key"]
        if not self.is_bound:  # what somebody has chosen is not proposed over
            self.fields["timezone"].widget.attrs["data-own-zone"] = True
        zones = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone]
        self.fields["timezone"].choices = [("UTC", "UTC"), *zones]  # type: ignore[attr-defined]

    def section(self) -> dict[str, Any]:
        said = self.cleaned_data
        first = own_language()
        # new people begin in the first one: the one that the company is set up in
        languages = [first, *(code for code, _name in settings.LANGUAGES if code != first)]
        own = {"name": in_own(said["name"]), "timezone": said["timezone"], "languages": languages}
        return {"organization": own}


class DepartmentForm(StepForm):
    keys = {"key": Department}

    lead = forms.EmailField(
        label=_("E-mail of the lead"),
        help_text=_("your own will do for now; others are invited on the page of people"),
    )

    def section(self) -> dict[str, Any]:
        lead = self.cleaned_data["lead"].lower()
        return {"departments": [{**self.named(), "lead": lead, "notify": ["email"]}]}


class JourneyForm(StepForm):
    keys = {"key": Journey, "touchpoint_key": Touchpoint}
    made_from = {"key": "name", "touchpoint_key": "touchpoint"}

    stage = forms.CharField(label=_("Its first stage"), max_length=120)
    touchpoint = forms.CharField(label=_("A touchpoint in it"), max_length=120)
    touchpoint_key = WordField(
        label=_("Short name of the touchpoint"),
        required=False,
        max_length=60,
        help_text=_("what answers are sent to; left empty, it is made from the touchpoint's name"),
    )
    owner = forms.ChoiceField(label=_("Owning department"))

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        owners = [(row.key, in_language(row.name)) for row in Department.objects.in_force()]
        self.fields["owner"].choices = owners  # type: ignore[attr-defined]

    def section(self) -> dict[str, Any]:
        said = self.cleaned_data
        key = said["touchpoint_key"].lower()
        touchpoint = {"key": key, "name": in_own(said["touchpoint"]), "owner": said["owner"]}
        stage = {"key": f"{key}-stage", "name": in_own(said["stage"]), "touchpoints": [touchpoint]}
        return {"journeys": [{**self.named(), "stages": [stage]}]}

    def slot_of(self, place: str) -> str | None:
        if "touchpoints" in place:
            of_touchpoint = {"key": "touchpoint_key", "owner": "owner"}
            return of_touchpoint.get(place.rpartition(".")[2], "touchpoint")
        return "stage" if "stages" in place else super().slot_of(place)


class MetricForm(StepForm):
    keys = {"key": Metric}

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)

    def section(self) -> dict[str, Any]:
        kind = self.cleaned_data["kind"]
        said = {**self.named(), "kind": kind}
        if kind in SCALES:
            said["scale"] = SCALES[kind]
        if kind in LOWER:
            said["direction"] = "lower_is_better"
        if kind == "duration":
            said["unit"] = "min"
        return {"metrics": [said]}


class RuleForm(StepForm):
    keys = {"key": Rule}

    metric = forms.ChoiceField(label=_("Metric"))
    touchpoint = forms.ChoiceField(label=_("Touchpoint"))
    line = forms.FloatField(
        label=_("Warn beyond"),
        help_text=_(
            "the mean of a day, below it for scores, above it for times; of counts the sum, of"
            " rates percent"
        ),
    )
    min_samples = forms.IntegerField(
        label=_("From how many answers on"), min_value=1, max_value=100_000, initial=5
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        metrics = [(row.key, in_language(row.name)) for row in Metric.objects.all()]
        places = [(row.key, in_language(row.name)) for row in Touchpoint.objects.order_by("key")]
        self.fields["metric"].choices = metrics  # type: ignore[attr-defined]
        self.fields["touchpoint"].choices = places  # type: ignore[attr-defined]

    def section(self) -> dict[str, Any]:
        said = self.cleaned_data
        metric = Metric.objects.get(key=said["metric"])
        side = "below" if metric.higher_is_better else "above"
        rule = {
            "key": said["key"].lower(),
            "name": in_own(said["name"]),
            "metric": metric.key,
            "touchpoints": [said["touchpoint"]],
            "aggregate": {"count": "sum", "rate": "rate", "nps": "nps"}.get(metric.kind, "mean"),
            "window": "1d",
            "warning": {side: said["line"]},
        }
        if metric.kind != "count":
            rule["min_samples"] = said["min_samples"]
        return {"rules": [rule]}

    def slot_of(self, place: str) -> str | None:
        return "line" if ".warning" in place else super().slot_of(place)


class KeyForm(forms.Form):
    name = forms.CharField(label=_("Whose key it is"), max_length=100, initial="survey")


FORMS: dict[str, type[StepForm]] = {
    "organization": OrganizationForm,
    "department": DepartmentForm,
    "journey": JourneyForm,
    "metric": MetricForm,
    "rule": RuleForm,
}


def in_own(text: str) -> dict[str, str]:
    """A name in the language it is read in; in others it shows until it is translated."""
    return {own_language(): text}


def own_language() -> str:
    return (get_language() or "en").lower()
