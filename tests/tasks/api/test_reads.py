"""Lists and single tasks over the REST API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Look, Task
from tests.api_stories import get, numbers, signed_in, with_key
from tests.factories import (
    NOW,
    make_alert,
    make_group,
    make_playbook,
    make_rule,
    make_task,
    make_verification,
)

FIELDS = [
    *("number", "title", "state", "severity", "department", "answerable_department", "assignee"),
    *("alerts", "touchpoint", "metric", "segment", "playbook", "due_at", "respond_by"),
    *("silenced_until", "hold_until", "escalation_level", "unattended_since"),
    *("episode", "version"),
    *("pain_category", "root_cause", "countermeasure"),
    *("verification", "overdue", "was_late", "self_recovered", "recovered"),
    *("created_at", "closed_at", "resolution"),
]
SHARING = [
    *("parent", "children", "watchers", "attachments", "chain", "comment"),
    "moment_card",
]


def test_a_task_has_the_fields_of_the_contract(airline, task):
    (told,) = get(airline.ana, "tasks/")["results"]
    assert list(told) == FIELDS
    detail = list(get(airline.ana, f"tasks/{task.number}/"))
    assert detail == [*FIELDS, *SHARING, "allowed", "route", "outlook"]


def test_a_task_says_what_it_is_about(airline, task):
    told = get(airline.ana, f"tasks/{task.number}/")
    assert told["title"].startswith("Boarding · ")
    assert (told["severity"], told["touchpoint"], told["department"]) == (
        "warning",
        "boarding",
        "ground-ops",
    )
    assert told["alerts"] == [task.alerts.get().pk]
    assert told["verification"] is told["resolution"] is told["assignee"] is None


def test_the_title_speaks_the_readers_language(airline, task):
    airline.ana.language = "zh-hans"
    airline.ana.save()
    assert get(airline.ana, f"tasks/{task.number}/")["title"].startswith("登机 · ")


def test_the_playbook_is_told_by_key(airline):
    task = make_task(department=airline.ground, playbook=make_playbook("extra-staff").current)
    assert get(airline.ana, f"tasks/{task.number}/")["playbook"] == "extra-staff"


def test_a_verification_is_told_in_full(airline):
    task = make_task(department=airline.ground, state="verifying")
    arm = {"from": "2025-10-01", "to": "2025-10-14", "n": 412, "value": 38.1}
    result = {"baseline": arm, "after": {}, "effect": 9.5, "interval": [2.0, 17.0]}
    row = make_verification(task, result={**result, "method": "did_obf_t"}, recovered=True)
    Look.objects.create(verification=row, seq=0, due_at=NOW, at=NOW, data={}, result={})
    told = get(airline.ana, f"tasks/{task.number}/")["verification"]
    assert told == {
        "state": "watching",
        "verdict": None,
        "reason": None,
        "recovered": True,
        "baseline": arm,
        "after": None,
        "effect": 9.5,
        "interval": [2.0, 17.0],
        "method": "did_obf_t",
        "target": None,
        "remaining": None,
        "looks": 1,
        "next_look_at": "2025-11-28T08:00:00Z",
        "decided_at": None,
        "change": None,
        "correction": None,
        "guardrails": [],
        "judged_on": None,
        "relapse_until": None,
        "relapsed_at": None,
    }


def test_the_newest_verification_is_told(airline):
    task = make_task(department=airline.ground, episode=2, state="verifying")
    make_verification(task, state="decided", episode=1, verdict="no_effect")
    make_verification(task, episode=2)
    assert get(airline.ana, f"tasks/{task.number}/")["verification"]["state"] == "watching"


def test_a_foreign_task_is_not_there(airline):
    foreign = make_task(department=airline.it)
    get(airline.ana, f"tasks/{foreign.number}/", 404)
    assert numbers(get(airline.ana, "tasks/")) == []
    assert numbers(get(airline.ana, "tasks/", department="it")) == []
    assert numbers(get(airline.ana, "tasks/", search=f"#{foreign.number}")) == []


def test_directors_see_below_them_and_analysts_see_all(airline, task):
    for person in (airline.dirk, airline.analyst, airline.admin):
        assert numbers(get(person, "tasks/")) == [task.number]


def test_a_bound_key_sees_its_department_only(airline, task):
    make_task(department=airline.it)
    assert numbers(get(with_key("read", department=airline.ground), "tasks/")) == [task.number]
    assert len(numbers(get(with_key("read"), "tasks/"))) == 2


def test_keys_need_the_scope_to_read(airline, task):
    for scope in ("ingest", "work"):
        assert get(with_key(scope), "tasks/", 403)["code"] == "scope_missing"
    get(with_key("admin"), f"tasks/{task.number}/")


@pytest.mark.parametrize("number", ["0", "99999999999999999999999"])
def test_a_number_that_never_was_is_not_there(airline, number):
    assert get(airline.admin, f"tasks/{number}/", 404)["code"] == "not_found"


def test_the_most_urgent_come_first(airline):
    later = make_task(department=airline.ground, due_at=NOW + timedelta(days=2))
    sooner = make_task(department=airline.ground, due_at=NOW + timedelta(days=1))
    critical = make_task(department=airline.ground, severity=1, due_at=NOW + timedelta(days=9))
    wanted = [critical.number, sooner.number, later.number]
    assert numbers(get(airline.ana, "tasks/")) == wanted


@pytest.mark.parametrize(
    "ordering", ["severity", "-severity", "due_at", "-due_at", "created_at", "closed_at", "-number"]
)
def test_pages_neither_repeat_nor_leave_out_what_ties(airline, ordering):
    made = {make_task(department=airline.ground).number for _ in range(5)}
    made |= {make_task(department=airline.ground, state="closed").number for _ in range(2)}
    client, seen, params = signed_in(airline.ana), [], {"ordering": ordering, "page_size": 2}
    page = get(client, "tasks/", **params)
    seen += numbers(page)
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += numbers(page)
    assert (sorted(seen), len(seen)) == (sorted(made), 7)
    back = client.get(page["previous"]).json()
    assert numbers(back) == seen[4:6]


def test_an_ordering_that_is_not_listed_is_refused(airline):
    assert get(airline.ana, "tasks/", 400, ordering="version")["code"] == "ordering_unknown"


def test_a_cursor_that_was_made_up_is_refused(airline):
    assert get(airline.ana, "tasks/", 400, cursor="abc")["code"] == "cursor_invalid"


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"department": "ground-ops"}, "abc"),
        ({"department": "nowhere"}, ""),
        ({"state": "open"}, "a"),
        ({"state": ["open", "in_progress"]}, "ab"),
        ({"severity": "critical"}, "b"),
        ({"assignee": "ana@example.com"}, "bc"),
        ({"touchpoint": "boarding"}, "a"),
        ({"overdue": "true"}, "b"),
        ({"overdue": "false"}, "ac"),
        ({"mine": "true"}, "b"),
        ({"mine": "false"}, "ac"),
        ({"resolution": "duplicate"}, "c"),
        ({"created_after": "2025-11-01T00:00:00Z"}, "a"),
        ({"created_after": "2025-11-01T17:22:00+17:22"}, "a"),
        ({"created_before": "2025-11-01T00:00:00Z"}, "bc"),
        ({"search": "caterer"}, "bc"),
        ({"search": "BOARD"}, "a"),
        ({"search": "no such words"}, ""),
    ],
)
def test_a_list_is_narrowed(airline, task, params, found):
    month_ago = NOW - timedelta(days=30)
    ours = {"department": airline.ground, "assignee": airline.ana, "created_at": month_ago}
    late = make_task(state="in_progress", severity=1, **ours)
    closed = make_task(state="closed", resolution="duplicate", **ours)
    names = {task.number: "a", late.number: "b", closed.number: "c"}
    page = get(airline.ana, "tasks/", **params)
    assert "".join(sorted(names[number] for number in numbers(page))) == found


def test_a_list_is_narrowed_to_one_alert(airline, task):
    make_task(department=airline.ground)
    alert = task.alerts.get().pk
    assert numbers(get(airline.ana, "tasks/", alert=alert)) == [task.number]
    assert numbers(get(airline.ana, "tasks/", alert=10**30)) == []


def test_a_number_is_searched_with_and_without_its_sign(airline, task):
    for words in (f"#{task.number}", str(task.number)):
        assert numbers(get(airline.ana, "tasks/", search=words)) == [task.number]


@pytest.mark.parametrize(
    "params",
    [
        {"state": "gone"},
        {"severity": "1"},
        {"overdue": "maybe"},
        {"created_after": "yesterday"},
        {"created_after": "0001-01-01T00:00:00+17:22"},
        {"search": "a\x00b"},
        {"page_size": "0"},
        {"alert": "x"},
    ],
)
def test_a_filter_that_cannot_be_read_is_refused(airline, params):
    assert get(airline.ana, "tasks/", 400, **params)["status"] == 400


def test_the_cost_of_a_list_does_not_grow_with_its_rows(airline):
    rule, client = make_rule(), signed_in(airline.ana)

    def queries():
        with CaptureQueriesContext(connection) as made:
            client.get("/api/v1/tasks/")
        return len(made)

    def grow(count):
        for _ in range(count):
            group = make_group(rule, touchpoint=airline.boarding, segment=f"s{_}-{count}")
            task = make_task(make_alert(group), assignee=airline.ana)
            make_verification(task, state="decided")

    grow(2)
    few = queries()
    grow(7)
    assert queries() == few


def test_what_nobody_attends_to_can_be_asked_for(airline, task):
    other = make_task(department=task.department)
    Task.objects.filter(number=task.number).update(unattended_since=NOW)
    assert numbers(get(airline.ana, "tasks/", unattended="true")) == [task.number]
    assert numbers(get(airline.ana, "tasks/", unattended="false")) == [other.number]
