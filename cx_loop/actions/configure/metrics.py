"""Metrics and segments."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, retired
from cx_loop.logic.bins import BOUNDED, Scale
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.sentences import sentence
from cx_loop.models import Actor, Metric, Segment, Series

Direction = Metric.Direction


def scale_of(form: Form) -> Scale:
    """The scale of a metric's form."""
    low, high = form["scale"] or (None, None)
    return Scale(form["kind"], low, high, form["step"])


def _read_metrics(draft: Draft, file: Node) -> Iterator[Wanted]:
    measured = set(Series.objects.values_list("metric__key", flat=True).distinct())
    for node in file.at("metrics").items:
        key = draft.claim("metric", node)
        form = key and _form_of_entry(draft, node)
        if not key or not form:
            continue
        if key in measured and (changed := _scale_change(draft.current["metric"][key], form)):
            draft.report.refuse(
                node.at(changed),
                "metric {key} has observations, so its {changed} cannot change: they "
                "are stored by the steps of the old one. Add a new metric instead.",
                key=key,
                changed=changed,
            )
            continue
        yield Wanted(key, form, node)


def _form_of_entry(draft: Draft, node: Node) -> dict[str, Any] | None:
    kind, scale, step = node.value("kind"), node.value("scale"), float(node.value("step", 1))
    if scale is not None and (kind not in BOUNDED or len(scale) != 2):
        fix = sentence("Write [low, high].")
        if kind not in BOUNDED:
            fix = sentence("Take the scale of this {kind} out.", kind=kind)
        draft.report.refuse(
            node.at("scale"),
            "{scale} is no scale of a {kind} metric. {fix}",
            scale=scale,
            kind=kind,
            fix=fix,
        )
        return None
    try:
        low, high = map(float, scale) if scale else (None, None)
        read = Scale(kind, low, high, step)
    except ValueError as refusal:
        draft.report.refuse(node.at("scale"), str(refusal))
        return None
    comments = node.value("comments", "")
    if comments and kind != "rate":
        draft.report.refuse(node.at("comments"), "A share of comments is a rate. Write kind: rate.")
        return None
    mostly_trouble = kind in ("duration", "count", "rate")
    return {
        "name": names_of(node),
        "kind": kind,
        "scale": [read.low, read.high] if kind in BOUNDED else None,
        "step": step,
        "unit": node.value("unit", ""),
        "direction": node.value(
            "direction", (Direction.LOWER if mostly_trouble else Direction.HIGHER).value
        ),
        **_of_comments(comments),
        "retired": False,
    }


def _of_comments(share: str) -> Form:
    """Said only where it is set, so files applied before it existed stay as applied."""
    return {"comments": share} if share else {}


def _scale_change(before: Form, after: Form) -> str:
    return next((name for name in ("kind", "scale", "step") if before[name] != after[name]), "")


def _current_metrics() -> dict[str, Form]:
    return {
        row.key: {
            "name": row.name,
            "kind": row.kind,
            "scale": None if row.low is None else [row.low, row.high],
            "step": row.step,
            "unit": row.unit,
            "direction": row.direction,
            **_of_comments(row.comments),
            "retired": row.retired_at is not None,
        }
        for row in Metric.objects.all()
    }


def save_metric(*, wanted: Wanted, by: Actor, now: datetime) -> Metric:
    form = wanted.form
    low, high = form["scale"] or (None, None)
    said = {name: form[name] for name in ("name", "kind", "step", "unit", "direction")}
    said["comments"] = form.get("comments", "")
    saved, _ = Metric.objects.update_or_create(
        key=wanted.key, defaults={**said, "low": low, "high": high, "retired_at": None}
    )
    return saved


METRIC = Kind("metric", "metrics", _read_metrics, _current_metrics, save_metric, retired(Metric))


def _read_segments(draft: Draft, file: Node) -> Iterator[Wanted]:
    for position, node in enumerate(file.at("segments").items):
        if key := draft.claim("segment", node):
            form = {
                "name": names_of(node),
                "weight": float(node.value("weight", 1)),
                **_expecting(node.value("expectation")),
                "position": position,
                "retired": False,
            }
            yield Wanted(key, form, node)


def _expecting(expectation: float | None) -> Form:
    """Said only where it is set, so files applied before it existed stay as applied."""
    return {} if expectation is None else {"expectation": expectation}


def _current_segments() -> dict[str, Form]:
    return {
        row.key: {
            "name": row.name,
            "weight": row.weight,
            **_expecting(row.expectation),
            "position": row.position,
            "retired": row.retired_at is not None,
        }
        for row in Segment.objects.all()
    }


def save_segment(*, wanted: Wanted, by: Actor, now: datetime) -> Segment:
    said = {name: wanted.form[name] for name in ("name", "weight", "position")}
    said["expectation"] = wanted.form.get("expectation")
    saved, _ = Segment.objects.update_or_create(
        key=wanted.key, defaults={**said, "retired_at": None}
    )
    return saved


SEGMENT = Kind(
    "segment", "segments", _read_segments, _current_segments, save_segment, retired(Segment)
)
