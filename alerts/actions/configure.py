"""Configuration as code: playbooks and rules."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any

from alerts.actions.groups import rebuild_groups
from alerts.actions.playbooks import retire_playbook, save_playbook
from alerts.actions.rules import retire_rule, save_rule
from alerts.logic.conditions import Spec, SpecError, parse_spec, spec_from_json, spec_to_json
from alerts.models import Playbook, Rule
from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, when_of
from cx_loop.actions.configure.metrics import scale_of
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.logic.scores import default_aggregate
from cx_loop.logic.sentences import inner
from cx_loop.logic.working_time import parse_span
from cx_loop.models import Actor, Metric

NOT_IN_SPEC = ("key", "name", "touchpoints", "playbook")


def _read_playbooks(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("playbooks").items:
        if key := draft.claim("playbook", node):
            form = {
                "name": names_of(node),
                "kind": node.value("kind", ""),
                "steps": [_read_step(draft, step) for step in node.at("steps").items],
                "retired": False,
            }
            yield Wanted(key, form | _fits(when_of(node)), node)


def _read_step(draft: Draft, node: Node) -> dict[str, Any]:
    step = {"text": names_of(node, "text"), "type": node.value("type", "")}
    if kind := node.value("kind"):
        step["kind"] = kind
    if (within := node.value("within")) is None:
        return step
    try:
        parse_span(within)
    except ValueError as refusal:
        draft.report.refuse(
            node.at("within"),
            "{refusal} Write working time such as 4h or 2d.",
            refusal=str(refusal),
        )
    return step | {"within": within}


def _fits(when: dict[str, list[str]]) -> dict[str, Any]:
    """What a playbook does not say is not in its form; otherwise older ones would seem edited."""
    return {"when": when} if when else {}


def _fit_depends_on(form: Form) -> Iterable[tuple[str, str]]:
    return [
        (kind, key)
        for kind in ("metric", "touchpoint")
        for key in form.get("when", {}).get(kind, [])
    ]


def _current_playbooks() -> dict[str, Form]:
    return {
        row.key: {
            "name": row.current.name if row.current else {},
            "kind": row.current.kind if row.current else "",
            "steps": row.current.steps if row.current else [],
            "retired": row.retired_at is not None,
            **_fits(row.current.when if row.current else {}),
        }
        for row in Playbook.objects.select_related("current")
    }


def apply_playbook(*, wanted: Wanted, by: Actor, now: datetime) -> Playbook:
    said = {name: wanted.form[name] for name in ("name", "kind", "steps")}
    return save_playbook(key=wanted.key, by=by, now=now, when=wanted.form.get("when", {}), **said)


PLAYBOOK = Kind(
    "playbook",
    "playbooks",
    _read_playbooks,
    _current_playbooks,
    apply_playbook,
    retire_playbook,
    _fit_depends_on,
    keeps_trail=True,
)


def _read_rules(draft: Draft, file: Node) -> Iterator[Wanted]:
    for node in file.at("rules").items:
        key = draft.claim("rule", node)
        spec = key and _read_spec(draft, node, key)
        if not key or not spec:
            continue
        watches = _read_watches(draft, node)
        if watches is not None:
            yield Wanted(key, _form(names_of(node), watches, spec, node.value("playbook")), node)


def _read_spec(draft: Draft, node: Node, key: str) -> Spec | None:
    metric = draft.form("metric", node.value("metric"))
    raw = {name: value for name, value in node.plain.items() if name not in NOT_IN_SPEC}
    if metric is not None and raw.get("aggregate") is None:
        raw["aggregate"] = default_aggregate(metric["kind"]).name
    elif raw.get("aggregate") is None:
        return None  # the metric is refused already; its kind would have said the aggregate
    try:
        return parse_spec(raw, scale_of(metric) if metric is not None else None)
    except SpecError as refusal:
        draft.report.refuse(
            node.at(refusal.field),
            "rule {key}, {field}: {message}. Correct the rule.",
            key=key,
            field=refusal.field,
            message=inner(refusal.message),
        )
        return None


def _read_watches(draft: Draft, node: Node) -> dict[str, Any] | str | None:
    watched = node.fields["touchpoints"]
    if isinstance(watched.content, list):
        if not watched.content:
            draft.report.refuse(watched, "This rule watches nothing. Name a touchpoint, or all.")
            return None
        return {"touchpoints": sorted(watched.plain)}
    if isinstance(watched.content, dict) and len(watched.content) != 1:
        draft.report.refuse(watched, "Name either a journey or a stage, not both and not none.")
        return None
    found: dict[str, Any] | str = watched.plain
    return found


def _form(
    name: dict[str, str], watches: dict[str, Any] | str, spec: Spec, playbook: str | None
) -> Form:
    return {
        "name": name,
        "touchpoints": watches["touchpoints"]
        if isinstance(watches, dict) and "touchpoints" in watches
        else watches,
        **spec_to_json(spec),
        "playbook": playbook,
        "retired": False,
    }


def _current_rules() -> dict[str, Form]:
    rows = Rule.objects.select_related("current__metric", "current__playbook")
    return {row.key: _form_of(row) for row in rows}


def _form_of(rule: Rule) -> Form:
    version = rule.current
    if version is None:
        return {"name": rule.name, "retired": rule.retired_at is not None}
    playbook = version.playbook.key if version.playbook else None
    form = _form(rule.name, version.watches, spec_from_json(version.spec), playbook)
    return {**form, "retired": rule.retired_at is not None}


def apply_rule(*, wanted: Wanted, by: Actor, now: datetime) -> Rule:
    form = wanted.form
    touchpoints = form["touchpoints"]
    return save_rule(
        key=wanted.key,
        name=form["name"],
        metric=Metric.objects.get(key=form["metric"]),
        watches={"touchpoints": touchpoints} if isinstance(touchpoints, list) else touchpoints,
        spec=spec_from_json(form),
        playbook=Playbook.objects.get(key=form["playbook"]) if form["playbook"] else None,
        by=by,
        now=now,
    )


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    if "metric" in form:
        yield "metric", form["metric"]
    if form.get("playbook"):
        yield "playbook", form["playbook"]
    yield from (("metric", key) for key in form.get("verify", {}).get("guardrails", []))
    touchpoints = form.get("touchpoints")
    if isinstance(touchpoints, list):
        yield from (("touchpoint", key) for key in touchpoints)
    elif isinstance(touchpoints, dict):
        yield from touchpoints.items()


RULE = Kind(
    "rule",
    "rules",
    _read_rules,
    _current_rules,
    apply_rule,
    retire_rule,
    _depends_on,
    keeps_trail=True,
)
KINDS = (PLAYBOOK, RULE)


def rebuild_all_groups(*, now: datetime, but: Collection[str] = ()) -> None:
    """After touchpoints moved: rules over a stage, a journey or all watch others than before.

    `but`: keys of rules that are up to date.
    """
    for rule in Rule.objects.in_force().exclude(key__in=but):
        rebuild_groups(rule=rule, now=now)
