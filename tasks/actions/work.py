"""What people do to a task: one entry for the API and the pages.

`perform` locks, asks the table of states who may and what is needed, and hands over to one verb.
"""

from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.actions import alerts as alert_actions
from alerts.models import Alert
from cx_loop.models import Actor, User, record
from tasks.actions.access import may_speak, roles_of
from tasks.actions.calls import CALLS, Fields
from tasks.actions.change import episode_of
from tasks.actions.clocks import SEVERITY_WORDS
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.actions.fixes import said_of_fix
from tasks.actions.mentions import tell_mentioned
from tasks.actions.progress import note_progress
from tasks.actions.turns import one_at_a_time
from tasks.logic import lifecycle
from tasks.models import Note, Task


@transaction.atomic
def perform(
    call: str,
    *,
    number: int,
    by: Actor,
    now: datetime,
    version: int | None = None,
    fields: Fields | None = None,
) -> Task:
    """Do one call of the state table.

    Raises NotFound (not visible), Stale (version is not the newest), NotAllowed (wrong state),
    Forbidden (another's call), Invalid (fields missing or wrong). Nothing is written then.
    """
    task = lock(number, by, in_turn=call == "hand_over")
    if version is not None and version != task.version:
        raise Stale(task)
    lifecycle.check(call, task.state)
    said: dict[str, Any] = dict(fields or {})
    undone: list[lifecycle.Problem] = []
    one_tap = call == "dismiss" and said.get("resolution") == "self_recovered"
    try:
        # what has recovered by itself and was never begun needs nobody's approval
        lifecycle.permit(call, roles_of(by, task), "" if one_tap else SEVERITY_WORDS[task.severity])
    except lifecycle.NotPermitted as refusal:
        raise Forbidden(refusal.code) from refusal
    if call == "submit":
        said, undone = said_of_fix(task, said)
    problems = undone + lifecycle.field_problems(
        call,
        said,
        now=now,
        alert_at=episode_of(task).opened_at,
        self_recovered=task.self_recovered,
        unstarted=task.state == "open",
    )
    if problems:
        raise Invalid([(each.field, each.code, each.message) for each in problems])
    if by.user is not None:
        task.progressed_at = now  # the call plans the next step from here
    return CALLS[call](task, by, now, said)


def allowed_calls(task: Task, user: User) -> list[str]:
    """The calls this person may make now, in the order of the table."""
    waiting = task.verifications.filter(episode=task.episode, state="person").exists()
    return lifecycle.allowed_calls(
        task.state,
        roles_of(Actor(user), task),
        SEVERITY_WORDS[task.severity],
        waiting_for_person=waiting,
    )


def comment(*, number: int, by: Actor, now: datetime, text: str) -> Note:
    """Whoever works at a task, or did, may speak on it."""
    with transaction.atomic():
        task = lock(number, by)
        may_speak(by, task)
        if not text.strip():
            raise Invalid([("text", "required", "Write something.")])
        if "\x00" in text:
            raise Invalid([("text", "text_has_nul", "The text has a NUL character.")])
        note = Note.objects.create(task=task, by=by.user, at=now, text=text.strip())
        if by.user is not None:
            note_progress(task=task, now=now)
        record(verb="commented", subject="task", subject_id=number, by=by, now=now)
        tell_mentioned(note=note, task=task, by=by, now=now)
    return note


def lock(number: int, by: Actor, *, in_turn: bool = False) -> Task:
    """Lock a task for a change: first where its groups stand, then the task itself.

    An evaluation locks in the same order; otherwise the two could wait for each other. `in_turn`:
    the task may be given to whose turn it is, so it waits for those that are just being opened.
    """
    seen = Task.objects.all()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    if not seen.filter(number=number).exists():
        raise NotFound
    groups = Alert.objects.filter(links__task=number).values_list("group_id", flat=True)
    alert_actions.lock_groups(sorted(set(groups)))
    if in_turn:
        one_at_a_time()
    related = Task.objects.select_related(
        "department__calendar", "assignee", "policy", "touchpoint"
    )
    return related.select_for_update(of=("self",)).get(number=number)
