"""Has the fix worked? Looks at their days, a verdict, and what follows from it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from alerts.models import RuleState
from cx_loop.models import SYSTEM, Actor
from tasks.actions.access import ladder, roles_of
from tasks.actions.announce import announce
from tasks.actions.change import change
from tasks.actions.clocks import fired_in
from tasks.actions.corrections import recheck_after
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.escalate import fire
from tasks.actions.guardrails import guards_as_json, look_at_guards, tell_of_harm
from tasks.actions.keeping import ask_to_keep
from tasks.actions.percentiles import percentile_shown
from tasks.actions.rounds import close, reopen
from tasks.actions.series import arms_at, kept, task_alerts
from tasks.actions.verification import look_at, person_deadline, watch_for_relapse
from tasks.logic.effect import Verdict, judge
from tasks.logic.escalation import decision_step, progress_of
from tasks.logic.guardrails import held_back
from tasks.logic.lifecycle import NotAllowed, possible_calls
from tasks.logic.plan import Plan, plan_from_json
from tasks.logic.telling import GOOD, REMIND_AFTER
from tasks.models import Look, Task, Verification

PEOPLE_SAY = ("recovered_unproven", "partially_effective", "inconclusive", "reopen")
LEADS_DECIDE = ("partial", "guardrail")  # what is weighed is not for the one who mended it


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
    days, controls = arms_at(running, plan, look)
    breaching, asked = _still_breaching(task), running.reason == "ask_owner"
    verdict = judge(
        plan,
        look=look,
        baseline=days,
        after=days,
        history=days,
        controls=controls,
        breaching=breaching,
        asked=asked,
    )
    guards, seen = look_at_guards(running, plan, look)
    verdict = held_back(verdict, guards)
    due = running.next_look_at
    assert due is not None
    result = asdict(verdict) | {
        "guards": guards_as_json(running, guards),
        "percentile": percentile_shown(running, plan, look, verdict.dispersion or 1.0),
    }
    data = kept(days, controls) | {"breaching": breaching, "asked": asked, "guards": seen}
    row = Look(verification=running, seq=look, due_at=due, at=now, data=data, result=result)
    row.save()
    tell_of_harm(task, running, guards, now)
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
    allowed = answers_to(running)
    if said not in (*PEOPLE_SAY, *allowed):
        raise Invalid([("outcome", "not_by_hand", f"One of {', '.join(PEOPLE_SAY)}.")])
    if said == "partially_effective" and running.reason != "partial":
        problem = "Only where a look has shown a partial effect."
        raise Invalid([("outcome", "no_partial_effect", problem)])
    if running.reason in LEADS_DECIDE and not roles_of(by, task) & {"lead", "admin"}:
        raise Forbidden("lead_must_decide")
    params = {"outcome": said, "reason": fields["reason"]}
    harmed = running.reason == "guardrail"
    by_hand = {
        "partially_effective": said,
        "effective": said,
        "reopen": "worse" if harmed else "no_effect",
    }
    verdict = by_hand.get(said, "inconclusive")
    _settle(running, verdict=verdict, reason=f"person_{said}", now=now)
    if said == "reopen":
        # whoever mended the metric is not said to have failed at it
        back = running.recovered if harmed else False
        return reopen(task, verb="decided", by=by, now=now, params=params, recovered=back)
    recovered = True if said == "recovered_unproven" else running.recovered
    if said in ("partially_effective", "effective"):
        watch_for_relapse(running, now)
    task = close(
        task, verb="decided", resolution=said, by=by, now=now, params=params, recovered=recovered
    )
    if said == "effective":
        ask_to_keep(task=task, verification=running, now=now)
    return task


def answers_to(running: Verification) -> tuple[str, ...]:
    """What may be said to this question beyond `PEOPLE_SAY`: what a look has shown is accepted
    with what it costs elsewhere; nobody says "proven" for the data."""
    proven = running.reason == "guardrail" and (running.result or {}).get("proven")
    return ("effective",) if proven and running.recovered else ()


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
    to = ladder(task.department, "lead", now) if reason in LEADS_DECIDE else None
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
    running.recheck_at = recheck_after(running, now) if running.looks_done else None
    running.tell_at = now + REMIND_AFTER if verdict in GOOD else None
    running.save()


def _still_breaching(task: Task) -> bool | None:
    """Whether the rule still fires on any group of the task; None without a rule."""
    groups = [alert.group_id for alert in task_alerts(task)]
    if not groups:
        return None
    return RuleState.objects.filter(group__in=groups, level__isnull=False).exists()
