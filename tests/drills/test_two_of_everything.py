"""Two engines and two workers after the same due tasks: each step is taken once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from config.celery import app
from cx_loop import clock
from cx_loop.models import Heartbeat
from tasks.models import Episode, Escalation, Task
from tests.drills.crew import ENGINE, WORKER, Crew, deadlocks, wait_until
from tests.factories import make_department, make_task, make_user

TASKS, ROUNDS = 40, 3
LADDER = ["lead", "director", "director"]

# the same as waiting a day: everything that has a time is a day older
A_DAY_PASSES = """
UPDATE tasks_task SET created_at = created_at - interval '25 hours',
    respond_by = respond_by - interval '25 hours', due_at = due_at - interval '25 hours',
    escalate_at = escalate_at - interval '25 hours',
    next_due_at = next_due_at - interval '25 hours';
UPDATE tasks_episode SET opened_at = opened_at - interval '25 hours',
    last_fired_at = last_fired_at - interval '25 hours';
"""


def make_tasks() -> None:
    department = make_department("ground-ops")
    for role in ("member", "lead", "director"):
        make_user(f"{role}@example.com", department=department, role=role)
    now = clock.now()
    for _ in range(TASKS):
        task = make_task(department=department, created_at=now, due_at=now + timedelta(days=90))
        Task.objects.filter(pk=task.pk).update(
            escalate_at=now + timedelta(hours=4), next_due_at=now + timedelta(hours=4)
        )


def nudge() -> None:
    """Both workers, ten times over: messages may come twice, or late."""
    for _ in range(10):
        app.send_task("tasks.jobs.sweep", expires=30)


@pytest.mark.django_db(transaction=True)
def test_engines_and_workers_take_each_step_of_each_task_once(tmp_path: Path) -> None:
    make_tasks()
    before = deadlocks()
    with Crew(tmp_path) as crew:
        crew.start(ENGINE, ENGINE, WORKER, WORKER)
        nudge()
        wait_until(lambda: Heartbeat.objects.filter(name="sweep").exists())
        for number in range(1, ROUNDS + 1):
            with connection.cursor() as cursor:
                cursor.execute(A_DAY_PASSES)
            nudge()
            wait_until(lambda steps=number: Escalation.objects.count() >= TASKS * steps)
        said = crew.complaints()
    assert Escalation.objects.count() == TASKS * ROUNDS
    for task in Task.objects.order_by("number"):
        pushes = task.escalations.order_by("seq").values_list("seq", "to")
        assert list(pushes) == list(enumerate(LADDER))
        assert task.attempts == 0
    assert Episode.objects.filter(last_fired_at=None).count() == 0
    assert deadlocks() == before
    assert "Traceback" not in said, said[-2000:]
