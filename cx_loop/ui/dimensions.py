"""Segments, channels and locations as people call them, and what they type as it is stored."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cx_loop.models import Channel, Location, Segment, in_language, once

TABLES: dict[str, type[Segment | Channel | Location]] = {
    "segment": Segment,
    "channel": Channel,
    "location": Location,
}
OFFERED = 200  # names beside a field; more can be typed
COMMAS = str.maketrans(dict.fromkeys("\uff0c\u3001;\uff1b\n", ","))


class ValueNames:
    """Names in the reader's language, asked a dimension at a time when one is first said."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, str]] = {}

    def of(self, dimension: str, key: str) -> str:
        """The name of a value; the key as it is where nobody gave one."""
        if not key or dimension not in TABLES:
            return key
        if dimension not in self._known:
            self._known[dimension] = _names(dimension)
        return self._known[dimension].get(key) or key

    def all_of(self, dimension: str, keys: Iterable[str]) -> str:
        return ", ".join(self.of(dimension, key) for key in keys)

    def along(self, values: Mapping[str, Any]) -> str:
        """Gold, Airport: of a group or a comment, dimension by dimension; '' stands for none."""
        said = [self.of(dimension, str(values.get(dimension) or "")) for dimension in TABLES]
        return ", ".join(word for word in said if word)


def value_names() -> ValueNames:
    """The same for everything on a page."""
    return once("names of values", ValueNames)


def key_of(dimension: str, typed: str) -> str:
    """What is stored for what somebody typed: a key, a name in any language, or a new word."""
    word = typed.strip()
    rows = list(TABLES[dimension].objects.order_by("key").values_list("key", "name"))
    if not word or any(key == word for key, _name in rows):
        return word
    wanted = word.casefold()
    named = (key for key, name in rows if wanted in (each.casefold() for each in name.values()))
    return next(named, word)


def keys_of(dimension: str, typed: str) -> list[str]:
    """Of words with commas between, in the order typed."""
    words = (word.strip() for word in typed.translate(COMMAS).split(","))
    return [key_of(dimension, word) for word in words if word]


def _names(dimension: str) -> dict[str, str]:
    rows = TABLES[dimension].objects.order_by("key").values_list("key", "name")
    return {key: in_language(name) for key, name in rows}


class Offering(forms.TextInput):
    """A text field with the known names beside it, to choose or to type past."""

    def __init__(self, dimension: str) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self.dimension = dimension

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        listed = f"{(attrs or {}).get('id', name)}_known"
        field = super().render(name, value, {**(attrs or {}), "list": listed}, renderer)
        known = TABLES[self.dimension].objects.filter(retired_at=None).order_by("key")[:OFFERED]
        options = format_html_join("", "<option>{}</option>", ((str(each),) for each in known))
        return format_html('{}<datalist id="{}">{}</datalist>', field, listed, options)


class ValueField(forms.CharField):
    """A value of a dimension: shown and typed as people call it, given as it is stored."""

    def __init__(self, dimension: str, **more: Any) -> None:
        super().__init__(
            **{"required": False, "max_length": 80, "widget": Offering(dimension), **more}
        )
        self.dimension = dimension

    def prepare_value(self, value: Any) -> Any:
        return value_names().of(self.dimension, value) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        return key_of(self.dimension, super().clean(value))


class ValuesField(ValueField):
    """Several of them, with commas between; given as a list of keys."""

    def __init__(self, dimension: str, **more: Any) -> None:
        super().__init__(dimension, **{"max_length": 400, **more})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return value_names().all_of(self.dimension, value)
        return value

    def clean(self, value: Any) -> list[str]:  # type: ignore[override]
        typed: str = forms.CharField.clean(self, value)
        return sorted(set(keys_of(self.dimension, typed)))
