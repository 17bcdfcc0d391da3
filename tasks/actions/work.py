"""What people do to a task: one entry for the API and the pages.

`perform` locks, asks the table of states who may and what is needed, and hands over to one verb.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from alerts.actions import alerts as alert_actions
from alerts.models import Alert
from cx_loop.models import Actor, Department, Membership, User, record
from tasks.actions.access import line_of, may_speak, roles_of
from tasks.actions.announce import announce
from tasks.actions.change import change, episode_of
from tasks.actions.clocks import SEVERITY_WORDS, escalate_at, tightened
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.actions.rounds import close, reopen, unresolved_alerts
from tasks.actions.verification import abandon, begin_verification
from tasks.actions.verify import decide_by_person
from tasks.logic import lifecycle
from tasks.models import Episode, Holding, Note, Task

Fields = Mapping[str, Any]


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
    task = lock(number, by)
    if version is not None and version != task.version:
        raise Stale(task)
    lifecycle.check(call, task.state)
    said = dict(fields or {})
    one_tap = call == "dismiss" and said.get("resolution") == "self_recovered"
    try:
        # what has recovered by itself and was never begun needs nobody's approval
        lifecycle.permit(call, roles_of(by, task), "" if one_tap else SEVERITY_WORDS[task.severity])
    except lifecycle.NotPermitted as refusal:
        raise Forbidden(refusal.code) from refusal
    problems = lifecycle.field_problems(
        call,
        said,
        now=now,
        alert_at=episode_of(task).opened_at,
        self_recovered=task.self_recovered,
        unstarted=task.state == "open",
    )
    if problems:
        raise Invalid([(each.field, each.code, each.message) for each in problems])
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
        record(verb="commented", subject="task", subject_id=number, by=by, now=now)
    return note


def lock(number: int, by: Actor) -> Task:
    """Lock a task for a change: first where its groups stand, then the task itself.

    An evaluation locks in the same order; otherwise the two could wait for each other.
    """
    seen = Task.objects.all()
    for viewer in (by.key, by.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    if not seen.filter(number=number).exists():
        raise NotFound
    groups = Alert.objects.filter(links__task=number).values_list("group_id", flat=True)
    alert_actions.lock_groups(sorted(set(groups)))
    related = Task.objects.select_related(
        "department__calendar", "assignee", "policy", "touchpoint"
    )
    return related.select_for_update(of=("self",)).get(number=number)


def _accept(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    _respond(task, by, now)
    params = {"start": True} if fields.get("start") else {}
    change(
        task,
        verb="accepted",
        by=by,
        now=now,
        to="in_progress" if fields.get("start") else "accepted",
        assignee=by.user,
        answerable_department=task.department,
        escalate_at=escalate_at(task, episode_of(task), now),
        params=params,
    )
    return task


def _start(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    _respond(task, by, now)
    return change(
        task,
        verb="resumed" if task.state == "on_hold" else "started",
        by=by,
        now=now,
        to="in_progress",
        assignee=task.assignee or by.user,
        answerable_department=task.department,
        hold_until=None,
        escalate_at=escalate_at(task, episode_of(task), now),
    )


def _respond(task: Task, by: Actor, now: datetime) -> None:
    """Taking a task answers its round and acknowledges its alerts."""
    Episode.objects.filter(task=task, number=task.episode, responded_at=None).update(
        responded_at=now
    )
    for alert in Alert.objects.unresolved().filter(links__task=task, state="open").distinct():
        alert_actions.acknowledge(alert=alert, by=by, now=now)


def _assign(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    person = _colleague(task, fields["assignee"])
    change(task, verb="assigned", by=by, now=now, assignee=person, params={"to": person.email})
    announce(task=task, code="assigned", now=now, to=[person], besides=by.user)
    return task


def _hold(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    until = fields["until"]
    return change(
        task,
        verb="held",
        by=by,
        now=now,
        to="on_hold",
        hold_until=until,
        params={"reason": fields["reason"], "until": until.isoformat()},
    )


def _hand_over(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    """The clocks keep their start; the first department answers until the next accepts."""
    target = Department.objects.in_force().filter(key=fields["department"]).first()
    if target is None or target.pk == task.department_id:
        raise Invalid([("department", "department_unknown", "Choose another department.")])
    params = {"from": task.department.key, "to": target.key, "reason": fields["reason"]}
    task.department = target
    Holding.objects.filter(task=task, until=None).update(until=now)
    Holding.objects.create(task=task, department=target, since=now)
    episode = episode_of(task)
    episode.responded_at = None
    episode.save(update_fields=["responded_at"])
    clocks = tightened(task, task.policy, target, episode)
    task.due_at = clocks.due_at
    change(
        task,
        verb="handed_over",
        by=by,
        now=now,
        to="open",
        department=target,
        assignee=None,
        hold_until=None,
        respond_by=clocks.respond_by,
        due_at=clocks.due_at,
        escalate_at=escalate_at(task, episode, now),
        params=params,
    )
    announce(task=task, code="handed_over", now=now, besides=by.user)
    return task


def _submit(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    """The fix is in: from here on the metric speaks."""
    _respond(task, by, now)
    episode = episode_of(task)
    episode.submitted_at = now
    episode.save(update_fields=["submitted_at"])
    task.fixed_at = fields["fixed_at"]
    look_at = begin_verification(task=task, now=now)
    change(
        task,
        verb="submitted",
        by=by,
        now=now,
        to="verifying",
        next_look_at=look_at,
        pain_category=fields["pain_category"],
        root_cause=fields["root_cause"],
        countermeasure=fields["countermeasure"],
        fixed_at=fields["fixed_at"],
        submitted_at=now,
        submitted_by=by.user,
        params={"fixed_at": fields["fixed_at"].isoformat()},
    )
    if note := str(fields.get("note") or "").strip():
        Note.objects.create(task=task, by=by.user, at=now, text=note)
    return task


def _take_back(task: Task, by: Actor, now: datetime, fields: Fields, verb: str) -> Task:
    abandon(task=task, reason=verb, now=now)
    episode = episode_of(task)
    episode.submitted_at = None
    episode.save(update_fields=["submitted_at"])
    change(
        task,
        verb=verb,
        by=by,
        now=now,
        to="in_progress",
        submitted_at=None,
        submitted_by=None,
        fixed_at=None,
        escalate_at=escalate_at(task, episode, now),
        params={"reason": fields["reason"]},
    )
    announce(task=task, code=verb, now=now, besides=by.user)
    return task


def _withdraw(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    return _take_back(task, by, now, fields, "withdrawn")


def _send_back(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    return _take_back(task, by, now, fields, "sent_back")


def _dismiss(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    resolution, reason = fields["resolution"], str(fields.get("reason") or "")
    if resolution == "self_recovered":
        return close(task, verb="closed", resolution=resolution, by=by, now=now, recovered=True)
    for alert in unresolved_alerts(task):
        alert_actions.close_as_dismissed(alert=alert, by=by, now=now, reason=reason)
    return close(
        task,
        verb="dismissed",
        resolution=resolution,
        by=by,
        now=now,
        params={"reason": reason, "resolution": resolution},
    )


def _reopen(task: Task, by: Actor, now: datetime, fields: Fields) -> Task:
    if task.state == "verifying":
        abandon(task=task, reason="reopened", now=now)
    return reopen(task, verb="reopened", by=by, now=now, params={"reason": fields["reason"]})


def _colleague(task: Task, email: str) -> User:
    """Somebody of the task's department, or of one above it."""
    works_here = Membership.objects.filter(department__in=line_of(task.department))
    person = User.objects.filter(
        Q(memberships__in=works_here), email=str(email).lower(), is_active=True
    ).first()
    if person is None:
        raise Invalid(
            [("assignee", "assignee_unknown", "Nobody of that e-mail works in this department.")]
        )
    return person


CALLS: dict[str, Callable[[Task, Actor, datetime, Fields], Task]] = {
    "accept": _accept,
    "assign": _assign,
    "start": _start,
    "hold": _hold,
    "hand_over": _hand_over,
    "submit": _submit,
    "withdraw": _withdraw,
    "send_back": _send_back,
    "dismiss": _dismiss,
    "decide": decide_by_person,
    "reopen": _reopen,
}
