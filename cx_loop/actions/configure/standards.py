"""Service standards: written under their touchpoint, each a thing of its own."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, entry_of, names_of, retired
from cx_loop.actions.configure.metrics import scale_of
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.ranges import allowed, possible_range, say_range
from cx_loop.logic.scores import Aggregate, default_aggregate, parse_aggregate
from cx_loop.models import Actor, Metric, ServiceStandard, Touchpoint

WINDOW = re.compile(r"[1-9][0-9]{0,3}[mhdw]")
PLAIN = ("text", "target", "direction", "aggregate", "window", "position")


def _read_standards(draft: Draft, file: Node) -> Iterator[Wanted]:
    for journey in file.at("journeys").items:
        for stage in journey.at("stages").items:
            for touchpoint in stage.at("touchpoints").items:
                yield from _read_of(draft, touchpoint)


def _read_of(draft: Draft, touchpoint: Node) -> Iterator[Wanted]:
    if not isinstance(touchpoint.content, dict) or not isinstance(touchpoint.value("key"), str):
        return
    for position, node in enumerate(touchpoint.at("standards").items):
        key = _claim(draft, node, touchpoint.value("key"))
        if key and _makes_sense(draft, node):
            form = {
                "touchpoint": touchpoint.value("key"),
                "text": names_of(node, "text"),
                "metric": node.value("metric"),
                "target": node.value("target"),
                "direction": node.value("direction", ""),
                "aggregate": node.plain.get("aggregate"),
                "window": node.value("window", ""),
                "position": position,
                "retired": False,
            }
            yield Wanted(key, form, node)


def _claim(draft: Draft, node: Node, touchpoint: str) -> str | None:
    """Its key, or touchpoint and metric: a standard that moves up the list is still the same."""
    if not isinstance(node.content, dict):
        return None
    if node.value("key") is not None:
        return draft.claim("standard", node)
    lines = draft.named.setdefault("standard", {})
    plain = f"{touchpoint}-{node.value('metric') or 'promise'}"
    names = (plain, *(f"{plain}-{number}" for number in range(2, len(lines) + 3)))
    key = next(name for name in names if name not in lines)
    lines[key] = node.line
    return key if draft.report.is_clean(node) else None


def _makes_sense(draft: Draft, node: Node) -> bool:
    """Refuse an aggregate the metric has not, and a window that is no length of time."""
    window, metric = node.value("window"), draft.form("metric", node.value("metric"))
    if window is not None and not WINDOW.fullmatch(str(window)):
        draft.report.refuse(
            node.at("window"),
            "{window!r} is not a length of time. Write one like 1d or 7d.",
            window=window,
        )
        return False
    if metric is None:
        return True
    aggregate, reason = default_aggregate(metric["kind"]), None
    if node.plain.get("aggregate") is not None:
        try:
            aggregate = parse_aggregate(node.plain["aggregate"])
            reason = allowed(aggregate, scale_of(metric))
        except ValueError as refusal:
            reason = str(refusal)
    if reason:
        draft.report.refuse(
            node.at("aggregate"),
            "{reason} Leave it out to use {usual}.",
            reason=reason,
            usual=default_aggregate(metric["kind"]).name,
        )
    return not reason and _is_within_reach(draft, node, aggregate, metric)


def _is_within_reach(draft: Draft, node: Node, aggregate: Aggregate, metric: Form) -> bool:
    """Refuse a target that the figure can never have."""
    target = node.value("target")
    low, high = possible_range(aggregate, scale_of(metric))
    if target is None or low <= target <= high:
        return True
    draft.report.refuse(
        node.at("target"),
        "The target {target:.10g} can never be met or missed: values lie {range}.",
        target=target,
        range=say_range(low, high),
    )
    return False


def _current_standards() -> dict[str, Form]:
    rows = ServiceStandard.objects.select_related("metric", "touchpoint")
    return {
        row.key: {
            **{name: getattr(row, name) for name in PLAIN},
            "touchpoint": row.touchpoint.key,
            "metric": row.metric and row.metric.key,
            "retired": row.retired_at is not None,
        }
        for row in rows
    }


def save_standard(*, wanted: Wanted, by: Actor, now: datetime) -> ServiceStandard:
    form = wanted.form
    saved, _ = ServiceStandard.objects.update_or_create(
        key=wanted.key,
        defaults={
            **{name: form[name] for name in PLAIN},
            "touchpoint": Touchpoint.objects.get(key=form["touchpoint"]),
            "metric": Metric.objects.get(key=form["metric"]) if form["metric"] else None,
            "retired_at": None,
        },
    )
    return saved


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    yield "touchpoint", form["touchpoint"]
    if form["metric"]:
        yield "metric", form["metric"]


def _entry(key: str, form: Form) -> dict[str, Any]:
    said: dict[str, Any] = entry_of(key, form)
    return {name: value for name, value in said.items() if name != "touchpoint"}


def written_at(touchpoint: Touchpoint, entry: dict[str, Any]) -> dict[str, Any]:
    """What a file would hold of the touchpoint: its standards, with this one in its place."""
    key, forms = entry["key"], _current_standards()
    rows = [
        (form["position"], name)
        for name, form in forms.items()
        if form["touchpoint"] == touchpoint.key and (name == key or not form["retired"])
    ]
    names = [name for _position, name in sorted(rows)]
    if forms.get(key, {}).get("retired", True):
        names = [*(name for name in names if name != key), key]
    said = [entry if name == key else _entry(name, forms[name]) for name in names]
    stop = {"key": touchpoint.key, "owner": touchpoint.owner.key, "standards": said}
    stage = {"key": touchpoint.stage.key, "touchpoints": [stop]}
    return {"journeys": [{"key": touchpoint.stage.journey.key, "stages": [stage]}]}


def free_key(touchpoint: str, metric: str) -> str:
    """As `_claim` would give, but of none that is there or was."""
    taken = _current_standards()
    plain = f"{touchpoint}-{metric or 'promise'}"[:150]
    names = (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


STANDARD = Kind(
    "standard",
    "journeys",
    _read_standards,
    _current_standards,
    save_standard,
    retired(ServiceStandard),
    _depends_on,
    stands_inside=True,
    entry=_entry,
)
