"""Several tasks are opened at the same instant: colleagues get as many, give or take one."""

from collections import Counter
from functools import partial

import pytest

from cx_loop import clock
from cx_loop.models import SYSTEM, Department, Touchpoint
from tasks.actions.opening import open_by_hand
from tasks.models import Task
from tests.factories import make_user
from tests.flows.loop import MONDAY, Loop
from tests.flows.test_at_once import at_once

THREADS, EACH = 4, 5


def open_some(thread: int) -> None:
    place = Touchpoint.objects.get(key="boarding")
    for number in range(EACH):
        with clock.set_to(MONDAY):
            open_by_hand(
                touchpoint=place,
                text=f"{thread}.{number}",
                severity=2,
                department=None,
                by=SYSTEM,
                now=MONDAY,
            )


@pytest.mark.parametrize("way", ["round_robin", "least_loaded"])
@pytest.mark.django_db(transaction=True)
def test_colleagues_get_as_many_give_or_take_one(way: str) -> None:
    Loop()
    ground = Department.objects.get(key="ground-ops")
    for name in ("bea", "cem"):
        make_user(f"{name}@example.com", department=ground)
    Department.objects.filter(pk=ground.pk).update(assign=way)
    assert not at_once(*(partial(open_some, thread) for thread in range(THREADS)))
    given = Counter(Task.objects.values_list("assignee__email", flat=True))
    assert sum(given.values()) == THREADS * EACH
    assert None not in given
    assert len(given) == 3
    assert max(given.values()) - min(given.values()) <= 1
