"""Several tasks locked at once, in the one order everything locks in (decision 0007)."""

from collections.abc import Iterable

from alerts.actions import alerts as alert_actions
from alerts.models import Alert
from cx_loop.models import Actor
from tasks.actions.turns import one_at_a_time
from tasks.models import Task
from tasks.models.task import TaskQuerySet


def seen_by(actor: Actor) -> TaskQuerySet:
    """What both the person and the key they work through may see."""
    seen = Task.objects.all()
    for viewer in (actor.key, actor.user):
        if viewer is not None:
            seen = seen.visible_to(viewer)
    return seen


def lock_all(numbers: Iterable[int], by: Actor, *, in_turn: bool = False) -> dict[int, Task]:
    """Those of the tasks that the actor sees: the groups of their alerts first, then the tasks by
    number. Two people who take the same tasks the other way round would wait for each other
    otherwise. `in_turn`: as `work.lock` has it."""
    seen = seen_by(by).filter(number__in=set(numbers))
    wanted = sorted(seen.values_list("number", flat=True))
    groups = Alert.objects.filter(links__task__in=wanted).values_list("group_id", flat=True)
    alert_actions.lock_groups(sorted(set(groups)))
    if in_turn:
        one_at_a_time()
    related = Task.objects.select_related(
        "department__calendar", "assignee", "policy", "touchpoint"
    )
    rows = related.filter(number__in=wanted).order_by("number").select_for_update(of=("self",))
    return {task.number: task for task in rows}
