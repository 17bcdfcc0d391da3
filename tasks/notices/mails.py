"""What people are told about a task: the sentence of a notice, and the mail."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cx_loop.models import Organization
from cx_loop.ui.words import say_moment
from tasks.models import Task
from tasks.notices.names import LEVELS, STATES, VERDICTS
from tasks.notices.recovery import say_late
from tasks.notices.titles import sentence_of_task, title_of
from tasks.ui import checklist


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
    if code == "recovery_late":
        return say_late(int(params.get("count", 0)))
    words = {
        "level": LEVELS.get(str(params.get("to", "")), ""),
        "person": str(params.get("person", "")),
        "verdict": VERDICTS.get(str(params.get("verdict") or ""), ""),
        "count": str(params.get("count", "")),
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
    "guardrail": gettext_lazy("Since the fix of a task another metric is worse, beyond chance."),
    "worse": gettext_lazy("After the fix of a task the metric is worse than before."),
    "closed": gettext_lazy("An improvement task is closed: %(verdict)s."),
    "relapsed": gettext_lazy("A fix that had worked did not last: its task is open again."),
    "permanence_asked": gettext_lazy("A fix is proven: what of it becomes standard for good?"),
    "tell_customers": gettext_lazy(
        "A fix has proven to help, and the customers who complained were not told yet: %(count)s."
    ),
    **checklist.MAILS,
    "mentioned": gettext_lazy("%(person)s has named you in a comment."),
    "watched": gettext_lazy("A task that you watch has moved on: %(state)s."),
}
