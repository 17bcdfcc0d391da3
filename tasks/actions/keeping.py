"""A fix was proven: whoever it was is asked to make it permanent."""

from datetime import datetime

from cx_loop.logic.working_time import Span, add_working
from tasks.actions.announce import announce
from tasks.models import Permanence, Task, Verification
from tasks.reads.hours import hours_of

ANSWER_WITHIN = Span(3, "d")  # working days, as for a decision on the effect


def ask_to_keep(*, task: Task, verification: Verification, now: datetime) -> None:
    """Put the question once, with a deadline; it stands beside the closed task."""
    Permanence.objects.create(
        task=task, verification=verification, asked_at=now, next_due_at=answer_by(task, now)
    )
    announce(task=task, code="permanence_asked", now=now)


def answer_by(task: Task, now: datetime) -> datetime:
    return add_working(now, ANSWER_WITHIN, hours_of(task.department))
