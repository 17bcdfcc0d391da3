"""Journeys, their stages and the touchpoints in them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cx_loop.actions.configure.kinds import Draft, Kind, Wanted, names_of, retired
from cx_loop.actions.configure.people import invite
from cx_loop.logic.blueprint import LANES
from cx_loop.logic.configuration.differences import Form
from cx_loop.logic.configuration.tree import Node
from cx_loop.models import (
    Actor,
    Department,
    Journey,
    Stage,
    Touchpoint,
    User,
)

PLAIN = ("name", "channels", "front_stage", "moment_of_truth", "moment_type", "expectation")
# said only where they are set, so files applied before they existed stay as applied
WHERE_SET = ("expectations", "importance", "goal", "reach", "blueprint")


def _read_journeys(draft: Draft, file: Node) -> Iterator[Wanted]:
    for position, node in enumerate(file.at("journeys").items):
        if key := draft.claim("journey", node, skip="stages"):
            form = {"name": names_of(node), "position": position, "retired": False}
            form |= reviewer_form(node.value("reviewer"))
            yield Wanted(key, {**form, **_public_form(node.value("public_page", False))}, node)


def reviewer_form(email: str | None) -> Form:
    """Said only where there is one, so files applied before it existed stay as applied."""
    return {"reviewer": email.lower()} if email else {}


def _public_form(public_page: bool) -> Form:
    """Likewise."""
    return {"public_page": True} if public_page else {}


def _current_journeys() -> dict[str, Form]:
    return {
        row.key: {
            "name": row.name,
            "position": row.position,
            **reviewer_form(row.reviewer.email if row.reviewer else None),
            **_public_form(row.public_page),
            "retired": row.retired_at is not None,
        }
        for row in Journey.objects.select_related("reviewer")
    }


def save_journey(*, wanted: Wanted, by: Actor, now: datetime) -> Journey:
    said = {"name": wanted.form["name"], "position": wanted.form["position"]}
    said["reviewer"] = reviewer_of(wanted.form)
    said["public_page"] = wanted.form.get("public_page", False)
    saved, _ = Journey.objects.update_or_create(
        key=wanted.key, defaults={**said, "retired_at": None}
    )
    return saved


def reviewer_of(form: Form) -> User | None:
    email = form.get("reviewer")
    return invite(email=email) if email else None


JOURNEY = Kind(
    "journey", "journeys", _read_journeys, _current_journeys, save_journey, retired(Journey)
)


def _read_stages(draft: Draft, file: Node) -> Iterator[Wanted]:
    for journey in file.at("journeys").items:
        for position, node in enumerate(journey.at("stages").items):
            if key := draft.claim("stage", node, skip="touchpoints"):
                form = {
                    "name": names_of(node),
                    "journey": journey.value("key"),
                    "position": position,
                    "retired": False,
                }
                yield Wanted(key, form, node)


def _current_stages() -> dict[str, Form]:
    return {
        row.key: {
            "name": row.name,
            "journey": row.journey.key,
            "position": row.position,
            "retired": row.retired_at is not None,
        }
        for row in Stage.objects.select_related("journey")
    }


def save_stage(*, wanted: Wanted, by: Actor, now: datetime) -> Stage:
    saved, _ = Stage.objects.update_or_create(
        key=wanted.key,
        defaults={
            "name": wanted.form["name"],
            "journey": Journey.objects.get(key=wanted.form["journey"]),
            "position": wanted.form["position"],
            "retired_at": None,
        },
    )
    return saved


STAGE = Kind(
    "stage",
    "journeys",
    _read_stages,
    _current_stages,
    save_stage,
    retired(Stage),
    lambda form: [("journey", form["journey"])],
)


def _read_touchpoints(draft: Draft, file: Node) -> Iterator[Wanted]:
    for journey in file.at("journeys").items:
        for stage in journey.at("stages").items:
            for position, node in enumerate(stage.at("touchpoints").items):
                if key := draft.claim("touchpoint", node, skip="standards"):
                    form = _form_of_entry(node, stage.value("key"), position)
                    yield Wanted(key, form, node)


def _form_of_entry(node: Node, stage: str, position: int) -> Form:
    expected = node.value("expectation")
    by_segment = expected if isinstance(expected, dict) else {}
    said = {name: node.value(name) for name in ("importance", "goal", "reach")}
    return {
        "name": names_of(node),
        "stage": stage,
        "owner": node.value("owner"),
        "support": sorted(node.value("support", [])),
        "channels": node.value("channels", []),
        "front_stage": node.value("front_stage", True),
        "moment_of_truth": node.value("moment_of_truth", False),
        "moment_type": node.value("moment_type", ""),
        "expectation": None if isinstance(expected, dict) else expected,
        **_set({"expectations": by_segment, "blueprint": blueprint_of(node), **said}),
        "position": position,
        "retired": False,
    }


def blueprint_of(node: Node) -> Form:
    """Lane -> a text per language, of the lanes that say something."""
    lanes = node.fields.get("blueprint")
    said = {lane: names_of(lanes, lane) for lane in LANES} if lanes else {}
    return {lane: names for lane, names in said.items() if names}


def _set(said: Form) -> Form:
    return {name: value for name, value in said.items() if value not in (None, {})}


def _current_touchpoints() -> dict[str, Form]:
    rows = Touchpoint.objects.select_related("stage", "owner").prefetch_related("support")
    return {row.key: _form_of(row) for row in rows}


def _form_of(row: Touchpoint) -> Form:
    return {
        **{name: getattr(row, name) for name in PLAIN},
        **_set({name: getattr(row, name) for name in WHERE_SET}),
        "stage": row.stage.key,
        "owner": row.owner.key,
        "support": sorted(department.key for department in row.support.all()),
        "position": row.position,
        "retired": row.retired_at is not None,
    }


def save_touchpoint(*, wanted: Wanted, by: Actor, now: datetime) -> Touchpoint:
    form = wanted.form
    saved, _ = Touchpoint.objects.update_or_create(
        key=wanted.key,
        defaults={
            **{name: form[name] for name in PLAIN},
            **{name: form.get(name) for name in WHERE_SET},
            "expectations": form.get("expectations", {}),
            "blueprint": form.get("blueprint", {}),
            "stage": Stage.objects.get(key=form["stage"]),
            "owner": Department.objects.get(key=form["owner"]),
            "position": form["position"],
            "retired_at": None,
        },
    )
    saved.support.set(Department.objects.filter(key__in=form["support"]))
    return saved


def _depends_on(form: Form) -> Iterable[tuple[str, str]]:
    yield "stage", form["stage"]
    yield "department", form["owner"]
    yield from (("department", key) for key in form["support"])
    yield from (("segment", key) for key in form.get("expectations", {}))


TOUCHPOINT = Kind(
    "touchpoint",
    "journeys",
    _read_touchpoints,
    _current_touchpoints,
    save_touchpoint,
    retired(Touchpoint),
    _depends_on,
)
