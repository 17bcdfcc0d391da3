"""Ideas are gathered and voted on; a playbook or an idea is chosen, and becomes steps."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from alerts.models import Playbook, PlaybookVersion
from cx_loop.models import Actor, User, record
from tasks.actions.access import may_speak
from tasks.actions.change import change
from tasks.actions.checklist import append_steps, begin, check_fields, due_within
from tasks.actions.errors import Forbidden, Invalid, NotFound
from tasks.actions.progress import note_progress
from tasks.actions.rights import may_choose
from tasks.actions.work import lock
from tasks.logic import checklist as logic
from tasks.models import Adoption, Idea, Task, Vote

USED = ("playbook", "already_chosen", "Its steps are on the list already.")


@transaction.atomic
def choose_playbook(*, number: int, playbook: str, by: Actor, now: datetime) -> Adoption:
    """Its steps are copied to the task, in both languages, in the version in force.

    For the assignee or a lead; of a task nobody has, for anybody of its department. Raises
    NotFound, NotAllowed, Forbidden, Invalid (playbook_unknown, already_chosen, too_many).
    """
    task = begin("playbook", number, by, now, {})
    person = may_choose(by, task, now)
    known = Playbook.objects.filter(key=playbook, retired_at=None, current__isnull=False)
    book = known.select_related("current").first()
    if book is None or book.current is None:
        message = "There is no such playbook in force."
        raise Invalid([("playbook", "playbook_unknown", message)])
    version = book.current
    here = Adoption.objects.filter(task=task, episode=task.episode)
    if here.filter(playbook__playbook=book).exists():
        raise Invalid([USED])
    adoption = Adoption.objects.create(
        task=task, episode=task.episode, playbook=version, by=person, at=now
    )
    said = [_copied(task, version, step, now) for step in version.steps]
    append_steps(task, said, now=now, adoption=adoption)
    note_progress(task=task, now=now)
    params = {"playbook": book.key, "version": version.number, "steps": len(said)}
    change(
        task,
        verb="playbook_chosen",
        by=by,
        now=now,
        playbook=version,
        params=params | {"text": version.name or {"en": book.key}},
    )
    return adoption


@transaction.atomic
def add_idea(*, number: int, by: Actor, now: datetime, fields: dict[str, Any]) -> Idea:
    """What could help, said by anybody who works at the task or did. `fields`: text, kind."""
    task, person = _speaking("ideas", number, by)
    check_fields(task, fields, now, needs=("text",))
    if Idea.objects.filter(task=task).count() >= logic.MOST:
        raise Invalid([("text", "too_many", f"A task has {logic.MOST} ideas at most.")])
    idea = Idea.objects.create(
        task=task,
        episode=task.episode,
        text=fields["text"].strip(),
        kind=fields.get("kind") or "",
        by=person,
        at=now,
    )
    _trail("idea_added", idea, by, now)
    return idea


@transaction.atomic
def vote(*, number: int, idea: int, by: Actor, now: datetime) -> Idea:
    """One vote a person and idea; a second one changes nothing."""
    _task, found, person = _votable(number, idea, by)
    try:
        with transaction.atomic():
            Vote.objects.create(idea=found, by=person, at=now)
    except IntegrityError:
        return found
    _trail("voted", found, by, now)
    return found


@transaction.atomic
def withdraw_vote(*, number: int, idea: int, by: Actor, now: datetime) -> Idea:
    _task, found, person = _votable(number, idea, by)
    if Vote.objects.filter(idea=found, by=person).delete()[0]:
        _trail("vote_withdrawn", found, by, now)
    return found


@transaction.atomic
def choose_idea(
    *, number: int, idea: int, by: Actor, now: datetime, type: str = "correct"
) -> Adoption:
    """Each line of the idea becomes a step of the given type. For the assignee or a lead."""
    task = begin("ideas", number, by, now, {"type": type})
    person = may_choose(by, task, now)
    found = _idea(task, idea)
    _check_open(found)
    found.state = Idea.State.CHOSEN
    found.save(update_fields=["state"])
    adoption = Adoption.objects.create(
        task=task, episode=task.episode, idea=found, by=person, at=now
    )
    lines = [each for line in found.text.splitlines() if (each := line.strip(" -•*\t"))]
    said = [
        {"text": {found.by.language: line}, "type": type, "kind": found.kind}
        for line in lines or [found.text]
    ]
    append_steps(task, said, now=now, adoption=adoption)
    note_progress(task=task, now=now)
    _trail("idea_chosen", found, by, now, steps=len(said))
    return adoption


def _copied(
    task: Task, version: PlaybookVersion, step: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """A step of a playbook as it stands on a task: what is not said to contain corrects."""
    due = {"due_at": due_within(task, step["within"], now)} if step.get("within") else {}
    return {
        "text": step["text"],
        "type": step.get("type") or "correct",
        "kind": step.get("kind") or version.kind,
        **due,
    }


def _speaking(call: str, number: int, by: Actor) -> tuple[Task, User]:
    """The task locked, for who works at it or did."""
    task = lock(number, by)
    may_speak(by, task)
    logic.check_task(call, task.state)
    if by.user is None:
        raise Forbidden("not_your_department")
    return task, by.user


def _votable(number: int, idea: int, by: Actor) -> tuple[Task, Idea, User]:
    task, person = _speaking("ideas", number, by)
    found = _idea(task, idea)
    _check_open(found)
    return task, found, person


def _check_open(idea: Idea) -> None:
    if idea.state != Idea.State.OPEN:
        raise Invalid([("idea", "already_chosen", "The idea is chosen: its steps are there.")])


def _idea(task: Task, pk: int) -> Idea:
    found = Idea.objects.select_related("by").filter(task=task, pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _trail(verb: str, idea: Idea, by: Actor, now: datetime, **params: Any) -> None:
    record(
        verb=verb,
        subject="task",
        subject_id=idea.task_id,
        by=by,
        now=now,
        params={"idea": idea.pk, "text": {idea.by.language: idea.text[:80]}, **params},
    )
