"""Form fields shared by the pages of every package."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy


class Moment(forms.DateTimeField):
    """A moment typed and shown in the organisation's zone, whatever the server's is."""

    zone: tzinfo = UTC

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(self.zone):
            return super().to_python(value)


class WordField(forms.SlugField):
    """A word for files and addresses."""

    default_error_messages = {
        "invalid": gettext_lazy("Use letters, digits, dashes and underscores only.")
    }


def moment(label: Any, help_text: Any = "", *, required: bool = True) -> Moment:
    """A field for a moment, with the browser's own picker."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return Moment(label=label, help_text=help_text, widget=widget, required=required)
