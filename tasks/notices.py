"""What we say about a task, in the reader's language: titles, activity, verdicts, mails."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from alerts.notices import say_breach, say_drift, say_problem
from cx_loop.models import Activity, Organization, in_language
from cx_loop.models.prepared import ask
from cx_loop.models.together import answered
from cx_loop.ui.words import say_moment, say_number
from tasks.models import Step, Task, Verification
from tasks.ui import checklist
from tasks.ui.causes import PAIN_CATEGORIES as PAIN_CATEGORIES
from tasks.ui.causes import ROOT_CAUSES as ROOT_CAUSES

STATES = {
    "open": pgettext_lazy("task", "Open"),
    "accepted": gettext_lazy("Accepted"),
    "in_progress": gettext_lazy("In progress"),
    "on_hold": gettext_lazy("On hold"),
    "verifying": gettext_lazy("Verifying"),
    "closed": gettext_lazy("Closed"),
}
CALLS = {
    "accept": gettext_lazy("Accept"),
    "assign": gettext_lazy("Assign"),
    "start": gettext_lazy("Start"),
    "hold": gettext_lazy("Put on hold"),
    "hand_over": gettext_lazy("Hand over"),
    "submit": gettext_lazy("Submit the fix"),
    "withdraw": gettext_lazy("Withdraw the fix"),
    "send_back": gettext_lazy("Send back"),
    "dismiss": gettext_lazy("Dismiss"),
    "decide": gettext_lazy("Decide"),
    "reopen": gettext_lazy("Reopen"),
}
RESOLUTIONS = {
    "effective": gettext_lazy("Effective"),
    "partially_effective": gettext_lazy("Partially effective"),
    "recovered_unproven": gettext_lazy("Recovered, not proven"),
    "inconclusive": gettext_lazy("Inconclusive"),
    "false_alarm": gettext_lazy("False alarm"),
    "wont_fix": gettext_lazy("Will not fix"),
    "external_cause": gettext_lazy("External cause"),
    "duplicate": gettext_lazy("Duplicate"),
    "data_error": gettext_lazy("Data error"),
    "self_recovered": gettext_lazy("Self-recovered"),
}
VERDICTS = {
    "effective": gettext_lazy("Effective"),
    "partially_effective": gettext_lazy("Partially effective"),
    "no_effect": gettext_lazy("No effect shown"),
    "worse": gettext_lazy("Worse"),
    "inconclusive": gettext_lazy("Inconclusive"),
    "recovered_unproven": gettext_lazy("Recovered, not proven"),
    "relapsed": gettext_lazy("Relapsed"),
    "reopen": gettext_lazy("Reopen"),
}
LEVELS = {
    "staff": gettext_lazy("staff"),
    "lead": gettext_lazy("lead"),
    "director": gettext_lazy("director"),
}


def title_of(task: Task, segments: Mapping[str, str] | None = None) -> str:
    """Boarding · Wait too long (Gold); or what was written by hand.

    Reads `touchpoint` and `metric` of the task. `segments` maps keys to names in the reader's
    language; without it a segment costs one query.
    """
    said = task.title
    if "text" in said:
        return str(said["text"])
    params = said.get("params", {})
    metric = in_language(task.metric.name) if task.metric else ""
    place = in_language(task.touchpoint.name) if task.touchpoint else ""
    kind = task.metric.kind if task.metric else ""
    problem = say_problem(kind, params.get("operator", ""), metric or params.get("metric", ""))
    title = f"{place or params.get('touchpoint', '')} · {problem}"
    names = segment_names() if segments is None and task.segment else segments or {}
    if not task.segment:
        return title
    return _("%(title)s (%(segment)s)") % {
        "title": title,
        "segment": names.get(task.segment, task.segment),
    }


def sentence_of_task(task: Task) -> str:
    """What happened, from the parameters of the title; empty for a task made by hand."""
    params = task.title.get("params")
    if not params or task.metric is None:
        return ""
    if params.get("drift"):
        return say_drift(task.metric, params.get("aggregate"), params["drift"], params.get("n"))
    return say_breach(
        task.metric,
        aggregate=params.get("aggregate"),
        operator=params.get("operator", ""),
        line=params.get("line"),
        value=params.get("value"),
        n=params.get("n"),
    )


def segment_names() -> dict[str, str]:
    rows = answered("segments", lambda: ask("SELECT key, name FROM cx_loop_segment", {}))
    return {key: in_language(json.loads(name)) or key for key, name in rows}


@dataclass(frozen=True)
class Reader:
    """What a line of the trail needs to be said, looked up once a page: never once a line."""

    now: datetime
    zone: ZoneInfo
    departments: Mapping[str, str] = field(default_factory=dict)

    def place(self, key: str) -> str:
        return self.departments.get(key, key)

    def moment(self, raw: Any) -> str:
        return say_moment(datetime.fromisoformat(str(raw)), self.zone, self.now) if raw else ""


def say_activity(activity: Activity, reader: Reader | None = None) -> str:
    """One line of the trail: what happened, without who, when and why.

    Without a reader, times are said in the organisation's zone and departments by their keys.
    """
    reader = reader or Reader(activity.at, Organization.current().zone)
    params = activity.params
    known = _ACTIVITY.get(activity.verb)
    if activity.verb == "opened" and activity.user_id is None:
        known = gettext_lazy("The task was opened.")
    if known is None:
        return activity.verb.replace("_", " ")
    words = {
        "to": reader.place(str(params.get("to", ""))),
        "from": reader.place(str(params.get("from", ""))),
        "level": LEVELS.get(str(params.get("to", "")), ""),
        "person": params.get("person", ""),
        "episode": params.get("episode", ""),
        "verdict": VERDICTS.get(
            str(params.get("verdict") or params.get("outcome") or ""), _("keep watching")
        ),
        "resolution": RESOLUTIONS.get(str(params.get("resolution") or ""), ""),
        "until": reader.moment(params.get("until")),
        "fixed_at": reader.moment(params.get("fixed_at")),
        **checklist.words_of(params),
        "name": params.get("name", ""),
    }
    said = str(known) % words
    if "given" in params:
        said = _("%(said)s (its turn: %(given)s)") % {"said": said, "given": params["given"]}
    return said


def say_open_steps(steps: Iterable[Step]) -> str:
    """What still has to be done before a fix can be submitted, and the way out."""
    names = ", ".join(_("“%(step)s”") % {"step": in_language(step.text)} for step in steps)
    return _(
        "Corrective steps are still open: %(steps)s. Tick each when it is done, or mark it not"
        " needed with a reason; then submit."
    ) % {"steps": names}


def reason_of(activity: Activity) -> str:
    """The reason a person gave; the system's own are codes and are said by the sentence."""
    return str(activity.params.get("reason", "")) if activity.user_id else ""


