from collections.abc import Iterator
from datetime import timedelta

import pytest

from cx_loop import clock
from tasks.models import Task
from tests.api_stories import Airline, make_airline, post
from tests.factories import NOW, make_alert, make_task


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with clock.set_to(NOW):
        yield


@pytest.fixture
def airline(db: None) -> Airline:
    return make_airline()


@pytest.fixture
def task(airline: Airline) -> Task:
    """An open warning at boarding, two hours old."""
    return make_task(make_alert(touchpoint=airline.boarding))


@pytest.fixture
def critical(airline: Airline) -> Task:
    return make_task(make_alert(touchpoint=airline.boarding, severity=1))


@pytest.fixture
def fix() -> dict[str, str]:
    """What a submission says."""
    return {
        "pain_category": "efficiency",
        "root_cause": "process",
        "countermeasure": "A second gate at peaks",
        "note": "since Monday",
        "fixed_at": (NOW - timedelta(hours=1)).isoformat(),
    }


@pytest.fixture
def submitted(airline: Airline, fix: dict[str, str]) -> Task:
    """A task made by hand whose fix ana has submitted: a second person must decide."""
    task = make_task(department=airline.ground, state="in_progress", touchpoint=airline.boarding)
    post(airline.ana, f"tasks/{task.number}/submit/", **fix)
    return task
