"""The form of a playbook: where it fits, and up to eight steps in both languages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.web.lengths import SpanField
from cx_loop.models import Metric, Touchpoint
from cx_loop.web.setting_forms import SettingForm, many, named, names_given, one
from tasks.notices import PAIN_CATEGORIES
from tasks.ui.checklist import KINDS, TYPES

STEPS = 8  # a form without scripts cannot grow; what needs more is two playbooks
FITS = ("touchpoint", "metric", "pain_category")


class PlaybookForm(SettingForm):
    """`kept_steps`: the steps in force, for the languages that are not asked for."""

    kind = one(gettext_lazy("Kind of countermeasure"))
    touchpoint = many(gettext_lazy("Touchpoint"))
    metric = many(gettext_lazy("Metric"))
    pain_category = many(gettext_lazy("Pain category"))

    def __init__(self, *args: Any, kept_steps: list[Any] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kept_steps = kept_steps or []
        self.choose("kind", [("", "—"), *KINDS.items()])
        self.choose("touchpoint", named(Touchpoint.objects.in_force()))
        self.choose("metric", named(Metric.objects.filter(retired_at=None)))
        self.choose("pain_category", PAIN_CATEGORIES.items())
        for at in range(STEPS):
            self._offer_step(at)

    def _offer_step(self, at: int) -> None:
        widget = forms.Textarea(attrs={"rows": 2})
        for code in self.languages:
            self.fields[f"text_{at}_{code}"] = forms.CharField(
                label=_("Step %(number)s, %(language)s")
                % {"number": at + 1, "language": dict(settings.LANGUAGES).get(code, code)},
                required=False,
                max_length=200,
                widget=widget,
            )
        self.fields[f"type_{at}"] = forms.ChoiceField(
            label=gettext_lazy("Type"), choices=TYPES.items(), required=False
        )
        self.fields[f"kind_{at}"] = forms.ChoiceField(
            label=gettext_lazy("Kind of countermeasure"),
            choices=[("", _("the playbook's")), *KINDS.items()],
            required=False,
        )
        self.fields[f"within_{at}"] = SpanField(
            label=gettext_lazy("Due within"), help_text=gettext_lazy("Empty: with the task.")
        )

    @property
    def about(self) -> list[forms.BoundField]:
        own = [name for name in self.fields if name == "key" or name.startswith("name_")]
        return [self[name] for name in (*own, "kind")]

    @property
    def fits(self) -> list[forms.BoundField]:
        return [self[name] for name in FITS]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Each with its fields, and whether there is something in it."""
        found = []
        for at in range(STEPS):
            names = [name for name in self.fields if name.startswith((f"text_{at}_",))]
            rest = [f"type_{at}", f"kind_{at}", f"within_{at}"]
            filled = any(self[name].value() for name in names)
            wrong = any(self[name].errors for name in (*names, *rest))
            fields = [self[name] for name in (*names, *rest)]
            found.append({"number": at + 1, "fields": fields, "open": filled or wrong or not at})
        return found

    def slot_of(self, place: str) -> str | None:
        parts = place.split(".")
        if "steps" in parts[:-1]:
            at = parts[parts.index("steps") + 1]
            field = f"{parts[-1]}_{at}"
            return field if field in self.fields else f"text_{at}_{self.languages[0]}"
        return super().slot_of(place)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for at in range(STEPS):
            within, texts = said.get(f"within_{at}"), self._texts(at)
            if within and not texts:
                self.add_error(f"text_{at}_{self.languages[0]}", _("Say what is to be done."))
        return said

    def entry(self, key: str) -> dict[str, Any]:
        """The playbook as a file would have it."""
        said = self.cleaned_data
        when = {name: sorted(said[name]) for name in FITS if said[name]}
        entry: dict[str, Any] = {"key": key, "name": self.names}
        if said["kind"]:
            entry["kind"] = said["kind"]
        if when:
            entry["when"] = when
        steps = [self._step(at) for at in range(STEPS) if self._texts(at)]
        return entry | ({"steps": steps} if steps else {})

    def _texts(self, at: int) -> dict[str, str]:
        typed = {
            code: (self.cleaned_data.get(f"text_{at}_{code}") or "").strip()
            for code in self.languages
        }
        if not any(typed.values()):
            return {}
        kept = self.kept_steps[at]["text"] if at < len(self.kept_steps) else {}
        return {code: word for code, word in {**kept, **typed}.items() if word}

    def _step(self, at: int) -> dict[str, Any]:
        said = self.cleaned_data
        more = {name: said.get(f"{name}_{at}") for name in ("kind", "within")}
        step = {"text": self._texts(at), "type": said.get(f"type_{at}") or "correct"}
        return step | {name: word for name, word in more.items() if word}


def initial_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a playbook in force."""
    found: dict[str, Any] = {**names_given(form.get("name", {})), "kind": form.get("kind", "")}
    found |= {name: form.get("when", {}).get(name, []) for name in FITS}
    for at, step in enumerate(form.get("steps", [])):
        found |= {f"text_{at}_{code}": word for code, word in step["text"].items()}
        found |= {f"type_{at}": step.get("type") or "correct", f"kind_{at}": step.get("kind", "")}
        found[f"within_{at}"] = step.get("within", "")
    return found