_ACTIVITY = {
    "opened": gettext_lazy("opened the task"),
    "accepted": gettext_lazy("accepted the task"),
    "started": gettext_lazy("started to work on it"),
    "resumed": gettext_lazy("took it up again"),
    "assigned": gettext_lazy("assigned it to %(to)s"),
    "held": gettext_lazy("put it on hold until %(until)s"),
    "hold_ended": gettext_lazy("The hold ended; the task goes on."),
    "silenced": gettext_lazy("Silenced until %(until)s: the clocks stand still."),
    "silence_moved": gettext_lazy("The silence now lasts until %(until)s."),
    "silence_over": gettext_lazy("The silence is over: the clocks go on."),
    "handed_over": gettext_lazy("handed it over from %(from)s to %(to)s"),
    "returned": gettext_lazy("gave it back to the queue: %(person)s has left"),
    "clocks_recounted": gettext_lazy("The deadlines were counted anew: the calendar has changed."),
    "submitted": gettext_lazy("submitted the fix of %(fixed_at)s"),
    "withdrawn": gettext_lazy("withdrew the fix"),
    "sent_back": gettext_lazy("sent it back"),
    "dismissed": gettext_lazy("dismissed it: %(resolution)s"),
    "decided": gettext_lazy("decided: %(verdict)s"),
    "reopened": gettext_lazy("reopened it: episode %(episode)s"),
    "closed": gettext_lazy("closed it"),
    "commented": gettext_lazy("commented"),
    "watched": gettext_lazy("watches it from now on"),
    "unwatched": gettext_lazy("watches it no more"),
    "attached": gettext_lazy("put the file %(name)s on it"),
    "detached": gettext_lazy("removed the file %(name)s for good"),
    "linked": gettext_lazy("put it under the task of its cause"),
    "unlinked": gettext_lazy("took it out from under the task of its cause"),
    "linked_one": gettext_lazy("put another task under it"),
    "unlinked_one": gettext_lazy("took another task out from under it"),
    "alert_joined": gettext_lazy("Another alert of the same rule joined the task."),
    "alert_returned": gettext_lazy("Its alert is back: the value breaches again."),
    "severity_raised": gettext_lazy("The severity rose to critical."),
    "self_recovered": gettext_lazy("The alert has resolved by itself."),
    "escalated": gettext_lazy("Escalated to the %(level)s."),
    "nobody_reachable": gettext_lazy("Should have been escalated, but nobody is reachable there."),
    "looked_after": gettext_lazy("The next deadline was planned anew."),
    "woken_up": gettext_lazy("It had slept past a deadline, and was woken."),
    "looked": gettext_lazy("Looked at the effect: %(verdict)s."),
    "asked": gettext_lazy("Asked a person to decide on the effect."),
    "verdict": gettext_lazy("Verdict on the fix: %(verdict)s."),
    "permanence_asked": gettext_lazy("Asked once more whether the fix is made permanent."),
    "made_permanent": gettext_lazy("made the fix permanent"),
    "not_made_permanent": gettext_lazy("said that nothing has to change for good"),
    "worth_said": gettext_lazy("said what the fix has cost and brings"),
    "held_for_good": gettext_lazy("The fix has held: the watch of 90 days is over."),
    **checklist.ACTIVITY,
}


