"""Questions that come later: is a step late, and has a training stuck?"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from cx_loop.logic.working_time import Span, add_working
from cx_loop.models import SYSTEM, Actor, User, record
from tasks.actions.access import ladder
from tasks.actions.announce import announce
from tasks.actions.change import change
from tasks.actions.checklist import check_fields
from tasks.actions.errors import Invalid, NotFound
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.models import FollowUp, Step, Task
from tasks.models.checklist import FollowUpQuerySet
from tasks.reads.hours import hours_of
from tasks.reads.sharing import people_who_see

log = logging.getLogger(__name__)

AT_ONCE = 200
LATER = timedelta(hours=1)  # when a question that could not be put is tried again
ANSWER_WITHIN = Span(3, "d")  # working days, as for a decision on the effect
LEVELS = ("", "lead", "director")


@transaction.atomic
def answer_follow_up(
    *, number: int, follow_up: int, by: Actor, now: datetime, fields: dict[str, Any]
) -> FollowUp:
    """Say whether it stuck, also before the day and after the task is closed; once.

    `fields`: answer (stuck, partly, not_stuck) and note, which anything but stuck needs. Raises
    NotFound, Forbidden, Invalid.
    """
    task = lock(number, by)
    found = FollowUp.objects.select_related("step").filter(task=task, pk=follow_up).first()
    if found is None:
        raise NotFound
    may_work(by, task)
    said = fields.get("answer")
    check_fields(task, fields, now, ("answer", "note") if said != "stuck" else ("answer",))
    if found.answer:
        raise Invalid([("answer", "already_answered", "Somebody has answered it already.")])
    found.answer, found.note = fields["answer"], (fields.get("note") or "").strip()
    found.answered_at, found.answered_by, found.next_due_at = now, by.user, None
    found.save()
    record(
        verb="follow_up_answered",
        subject="task",
        subject_id=number,
        by=by,
        now=now,
        params={
            "step": found.step_id,
            "text": found.step.text,
            "answer": found.answer,
            "reason": found.note,
        },
    )
    return found


def ask_due(*, now: datetime) -> int:
    """Put every question whose day has come, and tell of every step that is late. How many."""
    late = Step.objects.all().late(now).order_by("remind_at", "pk")
    return ask(FollowUp.objects.all(), now=now) + _each(
        late.values_list("pk", "task"), _remind, Step, "remind_at", now
    )


def ask(questions: FollowUpQuerySet, *, now: datetime) -> int:
    """Put those of the questions whose day has come. How many."""
    due = questions.due(now).order_by("next_due_at", "pk")
    return _each(due.values_list("pk", "task"), _ask, FollowUp, "next_due_at", now)


def _each(
    rows: Any,
    ask: Callable[[int, int, datetime], bool],
    model: Any,
    column: str,
    now: datetime,
) -> int:
    done = 0
    for pk, number in list(rows[:AT_ONCE]):
        try:
            with transaction.atomic():
                done += ask(pk, number, now)
        except Exception:
            # one that fails must not hold up the others, nor be forgotten
            log.exception("%s %s of task %s could not be asked", model.__name__, pk, number)
            model.objects.filter(pk=pk).exclude(**{column: None}).update(**{column: now + LATER})
    return done


def _ask(pk: int, number: int, now: datetime) -> bool:
    """Ask who did the step; who does not answer in three working days has those above asked."""
    task = lock(number, SYSTEM)
    related = FollowUp.objects.all().due(now).select_related("step__owner", "step__done_by")
    found = related.filter(pk=pk).first()
    if found is None:
        return False  # answered, or asked by another worker, meanwhile
    level = LEVELS[min(found.asked, len(LEVELS) - 1)]
    found.asked += 1
    found.next_due_at = add_working(now, ANSWER_WITHIN, hours_of(task.department))
    found.save(update_fields=["asked", "next_due_at"])
    people = ladder(task.department, level, now) if level else _who_did(task, found.step)
    params = {"step": found.step_id, "text": found.step.text, "to": level}
    change(task, verb="follow_up_asked", by=SYSTEM, now=now, params=params)
    announce(task=task, code="follow_up_asked", now=now, to=people, params=params)
    return True


def _remind(pk: int, number: int, now: datetime) -> bool:
    """Once: the ladder of the task is what pushes."""
    task = lock(number, SYSTEM)
    step = Step.objects.all().late(now).select_related("owner").filter(pk=pk).first()
    if step is None:
        return False
    Step.objects.filter(pk=pk).update(remind_at=None)
    params = {"step": step.pk, "text": step.text}
    change(task, verb="step_late", by=SYSTEM, now=now, params=params)
    announce(task=task, code="step_late", now=now, to=_who_did(task, step), params=params)
    return True


def _who_did(task: Task, step: Step) -> Iterable[User] | None:
    """The owner of a step, else who did it; None: whoever the task concerns.

    Who has moved to another department since does not see the task any more, and is told nothing.
    """
    person = step.owner or step.done_by
    if person is None or not people_who_see(task).filter(pk=person.pk).exists():
        return None
    return [person]
