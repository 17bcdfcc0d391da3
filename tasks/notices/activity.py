"""The trail of a task, line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.models import Activity, Organization, in_language
from cx_loop.ui.words import say_moment
from tasks.models import Step
from tasks.notices.names import LEVELS, RESOLUTIONS, VERDICTS
from tasks.ui import checklist


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
        "mail": params.get("mail", 0),
        "file": params.get("file", 0),
        "metrics": _(", ").join(in_language(each) for each in params.get("metrics", ())),
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
    "verdict_stands": gettext_lazy("Data of the verdict were corrected; it would be the same."),
    "verdict_would_change": gettext_lazy(
        "Data of the verdict were corrected; today it would be: %(verdict)s."
    ),
    "judged_on_stage": gettext_lazy("chose to judge the fix on the whole stage"),
    "judged_on_metric": gettext_lazy("chose to judge the fix on %(metrics)s"),
    "guardrail_worse": gettext_lazy("Worse since the fix, beyond chance: %(metrics)s."),
    "permanence_asked": gettext_lazy("Asked once more whether the fix is made permanent."),
    "made_permanent": gettext_lazy("made the fix permanent"),
    "not_made_permanent": gettext_lazy("said that nothing has to change for good"),
    "told_customers": gettext_lazy(
        "told customers what was mended: %(mail)s by mail, %(file)s by file"
    ),
    "told_file": gettext_lazy("took the file of customers for the survey tool"),
    "told_outcomes": gettext_lazy("entered what the survey tool did with the file: %(count)s"),
    "sentence_written": gettext_lazy("wrote what customers may read of the fix"),
    "sentence_released": gettext_lazy("released what customers may read of the fix"),
    "sentence_withdrawn": gettext_lazy("took back what customers could read of the fix"),
    "worth_said": gettext_lazy("said what the fix has cost and brings"),
    "held_for_good": gettext_lazy("The fix has held: the watch of 90 days is over."),
    **checklist.ACTIVITY,
}
