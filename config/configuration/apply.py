"""The whole of configuration as code: all packages' sections, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from alerts.actions import configure as alerts_sections
from alerts.logic import sections as alerts_keys
from config.configuration.load import parse, read_text
from config.env import env
from cx_loop.actions import configure as cx_loop_sections
from cx_loop.actions.configure.edit import (
    Refusal,
    leave_trail,
    lock_configuration,
    read_draft,
    to_save,
)
from cx_loop.actions.configure.kinds import Draft, Kind, Wanted
from cx_loop.actions.journey_versions import keep_versions
from cx_loop.logic import sections as cx_loop_keys
from cx_loop.logic.configuration.blocks import Block
from cx_loop.logic.configuration.differences import Change, Form, digest, said_of
from cx_loop.logic.configuration.planted import Places, planted
from cx_loop.logic.configuration.tree import Node, Report
from cx_loop.logic.sentences import sentence
from cx_loop.models import SYSTEM, Actor, AppliedConfiguration
from tasks.actions import configure as tasks_sections
from tasks.logic import sections as tasks_keys

KINDS: tuple[Kind, ...] = (
    *cx_loop_sections.KINDS,
    *alerts_sections.KINDS,
    *tasks_sections.KINDS,
)
FORMAT = Block(
    "configuration",
    (*cx_loop_keys.SECTIONS, *alerts_keys.SECTIONS, *tasks_keys.SECTIONS),
)


class ConfigurationRefused(Exception):
    """Nothing was changed. `refusals` are sentences, `file:line: what is wrong. The fix.`

    `placed`: the same by where they are in the content, when it came as a mapping.
    """

    def __init__(self, refusals: list[str], placed: list[Refusal] | None = None) -> None:
        super().__init__("\n".join(refusals))
        self.refusals = refusals
        self.placed = placed or []


@dataclass(frozen=True, slots=True)
class Changes:
    """What applying did, or would do, in the order of writing; and keys nothing reads yet."""

    changes: list[Change] = field(default_factory=list)
    unused: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.changes)

    def __str__(self) -> str:
        return "\n".join(map(str, self.changes)) or "nothing to change"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file asks for, checked: objects to write, objects to retire."""

    draft: Draft
    to_save: list[tuple[Kind, Wanted, Change]]
    to_retire: list[tuple[Kind, str, Change]]

    @property
    def changes(self) -> Changes:
        steps = [step[2] for step in (*self.to_save, *self.to_retire)]
        return Changes(steps, self.draft.report.unused)


