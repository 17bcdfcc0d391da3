"""What may be wrong with an entry of a mapping, told before anything is counted by it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cx_loop.logic.answers.numbers import Ends, fits

PLACES = ("touchpoint", "stage", "journey")
# of all of a response
SHARED = ("segment", "channel", "location", "customer", "contact", "touchpoint")
OF_RESPONSE = ("id", "occurred_at", "revision", "finished")  # where the tool's adapter says none
TARGETS = ("metric", "comment", *SHARED, *OF_RESPONSE)
DIRECTIONS = ("higher_is_better", "lower_is_better")
NAMES = (
    "field",
    "constant",
    "to",
    "metric",
    *PLACES,
    "scale",
    "direction",
    "values",
    "survey",
    "exposure",
)
MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What entries may name: metrics with the ends of their scale (None: open), and places."""

    metrics: Mapping[str, Ends | None]
    touchpoints: frozenset[str]
    stages: frozenset[str] = frozenset()
    journeys: frozenset[str] = frozenset()
    rates: frozenset[str] = frozenset()  # metrics that are so many out of so many


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an entry: its place in the list, a code, and what the code is about."""

    place: int
    code: str
    about: str = ""


def faults_of_entry(raw: Any, known: Known) -> Iterator[tuple[str, str]]:
    """(code, about) of everything that is wrong with one entry."""
    if not isinstance(raw, dict):
        yield "entry_not_an_object", ""
        return
    unknown = [name for name in raw if name not in NAMES]
    if unknown:
        yield "entry_unknown_key", str(unknown[0])
    target = target_of(raw)
    if target not in TARGETS:
        yield "target_unknown", target
    if not isinstance(raw.get("field", ""), str) or not (raw.get("field") or raw.get("constant")):
        yield "field_missing", ""
    yield from _wrong_place(raw, known)
    if not isinstance(raw.get("values") or {}, dict):
        yield "values_not_a_table", ""
    elif target == "metric":
        yield from _wrong_metric(raw, known)


def _wrong_place(raw: Mapping[str, Any], known: Known) -> Iterator[tuple[str, str]]:
    given = [name for name in PLACES if raw.get(name)]
    if len(given) > 1:
        yield "place_ambiguous", ""
    there = {
        "touchpoint": known.touchpoints,
        "stage": known.stages,
        "journey": known.journeys,
    }
    for name in given:
        if raw[name] not in there[name]:
            yield f"{name}_unknown", str(raw[name])


def _wrong_metric(raw: Mapping[str, Any], known: Known) -> Iterator[tuple[str, str]]:
    metric = str(raw.get("metric") or "")
    if metric not in known.metrics:
        yield "metric_unknown", metric
        return
    ends = known.metrics[metric]
    yield from _wrong_exposure(raw, metric in known.rates)
    if not all(_is_number(value) for value in (raw.get("values") or {}).values()):
        yield "values_not_numbers", ""
    if ends is None:
        return
    scale, direction = raw.get("scale"), raw.get("direction")
    if not isinstance(scale, list) or len(scale) != 2 or not all(map(_is_number, scale)):
        yield "scale_missing", ""
    if direction not in DIRECTIONS:
        yield "direction_missing", ""
    if (asked := asked_scale(raw)) and not fits(asked, ends):
        yield "scale_differs", f"{ends.low:g}–{ends.high:g}"


def _wrong_exposure(raw: Mapping[str, Any], is_rate: bool) -> Iterator[tuple[str, str]]:
    exposure = raw.get("exposure")
    if not is_rate:
        if exposure not in (None, ""):
            yield "exposure_unexpected", ""
    elif exposure in (None, ""):
        yield "exposure_missing", ""
    elif not (isinstance(exposure, str) or (_is_number(exposure) and exposure > 0)):
        yield "exposure_missing", str(exposure)


def target_of(raw: Mapping[str, Any]) -> str:
    return str(raw.get("to") or ("metric" if raw.get("metric") else ""))


def asked_scale(raw: Mapping[str, Any]) -> Ends | None:
    scale = raw.get("scale")
    if not isinstance(scale, list) or len(scale) != 2 or not all(map(_is_number, scale)):
        return None
    return Ends(float(scale[0]), float(scale[1]), raw.get("direction") == DIRECTIONS[0])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
