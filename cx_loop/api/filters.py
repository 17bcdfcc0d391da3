"""Filters that refuse what they do not understand, instead of ignoring it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.forms import IntegerField
from django_filters.fields import IsoDateTimeField
from drf_spectacular.utils import extend_schema_field


class MomentField(IsoDateTimeField):
    """In UTC: PostgreSQL does not read every offset that ISO 8601 can write, such as +17:22."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class WholeNumber(django_filters.NumberFilter):
    """The number of something: half of one is refused."""

    field_class = IntegerField


class Moment(django_filters.IsoDateTimeFilter):
    field_class = MomentField


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
