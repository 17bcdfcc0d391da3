from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client

from alerts.models import Alert
from cx_loop import clock
from cx_loop.models import Department, User
from tasks import reads
from tasks.models import Task
from tests.factories import (
    NOW,
    add_member,
    make_alert,
    make_department,
    make_task,
    make_touchpoint,
    make_user,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Department:
    return make_department("ground-ops")


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground)


def test_a_new_task_of_my_department_waits_in_my_queue(ana: User, ground: Department) -> None:
    make_task(department=ground, title={"text": "Open a second gate"})
    assert "Open a second gate" in seen(reading_as(ana), "/")


def test_a_task_of_another_department_is_not_in_my_queue(ana: User) -> None:
    make_task(title={"text": "Not ours"})
    for tab in ("mine", "department", "waiting", "late"):
        assert "Not ours" not in seen(reading_as(ana), f"/?tab={tab}")


def test_what_a_colleague_has_taken_is_in_the_department_not_in_mine(
    ana: User, ground: Department
) -> None:
    taken = make_user("lin@example.com", department=ground)
    make_task(department=ground, state="accepted", assignee=taken, title={"text": "Roster"})
    assert "Roster" not in seen(reading_as(ana), "/?tab=mine")
    assert "Roster" in seen(reading_as(ana), "/?tab=department")


def test_late_comes_first_even_before_critical(ana: User, ground: Department) -> None:
    make_task(department=ground, severity=1, title={"text": "The critical one"})
    late = NOW - timedelta(minutes=1)
    make_task(department=ground, due_at=late, title={"text": "The late one"})
    page = seen(reading_as(ana), "/")
    assert page.index("The late one") < page.index("The critical one")
    assert "late by 1 min" in page


def test_a_task_due_this_instant_is_not_late(ana: User, ground: Department) -> None:
    make_task(department=ground, due_at=NOW, title={"text": "Just in time"})
    assert "Just in time" not in seen(reading_as(ana), "/?tab=late")


def test_a_lead_begins_with_the_department(ground: Department) -> None:
    lead = make_user("lead@example.com", department=ground, role="lead")
    page = seen(reading_as(lead), "/queue/")
    assert '<a href="?tab=department" aria-current="page">' in page


def test_every_task_is_on_exactly_one_page(ana: User, ground: Department) -> None:
    for place in range(120):
        due = NOW + timedelta(days=place % 3 - 1)
        make_task(department=ground, severity=1 + place % 2, due_at=due)
    page = _page_of(ana, None)
    numbers = [task.number for task in page.tasks]
    while page.next:
        page = _page_of(ana, page.next)
        numbers += [task.number for task in page.tasks]
    assert sorted(numbers) == sorted(Task.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))


def test_a_place_that_is_none_starts_on_top(ana: User, ground: Department) -> None:
    make_task(department=ground, title={"text": "On top"})
    for nonsense in ("x", "W10=", "e30=", "bnVsbA==", "WzEsMiwzLDQsNV0="):
        assert "On top" in seen(reading_as(ana), f"/?after={nonsense}")


def test_filters_narrow_and_can_be_cleared(ana: User, ground: Department) -> None:
    make_task(department=ground, severity=2, title={"text": "A warning"})
    page = seen(reading_as(ana), "/?severity=1")
    assert "A warning" not in page
    assert "Nothing matches the filter." in page


def test_search_finds_by_number_and_by_words(ana: User, ground: Department) -> None:
    task = make_task(department=ground, title={"text": "Talk to the caterer"})
    for words in (f"%23{task.number}", "caterer"):
        assert "Talk to the caterer" in seen(reading_as(ana), f"/?q={words}")
    assert "Talk to the caterer" not in seen(reading_as(ana), "/?q=pilot")


@pytest.mark.parametrize("words", ["登机", "机", "登机口太挤", "boarding", "BOARD", "b", "Gate"])
def test_words_of_either_language_and_of_any_length_are_found(
    ana: User, ground: Department, words: str
) -> None:
    place = make_touchpoint(name={"en": "Boarding", "zh-hans": "登机"}, owner=ground)
    make_task(make_alert(touchpoint=place))
    make_task(department=ground, title={"text": "登机口太挤: another gate"})
    page = seen(reading_as(ana), f"/?q={words}")
    assert "Nothing matches the filter." not in page


