"""What is asked about a source, apart from its mapping."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_stubs_ext import StrOrPromise

from cx_loop.actions.hand_entries import TOOL
from cx_loop.ingest.vendors.adapter import COUNT, WAIT, Adapter
from cx_loop.ingest.vendors.tools import ADAPTERS, adapter_of
from cx_loop.logic.hook_signatures import CHOICES
from cx_loop.models import Source
from cx_loop.ui.fields import WordField
from cx_loop.ui.voice import ORIGINS

SIGNATURE = ("scheme", "header", "prefix", "members")


def tool_name(tool: str) -> str:
    """As its makers write it."""
    if tool == TOOL:
        return _("Entered by hand")
    name = adapter_of(tool).name
    return name or (_("any other tool") if tool == "generic" else tool)


def tool_choices() -> list[tuple[str, str]]:
    return [(key, adapter.name or _("Any other tool")) for key, adapter in ADAPTERS.items()]


def kind_choices() -> list[tuple[str, StrOrPromise]]:
    return [("", _("Survey")), *ORIGINS.items()]


class SourceForm(forms.Form):
    tool = forms.ChoiceField(label=gettext_lazy("Tool"), choices=tool_choices)
    key = WordField(
        label=gettext_lazy("Name of the source"),
        max_length=80,
        help_text=gettext_lazy("letters, digits and hyphens, such as typeform-main"),
    )

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of source it is"), choices=kind_choices, required=False
    )


class SecretForm(forms.Form):
    """`autocomplete` off: a browser must not keep it, nor put a password there."""

    secret = forms.CharField(
        label=gettext_lazy("Secret"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("what the tool signs with; empty: nothing is verified any more"),
    )


class TokenForm(forms.Form):
    token = forms.CharField(
        label=gettext_lazy("Token or password"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("with which the tool's own API is asked"),
    )


class FileForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.json"}),
        help_text=gettext_lazy("CSV, Excel (.xlsx) or JSON as the tool exports it; 10 MB at most"),
    )


class OptionsForm(forms.Form):
    """What else is said of a source; only what its tool needs is asked."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of source it is"),
        choices=kind_choices,
        required=False,
        help_text=gettext_lazy("calls, chats and posts need no score: map their words as comments"),
    )
    timezone = forms.ChoiceField(
        label=gettext_lazy("Time zone of moments that name none"), required=False
    )
    partial = forms.ChoiceField(label=gettext_lazy("Unfinished responses"), required=False)
    expected_every = forms.FloatField(
        label=gettext_lazy("Something comes at least every so many hours"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=gettext_lazy("empty: learnt from what came"),
    )
    scheme = forms.ChoiceField(label=gettext_lazy("How it is signed"), required=False)
    header = forms.CharField(
        label=gettext_lazy("Header of the signature"), required=False, max_length=80
    )
    before = forms.CharField(
        label=gettext_lazy("What stands before the signature"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("such as sha256="),
    )
    items = forms.CharField(
        label=gettext_lazy("Path of the list of responses"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("such as data.responses; empty: a delivery is one response"),
    )
    api = forms.CharField(
        label=gettext_lazy("Address of the tool's API"),
        required=False,
        max_length=300,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )
    user = forms.CharField(label=gettext_lazy("User"), required=False, max_length=120)
    survey = forms.IntegerField(
        label=gettext_lazy("Number of the survey"), required=False, min_value=1
    )

    def __init__(self, *args: Any, source: Source, **kwargs: Any) -> None:
        options = source.options
        signature = options.get("signature") or {}
        signature = {**signature, "before": signature.get("prefix", "")}
        kwargs.setdefault("initial", {**options, **signature})
        super().__init__(*args, **kwargs)
        adapter = adapter_of(source.tool)
        self.kept = options
        self._choose(adapter)
        for name in _not_asked(source, adapter):
            del self.fields[name]

    def _choose(self, adapter: Adapter) -> None:
        usual = {COUNT: _("counted so far"), WAIT: _("left until they are finished")}
        zones = [(name, name) for name in sorted(available_timezones()) if "/" in name]
        own = adapter.zone or _("that of the company")
        choices = {
            "timezone": [("", own), *zones],
            "partial": [
                ("", _("as the tool means it: %(how)s") % {"how": usual[adapter.partial]}),
                *usual.items(),
            ],
            "scheme": [(name, _("not signed") if name == "none" else name) for name in CHOICES],
        }
        for name, those in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = those

    def options(self) -> dict[str, Any]:
        """As they are stored: what is empty is left out, what is not asked stays."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        if "before" in said:
            said["prefix"] = said.pop("before")
        signature = {name: said.pop(name) for name in SIGNATURE if name in said}
        found = {name: value for name, value in self.kept.items() if name not in self.fields}
        if "scheme" in self.fields:
            found.pop("signature", None)
            if signature.get("scheme", "none") != "none":
                found["signature"] = signature
        return {**found, **said}


def _not_asked(source: Source, adapter: Adapter) -> list[str]:
    hidden = []
    if adapter.names_responses:
        hidden += ["scheme", "header", "before", "items"]
    if adapter.ask is None and source.tool != "limesurvey":
        hidden.append("api")
    if source.tool != "limesurvey":
        hidden += ["user", "survey"]
    return hidden
