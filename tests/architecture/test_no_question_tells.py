"""Nobody learns of a foreign task by asking around it: every question is answered as if it were
about nothing."""

import base64
import json
from typing import Any

import pytest

from alerts.models import Alert
from cx_loop import clock
from cx_loop.models import Department
from tasks.models import Task
from tests.architecture.access_world import MARK, World, make_world
from tests.factories import NOW, make_segment, make_task, make_user

pytestmark = pytest.mark.django_db
BOUND = ("member", "director", "key-read-bound")


@pytest.fixture
def world() -> Any:
    with clock.set_to(NOW):
        made = make_world()
        other = Department.objects.get(key="other-department")
        colleague = make_user(f"{MARK}-busy@example.com", department=other)
        segment = make_segment(f"{MARK}-segment")
        task = make_task(department=other, assignee=colleague, title={"text": f"{MARK} queue"})
        Task.objects.filter(pk=task.pk).update(segment=segment.key, state="accepted")
        yield made


def questions() -> dict[str, str]:
    """filter -> a value that only a foreign task has."""
    task = Task.objects.filter(segment=f"{MARK}-segment").get()
    alert = Alert.objects.get(touchpoint__key=f"{MARK}-touchpoint")
    return {
        "department": "other-department",
        "answerable_department": "other-department",
        "assignee": f"{MARK}-busy@example.com",
        "touchpoint": f"{MARK}-touchpoint",
        "segment": task.segment,
        "rule": f"{MARK}-rule",
        "alert": str(alert.pk),
        "search": f"#{task.number}",
    }


def answered(world: World, role: str, path: str, asked: dict[str, str]) -> Any:
    response = world.clients[role].get(path, asked)
    told = b"".join(response) if response.streaming else response.content
    return response.status_code, told


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.parametrize("path", ["/api/v1/tasks/", "/api/v1/tasks/export/"])
def test_a_filter_of_a_foreign_task_finds_what_nonsense_finds(world, role, path):
    for name, value in questions().items():
        nonsense = "987654321" if name == "alert" else "nothing-of-the-kind"
        found = answered(world, role, path, {name: value})
        assert found == answered(world, role, path, {name: nonsense}), name


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.parametrize("path", ["/api/v1/alerts/", "/api/v1/alerts/export/"])
def test_a_filter_of_a_foreign_alert_finds_what_nonsense_finds(world, role, path):
    for name in ("touchpoint", "rule"):
        found = answered(world, role, path, {name: questions()[name]})
        assert found == answered(world, role, path, {name: "nothing-of-the-kind"}), name


@pytest.mark.parametrize("role", ["member", "director"])
@pytest.mark.parametrize("tab", ["mine", "department", "waiting", "late"])
def test_a_search_of_the_queue_finds_no_foreign_task(world, role, tab):
    asked = questions()
    for words in (asked["search"], f"{MARK} queue", asked["touchpoint"]):
        _, told = answered(world, role, "/", {"tab": tab, "q": words})
        assert b"Nothing matches the filter" in told, words
        _, file = answered(world, role, "/tasks/export/", {"tab": tab, "q": words})
        assert len(file.splitlines()) == 1, words  # the titles alone


@pytest.mark.parametrize("role", BOUND)
@pytest.mark.parametrize("ordering", ["severity", "-due_at", "created_at", "number", "-closed_at"])
def test_no_order_and_no_page_size_shows_a_foreign_task(world, role, ordering):
    foreign = set(Task.objects.filter(department__key="other-department").values_list(flat=True))
    url, seen = f"/api/v1/tasks/?page_size=1&ordering={ordering}", set()
    while url:
        page = world.clients[role].get(url).json()
        seen |= {row["number"] for row in page["results"]}
        url = page["next"]
    assert seen
    assert not seen & foreign


@pytest.mark.parametrize("role", BOUND)
def test_a_cursor_made_up_shows_no_foreign_task(world, role):
    foreign = Task.objects.get(segment=f"{MARK}-segment")
    for beside in (foreign.number - 1, foreign.number, foreign.number + 1):
        for backwards in (0, 1):
            raw = json.dumps(["number", backwards, [beside]]).encode()
            cursor = base64.urlsafe_b64encode(raw).decode().rstrip("=")
            page = world.clients[role].get("/api/v1/tasks/", {"cursor": cursor})
            assert foreign.number not in [row["number"] for row in page.json()["results"]]
            assert str(foreign.number) not in "".join(str(page.json()[n]) for n in ("next",))


@pytest.mark.parametrize("role", ["member", "director"])
def test_the_counts_are_the_same_when_there_is_nothing_foreign(world, role):
    before = answered(world, role, "/", {"tab": "department"})[1].count(b"<li>")
    badges = [part[:12] for part in answered(world, role, "/", {})[1].split(b'class="badge">')[1:]]
    other = Department.objects.get(key="other-department")
    for _ in range(3):
        make_task(department=other, due_at=NOW)
    assert answered(world, role, "/", {"tab": "department"})[1].count(b"<li>") == before
    after = answered(world, role, "/", {})[1]
    assert [part[:12] for part in after.split(b'class="badge">')[1:]] == badges
