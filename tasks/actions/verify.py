"""Has the fix worked? Looks at their days, a verdict, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from alerts.models import RuleState
from cx_loop.models import SYSTEM, Actor, Organization
from tasks.actions.access import ladder, roles_of
from tasks.actions.announce import announce
from tasks.actions.change import change
from tasks.actions.clocks import fired_in
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.escalate import fire
from tasks.actions.keeping import ask_to_keep
from tasks.actions.rounds import close, reopen
from tasks.actions.verification import (
    days_of,
    look_at,
    person_deadline,
    task_alerts,
    watch_for_relapse,
)
from tasks.logic.effect import Verdict, judge
from tasks.logic.escalation import decision_step, progress_of
from tasks.logic.evidence import Controls
from tasks.logic.lifecycle import NotAllowed, possible_calls
from tasks.logic.measures import Day, pool
from tasks.logic.plan import Plan, after_days, history_days, plan_from_json
from tasks.models import Look, Task, Verification

PEOPLE_SAY = ("recovered_unproven", "partially_effective", "inconclusive", "reopen")


def take_look(*, task: Task, now: datetime) -> None:
    """Do what the running verification's deadline calls for; the task row is locked."""
    running = task.verifications.exclude(state="decided").get(episode=task.episode)
    plan = plan_from_json(running.plan) if running.plan else None
    looks_left = plan is not None and running.looks_done < len(plan.all_looks)
    if running.state == "person" and not (running.reason == "ask_owner" and looks_left):
        _deadline_passed(task, running, now)
        return
    assert plan is not None
    look = running.looks_done
    data = _collect(task, running, plan, look)
    verdict = judge(
        plan,
        look=look,
        baseline=data["days"],
        after=data["days"],
        history=data["days"],
        controls=data["controls"],
        breaching=_still_breaching(task),
        asked=running.reason == "ask_owner",
    )
    due = running.next_look_at
    assert due is not None
    result = asdict(verdict)
    Look.objects.create(
        verification=running, seq=look, due_at=due, at=now, data=_kept(data), result=result
    )
    running.looks_done, running.result = look + 1, result
    running.recovered, running.reason = verdict.recovered, verdict.reason
    _follow(task, running, plan, verdict, now)


def decide_by_person(task: Task, by: Actor, now: datetime, fields: Mapping[str, Any]) -> Task:
    """A second person says what the data could not. "Proven" is never said by hand."""
    running = task.verifications.filter(state="person", episode=task.episode).first()
    if running is None:
        possible = [call for call in possible_calls(task.state) if call != "decide"]
        raise NotAllowed("decide", task.state, possible)
    said = str(fields["outcome"])
    if said not in PEOPLE_SAY:
        raise Invalid([("outcome", "not_by_hand", f"One of {', '.join(PEOPLE_SAY)}.")])
    partial = running.reason == "partial"
    if said == "partially_effective" and not partial:
        problem = "Only where a look has shown a partial effect."
        raise Invalid([("outcome", "no_partial_effect", problem)])
    if partial and not roles_of(by, task) & {"lead", "admin"}:
        raise Forbidden("lead_must_decide")
    params = {"outcome": said, "reason": fields["reason"]}
    by_hand = {"partially_effective": said, "reopen": "no_effect"}
    verdict = by_hand.get(said, "inconclusive")
    _settle(running, verdict=verdict, reason=f"person_{said}", now=now)
    if said == "reopen":
        return reopen(task, verb="decided", by=by, now=now, params=params, recovered=False)
    recovered = True if said == "recovered_unproven" else running.recovered
    if said == "partially_effective":
        watch_for_relapse(running, now)
    return close(
        task, verb="decided", resolution=said, by=by, now=now, params=params, recovered=recovered
    )