def apply_configuration(
    source: Path | str | dict[str, Any],
    *,
    now: datetime,
    by: Actor = SYSTEM,
    overwrite: bool = False,
    prune: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Changes:
    """Apply a file (Path), its text (str) or what it would say (dict): all of it, or nothing.

    Raises ConfigurationRefused with everything that is wrong.
    """
    with transaction.atomic():
        lock_configuration()
        plan = _plan(source, overwrite=overwrite, prune=prune, environment=environment)
        for kind, wanted, change in plan.to_save:
            saved = kind.save(wanted=wanted, by=by, now=now)
            leave_trail(kind, change, saved, by=by, now=now)
        for kind, key, change in plan.to_retire:
            assert kind.retire is not None
            leave_trail(kind, change, kind.retire(key=key, by=by, now=now), by=by, now=now)
        if plan.changes:
            _regroup(plan, now=now)
            _keep_maps(plan, by=by, now=now)
        _remember(plan, now=now)
    return plan.changes


def check_configuration(
    source: Path | str,
    *,
    overwrite: bool = False,
    prune: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Changes:
    """What applying would change; writes nothing. Raises ConfigurationRefused."""
    return _plan(source, overwrite=overwrite, prune=prune, environment=environment).changes


def _plan(
    source: Path | str | dict[str, Any],
    *,
    overwrite: bool,
    prune: bool,
    environment: Mapping[str, str] | None,
) -> Plan:
    report = Report(source.name if isinstance(source, Path) else "configuration")
    tree, places = _tree(source, report, environment)
    FORMAT.check(tree, report)
    draft = read_draft(tree, report, KINDS)
    plan = Plan(draft, _to_save(draft), _to_retire(draft, tree) if prune else [])
    _refuse_leftovers(plan)
    if not overwrite:
        _refuse_edited(plan)
    if report.refusals:
        placed = [Refusal(places[line], said) for line, said in report.refused if line in places]
        raise ConfigurationRefused(report.refusals, placed)
    return plan


def _tree(
    source: Path | str | dict[str, Any], report: Report, environment: Mapping[str, str] | None
) -> tuple[Node, Places]:
    if isinstance(source, dict):
        return planted(source)
    text = read_text(source, report) if isinstance(source, Path) else source
    given = env.ENVIRON if environment is None else environment
    tree = None if report.refusals else parse(text, given, report)
    if tree is None:
        raise ConfigurationRefused(report.refusals)
    return tree, {}


def _to_save(draft: Draft) -> list[tuple[Kind, Wanted, Change]]:
    return [
        (kind, draft.wanted[kind.name][change.key], change)
        for kind, change in to_save(draft, KINDS)
    ]


def _to_retire(draft: Draft, tree: Node) -> list[tuple[Kind, str, Change]]:
    """What the file leaves out of the sections it has. Sections it does not have stay."""
    found = []
    listed = set(AppliedConfiguration.objects.values_list("kind", "key"))
    for kind in reversed(KINDS):
        if kind.retire is None or kind.section not in tree.fields:
            continue
        for key, form in draft.current[kind.name].items():
            gone = form.get("retired") or form.get("roles") == []
            if gone or key in draft.named.get(kind.name, {}) or key in draft.wanted[kind.name]:
                continue
            if not kind.adopts or (kind.name, key) in listed:
                found.append((kind, key, Change("-", kind.name, key)))
    return found


def _refuse_leftovers(plan: Plan) -> None:
    """Nothing that stays may depend on something that goes."""
    draft, gone = plan.draft, {(kind.name, key) for kind, key, _ in plan.to_retire}
    for kind in KINDS:
        for key, form in draft.current[kind.name].items():
            stays = (kind.name, key) not in gone and not form.get("retired")
            if not stays or key in draft.wanted[kind.name]:
                continue
            for needed, name in kind.depends_on(form):
                if (needed, name) in gone:
                    draft.report.refuse(
                        Node(None, 1),
                        "{kind} {key} stays and needs {needed} {name}, which would be "
                        "retired. Keep {name}, or change {kind} {key} in the file as well.",
                        kind=kind.name,
                        key=key,
                        needed=needed,
                        name=name,
                    )


def _refuse_edited(plan: Plan) -> None:
    """What was changed in pages since the last apply is not written over unasked."""
    applied = {(row.kind, row.key): row.digest for row in AppliedConfiguration.objects.all()}
    for kind, wanted, change in plan.to_save:
        before = plan.draft.current[kind.name].get(wanted.key)
        last = applied.get((kind.name, wanted.key))
        if before is None or digest(before) == last or (last is None and kind.adopts):
            continue
        since = sentence("and never applied from a file")
        if last:
            since = sentence("since the last apply")
        both = "; ".join(
            said.replace(" -> ", " there, ") + " here" for said in said_of(change.fields)
        )
        plan.draft.report.refuse(
            wanted.node,
            "{kind} {key} was edited in pages {since}: {both}. Take the pages' "
            "values into the file, or apply with --overwrite.",
            kind=kind.name,
            key=wanted.key,
            since=since,
            both=both,
        )


def _regroup(plan: Plan, *, now: datetime) -> None:
    """A touchpoint that moved or came changes what rules over a stage or journey watch."""
    moved = {"journey", "stage", "touchpoint"}
    steps = [(kind.name, change.key) for kind, _, change in (*plan.to_save, *plan.to_retire)]
    if moved.intersection(name for name, _ in steps):
        # rules are saved after the touchpoints they watch, but before any is retired
        done = {key for name, key in steps if name == "rule"} if not plan.to_retire else set()
        alerts_sections.rebuild_all_groups(now=now, but=done)


def _keep_maps(plan: Plan, *, by: Actor, now: datetime) -> None:
    """A journey map that the file has changed has a version more."""
    changed = {kind.name for kind, *_ in (*plan.to_save, *plan.to_retire)}
    if changed & {"journey", "stage", "touchpoint", "viewpoint"}:
        keep_versions(by=by, now=now)


def _remember(plan: Plan, *, now: datetime) -> None:
    """The digest of every object as it now is, so that the next apply sees edits in pages."""
    origin = plan.draft.report.origin[:255]
    known = {(row.kind, row.key): row.digest for row in AppliedConfiguration.objects.all()}
    changed: dict[tuple[str, str], Form] = {
        (kind, key): wanted.form
        for kind, of_kind in plan.draft.wanted.items()
        for key, wanted in of_kind.items()
    }
    for kind, key, _ in plan.to_retire:
        # a word of the lexicon is gone with its row
        changed[kind.name, key] = kind.current().get(key, {"retired": True})
    AppliedConfiguration.objects.bulk_create(
        [
            AppliedConfiguration(
                kind=kind, key=key, digest=digest(form), origin=origin, applied_at=now
            )
            for (kind, key), form in changed.items()
            if known.get((kind, key)) != digest(form)
        ],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["digest", "origin", "applied_at"],
    )
