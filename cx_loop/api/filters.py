"""Filters that refuse what they do not understand, instead of ignoring it."""

from collections.abc import Mapping
from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema_field


@extend_schema_field(bool)
class YesNo(django_filters.TypedChoiceFilter):
    """true or false."""

    def __init__(self, **kwargs: Any) -> None:
        words = [("true", "true"), ("false", "false")]
        super().__init__(choices=words, coerce=lambda word: word == "true", **kwargs)


class AnyOf(django_filters.MultipleChoiceFilter):
    """One of several words; the parameter may be repeated."""


class Named(django_filters.TypedChoiceFilter):
    """One of the words that stand for what is stored."""

    def __init__(self, words: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(choices=[(word, word) for word in words], coerce=words.get, **kwargs)
        # otherwise the document would tell the type of the column instead of the words
        extend_schema_field({"type": "string", "enum": list(words)})(self)
