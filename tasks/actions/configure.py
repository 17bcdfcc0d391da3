"""Configuration as code: routes and escalation policies."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, when_of
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node, hint
from cx_loop.logic.sentences import inner
from cx_loop.models import Actor
from tasks.actions.configure_recovery import RECOVERY
from tasks.actions.policies import retire_policy, save_policy, save_routes
from tasks.logic.policies import PolicyError, parse_policy
from tasks.models import EscalationPolicy, RouteTable

ROLES = ("lead", "director", "members")
REFERRING = ("metric", "journey", "stage", "touchpoint")
TABLE = ""  # all routes are one object: their order is what they mean


def _read_routes(draft: Draft, file: Node) -> Iterator[Wanted]:
    section = file.fields.get("routes")
    if section is None or not draft.report.is_clean(section):
        return
    for node in section.items:
        _check_role(draft, node)
    if draft.report.is_clean(section):
        routes = [
            {
                "when": when_of(node),
                "to": node.value("to"),
                "role": node.value("role", "members"),
            }
            for node in section.items
        ]
        yield Wanted(TABLE, {"routes": routes}, section)


def _check_role(draft: Draft, node: Node) -> None:
    role, department = node.value("role", "members"), draft.form("department", node.value("to"))
    if role in ROLES or department is None:
        return
    known = [*ROLES, *department["duties"]]
    if role not in known:
        draft.report.refuse(
            node.at("role"),
            "department {to} has no duty {role!r}. {found}",
            to=node.value("to"),
            role=role,
            found=hint(role, known),
        )


def _current_routes() -> dict[str, Form]:
    table = RouteTable.objects.first()
    if table is None:
        return {}
    routes = [
        {"when": route.when, "to": route.department.key, "role": route.role}
        for route in table.routes.select_related("department")
    ]
    return {TABLE: {"routes": routes}}


def apply_routes(*, wanted: Wanted, by: Actor, now: datetime) -> RouteTable:
    return save_routes(routes=wanted.form["routes"], by=by, now=now)


def _routes_depend_on(form: Form) -> Iterable[tuple[str, str]]:
    for route in form["routes"]:
        yield "department", route["to"]
        yield from _conditions_depend_on(route["when"])


def _conditions_depend_on(when: dict[str, list[str]]) -> Iterable[tuple[str, str]]:
    return [(kind, key) for kind in REFERRING for key in when.get(kind, [])]


ROUTES = Kind(
    "routes",
    "routes",
    _read_routes,
    _current_routes,
    apply_routes,
    depends_on=_routes_depend_on,
    keeps_trail=True,
    entry=lambda key, form: [
        {name: said for name, said in route.items() if said} for route in form["routes"]
    ],
)


def _read_policies(draft: Draft, file: Node) -> Iterator[Wanted]:
    for position, node in enumerate(file.at("escalation").items):
        key = draft.claim("escalation", node)
        if key is None:
            continue
        spec: dict[str, Any] = {
            "key": key,
            "when": when_of(node),
            "respond_within": node.value("respond_within", "4h"),
            "resolve_within": node.value("resolve_within", "14d"),
            "steps": node.value("steps", []),
        }
        if "progress_within" in node.fields:
            # otherwise every policy written before there was such a key would count as changed
            spec["progress_within"] = node.value("progress_within", "")
        try:
            parse_policy(spec)
        except PolicyError as refusal:
            draft.report.refuse(
                node.at(refusal.field.replace("[", ".").replace("]", "")),
                "escalation {key}, {field}: {message}. Correct the policy.",
                key=key,
                field=refusal.field,
                message=inner(refusal.message),
            )
            continue
        form = {**_named(names_of(node)), **spec, "position": position, "retired": False}
        yield Wanted(key, form, node)


def _named(name: dict[str, str]) -> Form:
    """Said only where there is one, otherwise every policy without one would count as changed."""
    return {"name": name} if name else {}


def _current_policies() -> dict[str, Form]:
    return {
        row.key: {
            **_named(row.name),
            **(row.current.spec if row.current else {}),
            "position": row.position,
            "retired": row.retired_at is not None,
        }
        for row in EscalationPolicy.objects.select_related("current")
    }


def apply_policy(*, wanted: Wanted, by: Actor, now: datetime) -> EscalationPolicy:
    form = wanted.form
    return save_policy(
        key=wanted.key,
        name=form.get("name", {}),
        position=form["position"],
        spec=spec_of(form),
        by=by,
        now=now,
    )


def spec_of(form: Form) -> dict[str, Any]:
    """What of a policy's form is kept as a version."""
    return {part: said for part, said in form.items() if part not in _BESIDE_SPEC}


_BESIDE_SPEC = ("name", "position", "retired")

ESCALATION = Kind(
    "escalation",
    "escalation",
    _read_policies,
    _current_policies,
    apply_policy,
    retire_policy,
    keeps_trail=True,
)
KINDS = (ROUTES, ESCALATION, RECOVERY)
