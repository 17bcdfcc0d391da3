"""Words in each language, as the API takes them and tells what is wrong with them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from cx_loop.api.problems import Problem
from cx_loop.api.said import Text
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.api.refusals import SENTENCES

LANGUAGES = [code for code, _name in settings.LANGUAGES]
_WHOSE = {
    "lead_only": "Only a lead or director may do this.",
    "own_words": "Somebody else than who wrote it approves it.",
}


class Texts(serializers.Serializer[Any]):
    """{"en": …, "zh-hans": …}; how long each may be is judged by the action."""

    def get_fields(self) -> dict[str, Any]:
        return {code: Text(required=False, max_length=10_000) for code in LANGUAGES}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValidationError([ErrorDetail("Say one text a language.", "not_an_object")])
        unknown = [code for code in data if code not in LANGUAGES]
        if unknown:
            detail = ErrorDetail("This language is not spoken here.", "language_unknown")
            raise ValidationError({code: [detail] for code in unknown})
        return super().to_internal_value(data)


def merged(kept: Mapping[str, str], said: Mapping[str, str] | None) -> dict[str, str]:
    """What is not said stays as it is."""
    return {code: (said or {}).get(code, kept.get(code, "")) for code in LANGUAGES}


@contextmanager
def refusals_of_words(newer: Any) -> Iterator[None]:
    """Turn refusals into problems; `newer()` tells what stands there now when the asked is old."""
    try:
        yield
    except NotFound:
        raise Http404 from None
    except Forbidden as refusal:
        detail = _WHOSE.get(refusal.code) or SENTENCES.get(refusal.code, "This is another's to do.")
        raise Problem(403, refusal.code, detail) from None
    except Invalid as refusal:
        if any(code == "stale" for _field, code, _said in refusal.problems):
            detail = "Somebody has changed it since; look at it again."
            raise Problem(409, "stale", detail, newer=newer()) from None
        errors = [
            {"field": field.replace("-", ".", 1), "code": code, "message": message}
            for field, code, message in refusal.problems
        ]
        raise Problem(400, "invalid", "Some fields are not valid.", errors=errors) from None
