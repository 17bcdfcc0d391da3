"""A place taken by the file or in /admin/: the tasks of it go back to the queue, said so."""

from typing import Any

import pytest
from django.test import Client

from cx_loop.models import Activity, Department, Notice, User
from tasks.models import Task
from tests.config.conftest import Apply
from tests.config.test_admin import (  # noqa: F401
    edit,
    fields_of,
    only_admin_pages,
    page,
    url,
    urlpatterns,
)
from tests.factories import NOW, make_task

pytestmark = pytest.mark.django_db
ANA = "ana@example.com"


@pytest.fixture
def task(applied: str) -> Task:
    """Somebody of ground operations works on it."""
    ground = Department.objects.get(key="ground-ops")
    return make_task(
        department=ground, state="in_progress", assignee=User.objects.get(email=ANA), created_at=NOW
    )


def is_back(task: Task) -> bool:
    task.refresh_from_db()
    lead = Department.objects.get(key="ground-ops").memberships.get(role="lead").user
    said = Activity.objects.filter(verb="returned", subject_id=task.number)
    told = [each.user for each in Notice.objects.filter(code="returned")]
    return (task.state, task.assignee) == ("open", None) and said.count() == 1 and told == [lead]


def moved(text: str, *places: str) -> str:
    """The file with Ida in places of Ana's."""
    changed = text
    for place in places:
        changed = changed.replace(f"{place}: [{ANA}]", f"{place}: [ida@example.com]")
    assert changed != text
    return changed


def test_a_file_without_a_member_gives_their_tasks_back(
    apply: Apply, applied: str, task: Task
) -> None:
    apply(moved(applied, "members", "quality"))
    assert is_back(task)


def test_who_still_has_a_place_there_keeps_their_tasks(
    apply: Apply, applied: str, task: Task
) -> None:
    apply(moved(applied, "quality"))
    task.refresh_from_db()
    assert task.assignee == User.objects.get(email=ANA)


def test_a_place_taken_in_the_admin_gives_its_tasks_back(page: Client, task: Task) -> None:  # noqa: F811
    rows = Department.objects.get(key="ground-ops").memberships.order_by("id")
    gone: dict[str, Any] = {
        f"memberships-{place}-DELETE": "on"
        for place, row in enumerate(rows)
        if row.user.email == ANA
    }
    assert edit(page, "cx_loop.department", Department.objects.get(key="ground-ops"), **gone) == {}
    assert is_back(task)


def test_who_is_switched_off_in_the_admin_gives_theirs_back(page: Client, task: Task) -> None:  # noqa: F811
    ana = User.objects.get(email=ANA)
    address = url("cx_loop.user", "change", ana.pk)
    sent = fields_of(page, address)
    sent.pop("is_active")
    page.post(address, sent)
    assert is_back(task)
