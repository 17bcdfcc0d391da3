"""Forms of the page on which customers are told."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.web.setting_forms import languages_in_order
from tasks.logic.telling import LONGEST_SENTENCE
from tasks.models import Mended


class Sentences(forms.Form):
    """What customers said and what was mended, in each language."""

    def __init__(self, *args: Any, kept: Mended | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {"said": _("You said"), "mended": _("We mended")}
        for name, label in labels.items():
            for code, language in languages_in_order():
                self.fields[f"{name}-{code}"] = forms.CharField(
                    label=f"{label} ({language})",
                    required=False,
                    initial=getattr(kept, name).get(code, "") if kept else "",
                    widget=forms.Textarea(
                        attrs={"rows": 2, "lang": code, "maxlength": LONGEST_SENTENCE}
                    ),
                )
        self.fields["version"] = forms.IntegerField(
            widget=forms.HiddenInput, required=False, initial=kept.version if kept else 0
        )

    def texts(self, name: str) -> dict[str, str]:
        return {
            code: self.cleaned_data.get(f"{name}-{code}", "") for code, _n in settings.LANGUAGES
        }


class OutcomeForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("What the survey tool did"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=gettext_lazy(
            "CSV or Excel with the columns customer (as in the file), outcome (sent, failed or"
            " opted_out) and, if known, at. Others are left alone."
        ),
    )
