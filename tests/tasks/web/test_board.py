import re
from datetime import timedelta

import pytest
from django.db import connection

from cx_loop.models import User
from tasks.models import Task
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, make_department, make_task, make_user, make_verification
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def airline() -> Airline:
    return make_airline()


def tile(user: User, name: str, url: str = "/board/") -> int:
    """The number on the tile of that name."""
    page = seen(reading_as(user), url)
    found = re.search(r"<strong>(\d+)</strong>(?:(?!</a>).)*" + name + "</a>", page, re.DOTALL)
    assert found, name
    return int(found[1])


def test_a_lead_begins_with_the_board_and_staff_with_the_queue(airline: Airline) -> None:
    assert "<h1>Board</h1>" in seen(reading_as(airline.lin), "/")
    assert "<h1>My queue</h1>" in seen(reading_as(airline.ana), "/")
    assert "<h1>My queue</h1>" in seen(reading_as(airline.admin), "/")


def test_a_query_at_the_front_is_one_of_the_queue(airline: Airline) -> None:
    assert "<h1>My queue</h1>" in seen(reading_as(airline.lin), "/?tab=late")


def test_the_board_is_for_those_who_lead_or_see_everything(airline: Airline) -> None:
    seen(reading_as(airline.ana), "/board/", status=403)
    for reader in (airline.lin, airline.dirk, airline.analyst, airline.admin):
        seen(reading_as(reader), "/board/")


def test_late_and_escalated_and_critical_are_counted(airline: Airline) -> None:
    make_task(department=airline.ground, due_at=NOW - HOUR, escalation_level=1)
    make_task(department=airline.ground, severity=1, state="in_progress")
    make_task(department=airline.ground, state="closed")
    said = [tile(airline.lin, name) for name in ("not closed", "late", "escalated", "critical")]
    assert said == [2, 1, 1, 1]


def test_what_is_due_this_instant_is_not_late(airline: Airline) -> None:
    make_task(department=airline.ground, due_at=NOW)
    assert tile(airline.lin, "late") == 0


def test_a_director_has_the_departments_below(airline: Airline) -> None:
    make_task(department=airline.ground)
    make_task(department=airline.it)
    assert tile(airline.dirk, "not closed") == 2
    assert tile(airline.dirk, "not closed", "/board/?department=it") == 1


def test_a_lead_counts_nothing_of_other_departments(airline: Airline) -> None:
    make_task(department=airline.it, title={"text": "Foreign"}, due_at=NOW - HOUR)
    for url in ("/board/", "/board/?department=it", "/board/?department=operations"):
        assert tile(airline.lin, "not closed", url) == 0
        assert "Foreign" not in seen(reading_as(airline.lin), url)


def test_every_number_opens_as_many_tasks(airline: Airline) -> None:
    make_task(department=airline.ground, due_at=NOW - HOUR, escalation_level=2)
    make_task(department=airline.ground, state="accepted", assignee=airline.ana)
    make_task(department=airline.it, state="on_hold", severity=1, assignee=airline.ida)
    client = reading_as(airline.dirk)
    links = re.findall(
        r'href="(/queue/\?[^"]+)"[^>]*>(?:<svg.*?</svg>)?\s*(?:<strong>)?(\d+)',
        seen(client, "/board/"),
    )
    assert len(links) > 15
    for url, count in links:
        page = seen(client, url.replace("&amp;", "&"))
        assert page.count('class="title"') == int(count), url


def test_load_is_told_per_person_and_nobody_stands_on_top(airline: Airline) -> None:
    for _ in range(2):
        make_task(department=airline.ground, state="accepted", assignee=airline.ana)
    make_task(department=airline.ground)
    page = seen(reading_as(airline.lin), "/board/")
    assert page.index("Nobody yet") < page.index(">Ana<")


def test_a_fix_waits_for_the_lead_unless_they_made_it(airline: Airline) -> None:
    for maker in (airline.ana, airline.lin):
        task = make_task(department=airline.ground, state="verifying", submitted_by=maker)
        make_verification(task, state="person")
    assert tile(airline.lin, "wait for your decision") == 1


def test_an_empty_board_says_what_will_come(airline: Airline) -> None:
    page = seen(reading_as(airline.lin), "/board/")
    assert "Nothing is late. What passes its deadline appears here." in page
    assert "A task opens by itself" in page


def test_an_empty_company_says_what_to_do() -> None:
    admin = make_user(is_superuser=True)
    assert "No departments yet." in seen(reading_as(admin), "/board/")


def test_a_department_that_was_retired_keeps_its_tasks_in_sight(airline: Airline) -> None:
    gone = make_department("gone", parent=airline.ground, retired_at=NOW)
    make_task(department=gone)
    assert tile(airline.lin, "not closed") == 1


def test_the_board_costs_the_same_with_many_tasks(airline: Airline) -> None:
    def make() -> Task:
        person = make_user(department=airline.ground)
        late = NOW - HOUR
        return make_task(department=airline.ground, assignee=person, state="accepted", due_at=late)

    costs_the_same(reading_as(airline.lin), "/board/", make)


MANY = """
INSERT INTO tasks_task SELECT (jsonb_populate_record(task, jsonb_build_object('number', n))).*
FROM tasks_task AS task, generate_series(1000000, 1001000) AS n
"""


def test_what_was_pushed_up_is_found_through_its_index() -> None:
    ours = make_task().department
    up = Task.objects.unclosed().filter(escalation_level__gt=0, department__in=[ours])
    with connection.cursor() as cursor:
        # many in this department, none pushed up: neither ids nor old statistics choose
        cursor.execute(MANY)
        cursor.execute("ANALYZE tasks_task")
    assert "task_escalated" in up.order_by().values_list("department_id").explain()
