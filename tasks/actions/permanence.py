"""Making it permanent: the owner says what of a proven fix stays, and where else it is tried."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.models import SYSTEM, Actor, Touchpoint, in_language, record
from cx_loop.ui.dimensions import value_names
from tasks.actions.access import ladder
from tasks.actions.announce import announce
from tasks.actions.change import change
from tasks.actions.errors import Invalid, NotFound
from tasks.actions.keeping import answer_by
from tasks.actions.kept_edits import make_edits
from tasks.actions.opening import open_by_hand
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.logic.permanence import PLACES, Sister, problems_of
from tasks.models import Offer, Permanence, Task
from tasks.reads.permanence import sisters_of

log = logging.getLogger(__name__)

AT_ONCE = 200
LEVELS = ("", "lead", "director")
WARNING = 2


@transaction.atomic
def answer_permanence(
    *, number: int, by: Actor, now: datetime, fields: dict[str, Any]
) -> Permanence:
    """What was changed for good, or why nothing has to be; also after the task is closed, once.

    `fields`: answer (made, not_needed); standard, playbook, blueprint: what was changed, in words;
    standard_key and target, playbook_key and steps: what is changed with it (`make_edits`); reason;
    sisters: (touchpoint, location) each, where a task is opened to try the measure. Raises
    NotFound, Forbidden, Invalid.
    """
    task = lock(number, by)
    found = Permanence.objects.filter(task=task).order_by("-pk").first()
    if found is None:
        raise NotFound
    may_work(by, task)
    said = {name: str(fields.get(name) or "").strip() for name in (*PLACES, "answer", "reason")}
    edited, edits = _edit(task, said["answer"], fields, by, now)
    for place, words in edited.items():
        said[place] = "\n".join(text for text in (said[place], words) if text)
    problems = problems_of(said, answered=bool(found.answer), over=_is_over(found, task))
    if problems:
        raise Invalid([(each.field, each.code, each.message) for each in problems])
    asked = _known_sisters(task, by, fields.get("sisters") or ())
    for name, value in said.items():
        setattr(found, name, value)
    found.answered_at, found.answered_by, found.next_due_at = now, by.user, None
    found.edits = edits
    found.save()
    offered = [_offer(found, task, touchpoint, at, by, now) for touchpoint, at in asked]
    params = {
        "changed": [name for name in PLACES if said[name]],
        "edited": [f"{each['kind']}:{each['key']}" for each in edits],
        "offered": len(offered),
        "reason": said["reason"],
    }
    verb = "made_permanent" if found.answer == Permanence.Answer.MADE else "not_made_permanent"
    record(verb=verb, subject="task", subject_id=number, by=by, now=now, params=params)
    return found


def _edit(
    task: Task, answer: str, fields: dict[str, Any], by: Actor, now: datetime
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    if answer != Permanence.Answer.MADE:
        return {}, []
    with translation.override(by.user.language if by.user else "en"):
        return make_edits(task=task, fields=fields, by=by, now=now)


def ask_again(*, now: datetime) -> int:
    """Put every question nobody answered in time one level up. How many."""
    due = Permanence.objects.all().due(now).order_by("next_due_at", "pk")
    done = 0
    for pk, number in list(due.values_list("pk", "task")[:AT_ONCE]):
        try:
            with transaction.atomic():
                done += _ask(pk, number, now)
        except Exception:
            # one that fails must not hold up the others, nor be forgotten
            log.exception("whether task %s is made permanent could not be asked", number)
            _put_off(pk, now)
    return done


def _put_off(pk: int, now: datetime) -> None:
    found = Permanence.objects.select_related("task__department__calendar").get(pk=pk)
    if not found.answer:
        found.next_due_at = answer_by(found.task, now)
        found.save(update_fields=["next_due_at"])


def _ask(pk: int, number: int, now: datetime) -> bool:
    task = lock(number, SYSTEM)
    found = Permanence.objects.all().due(now).select_related("verification").filter(pk=pk).first()
    if found is None:
        return False  # answered, or asked by another worker, meanwhile
    if _is_over(found, task):
        found.answer, found.answered_at, found.next_due_at = Permanence.Answer.OVER, now, None
        found.save(update_fields=["answer", "answered_at", "next_due_at"])
        return True
    level = LEVELS[min(found.asked, len(LEVELS) - 1)]
    found.asked += 1
    found.next_due_at = answer_by(task, now)
    found.save(update_fields=["asked", "next_due_at"])
    params = {"to": level}
    change(task, verb="permanence_asked", by=SYSTEM, now=now, params=params)
    people = ladder(task.department, level, now)
    announce(task=task, code="permanence_asked", now=now, to=people, params=params)
    return True


def _is_over(found: Permanence, task: Task) -> bool:
    """The task came back since: what did not last is not made permanent."""
    return task.state != Task.State.CLOSED or found.verification.episode != task.episode


def _known_sisters(
    task: Task, by: Actor, asked: Sequence[tuple[str, str]]
) -> list[tuple[Touchpoint, str]]:
    """The places somebody chose, each one of those offered. Raises Invalid."""
    offered = {each.place: each for each in sisters_of(task, by.user)} if asked else {}
    unknown = [place for place in asked if place not in offered]
    if unknown:
        message = "It is offered only where the same metric is measured, and you work."
        raise Invalid([("sisters", "sister_unknown", message)])
    return [_place_of(offered[place]) for place in dict.fromkeys(asked)]


def _place_of(sister: Sister) -> tuple[Touchpoint, str]:
    related = Touchpoint.objects.select_related("owner__calendar", "stage__journey")
    return related.get(key=sister.touchpoint), sister.location


def _offer(
    found: Permanence, task: Task, touchpoint: Touchpoint, at: str, by: Actor, now: datetime
) -> Offer:
    """A task of its own there, that may be dismissed like any other."""
    language = by.user.language if by.user else "en"
    with translation.override(language):
        words = {
            "measure": task.countermeasure[:120] or _("the measure"),
            "place": in_language(task.touchpoint.name) if task.touchpoint else "",
        }
        text = _("Try here what has worked at %(place)s: %(measure)s") % words
        if at:
            text = _("%(text)s (%(location)s)") % {
                "text": text,
                "location": value_names().of("location", at),
            }
    opened = open_by_hand(
        touchpoint=touchpoint,
        text=text,
        severity=WARNING,
        department=None,
        by=by,
        now=now,
        pain_category=task.pain_category,
        metric=task.metric,
        playbook=task.playbook,
    )
    return Offer.objects.create(
        permanence=found, touchpoint=touchpoint, location=at, task=opened, at=now
    )
