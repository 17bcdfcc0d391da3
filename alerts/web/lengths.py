"""A length of time as two slots, how many and of what: 1 d, 90 m, or the week so far."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.logic.working_time import parse_span

UNITS = (
    ("m", gettext_lazy("minutes")),
    ("h", gettext_lazy("hours")),
    ("d", gettext_lazy("days")),
    ("w", gettext_lazy("weeks")),
)
PERIODS = (
    ("this day", gettext_lazy("the day so far")),
    ("this week", gettext_lazy("the week so far")),
    ("this month", gettext_lazy("the month so far")),
)
WRITTEN = re.compile(r"(\d+)([mhdw])", re.ASCII)


class LengthWidget(forms.MultiWidget):
    template_name = "django/forms/widgets/multiwidget.html"

    def __init__(self, choices: Any) -> None:
        count = forms.TextInput(attrs={"inputmode": "numeric", "size": 3, "autocomplete": "off"})
        super().__init__({"n": count, "unit": forms.Select(choices=choices)})

    def decompress(self, value: Any) -> list[Any]:
        if value in dict(PERIODS):
            return ["", value]
        match = WRITTEN.fullmatch(str(value or ""))
        return [match[1], match[2]] if match and int(match[1]) else ["", "d"]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Each part is named by the label of the whole and by what it is."""
        context = super().get_context(name, value, attrs)
        for part, label in zip(
            context["widget"]["subwidgets"],
            (gettext_lazy("how many"), gettext_lazy("of what")),
            strict=True,
        ):
            named = str(self.attrs.get("aria-label", ""))
            part["attrs"]["aria-label"] = f"{named}: {label}" if named else str(label)
        return context


class LengthField(forms.Field):
    """Cleans to `1d` as the configuration writes it, or '' where nothing is given."""

    def __init__(self, *, periods: bool = False, **more: Any) -> None:
        choices = (*UNITS, *PERIODS) if periods else UNITS
        super().__init__(widget=LengthWidget(choices), required=False, **more)
        self.widget.attrs["aria-label"] = self.label

    def to_python(self, value: Any) -> str:
        count, unit = (*[str(part or "").strip() for part in value or ["", ""]], "")[:2]
        if unit in dict(PERIODS):
            return unit
        return f"{count}{unit}" if count else ""


class SpanField(LengthField):
    """A length above nothing, up to ten years; '' where nothing is given."""

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        if not typed:
            return ""
        if not WRITTEN.fullmatch(typed) or not int(typed[:-1]):
            raise forms.ValidationError(_("Write a whole number above 0, and of what."))
        try:
            span = parse_span(typed)
        except ValueError:
            raise forms.ValidationError(_("At most ten years: write fewer.")) from None
        return f"{span.amount}{span.unit}"
