"""One entry of a rule at a time: read, or refused with the way out."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from alerts.logic.comparisons import DIMENSIONS
from alerts.logic.durations import parse_duration
from alerts.logic.refusals import SpecError
from cx_loop.logic.scores import Aggregate, parse_aggregate

NOTHING = timedelta(0)


def required(raw: Mapping[str, Any], name: str) -> Any:
    if raw.get(name) is None:
        raise SpecError(name, "a rule needs a {name}", name=name)
    return raw[name]


def parse_metric(raw: object) -> str:
    if not isinstance(raw, str) or not raw:
        raise SpecError("metric", "write the key of a metric")
    return str(raw)


def parse_measure(raw: object) -> Aggregate:
    try:
        return parse_aggregate(raw)
    except ValueError as refusal:
        raise SpecError("aggregate", "{reason}", reason=str(refusal)) from refusal


def parse_whole(
    raw: Mapping[str, Any], name: str, *, default: int, least: int, most: int | None = None
) -> int:
    number = raw.get(name)
    if number is None:
        return default
    if isinstance(number, bool) or not isinstance(number, int):
        raise SpecError(name, "{number!r} is not a whole number", number=number)
    if number < least:
        raise SpecError(name, "{number} is less than {least}", number=number, least=least)
    if most is not None and number > most:
        raise SpecError(name, "{number} is more than {most}", number=number, most=most)
    return int(number)


def parse_by(raw: object) -> tuple[str, ...]:
    named = [raw] if isinstance(raw, str) else raw or []
    if not isinstance(named, list | tuple):
        raise SpecError("by", "write a list of {known}", known=", ".join(DIMENSIONS))
    for name in named:
        if name not in DIMENSIONS:
            raise SpecError(
                "by", "{name!r} is not one of {known}", name=name, known=", ".join(DIMENSIONS)
            )
    return tuple(name for name in DIMENSIONS if name in named)


def parse_word(raw: object, field: str, known: tuple[str, ...], default: str) -> str:
    if raw is None:
        return default
    if raw not in known:
        raise SpecError(field, "{word!r} is not one of {known}", word=raw, known=", ".join(known))
    return str(raw)


def parse_expected(raw: object) -> timedelta | None:
    if raw is None:
        return None
    every = parse_duration(raw, "expected_every")
    if every == NOTHING:
        raise SpecError("expected_every", "must be longer than nothing")
    return every