def _follow(task: Task, running: Verification, plan: Plan, said: Verdict, now: datetime) -> None:
    params = {"verdict": said.verdict, "reason": said.reason, "look": running.looks_done}
    if said.verdict is None or said.state == "person":
        _keep_watching(task, running, plan, said, now, params)
    elif said.verdict == "partially_effective":
        # the lead may accept it within three working days; otherwise it comes back
        _ask(task, running, "partial", person_deadline(task, now), now, params)
    elif said.verdict in ("no_effect", "worse"):
        _settle(running, verdict=said.verdict, reason=said.reason, now=now)
        reopen(task, verb="verdict", by=SYSTEM, now=now, params=params, recovered=False)
        if said.verdict == "worse":
            announce(task=task, code="worse", now=now, to=ladder(task.department, "lead", now))
    else:
        resolution = said.verdict if said.verdict == "effective" else said.reason
        _settle(running, verdict=said.verdict, reason=said.reason, now=now)
        close(
            task,
            verb="verdict",
            resolution=resolution,
            by=SYSTEM,
            now=now,
            params=params,
            recovered=said.recovered,
        )
        announce(task=task, code="closed", now=now, params=params)
        if said.verdict == "effective":
            watch_for_relapse(running, now)
            ask_to_keep(task=task, verification=running, now=now)


def _keep_watching(
    task: Task,
    running: Verification,
    plan: Plan,
    said: Verdict,
    now: datetime,
    params: dict[str, Any],
) -> None:
    planned = running.looks_done < len(plan.all_looks)
    if said.state == "person":
        by = person_deadline(task, now)
        if said.reason == "ask_owner" and planned:
            by = look_at(plan, running.looks_done)
        _ask(task, running, said.reason, by, now, params)
        return
    running.state = Verification.State.WATCHING
    running.next_look_at = look_at(plan, running.looks_done)
    running.save()
    change(
        task,
        verb="looked",
        by=SYSTEM,
        now=now,
        next_look_at=running.next_look_at,
        params=params,
        recovered=said.recovered,
    )


def _ask(
    task: Task,
    running: Verification,
    reason: str,
    by: datetime,
    now: datetime,
    params: dict[str, Any],
) -> None:
    running.state, running.reason, running.next_look_at = "person", reason, by
    running.save()
    change(task, verb="asked", by=SYSTEM, now=now, next_look_at=by, params=params)
    to = ladder(task.department, "lead", now) if reason == "partial" else None
    announce(task=task, code="asked", now=now, to=to, params=params)


def _deadline_passed(task: Task, running: Verification, now: datetime) -> None:
    """Nobody decided in time: a partial effect comes back, any other question goes up a level."""
    if running.reason == "partial":
        _settle(running, verdict="partially_effective", reason="not_accepted", now=now)
        params = {"verdict": "partially_effective", "reason": "not_accepted"}
        reopen(task, verb="verdict", by=SYSTEM, now=now, params=params, recovered=False)
        return
    assert running.next_look_at is not None
    step = decision_step(progress_of(fired_in(task, task.episode)), running.next_look_at)
    running.next_look_at = person_deadline(task, now)
    running.save(update_fields=["next_look_at"])
    fire(task=task, step=step, now=now, reason="undecided", next_look_at=running.next_look_at)


def _settle(running: Verification, *, verdict: str, reason: str, now: datetime) -> None:
    running.state, running.verdict, running.reason = Verification.State.DECIDED, verdict, reason
    running.decided_at, running.next_look_at = now, None
    running.save()


def _collect(task: Task, running: Verification, plan: Plan, look: int) -> dict[str, Any]:
    """The days of each arm; without a measure there is nothing to collect."""
    if plan.measure is None:
        return {"days": [], "controls": None}
    version = task_alerts(task)[0].version
    zone = Organization.current().zone
    first, last = history_days(plan).start, after_days(plan, look).end - timedelta(days=1)
    mine = days_of(running.series, version, plan.measure, first, last, zone)
    arms = [
        days_of(series, version, plan.measure, first, last, zone) for series in running.controls
    ]
    return {"days": mine, "controls": Controls(pool(arms)) if arms else None}


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    """What was looked at, as plain lists: [date, n, total, squares] a day."""
    controls = data["controls"]
    return {"days": _plain(data["days"]), "controls": controls and _plain(controls.days)}


def _plain(days: Sequence[Day]) -> list[list[Any]]:
    return [[day.date.isoformat(), day.n, day.total, day.squares] for day in days]


def _still_breaching(task: Task) -> bool | None:
    """Whether the rule still fires on any group of the task; None without a rule."""
    groups = [alert.group_id for alert in task_alerts(task)]
    if not groups:
        return None
    return RuleState.objects.filter(group__in=groups, level__isnull=False).exists()
