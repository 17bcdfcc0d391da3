"""What a reader may do with a task now, and which one step is the obvious one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cx_loop.models import User, in_language, zone_of
from tasks import reads
from tasks.actions.work import allowed_calls
from tasks.logic.checklist import open_corrective
from tasks.logic.lifecycle import primary_call
from tasks.models import Step, Task
from tasks.notices import CALLS
from tasks.web.forms import CallForm, form_for


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    label: str
    form: CallForm
    is_primary: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step of the checklist to be done next, and why the fix cannot be submitted before."""

    step: Step
    text: str
    why: str


def next_of(
    task: Task, user: User, now: datetime, *, doing: str = "", bound: CallForm | None = None
) -> dict[str, Any]:
    """The context of the calls. `doing` names the call whose form is open, `bound` its form."""
    allowed, zone = allowed_calls(task, user), zone_of(user)
    waiting, held = "decide" in allowed, task.state == Task.State.ON_HOLD
    primary = primary_call(task.state, waiting_for_person=waiting)
    step = None
    if primary == "submit" and primary in allowed:
        step = next_step_of(reads.steps_of(task))
    calls = [
        Call(
            name=name,
            label=_("Resume") if name == "start" and held else str(CALLS[name]),
            form=bound
            if bound is not None and name == doing
            else form_for(name, None, task=task, now=now, zone=zone),
            is_primary=name == primary and step is None,
            is_open=name == doing,
        )
        for name in allowed
    ]
    return {
        # the one obvious step stands first, everything else keeps the order of the table
        "calls": sorted(calls, key=lambda call: not call.is_primary),
        "next_step": step,
        "may_close_recovered": task.self_recovered and task.state == Task.State.OPEN,
    }


def next_step_of(steps: Sequence[Step]) -> NextStep | None:
    """None where no corrective step is open: then the fix can be submitted."""
    lasting = open_corrective(steps)
    if not lasting:
        return None
    first = next(step for step in steps if step.state == Step.State.OPEN)
    why = ngettext(
        "The fix can be submitted when the open corrective step is done, or marked as not needed.",
        "The fix can be submitted when the %(count)s open corrective steps are done, or marked as"
        " not needed.",
        len(lasting),
    ) % {"count": len(lasting)}
    return NextStep(first, in_language(first.text), why)
