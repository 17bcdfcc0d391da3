"""All tasks that are due for a step up, at once: read and written in a few statements."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from cx_loop.models.together import known, together
from tasks.actions.escalate import escalate
from tasks.models import Episode, Escalation, Pause, Task


class Failed(Exception):
    """One of these tasks could not be pushed up, so none was."""

    def __init__(self, numbers: Collection[int]) -> None:
        super().__init__(f"{len(numbers)} tasks")
        self.numbers = numbers


def push_up(*, now: datetime, most: int) -> int:
    """Take up to `most` tasks that nobody else has in hand, the longest due first, and push each
    one step. Returns how many. Raises Failed with those that were taken.

    Their rows are the only locks, and none is waited for; so nothing that holds the state of a
    group or an alert can wait for this in a circle.
    """
    numbers: list[int] = []
    try:
        with together():
            tasks = _taken(now, most)
            numbers += [task.number for task in tasks]
            _read_ahead({task.number: task for task in tasks})
            for task in tasks:
                escalate(task=task, now=now)
    except Exception as error:
        raise Failed(numbers) from error
    return len(numbers)


def _taken(now: datetime, most: int) -> list[Task]:
    due = Task.objects.to_push_up(now).order_by("next_due_at", "number")
    related = due.select_related(
        "department__calendar", "assignee__substitute", "policy", "touchpoint", "metric"
    )
    return list(related.select_for_update(of=("self",), skip_locked=True)[:most])


def _read_ahead(tasks: dict[int, Task]) -> None:
    """What is asked of each task, asked once for all; what is missing is missed by its task."""
    opened = {}
    for episode in Episode.objects.filter(task__in=tasks).order_by():
        if episode.number == tasks[episode.task_id].episode:
            opened[episode.task_id] = episode.opened_at
            known(("episode", episode.task_id), episode)
    fired, pauses = defaultdict(list), defaultdict(list)
    steps = Escalation.objects.filter(task__in=tasks).order_by("task", "seq")
    for number, round_, *step in steps.values_list("task", "episode", "ladder", "fired_at"):
        if round_ == tasks[number].episode:
            fired[number].append(tuple(step))
    for pause in Pause.objects.filter(task__in=tasks).order_by("task", "since", "id"):
        if pause.task_id in opened and pause.until > opened[pause.task_id]:
            pauses[pause.task_id].append(pause)
    for number in tasks:
        known(("fired", number), fired[number])
        known(("pauses", number), pauses[number])
