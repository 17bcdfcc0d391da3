"""What the database itself refuses of silences, and of tasks in one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from alerts.models import Silence
from tasks.models import Pause, Task
from tests.factories import NOW, make_alert, make_silence, make_task

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"ends_at": NOW - 2 * HOUR}, "silence_ends_in_time"),
        ({"ends_at": NOW + timedelta(days=90)}, "silence_ends_in_time"),
        ({"reason": ""}, "silence_has_a_reason"),
        ({"matchers": {}}, "silence_matches_something"),
        ({"kind": "party"}, "silence_kind_known"),
        ({"ended_at": NOW}, "silence_ended_early_by_somebody"),
    ],
)
def test_a_silence_ends_and_says_why(wrong, constraint):
    made = make_silence()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Silence.objects.filter(pk=made.pk).update(**wrong)


def test_a_silenced_task_wakes_no_later_than_its_silence_ends():
    task = Task.objects.filter(pk=make_task().pk)
    with pytest.raises(IntegrityError, match="task_silenced_wakes_in_time"), transaction.atomic():
        task.update(silenced_until=NOW, next_due_at=NOW + HOUR)
    task.update(silenced_until=NOW, next_due_at=NOW)


def test_an_alert_is_silenced_by_a_silence():
    alert = make_alert()
    alert.silenced_until = NOW
    with pytest.raises(IntegrityError, match="alert_silenced_by_a_silence"), transaction.atomic():
        alert.save()


def test_a_pause_ends_after_it_began():
    with pytest.raises(IntegrityError, match="pause_ends_after"), transaction.atomic():
        Pause.objects.create(task=make_task(), kind="hold", since=NOW, until=NOW - HOUR)
