"""What people do to the same task at the same moment, on real connections."""

import pytest

from cx_loop.models import Actor
from tasks.actions import parents
from tasks.actions.attachments import attach
from tasks.actions.errors import Invalid
from tasks.actions.watching import watch
from tasks.logic.attachments import MOST
from tasks.models import Attachment, Task, Watcher
from tests.factories import NOW, make_attachment, make_department, make_task, make_user
from tests.flows.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_ties_the_opposite_way_round_leave_one() -> None:
    ground = make_department()
    ana = Actor(make_user(department=ground))
    for _ in range(5):
        one, two = (make_task(department=ground).number for _ in range(2))
        raised = at_once(
            lambda one=one, two=two: parents.link(number=one, parent=two, by=ana, now=NOW),
            lambda one=one, two=two: parents.link(number=two, parent=one, by=ana, now=NOW),
        )
        assert [type(each) for each in raised] == [Invalid]
        assert Task.objects.filter(number__in=[one, two], parent=None).count() == 1


def test_the_last_place_for_a_file_is_given_once() -> None:
    task = make_task()
    ana = Actor(make_user(department=task.department))
    for place in range(1, MOST):
        make_attachment(task, place=place)
    raised = at_once(
        *(
            lambda n=n: attach(number=task.number, by=ana, now=NOW, name="a.txt", content=b"%d" % n)
            for n in range(4)
        )
    )
    assert [type(each) for each in raised] == [Invalid] * 3
    assert Attachment.objects.filter(task=task).count() == MOST


def test_a_double_tap_watches_once() -> None:
    task = make_task()
    ana = make_user(department=task.department)
    assert not at_once(*[lambda: watch(number=task.number, by=Actor(ana), now=NOW)] * 4)
    assert Watcher.objects.filter(task=task).count() == 1
