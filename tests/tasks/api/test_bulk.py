"""One call on many tasks: each is done or refused by itself."""

from datetime import timedelta

import pytest

from cx_loop.models import Activity
from tasks.logic.bulk import MOST
from tests.api_stories import BASE, codes, post, signed_in, with_key
from tests.factories import NOW, make_task


def picks(*tasks, **more):
    return [{"number": task.number, **more} for task in tasks]


def results(said):
    return {each["number"]: each.get("code", each["status"]) for each in said["results"]}


@pytest.fixture
def tasks(airline):
    """Two open tasks of ground operations, one closed, one of IT."""
    return [
        make_task(department=airline.ground),
        make_task(department=airline.ground),
        make_task(department=airline.ground, state="closed"),
        make_task(department=airline.it),
    ]


def test_each_task_succeeds_or_is_refused_with_its_reason(airline, tasks):
    one, two, closed, foreign = tasks
    said = post(airline.ana, "tasks/bulk/", call="accept", tasks=picks(*tasks))
    assert (said["done"], said["refused"]) == (2, 2)
    assert results(said) == {
        one.number: "done",
        two.number: "done",
        closed.number: "not_allowed",
        foreign.number: "not_found",
    }
    refused = {each["number"]: each for each in said["results"]}
    assert refused[closed.number]["allowed"] == ["reopen"]
    assert "state" not in refused[foreign.number]
    assert Activity.objects.filter(verb="accepted").count() == 2


def test_a_foreign_task_is_told_like_one_that_never_was(airline, tasks):
    said = post(
        airline.ana, "tasks/bulk/", call="accept", tasks=[{"number": 2**62}, *picks(tasks[3])]
    )
    one, other = ({**each, "number": 0} for each in said["results"])
    assert one == other


def test_an_old_version_is_refused_by_itself(airline, tasks):
    post(airline.lin, f"tasks/{tasks[0].number}/accept/")
    said = post(airline.ana, "tasks/bulk/", call="accept", tasks=picks(*tasks[:2], version=1))
    assert results(said) == {tasks[0].number: "stale", tasks[1].number: "done"}
    assert said["results"][0]["version"] == 2


@pytest.mark.parametrize(
    ("call", "fields", "state"),
    [
        ("accept", {"start": True}, "in_progress"),
        ("start", {}, "in_progress"),
        ("assign", {"assignee": "lin@example.com"}, "open"),
        ("hand_over", {"department": "it", "reason": "The app"}, "open"),
        ("dismiss", {"resolution": "duplicate", "reason": "Twice"}, "closed"),
    ],
)
def test_what_can_be_said_of_many(airline, tasks, call, fields, state):
    said = post(airline.ana, "tasks/bulk/", call=call, tasks=picks(*tasks[:2]), **fields)
    assert (said["done"], [each["state"] for each in said["results"]]) == (2, [state] * 2)


def test_holding_says_what_is_missing_task_by_task(airline, tasks):
    post(airline.ana, "tasks/bulk/", call="accept", tasks=picks(tasks[0]))
    until = (NOW + timedelta(days=2)).isoformat()
    said = post(airline.ana, "tasks/bulk/", call="hold", tasks=picks(*tasks[:2]), until=until)
    assert results(said) == {tasks[0].number: "invalid", tasks[1].number: "not_allowed"}
    assert codes(said["results"][0]) == {"reason": "required"}
    held = {"reason": "Parts are on the way", "until": until}
    said = post(airline.ana, "tasks/bulk/", call="hold", tasks=picks(*tasks[:2]), **held)
    assert results(said)[tasks[0].number] == "done"


def test_a_critical_task_is_refused_to_staff_and_the_others_are_not(airline, tasks):
    critical = make_task(department=airline.ground, severity=1)
    fields = {"resolution": "duplicate", "reason": "Twice"}
    said = post(
        airline.ana, "tasks/bulk/", call="dismiss", tasks=picks(critical, tasks[0]), **fields
    )
    assert results(said) == {critical.number: "lead_must_approve", tasks[0].number: "done"}


def test_a_task_named_twice_is_done_once(airline, tasks):
    said = post(airline.ana, "tasks/bulk/", call="accept", tasks=picks(tasks[0], tasks[0]))
    assert said["done"] == len(said["results"]) == 1


@pytest.mark.parametrize(
    "said",
    [
        {"call": "submit", "tasks": [{"number": 1}]},
        {"call": "accept"},
        {"call": "accept", "tasks": []},
        {"call": "accept", "tasks": [1]},
        {"call": "accept", "tasks": [{"number": "1"}]},
        {"call": "accept", "tasks": [{"number": 2**63}]},
        {"call": "accept", "tasks": [{"number": 1}] * (MOST + 1)},
        {"call": "accept", "tasks": [{"number": 1}], "pain_category": "emotion"},
    ],
)
def test_what_cannot_be_read_is_refused_as_a_whole(airline, said):
    post(airline.ana, "tasks/bulk/", 400, **said)


def test_who_only_reads_is_refused_each(airline, tasks):
    said = post(airline.analyst, "tasks/bulk/", call="accept", tasks=picks(tasks[0]))
    assert results(said) == {tasks[0].number: "not_your_department"}
    post(with_key("read"), "tasks/bulk/", 403, **{"as": airline.ana.email})


def test_the_same_request_again_is_answered_the_same(airline, tasks):
    client = signed_in(airline.ana)
    said = {"call": "hand_over", "tasks": picks(*tasks), "department": "it", "reason": "Theirs"}
    sent = {"format": "json", "HTTP_IDEMPOTENCY_KEY": "monday"}
    first, again = (client.post(f"{BASE}tasks/bulk/", said, **sent).json() for _ in range(2))
    assert first == again
    assert (first["done"], Activity.objects.filter(verb="handed_over").count()) == (2, 2)
