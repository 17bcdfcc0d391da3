"""How moments of truth are weighed: one row."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted
from cx_loop.actions.configure.metrics import scale_of
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.sentences import sentence
from cx_loop.models import Actor, Metric, MomentWeights

KEY = ""
METRICS = ("metric", "expectation_metric")
PLAIN = ("reading", "expectation", "decide_by", "goal", "neutral", "days")
# block and key of the file -> column
WEIGHTS = {
    "journey": {"peak": "recall_peak", "end": "recall_end", "mean": "recall_mean"},
    "priority": {
        "importance": "by_importance",
        "gap": "by_gap",
        "reach": "by_reach",
        "peak": "for_peak",
        "end": "for_end",
    },
}


def _read(draft: Draft, file: Node) -> Iterator[Wanted]:
    node = file.fields.get("moments")
    if node is None or not draft.report.is_clean(node):
        return
    usual, plain = MomentWeights(), node.plain
    form: dict[str, Any] = {name: node.value(name) for name in METRICS}
    form |= {name: node.value(name, getattr(usual, name)) for name in PLAIN}
    for block, columns in WEIGHTS.items():
        said = plain.get(block) or {}
        form[block] = {name: said.get(name, getattr(usual, columns[name])) for name in columns}
    if _makes_sense(draft, node, form):
        yield Wanted(KEY, form, node)


def _makes_sense(draft: Draft, node: Node, form: Form) -> bool:
    problems = {name: _no_scale(draft, form[name]) for name in METRICS}
    found = draft.form("metric", form["metric"])
    if form["reading"] == "top_box" and found and found["direction"] == "lower_is_better":
        problems["reading"] = sentence("The two highest scores are the bad ones here. Write mean.")
    if not any(form["journey"].values()):
        problems["journey"] = sentence(
            "Peak, end and mean cannot all weigh 0. Give one of them a weight."
        )
    if form["days"] != int(form["days"]):
        problems["days"] = sentence("Days are whole. Write a whole number.")
    for name, problem in problems.items():
        if problem:
            draft.report.refuse(node.at(name), problem)
    return not any(problems.values())


def _no_scale(draft: Draft, key: str | None) -> str:
    found = key and draft.form("metric", key)
    if not found or scale_of(found).bounded:
        return ""
    return sentence(
        "metric {key} has no scale to be read on. Name one of kind csat, ces, nps or score.",
        key=key,
    )


def _current() -> dict[str, Form]:
    row = MomentWeights.objects.select_related(*METRICS).first()
    if row is None:
        return {}
    form: dict[str, Any] = {name: (found := getattr(row, name)) and found.key for name in METRICS}
    form |= {name: getattr(row, name) for name in PLAIN}
    for block, columns in WEIGHTS.items():
        form[block] = {name: getattr(row, column) for name, column in columns.items()}
    return {KEY: form}


def save_moments(*, wanted: Wanted, by: Actor, now: datetime) -> MomentWeights:
    form = wanted.form
    said: dict[str, Any] = {name: form[name] for name in PLAIN}
    for name in METRICS:
        said[name] = Metric.objects.get(key=form[name]) if form[name] else None
    for block, columns in WEIGHTS.items():
        said |= {column: form[block][name] for name, column in columns.items()}
    saved, _ = MomentWeights.objects.update_or_create(id=1, defaults=said)
    return saved


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    return [("metric", form[name]) for name in METRICS if form[name]]


def _entry(key: str, form: Form) -> Form:
    return {name: value for name, value in form.items() if value is not None}


MOMENTS = Kind(
    "moments",
    "moments",
    _read,
    _current,
    save_moments,
    depends_on=_depends_on,
    entry=_entry,
)
