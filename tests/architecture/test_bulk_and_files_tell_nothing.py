"""A foreign task or file is not there: by page, API, bulk, count and export alike."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from cx_loop import clock
from cx_loop.models import Activity, Department
from tasks.logic import bulk
from tasks.models import Attachment, Task
from tests.architecture.access_world import MARK, World, make_world
from tests.factories import NOW

pytestmark = pytest.mark.django_db
BOUND = ("member", "lead", "director")
NEVER = 2**40  # no task and no file has it
FIELDS = {
    "assignee": "member@example.com",
    "reason": "Because",
    "until": "2030-01-01T00:00:00Z",
    "department": "own-department",
    "resolution": "duplicate",
}
NEEDS = {
    "assign": ["assignee"],
    "hold": ["reason", "until"],
    "hand_over": ["reason", "department"],
    "dismiss": ["resolution", "reason"],
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once; what a test does is taken back with the transaction of its own."""
    with django_db_blocker.unblock(), clock.set_to(NOW), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


def the(kind: type[Any], name: str) -> Any:
    """The task of the department, or the file on it."""
    task = Task.objects.filter(department__key=f"{name}-department").order_by("number").first()
    return task if kind is Task else Attachment.objects.get(task=task)


def standing() -> list[Any]:
    kept = Task.objects.filter(department__key="other-department").order_by("number")
    return [*kept.values_list(), Activity.objects.count()]


def told(response: Any) -> str:
    content = b"".join(response) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


@pytest.mark.parametrize("role", [*BOUND, "key-work", "key-work-bound"])
def test_a_bulk_call_answers_as_about_nothing_and_does_nothing(world: World, role: str) -> None:
    foreign, before = the(Task, "other"), standing()
    picked = [{"number": foreign.number, "version": foreign.version}, {"number": NEVER}]
    person = {"as": "member@example.com"} if role.startswith("key-") else {}
    for call in bulk.CALLS:
        fields = {name: FIELDS[name] for name in NEEDS.get(call, [])}
        said = {"call": call, "tasks": picked, **fields, **person}
        answer = world.clients[role].post("/api/v1/tasks/bulk/", said, "json")
        assert answer.status_code == 200, answer.json()
        one, other = ({**each, "number": 0} for each in answer.json()["results"])
        assert one == other
    assert standing() == before


@pytest.mark.parametrize("role", BOUND)
def test_the_page_of_a_bulk_call_leaves_foreign_tasks_out(world: World, role: str) -> None:
    own, foreign, before = the(Task, "own"), the(Task, "other"), standing()[:-1]
    picked = [f"{task.number}:{task.version}" for task in (own, foreign)]
    done = {"go": "1", **FIELDS, "until": "2030-01-01T00:00"}
    for call in bulk.CALLS:
        for more in ({}, done):
            form = {"call": call, "pick": picked, **more}
            assert MARK not in told(world.clients[role].post("/tasks/bulk/", form))
        alone = world.clients[role].post("/tasks/bulk/", {"call": call, "pick": picked[1:]})
        assert (alone.status_code, alone.headers["Location"]) == (302, reverse("tasks:queue"))
    assert standing()[:-1] == before


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.parametrize("base", ["/tasks", "/api/v1/tasks"])
def test_a_file_is_found_under_its_own_task_alone(world: World, role: str, base: str) -> None:
    own, foreign = the(Task, "own"), the(Task, "other")
    mine, theirs = the(Attachment, "own"), the(Attachment, "other")
    client = world.clients[role]
    assert client.get(f"{base}/{own.number}/attachments/{mine.pk}/").status_code == 200
    for number, pk in [(own, theirs.pk), (foreign, theirs.pk), (foreign, mine.pk), (own, NEVER)]:
        where = f"{base}/{number.number}/attachments/{pk}/"
        assert client.get(where).status_code == 404, where
        assert client.post(f"{where}remove/").status_code == 404, where
    assert Attachment.objects.filter(pk=theirs.pk).kept().exists()


@pytest.mark.parametrize("role", BOUND)
def test_no_list_count_or_export_knows_of_them(world: World, role: str) -> None:
    own, client = the(Task, "own"), world.clients[role]
    many = Task.objects.filter(department=Department.objects.get(key="own-department")).count()
    page = told(client.get(f"/tasks/{own.number}/"))
    files = client.get(f"/api/v1/tasks/{own.number}/attachments/").json()
    assert MARK not in page
    assert MARK not in str(files)
    listed = client.get("/api/v1/tasks/", {"page_size": 200}).json()["results"]
    assert len(listed) == many
    for export in (f"{reverse('tasks:export')}?tab=department", "/api/v1/tasks/export/"):
        file = told(client.get(export))
        assert MARK not in file
        assert len(file.splitlines()) == many + 1
