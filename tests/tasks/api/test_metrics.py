"""Figures for a monitoring system: who may read them, and that they can be read."""

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.actions.keys import create_key
from cx_loop.logic.exposition import Gauge, exposition
from tasks.actions.audit import audit
from tests.factories import make_department, make_task

pytestmark = pytest.mark.django_db


def read(**said: object) -> str:
    key = create_key(name="monitor", scopes=["read"], **said)[1]  # type: ignore[arg-type]
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {key}"})
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def test_it_says_what_is_open_what_waits_and_what_was_healed() -> None:
    make_task(severity=1, created_at=clock.now())
    audit(now=clock.now())
    lines = read().splitlines()
    assert 'cxl_tasks_unclosed{severity="critical"} 1' in lines
    assert 'cxl_due{work="deadlines"} 0' in lines
    assert 'cxl_lag_seconds{work="messages"} 0' in lines
    assert 'cxl_invariant_healed_total{invariant="task-wakes-too-late"} 0' in lines
    assert any(line.startswith('cxl_broker_jobs{queue="notify"} ') for line in lines)


def test_a_key_of_one_department_does_not_see_the_figures_of_all() -> None:
    assert read(department=make_department("it")) == "403"


def test_labels_are_escaped() -> None:
    gauge = Gauge("a", "first\nsecond", {(("name", 'a "b"\\\n'),): 1.5})
    assert exposition([gauge]) == (
        '# HELP a first\\nsecond\n# TYPE a gauge\na{name="a \\"b\\"\\\\\\n"} 1.5\n'
    )
