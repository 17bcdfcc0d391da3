"""The body of a call: a small JSON object whose members are what they say, never converted."""

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request

from cx_loop.api.schema import ProblemSerializer

PROBLEM = "application/problem+json"


class Text(serializers.CharField):
    """A string. DRF's own would take 5 for "5"."""

    default_error_messages = {"not_text": "This must be a string."}

    def __init__(self, **kwargs: Any) -> None:
        # whether it may be empty is the action's to say, with its own code
        super().__init__(**{"allow_blank": True, "max_length": 4000, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        return super().to_internal_value(data)


class Word(serializers.ChoiceField):
    """One of a list of stable words."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data) if isinstance(data, str) else self._unknown(data)

    def _unknown(self, data: Any) -> Any:
        self.fail("invalid_choice", input=data)


class Flag(serializers.BooleanField):
    """true or false. DRF's own would take "no" and 0."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return bool(data)


class Whole(serializers.IntegerField):
    """A whole number; neither "3" nor true is one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Number(serializers.FloatField):
    """A number; neither "3" nor true is one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return float(super().to_internal_value(data))


class Moment(serializers.DateTimeField):
    """ISO 8601 with an offset, kept as UTC: a time without one means another hour elsewhere."""

    default_error_messages = {
        "not_text": "This must be a string.",
        "no_offset": "Say the offset too, such as 2026-03-01T09:30:00+08:00.",
    }

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("not_text")
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                self.fail("no_offset")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail("invalid", format="ISO 8601")


class Said(serializers.Serializer[Any]):
    """What every call may say; members that no call knows are refused, otherwise a misspelt
    field would be lost in silence.

    What is missing is asked for by the action, after it has looked at the state.
    """

    def get_fields(self) -> dict[str, Any]:
        # `as` cannot be written as an attribute
        person = Text(required=False, max_length=254, help_text="who acts: needed from an API key")
        return {**super().get_fields(), "as": person}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValidationError({"": [ErrorDetail("Send a JSON object.", "not_an_object")]})
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            detail = ErrorDetail("This field is not known here.", "unknown_field")
            raise ValidationError({name: [detail] for name in unknown})
        return super().to_internal_value(data)


def read_said(kind: type[Said], request: Request) -> dict[str, Any]:
    """The members of a body, without `as`. Raises DRF's ValidationError."""
    said = kind(data=request.data)
    said.is_valid(raise_exception=True)
    given = dict(said.validated_data)
    given.pop("as", None)
    return given


def problems(*statuses: int) -> dict[Any, Any]:
    """The refusals of an end point, for the OpenAPI document."""
    return {(status, PROBLEM): ProblemSerializer for status in statuses}


class NothingSaid(Said):
    pass
