"""The form that dismisses an alert."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from alerts.logic.lifecycle import DISMISS_RESOLUTIONS

RESOLUTIONS = {
    "false_alarm": gettext_lazy("False alarm"),
    "wont_fix": gettext_lazy("Will not fix"),
    "external_cause": gettext_lazy("External cause"),
    "duplicate": gettext_lazy("Duplicate"),
    "data_error": gettext_lazy("Data error"),
}


class Dismiss(forms.Form):
    resolution = forms.ChoiceField(label=gettext_lazy("Why it needs no fix"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Its tasks are closed with the same word."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["resolution"]
        assert isinstance(chosen, forms.ChoiceField)
        known = [(key, RESOLUTIONS[key]) for key in DISMISS_RESOLUTIONS]
        chosen.choices = [("", "—"), *known]
