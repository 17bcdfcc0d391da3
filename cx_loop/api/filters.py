"""Filters that refuse what they do not understand, instead of ignoring it."""

from typing import Any

import django_filters


class YesNo(django_filters.TypedChoiceFilter):
    """true or false."""

    def __init__(self, **kwargs: Any) -> None:
        words = [("true", "true"), ("false", "false")]
        super().__init__(choices=words, coerce=lambda word: word == "true", **kwargs)


class AnyOf(django_filters.MultipleChoiceFilter):
    """One of several words; the parameter may be repeated."""
