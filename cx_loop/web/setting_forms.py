"""What the forms of settings share: a key for what is new, and a name in each language."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from cx_loop.models import Organization, in_language

RESERVED = frozenset({"new", "move"})  # addresses beside those of things


class SettingForm(forms.Form):
    """`has_key`: something new, so its key is asked for.

    `kept_names`: those of languages that are not asked for.
    """

    names_required = True

    def __init__(
        self,
        *args: Any,
        has_key: bool = False,
        kept_names: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **{"auto_id": "set_%s", **more})
        self.kept_names = dict(kept_names or {})
        first: dict[str, forms.Field] = {}
        if has_key:
            first["key"] = _key()
        for at, code in enumerate(self.languages if self.has_names else ()):
            first[f"name_{code}"] = forms.CharField(
                label=name_label(code), required=self.names_required and not at, max_length=200
            )
        self.fields = {**first, **self.fields}

    has_names = True

    @property
    def languages(self) -> Sequence[str]:
        languages: list[str] = Organization.current().languages or ["en"]
        return languages

    @property
    def names(self) -> dict[str, str]:
        """What was typed, over the names in languages that the form does not ask for."""
        typed = {code: self.cleaned_data.get(f"name_{code}", "").strip() for code in self.languages}
        return {code: word for code, word in {**self.kept_names, **typed}.items() if word}

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        if key in RESERVED:
            raise forms.ValidationError(_("This word is an address already; choose another."))
        return key

    def choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def slot_of(self, place: str) -> str | None:
        """The field that a refusal is about; None: the form as a whole."""
        parts = place.split(".")
        return next((part for part in reversed(parts) if part in self.fields), None)

    def differing(self, theirs: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """(label, what stands there now, what was typed) of each field that is not the same."""
        for name, field in self.fields.items():
            mine, there = self.cleaned_data.get(name), theirs.get(name)
            if (mine or "") != (there or ""):
                yield str(field.label), _said(field, there), _said(field, mine)


def _key() -> forms.RegexField:
    return forms.RegexField(
        r"^[a-z0-9][a-z0-9_-]*$",
        label=_("Key"),
        max_length=80,
        help_text=_(
            "Small letters, digits and dashes, for the configuration file and the address. "
            "It cannot be changed later."
        ),
        error_messages={"invalid": _("Use small letters, digits and dashes only.")},
    )


def names_given(names: Mapping[str, str]) -> dict[str, str]:
    """The initial values of the fields of names."""
    return {f"name_{code}": word for code, word in names.items()}


def languages_in_order() -> list[tuple[str, StrOrPromise]]:
    """Codes and names of the languages texts are asked for in; the company's own come first."""
    own: list[str] = Organization.current().languages
    place = {code: at for at, code in enumerate(own)}
    return sorted(settings.LANGUAGES, key=lambda each: place.get(each[0], len(own)))


def name_label(code: str) -> str:
    return {"en": _("Name in English"), "zh-hans": _("Name in Chinese")}.get(code, code)


def many(label: Any, help_text: Any = "") -> forms.MultipleChoiceField:
    """Some of a list, as boxes."""
    return forms.MultipleChoiceField(
        label=label,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=help_text,
    )


def one(label: Any, help_text: Any = "", *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=required, help_text=help_text)


def number(
    label: Any, help_text: Any = "", *, low: float | None = None, high: float | None = None
) -> forms.FloatField:
    """A number that may be left empty, from `low` to `high`."""
    return forms.FloatField(
        label=label,
        required=False,
        min_value=low,
        max_value=high,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "size": 6, "autocomplete": "off"}),
        help_text=help_text,
    )


def even(value: float | None) -> float | int | None:
    """3 of 3.0, as people write it."""
    return int(value) if value is not None and float(value).is_integer() else value


def named(rows: Any) -> list[tuple[str, str]]:
    """Key and name in the reader's language, by name."""
    found = [(each.key, in_language(each.name) or each.key) for each in rows]
    return sorted(found, key=lambda row: row[1])


def _said(field: forms.Field, value: Any) -> str:
    if value in (None, "", [], ()):
        return "–"
    labels = _flat(getattr(field, "choices", ()))
    given = value if isinstance(value, list | tuple) else [value]
    return ", ".join(str(labels.get(str(each), each)) for each in given)


def _flat(choices: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for value, label in choices:
        found |= _flat(label) if isinstance(label, list | tuple) else {str(value): label}
    return found