@pytest.mark.parametrize("words", ["zh-hans", "机登", "xx", "%", "_", "\\"])
def test_what_nobody_wrote_is_not_found(ana: User, ground: Department, words: str) -> None:
    place = make_touchpoint("gate", name={"en": "Boarding", "zh-hans": "登机"}, owner=ground)
    make_task(make_alert(touchpoint=place))
    make_task(department=ground, title={"text": "Talk to the caterer"})
    page = seen(reading_as(ana), f"/?q={quote(words)}")
    assert "Nothing matches the filter." in page


@pytest.mark.parametrize(
    "filters",
    [
        reads.QueueFilters(),
        reads.QueueFilters(severity="1"),
        reads.QueueFilters(state="closed"),
        reads.QueueFilters(state="open", search="caterer"),
        reads.QueueFilters(touchpoint="gate"),
    ],
)
def test_a_file_has_what_the_pages_show(
    ana: User, ground: Department, filters: reads.QueueFilters
) -> None:
    gate = make_touchpoint("gate", owner=ground)
    for place in range(12):
        late = NOW - timedelta(hours=place % 2)
        state = {"state": "closed"} if place % 4 == 3 else {"due_at": late}
        make_task(make_alert(touchpoint=gate), severity=1 + place % 2, **state)
        make_task(department=ground, title={"text": f"Caterer {place}"}, assignee=ana)
    for tab in reads.TABS:
        reach = reads.reach_of(ana, NOW)
        shown = reads.queue(ana, tab, filters, reach=reach, now=NOW).tasks
        in_file = reads.listed(ana, tab, filters, reach=reach, now=NOW)
        assert sorted(task.pk for task in shown) == sorted(in_file.values_list("pk", flat=True))


def test_an_empty_queue_says_what_will_come(ana: User) -> None:
    assert "New tasks of your department appear here." in seen(reading_as(ana), "/")


def test_the_part_htmx_swaps_is_what_a_full_page_shows(ana: User, ground: Department) -> None:
    make_task(department=ground)
    client = reading_as(ana)
    part = seen(client, "/?tab=mine", **{"HX-Request": "true"})
    assert _without_tokens(part) in _without_tokens(seen(client, "/?tab=mine"))


def test_the_queue_costs_the_same_with_many_rows(ana: User, ground: Department) -> None:
    costs_the_same(
        reading_as(ana), "/?tab=department", lambda: make_task(_alert_at(ground), assignee=ana)
    )


def test_accept_and_start_is_one_plain_post_that_leads_back(ana: User, ground: Department) -> None:
    task = make_task(department=ground)
    with clock.set_to(NOW):
        answer = reading_as(ana).post(
            f"/tasks/{task.number}/accept/", {"version": 1, "start": "on", "next": "/?tab=mine"}
        )
    assert (answer.status_code, answer["Location"]) == (302, "/?tab=mine")
    task.refresh_from_db()
    assert (task.state, task.assignee) == ("in_progress", ana)


def test_who_is_not_signed_in_is_asked_to(client: Client) -> None:
    answer = client.get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/")


def test_who_sees_everything_has_every_tab_and_the_same_in_a_file(ground: Department) -> None:
    analyst = make_user("an@example.com", is_analyst=True)
    make_task(department=ground, title={"text": "Anywhere"}, due_at=NOW - timedelta(hours=1))
    client = reading_as(analyst)
    for tab in ("department", "late"):
        assert "Anywhere" in seen(client, f"/?tab={tab}&q=any")
        with clock.set_to(NOW):
            assert b"Anywhere" in b"".join(client.get(f"/tasks/export/?tab={tab}"))


def test_a_duty_holder_sees_the_department_too(ground: Department) -> None:
    quality = make_user("q@example.com")
    add_member(ground, quality, role="duty", duty="quality")
    make_task(department=ground, title={"text": "For quality"})
    assert "For quality" in seen(reading_as(quality), "/")


def _alert_at(ground: Department) -> Alert:
    return make_alert(touchpoint=make_touchpoint(owner=ground))


def _page_of(user: User, place: str | None) -> reads.QueuePage:
    return reads.queue(
        user,
        "department",
        reads.QueueFilters(),
        reach=reads.reach_of(user, NOW),
        now=NOW,
        after=reads.Place.parse(place) if place else None,
    )


def _without_tokens(page: str) -> str:
    lines = (line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)
    return "\n".join(lines)
