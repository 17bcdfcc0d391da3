"""Which field of a tool is which: entries as they are stored, read into a plan, and applied.

An entry is one field of the tool (or a constant) and what it stands for:

    {field: q1, to: metric, metric: nps, touchpoint: boarding, scale: [0, 10],
     direction: higher_is_better}
    {field: q2, to: comment, touchpoint: boarding}
    {field: tier, to: segment, values: {Gold: gold}}
    {field: q3, to: contact, values: {"Please call me": "yes"}}
    {constant: web, to: channel}
    {field: answered, to: metric, metric: response-rate, exposure: sent, touchpoint: boarding}

Nothing is guessed when it is applied: an answer that cannot be read is refused with its field, so
the delivery waits in quarantine instead of being counted wrongly.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cx_loop.logic.answers.faults import (
    MOST_ENTRIES,
    PLACES,
    SHARED,
    Fault,
    Known,
    asked_scale,
    faults_of_entry,
    target_of,
)
from cx_loop.logic.answers.numbers import Ends, number_of, onto, said
from cx_loop.logic.answers.response import Field, Response
from cx_loop.logic.answers.yes_no import agreed


@dataclass(frozen=True, slots=True)
class Entry:
    to: str
    field: str = ""
    constant: str = ""
    metric: str = ""
    place: tuple[str, str] = ("", "")  # ("touchpoint", "boarding")
    asked: Ends | None = None
    scale: Ends | None = None
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)  # by `numbers.said`
    survey: str = ""
    exposure: str | float = ""  # of a rate: the field that says out of how many, or that number


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that cannot be read: the field, a code, and the answer shortened."""

    field: str
    code: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Entries that were found sound."""

    entries: tuple[Entry, ...]

    def of_survey(self, survey: str) -> "Plan":
        """The entries for one survey of the tool: its own, and those for all of them."""
        return Plan(tuple(each for each in self.entries if each.survey in ("", survey)))

    @property
    def counts(self) -> bool:
        """Whether anything would be stored: a metric or a comment is mapped."""
        return any(each.to in ("metric", "comment") for each in self.entries)

    def source_of(self, target: str) -> Entry | None:
        return next((each for each in self.entries if each.to == target), None)


def read(entries: object, known: Known) -> tuple[Plan, list[Fault]]:
    """The plan, and what is wrong with the entries that are not in it."""
    if not isinstance(entries, list) or len(entries) > MOST_ENTRIES:
        return Plan(()), [Fault(0, "mapping_not_a_list")]
    sound, faults = [], []
    for place, raw in enumerate(entries):
        found = [Fault(place, *why) for why in faults_of_entry(raw, known)]
        faults += found
        if not found:
            sound.append(_entry(raw, known))
    plan = Plan(tuple(sound))
    homeless = _homeless(plan)
    faults += [Fault(entries.index(raw), "place_missing") for raw in _raw(entries, homeless)]
    return Plan(tuple(each for each in sound if each not in homeless)), faults


def apply(plan: Plan, response: Response, at: str) -> tuple[list[dict[str, Any]], list[Refusal]]:
    """Observations of a response, as intake takes them, each with `field`, the question it came
    from; and what could not be read. `at` is when it occurred, ISO 8601 with an offset."""
    refusals: list[Refusal] = []
    shared: dict[str, Any] = dict(_shared(plan, response))
    place = shared.pop("touchpoint", "")
    if "contact" in shared and (may := agreed(shared.pop("contact"))) is not None:
        shared["contact"] = may
    items: list[dict[str, Any]] = []
    for entry in plan.entries:
        found = response.fields.get(entry.field)
        if entry.to != "metric" or found is None or found.is_empty:
            continue
        value = _value(entry, found)
        if isinstance(value, str):
            refusals.append(Refusal(entry.field, value))
            continue
        where = _where(entry, place)
        item = {"metric": entry.metric, "value": value, "occurred_at": at, **where, **shared}
        if entry.exposure:
            asked = _exposure(entry, response)
            if asked is None:
                refusals.append(Refusal(str(entry.exposure), "exposure_not_a_number"))
                continue
            item["exposure"] = asked
        items.append({**item, "field": entry.field})
    _add_comments(plan, response, items, place, {"occurred_at": at, **shared})
    return items, refusals


def _add_comments(
    plan: Plan,
    response: Response,
    items: list[dict[str, Any]],
    place: str,
    shared: Mapping[str, Any],
) -> None:
    """Words go with the first score at the same place that has none, otherwise they stand alone:
    which score they explain is what makes them worth reading."""
    for entry in plan.entries:
        found = response.fields.get(entry.field)
        if entry.to != "comment" or found is None or not found.text.strip():
            continue
        where = _where(entry, place)
        mute = [
            each
            for each in items
            if "comment" not in each and "metric" in each and where.items() <= each.items()
        ]
        if mute:
            mute[0]["comment"] = found.text
        else:
            items.append({"comment": found.text, "field": entry.field, **where, **shared})


def _value(entry: Entry, found: Field) -> float | str:
    """The number of an answer, or the code of why there is none."""
    number = number_of(found.value, entry.values)
    if number is None:
        return "answer_not_a_number"
    if entry.asked is None or entry.scale is None:
        return number
    moved = onto(number, entry.asked, entry.scale)
    return "answer_off_scale" if moved is None else moved


def _exposure(entry: Entry, response: Response) -> float | None:
    """Out of how many a rate is; None where the field does not say it."""
    if not isinstance(entry.exposure, str):
        return entry.exposure
    found = response.fields.get(entry.exposure)
    return None if found is None else number_of(found.value)


def _where(entry: Entry, place: str) -> dict[str, str]:
    kind, key = entry.place
    return {kind: key} if key else {"touchpoint": place}


def _shared(plan: Plan, response: Response) -> Iterator[tuple[str, str]]:
    for entry in plan.entries:
        if entry.to not in SHARED:
            continue
        found = response.fields.get(entry.field)
        text = entry.constant if found is None else found.text.strip()
        text = str(entry.values.get(said(text), text))
        if text:
            yield entry.to, text


def _homeless(plan: Plan) -> list[Entry]:
    """Entries that count without saying where, while no field says it for them."""
    if plan.source_of("touchpoint"):
        return []
    counted = [each for each in plan.entries if each.to in ("metric", "comment")]
    return [each for each in counted if not each.place[1]]


def _raw(entries: Sequence[Any], homeless: Sequence[Entry]) -> Iterator[Any]:
    fields = {(each.field, each.to) for each in homeless}
    for raw in entries:
        if isinstance(raw, dict) and (raw.get("field"), target_of(raw)) in fields:
            yield raw


def _entry(raw: Mapping[str, Any], known: Known) -> Entry:
    """An entry without faults."""
    target = target_of(raw)
    place = next(((name, str(raw[name])) for name in PLACES if raw.get(name)), ("", ""))
    ends = known.metrics.get(str(raw.get("metric"))) if target == "metric" else None
    values = {said(name): value for name, value in (raw.get("values") or {}).items()}
    return Entry(
        to=target,
        field=str(raw.get("field") or ""),
        constant=str(raw.get("constant") or ""),
        metric=str(raw.get("metric") or "") if target == "metric" else "",
        place=place,
        asked=asked_scale(raw) if ends else None,
        scale=ends,
        values=values,
        survey=str(raw.get("survey") or ""),
        exposure=_as_exposure(raw.get("exposure")) if target == "metric" else "",
    )


def _as_exposure(said: Any) -> str | float:
    """A number as a number, whatever a file or a page writes it as."""
    if isinstance(said, str) and said.strip() and (number := number_of(said)) is not None:
        return number
    return said if isinstance(said, str) else float(said or 0)
