"""Where tasks go: routes, turns, and people who are away."""

from datetime import timedelta

import pytest

from cx_loop import clock
from cx_loop.models import SYSTEM, Activity, Department, Notice, Touchpoint, User
from tasks.actions.opening import open_by_hand
from tasks.actions.policies import save_routes
from tasks.models import Task
from tasks.reads import count_mine
from tests.api_stories import get
from tests.factories import make_department, make_user
from tests.flows.loop import DAY, MONDAY, Loop, person

pytestmark = pytest.mark.django_db


def away(user: User, substitute: User | None = None, since=MONDAY - DAY, days: int = 7) -> None:
    user.absent_since, user.absent_until = since, since + days * DAY
    user.substitute = substitute
    user.save()


def routes(*rows: dict) -> None:
    save_routes(routes=[{"role": "members", **row} for row in rows], by=SYSTEM, now=MONDAY)


def ground() -> Department:
    return Department.objects.get(key="ground-ops")


def turns(department: Department, how: str) -> None:
    department.assign = how
    department.save()


def by_hand(**said) -> Task:
    with clock.set_to(MONDAY):
        given = {"text": "x", "severity": 2, "department": None, "by": SYSTEM, "now": MONDAY}
        return open_by_hand(touchpoint=Touchpoint.objects.get(key="boarding"), **{**given, **said})


def assignees(tasks: int) -> list[str]:
    return [by_hand().assignee.email for _ in range(tasks)]


def told() -> list[str]:
    return sorted(notice.user.email for notice in Notice.objects.all())


def test_the_task_keeps_why_it_came_and_tells_it(loop: Loop) -> None:
    make_department("quality")
    routes(
        {"when": {"severity": ["critical"]}, "to": "quality"},
        {"when": {"metric": ["wait"]}, "to": "it", "role": "lead"},
    )
    loop.breach()
    with clock.set_to(MONDAY):
        route = get(person("ian").user, f"tasks/{loop.task.number}/")["route"]
    assert (route["by"], route["position"], route["to"], route["role"]) == (
        "route",
        2,
        "it",
        "lead",
    )
    assert route["because"] == [{"condition": "metric", "wanted": ["wait"], "given": ["wait"]}]
    assert [each["position"] for each in route["passed"]] == [1]


def test_without_a_fitting_route_the_owner_has_it_and_that_is_said(loop: Loop) -> None:
    routes({"when": {"channel": ["app"]}, "to": "it"})
    loop.breach()
    assert (loop.task.department.key, loop.task.routed["by"]) == ("ground-ops", "owner")


def test_what_the_customer_felt_leads_a_task_by_hand(loop: Loop) -> None:
    routes({"when": {"pain_category": ["technology"]}, "to": "it"})
    assert by_hand(pain_category="technology").department.key == "it"
    assert by_hand(pain_category="emotion").department.key == "ground-ops"


def test_a_retired_department_leaves_its_tasks_to_the_one_above(loop: Loop) -> None:
    above = make_department("above")
    routes({"when": {}, "to": "it"})
    Department.objects.filter(key="it").update(parent=above, retired_at=MONDAY)
    task = by_hand()
    assert (task.department, task.routed["instead"]) == (above, "above")


def test_members_take_turns(loop: Loop) -> None:
    owner = ground()
    bea = make_user("bea@example.com", department=owner)
    turns(owner, "round_robin")
    assert assignees(3) == ["ana@example.com", bea.email, "ana@example.com"]
    assert (
        Activity.objects.filter(verb="opened").earliest("pk").params["given"] == "ana@example.com"
    )


def test_who_is_away_or_gone_is_skipped(loop: Loop) -> None:
    owner = ground()
    away(make_user("bea@example.com", department=owner))
    make_user("cem@example.com", department=owner, is_active=False)
    turns(owner, "round_robin")
    assert assignees(2) == ["ana@example.com"] * 2


def test_the_least_loaded_is_given_the_next(loop: Loop) -> None:
    owner = ground()
    bea = make_user("bea@example.com", department=owner)
    turns(owner, "least_loaded")
    by_hand()
    by_hand()
    Task.objects.filter(assignee=bea).update(assignee=None)
    assert assignees(1) == [bea.email]


def test_a_breach_is_told_to_who_stands_in(loop: Loop) -> None:
    bea = make_user("bea@example.com", department=ground(), role="duty", duty="desk")
    away(person("ana").user, bea)
    loop.breach()
    assert told() == [bea.email]


def test_where_all_are_away_without_a_substitute_they_are_told_all_the_same(loop: Loop) -> None:
    for user in User.objects.all():
        away(user)
    loop.breach()
    assert "ana@example.com" in told()


def test_tasks_in_hand_are_shown_to_who_stands_in(loop: Loop) -> None:
    bea = make_user("bea@example.com", department=ground())
    loop.breach()
    loop.act("accept", MONDAY)
    assert count_mine(bea, now=MONDAY) == 0
    away(person("ana").user, bea)
    assert count_mine(bea, now=MONDAY) == 1
    assert count_mine(bea, now=MONDAY + timedelta(days=7)) == 0