def say_verification(running: Verification) -> str:
    """Where the acceptance of the effect stands, in one sentence."""
    if running.state == Verification.State.WAITING:
        return _("The effect settles in; the first look comes when whole weeks have passed.")
    if running.state == Verification.State.WATCHING:
        return _("Nothing can be concluded yet: the watch goes on.")
    if running.state == Verification.State.PERSON:
        return {
            "ask_owner": _("The rule still fires at this look: is the fix really in place?"),
            "partial": _("Better, but not back to normal: the lead may accept it or not."),
            "no_metric": _("No metric stands behind this task: a second person decides."),
        }.get(running.reason, _("The data cannot tell: a second person decides."))
    return {
        "effective": _("Effective: the metric is back, and the change is beyond chance."),
        "partially_effective": _("Partially effective: better beyond chance, but not back."),
        "no_effect": _("No effect shown: the metric is not back."),
        "worse": _("Worse than before the fix, beyond chance."),
        "relapsed": _("Relapsed: it had worked, and came back."),
    }.get(running.verdict, _say_inconclusive(running))


def _say_inconclusive(running: Verification) -> str:
    if running.recovered or running.reason in {"recovered_unproven", "person_recovered_unproven"}:
        return _("Recovered, but not proven: the metric is back, chance cannot be ruled out.")
    return _("Inconclusive: %(reason)s.") % {"reason": say_reason(running.reason)}


def say_reason(reason: str) -> str:
    return {
        "needs_data": _("needs data"),
        "no_baseline": _("no baseline"),
        "no_control": _("no control"),
        "not_recovered": _("the metric is not back"),
        "not_accepted": _("not accepted in time"),
        "withdrawn": _("the fix was withdrawn"),
        "sent_back": _("it was sent back"),
        "reopened": _("the task was reopened"),
    }.get(reason, _("nothing can be concluded from the data"))


def mail_of(
    code: str,
    task: Task,
    language: str,
    params: Mapping[str, Any] | None = None,
    zone: ZoneInfo | None = None,
) -> tuple[str, str]:
    """Subject and text of a mail about a task, in the language and zone of who gets it."""
    with translation.override(language):
        title = title_of(task)
        subject = f"#{task.number} {title}"
        head = say_notice(code, params or {})
        zone, lines = zone or Organization.current_zone(), [head, "", title, sentence_of_task(task)]
        if task.due_at is not None and task.state not in {"verifying", "closed"}:
            due = say_moment(task.due_at, zone, task.created_at)
            lines.append(_("To be resolved by %(moment)s.") % {"moment": due})
        lines += ["", f"{settings.PUBLIC_URL}/tasks/{task.number}/"]
        return subject, "\n".join(lines)


def say_notice(code: str, params: Mapping[str, Any]) -> str:
    """What happened, in one sentence."""
    words = {
        "level": LEVELS.get(str(params.get("to", "")), ""),
        "person": str(params.get("person", "")),
        "verdict": VERDICTS.get(str(params.get("verdict") or ""), ""),
        "state": STATES.get(str(params.get("state") or ""), ""),
    }
    return str(_MAILS.get(code, gettext_lazy("Something happened to your task."))) % words


_MAILS = {
    "opened": gettext_lazy("A new improvement task waits for you."),
    "assigned": gettext_lazy("An improvement task was assigned to you."),
    "handed_over": gettext_lazy("An improvement task was handed over to your department."),
    "returned": gettext_lazy("A task is back in your queue: %(person)s has left it."),
    "escalated": gettext_lazy("An improvement task was escalated to the %(level)s."),
    "unattended": gettext_lazy("Nobody attends to an improvement task: its last push has passed."),
    "severity_raised": gettext_lazy("The severity of an improvement task rose to critical."),
    "reopened": gettext_lazy("An improvement task came back: it was reopened."),
    "withdrawn": gettext_lazy("The fix of an improvement task was withdrawn."),
    "sent_back": gettext_lazy("An improvement task was sent back to you."),
    "hold_ended": gettext_lazy("The hold of an improvement task is over: how does it go on?"),
    "asked": gettext_lazy("A person must decide whether the fix of a task has worked."),
    "worse": gettext_lazy("After the fix of a task the metric is worse than before."),
    "closed": gettext_lazy("An improvement task is closed: %(verdict)s."),
    "relapsed": gettext_lazy("A fix that had worked did not last: its task is open again."),
    "permanence_asked": gettext_lazy("A fix is proven: what of it becomes standard for good?"),
    **checklist.MAILS,
    "mentioned": gettext_lazy("%(person)s has named you in a comment."),
    "watched": gettext_lazy("A task that you watch has moved on: %(state)s."),
}


def say_estimate(arm: Mapping[str, Any], unit: str) -> str:
    """38 % from 412: a value is never said without what it rests on."""
    return _("%(value)s from %(n)s") % {
        "value": f"{say_number(arm.get('value'))} {unit}".rstrip(),
        "n": say_number(arm.get("n")),
    }
