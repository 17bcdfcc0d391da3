"""Admins draw the map: stages and touchpoints come, move, are described, and go.

Each change is one row of the trail and one version of the whole map; rules that watch a stage or
a journey follow.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.utils.text import slugify

from cx_loop.actions.errors import Forbidden, Invalid, NotFound
from cx_loop.actions.journey_versions import keep_version
from cx_loop.events import touchpoints_changed
from cx_loop.logic.blueprint import LANES
from cx_loop.logic.moments import TYPES
from cx_loop.models import Actor, Department, Journey, Stage, Touchpoint, record

Names = Mapping[str, str]
Row = TypeVar("Row", Stage, Touchpoint)
Table = type[Journey] | type[Stage] | type[Touchpoint]
LONGEST = 200  # characters of a name, and of what happens in a lane
DESCRIBED = ("name", "channels", "front_stage", "moment_of_truth", "moment_type", "blueprint")


def may_draw(by: Actor) -> bool:
    """Whoever administers."""
    return by.user is not None and by.user.is_active and by.user.is_superuser


@transaction.atomic
def add_stage(*, journey: str, name: Names, by: Actor, now: datetime, key: str = "") -> Stage:
    """At the end of the journey (key). Raises Forbidden, NotFound, Invalid."""
    place = held_journey(journey, by)
    made = Stage.objects.create(
        key=new_key(Stage, key, name, "stage"),
        name=checked_name(name),
        journey=place,
        position=place.stages.count(),
    )
    tell(made, "created", [], place, by=by, now=now)
    return made


@transaction.atomic
def add_touchpoint(
    *, stage: str, name: Names, owner: str, by: Actor, now: datetime, key: str = ""
) -> Touchpoint:
    """At the end of the stage (key), owned by a department (key). Raises as `add_stage` does."""
    place = _stage(stage, by)
    department = Department.objects.in_force().filter(key=owner).first()
    if department is None:
        raise Invalid(("owner", "department_unknown", "Choose the department that owns it."))
    made = Touchpoint.objects.create(
        key=new_key(Touchpoint, key, name, "touchpoint"),
        name=checked_name(name),
        stage=place,
        owner=department,
        position=place.touchpoints.count(),
    )
    touchpoints_changed(now=now)
    tell(made, "created", [], place.journey, by=by, now=now)
    return made


@transaction.atomic
def move_touchpoint(
    *, touchpoint: str, stage: str, place: int, by: Actor, now: datetime
) -> Touchpoint:
    """To a place (0 the first) among the touchpoints of a stage of the same journey."""
    moved = _touchpoint(touchpoint, by)
    to = Stage.objects.filter(key=stage, retired_at=None, journey=moved.stage.journey_id).first()
    if to is None:
        raise Invalid(("stage", "stage_unknown", "Choose a stage of the same journey."))
    others = Touchpoint.objects.in_force().filter(stage=to).exclude(pk=moved.pk)
    moved.stage = to
    moved.save(update_fields=["stage"])
    _number(list(others.order_by("position", "key")), moved, place)
    touchpoints_changed(now=now)
    tell(moved, "changed", ["stage", "position"], to.journey, by=by, now=now)
    return moved


@transaction.atomic
def move_stage(*, stage: str, place: int, by: Actor, now: datetime) -> Stage:
    """To a place (0 the first) among the stages of its journey."""
    moved = _stage(stage, by)
    others = Stage.objects.filter(journey=moved.journey_id, retired_at=None).exclude(pk=moved.pk)
    _number(list(others.order_by("position", "key")), moved, place)
    tell(moved, "changed", ["position"], moved.journey, by=by, now=now)
    return moved


@transaction.atomic
def describe_touchpoint(
    *, touchpoint: str, said: Mapping[str, Any], by: Actor, now: datetime
) -> Touchpoint:
    """What is not said stays as it is; `said`: of DESCRIBED, and `support` (keys)."""
    found = _touchpoint(touchpoint, by)
    problems = _problems(said)
    if problems:
        raise Invalid(*problems)
    changed = []
    for name in DESCRIBED:
        if name in said and getattr(found, name) != (after := _cleaned(name, said[name])):
            setattr(found, name, after)
            changed.append(name)
    found.save(update_fields=changed)
    if "support" in said:
        changed += _support(found, said["support"])
    if changed:
        tell(found, "changed", changed, found.stage.journey, by=by, now=now)
    return found


@transaction.atomic
def rename_stage(*, stage: str, name: Names, by: Actor, now: datetime) -> Stage:
    found = _stage(stage, by)
    found.name = checked_name(name)
    found.save(update_fields=["name"])
    tell(found, "changed", ["name"], found.journey, by=by, now=now)
    return found


@transaction.atomic
def retire_touchpoint(*, touchpoint: str, by: Actor, now: datetime) -> Touchpoint:
    """Off the map; what was measured and worked on there is kept."""
    found = _touchpoint(touchpoint, by)
    found.retired_at = now
    found.save(update_fields=["retired_at"])
    touchpoints_changed(now=now)
    tell(found, "retired", ["retired_at"], found.stage.journey, by=by, now=now)
    return found


@transaction.atomic
def retire_stage(*, stage: str, by: Actor, now: datetime) -> Stage:
    """Only an empty one, otherwise its touchpoints would be nowhere."""
    found = _stage(stage, by)
    if Touchpoint.objects.in_force().filter(stage=found).exists():
        raise Invalid(("stage", "not_empty", "Move its touchpoints away first."))
    found.retired_at = now
    found.save(update_fields=["retired_at"])
    tell(found, "retired", ["retired_at"], found.journey, by=by, now=now)
    return found


@transaction.atomic
def set_public_page(*, journey: str, public: bool, by: Actor, now: datetime) -> Journey:
    """Show or hide what was mended on a page that everybody may read. Raises as `add_stage`."""
    found = held_journey(journey, by)
    if found.public_page != public:
        found.public_page = public
        found.save(update_fields=["public_page"])
        tell(found, "changed", ["public_page"], found, by=by, now=now)
    return found


def held_journey(journey: str, by: Actor) -> Journey:
    """Held until the end of the transaction: two who draw at once wait for each other."""
    if not may_draw(by):
        raise Forbidden
    rows = Journey.objects.select_for_update(of=("self",)).filter(key=journey, retired_at=None)
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def _stage(key: str, by: Actor) -> Stage:
    if not may_draw(by):
        raise Forbidden
    found = Stage.objects.filter(key=key, retired_at=None).select_related("journey").first()
    if found is None:
        raise NotFound
    held_journey(found.journey.key, by)
    return found


def _touchpoint(key: str, by: Actor) -> Touchpoint:
    if not may_draw(by):
        raise Forbidden
    rows = Touchpoint.objects.in_force().filter(key=key)
    found = rows.select_related("stage__journey", "owner").first()
    if found is None:
        raise NotFound
    held_journey(found.stage.journey.key, by)
    return found


def _number(others: Sequence[Row], moved: Row, place: int) -> None:
    order = list(others)
    order.insert(min(max(place, 0), len(order)), moved)
    for position, each in enumerate(order):
        if each.position != position:
            each.position = position
            each.save(update_fields=["position"])


def new_key(table: Table, key: str, name: Names, what: str) -> str:
    """As given, else made of the name: sensors and files will call it so for good."""
    wanted = slugify(key)[:80] or slugify(name.get("en") or next(iter(name.values()), ""))[:60]
    if key and table.objects.filter(key=wanted).exists():
        raise Invalid(("key", "taken", "Something has this key already."))
    wanted, number = wanted or what, 1
    found = wanted
    while table.objects.filter(key=found).exists():
        number += 1
        found = f"{wanted}-{number}"
    return found


def checked_name(name: Names) -> dict[str, str]:
    found = {language: text.strip() for language, text in name.items() if text.strip()}
    if not found:
        raise Invalid(("name", "required", "Give it a name."))
    if any(len(text) > LONGEST for text in found.values()):
        raise Invalid(("name", "too_long", f"At most {LONGEST} characters."))
    return found


def _cleaned(name: str, value: Any) -> Any:
    if name == "name":
        return checked_name(value)
    if name == "channels":
        return list(dict.fromkeys(each.strip() for each in value if each.strip()))
    if name == "blueprint":
        lanes = {
            lane: {language: text.strip() for language, text in said.items() if text.strip()}
            for lane, said in value.items()
        }
        return {lane: lanes[lane] for lane in LANES if lanes.get(lane)}
    return value


def _problems(said: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    found = []
    if said.get("moment_type", "") not in ("", *TYPES):
        found.append(("moment_type", "invalid_choice", f"One of {', '.join(TYPES)}."))
    if any(len(each) > 80 for each in said.get("channels", [])):
        found.append(("channels", "too_long", "At most 80 characters each."))
    for lane, texts in said.get("blueprint", {}).items():
        if lane not in LANES:
            found.append(("blueprint", "invalid_choice", f"Lanes are {', '.join(LANES)}."))
        elif any(len(text) > LONGEST for text in texts.values()):
            found.append(("blueprint", "too_long", f"At most {LONGEST} characters a lane."))
    return found


def _support(touchpoint: Touchpoint, keys: Sequence[str]) -> list[str]:
    wanted = list(Department.objects.in_force().filter(key__in=keys).order_by("key"))
    if len(wanted) != len(set(keys)):
        raise Invalid(("support", "department_unknown", "Choose departments there are."))
    before = set(touchpoint.support.order_by("key").values_list("key", flat=True))
    if before == set(keys):
        return []
    touchpoint.support.set(wanted)
    return ["support"]


def tell(
    of: Journey | Stage | Touchpoint,
    change: str,
    fields: list[str],
    journey: Journey,
    *,
    by: Actor,
    now: datetime,
) -> None:
    keep_version(journey=journey, by=by, now=now)
    params = {"change": change, "key": of.key, "fields": fields}
    subject = str(of._meta.model_name)
    record(verb="configured", subject=subject, subject_id=of.pk, by=by, now=now, params=params)
