"""The steps of a task: added, edited, done, not needed, in another order.

Every verb locks the task first, so a step that is ticked and a fix that is submitted at the same
instant come one after the other. Each raises NotFound, Forbidden, NotAllowed, Stale (the step was
changed since it was read) or Invalid, and writes nothing then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from cx_loop.logic.working_time import add_working, parse_span
from cx_loop.models import Actor, User, record
from tasks.actions.access import colleague_of
from tasks.actions.change import episode_of
from tasks.actions.errors import Invalid, NotFound, Stale
from tasks.actions.progress import note_progress
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.logic import checklist as logic
from tasks.models import Adoption, FollowUp, Step, Task
from tasks.reads.hours import hours_of

Fields = Mapping[str, Any]
EDITABLE = ("text", "type", "kind", "owner", "due_at", "within", "evidence", "link")


@transaction.atomic
def add_step(*, number: int, by: Actor, now: datetime, fields: Fields) -> Step:
    """A step by hand, at the end. `fields`: text, type, kind, owner, due_at or within, evidence."""
    task = begin("steps", number, by, now, fields, needs=("text", "type"))
    said = _said(task, by, now, fields)
    [step] = append_steps(task, [said], now=now)
    note_progress(task=task, now=now)
    _trail("step_added", step, by, now)
    return step


@transaction.atomic
def edit_step(
    *,
    number: int,
    step: int,
    by: Actor,
    now: datetime,
    fields: Fields,
    version: int | None = None,
) -> Step:
    """Change what a step says; what is not named in `fields` stays.

    What turns out to have been a training is asked about like one, and one that was none is not.
    """
    task, found = _open("edit", number, step, by, now, fields, version)
    if "type" in fields and fields["type"] != found.type:
        logic.check_task("edit", task.state)  # a submitted fix has all its steps
    said = _said(task, by, now, {name: fields[name] for name in EDITABLE if name in fields})
    if not said:
        raise Invalid([("text", "required", "Say what is to be changed.")])
    if "due_at" in said:
        said["remind_at"] = said["due_at"] if found.state == Step.State.OPEN else None
    _change(found, said)
    _trail("step_edited", found, by, now, fields=sorted(set(said) - {"remind_at"}))
    if "kind" in said and found.done_at is not None:
        _ask_later(found, max(now, found.done_at + logic.FOLLOW_UP_AFTER), now)
    return found


@transaction.atomic
def tick_step(
    *,
    number: int,
    step: int,
    by: Actor,
    now: datetime,
    fields: Fields,
    version: int | None = None,
) -> Step:
    """The step is done, now or at `done_at`, with evidence as text and link where there is some.

    A training is asked about again at `follow_up_at`, or 30 days later.
    """
    task, found = _open("tick", number, step, by, now, fields, version)
    given = {name: fields[name] for name in ("evidence", "link") if fields.get(name) is not None}
    done_at = fields.get("done_at") or now
    _change(
        found,
        {
            "state": "done",
            "done_at": done_at,
            "done_by": _person(by),
            "reason": "",
            "remind_at": None,
            **given,
        },
    )
    note_progress(task=task, now=now)
    _trail("step_ticked", found, by, now, done_at=done_at.isoformat())
    _ask_later(found, fields.get("follow_up_at") or now + logic.FOLLOW_UP_AFTER, now)
    return found


@transaction.atomic
def untick_step(
    *,
    number: int,
    step: int,
    by: Actor,
    now: datetime,
    fields: Fields,
    version: int | None = None,
) -> Step:
    """It is to be done again, or after all. What nobody has answered is not asked any more."""
    _task, found = _open("untick", number, step, by, now, fields, version)
    due = found.due_at if found.due_at is not None and found.due_at > now else None
    nothing = {"done_at": None, "done_by": None, "reason": ""}
    _change(found, {"state": "open", "remind_at": due, **nothing})
    FollowUp.objects.filter(step=found, answer="").delete()
    _trail("step_unticked", found, by, now)
    return found


@transaction.atomic
def mark_not_needed(
    *,
    number: int,
    step: int,
    by: Actor,
    now: datetime,
    fields: Fields,
    version: int | None = None,
) -> Step:
    """The step will not be done, for a reason; it does not hold up the fix any more."""
    needs = ("reason",)
    task, found = _open("not_needed", number, step, by, now, fields, version, needs=needs)
    reason = fields["reason"].strip()
    _change(found, {"state": "not_needed", "reason": reason, "remind_at": None})
    note_progress(task=task, now=now)
    _trail("step_not_needed", found, by, now, reason=reason)
    return found


@transaction.atomic
def move_step(
    *,
    number: int,
    step: int,
    by: Actor,
    now: datetime,
    fields: Fields,
    version: int | None = None,
) -> Step:
    """One place up or down (`up`: true or false). At either end it stays where it is."""
    task, found = _open("move", number, step, by, now, fields, version)
    places = dict(Step.objects.filter(task=task).order_by("position").values_list("pk", "position"))
    after = logic.moved(list(places), found.pk, up=bool(fields.get("up")))
    for pk, position in zip(after, sorted(places.values()), strict=True):
        if places[pk] != position:
            Step.objects.filter(pk=pk).update(position=position, version=F("version") + 1)
    if after != list(places):
        _trail("step_moved", found, by, now)
    found.refresh_from_db()
    return found


def begin(
    call: str, number: int, by: Actor, now: datetime, fields: Fields, needs: Sequence[str] = ()
) -> Task:
    """The task locked for a change of its checklist, which the caller may make in its state."""
    task = lock(number, by)
    logic.check_task(call, task.state, "correct")
    may_work(by, task)
    check_fields(task, fields, now, needs)
    return task


def check_fields(task: Task, fields: Fields, now: datetime, needs: Sequence[str] = ()) -> None:
    since = episode_of(task).opened_at
    if problems := logic.step_problems(fields, needs=needs, now=now, since=since):
        raise Invalid([(each.field, each.code, each.message) for each in problems])


def append_steps(
    task: Task,
    said: Sequence[Fields],
    *,
    now: datetime,
    adoption: Adoption | None = None,
) -> list[Step]:
    """Steps at the end of the list, numbered on; the task is locked. Raises Invalid (too_many)."""
    last = Step.objects.filter(task=task).aggregate(most=Max("position"))["most"] or 0
    if last + len(said) > logic.MOST:
        message = f"A task has {logic.MOST} steps at most."
        raise Invalid([("steps", "too_many", message)])
    return Step.objects.bulk_create(
        [
            Step(
                task=task,
                adoption=adoption,
                episode=task.episode,
                position=last + place,
                created_at=now,
                remind_at=fields.get("due_at"),
                **fields,
            )
            for place, fields in enumerate(said, start=1)
        ]
    )


def due_within(task: Task, within: str, now: datetime) -> datetime:
    """A moment that much working time of the task's department from now. Raises Invalid."""
    try:
        return add_working(now, parse_span(within), hours_of(task.department))
    except ValueError as refusal:
        raise Invalid([("within", "not_a_span", str(refusal))]) from None


