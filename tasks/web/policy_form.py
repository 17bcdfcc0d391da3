"""The form of an escalation policy: its deadlines, and up to six steps."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.web.lengths import SpanField
from cx_loop.logic.working_time import parse_span
from cx_loop.web.setting_forms import SettingForm, many, names_given
from tasks.logic.policies import LEVELS as KNOWN
from tasks.notices.names import LEVELS
from tasks.web.route_form import SEVERITIES

STEPS = 6  # a form without scripts cannot grow; more than three levels there are not
_DAYS = gettext_lazy("Of working time; a day is a working day.")


class PolicyForm(SettingForm):
    severity = many(gettext_lazy("For tasks that are"), gettext_lazy("None chosen: for all."))
    respond_within = SpanField(label=gettext_lazy("Accepted within"), help_text=_DAYS)
    resolve_within = SpanField(label=gettext_lazy("Resolved within"), help_text=_DAYS)
    progress_within = SpanField(
        label=gettext_lazy("An accepted task may stand still for"),
        help_text=gettext_lazy("Empty: until it is due."),
    )
    repeat = SpanField(
        label=gettext_lazy("Then ask the last one again every"),
        help_text=gettext_lazy("Empty: they are asked once."),
    )
    most = forms.IntegerField(
        label=gettext_lazy("At most so many times"),
        required=False,
        min_value=1,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.choose("severity", SEVERITIES)
        for at in range(STEPS):
            number = at + 1
            self.fields[f"after_{at}"] = SpanField(
                label=_("Step %(number)s: after") % {"number": number}
            )
            self.fields[f"to_{at}"] = forms.ChoiceField(
                label=_("Step %(number)s: ask") % {"number": number},
                required=False,
                choices=[("", _("nobody")), *((level, LEVELS[level]) for level in KNOWN)],
            )

    @property
    def called(self) -> list[forms.BoundField]:
        return [bound for bound in self if bound.name == "key" or bound.name.startswith("name_")]

    @property
    def deadlines(self) -> list[forms.BoundField]:
        names = ("severity", "respond_within", "resolve_within", "progress_within")
        return [self[name] for name in names]

    @property
    def steps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"after_{at}"], self[f"to_{at}"]) for at in range(STEPS)]

    @property
    def has_more(self) -> bool:
        """Whether a step behind the third says something, or says it wrongly."""
        return any(self[f"to_{at}"].value() or self[f"to_{at}"].errors for at in range(3, STEPS))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("respond_within", "resolve_within"):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, _("Say how long that may take."))
        self._check_steps(said)
        return said

    def _check_steps(self, said: Mapping[str, Any]) -> None:
        before = None
        for at in range(STEPS):
            after, to = said.get(f"after_{at}"), said.get(f"to_{at}")
            if f"after_{at}" in self.errors:
                continue
            if after and not to:
                self.add_error(f"to_{at}", _("Say who is asked then."))
            if to and not after:
                self.add_error(f"after_{at}", _("Say after how long."))
            if after:
                plain = parse_span(after).plain
                if before is not None and plain <= before:
                    self.add_error(f"after_{at}", _("Each step comes later than the one before."))
                before = plain
        if said.get("repeat") and before is None:
            self.add_error("repeat", _("There is no step to repeat; say one above."))

    def entry(self, key: str) -> dict[str, Any]:
        """The policy as a file would have it."""
        said = self.cleaned_data
        steps: list[dict[str, Any]] = [
            {"after": said[f"after_{at}"], "to": said[f"to_{at}"]}
            for at in range(STEPS)
            if said.get(f"after_{at}")
        ]
        if said.get("repeat"):
            most = {"max": said["most"]} if said.get("most") else {}
            steps.append({"repeat": said["repeat"], **most})
        entry: dict[str, Any] = {"key": key, "name": self.names}
        if said["severity"]:
            entry["when"] = {"severity": sorted(said["severity"])}
        entry |= {name: said[name] for name in ("respond_within", "resolve_within")}
        if said.get("progress_within"):
            entry["progress_within"] = said["progress_within"]
        return entry | ({"steps": steps} if steps else {})


def initial_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a policy in force."""
    found = {
        **names_given(form.get("name", {})),
        "severity": form.get("when", {}).get("severity", []),
        **{name: form.get(name, "") for name in ("respond_within", "resolve_within")},
        "progress_within": form.get("progress_within", ""),
    }
    for at, step in enumerate(form.get("steps", [])):
        if "repeat" in step:
            found |= {"repeat": step["repeat"], "most": step.get("max")}
        else:
            found |= {f"after_{at}": step["after"], f"to_{at}": step["to"]}
    return found