def _open(
    call: str,
    number: int,
    step: int,
    by: Actor,
    now: datetime,
    fields: Fields,
    version: int | None,
    needs: Sequence[str] = (),
) -> tuple[Task, Step]:
    """A step for a change, under its task's lock."""
    task = lock(number, by)
    found = Step.objects.filter(task=task, pk=step).first()
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise Stale(task)
    logic.check_task(call, task.state, found.type)
    logic.check_step(call, found.state)
    may_work(by, task)
    check_fields(task, fields, now, needs)
    return task, found


def _said(task: Task, by: Actor, now: datetime, fields: Fields) -> dict[str, Any]:
    """The columns of what people say: an address is a colleague, a length of time a moment."""
    said = {name: value for name, value in fields.items() if name in EDITABLE}
    within = said.pop("within", None)
    if within:
        said["due_at"] = due_within(task, within, now)
    if "text" in said:
        if not said["text"].strip():
            raise Invalid([("text", "required", "This field is required.")])
        # one language: an old text in the other would say something else
        said["text"] = {_person(by).language: said["text"].strip()}
    if "owner" in said:
        said["owner"] = colleague_of(task, said["owner"], "owner") if said["owner"] else None
    return said


def _ask_later(step: Step, asks_at: datetime, now: datetime) -> None:
    """A training that is done is asked about once; of anything else no question stays open."""
    if not logic.needs_follow_up(step.kind):
        FollowUp.objects.filter(step=step, answer="").delete()
        return
    times = {"asks_at": asks_at, "next_due_at": asks_at, "created_at": now}
    FollowUp.objects.get_or_create(step=step, defaults={"task_id": step.task_id, **times})


def _person(by: Actor) -> User:
    assert by.user is not None  # roles_of gives the system none of the roles
    return by.user


def _change(step: Step, said: Fields) -> None:
    """The guarded update: who read an older version loses."""
    guarded = Step.objects.filter(pk=step.pk, version=step.version)
    if not guarded.update(version=F("version") + 1, **said):
        raise Stale(step.task)
    step.refresh_from_db()


def _trail(verb: str, step: Step, by: Actor, now: datetime, **params: Any) -> None:
    record(
        verb=verb,
        subject="task",
        subject_id=step.task_id,
        by=by,
        now=now,
        params={"step": step.pk, "text": step.text, **params},
    )
