from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from cx_loop import clock
from cx_loop.models import Actor, Department, Touchpoint, User
from tasks.actions import work
from tasks.models import Task
from tests.factories import (
    NOW,
    fill_days,
    make_activity,
    make_alert,
    make_comment,
    make_department,
    make_group,
    make_metric,
    make_organization,
    make_playbook,
    make_rule,
    make_task,
    make_touchpoint,
    make_user,
    make_verification,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops")


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground, name="Ana")


@pytest.fixture
def task(ground: Department) -> Task:
    """Boarding took too long: one alert, two days of data, a playbook."""
    wait = make_metric("wait", kind="duration", unit="min")
    playbook = make_playbook()
    group = make_group(
        make_rule(metric=wait, playbook=playbook),
        touchpoint=make_touchpoint("boarding", owner=ground),
    )
    today = NOW.date()
    fill_days(group.series.get(), today - timedelta(days=2), [[12] * 40, [42] * 40, [50] * 5])
    return make_task(make_alert(group), playbook=playbook.current)


def _post(user: User, task: Task, call: str, **fields: Any) -> HttpResponse:
    with clock.set_to(NOW):
        answer = reading_as(user).post(f"/tasks/{task.number}/{call}/", fields)
    assert isinstance(answer, HttpResponse)
    return answer


def test_the_sentence_comes_first_and_the_chart_proves_it(ana: User, task: Task) -> None:
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert "9 of 10 waited up to 42 min (limit 30), 186 observations." in page
    assert page.index("9 of 10") < page.index('role="img"')
    assert "Warning 30" in page
    assert 'class="mark alert"' in page
    assert 'class="dot few"' in page


def test_the_playbook_says_what_to_do_now_and_what_for_good(ana: User, task: Task) -> None:
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert page.index("Open a second gate") < page.index("Change the roster")
    assert "containment" in page


def test_what_customers_said_then_and_there_stands_on_the_page(
    ana: User, ground: Department, task: Task
) -> None:
    place, opened = task.touchpoint, task.alerts.get().opened_at
    make_comment(place, "Nobody told us why", occurred_at=opened - timedelta(days=6))
    make_comment(place, "Of long ago", occurred_at=opened - timedelta(days=8))
    make_comment(make_touchpoint(owner=ground), "Of elsewhere", occurred_at=opened)
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert "Nobody told us why" in page
    assert "Of long ago" not in page
    assert "Of elsewhere" not in page


def test_who_only_had_the_task_reads_no_more_than_the_touchpoint_allows(task: Task) -> None:
    elsewhere = make_department("elsewhere")
    Task.objects.filter(pk=task.pk).update(department=elsewhere)
    make_comment(task.touchpoint, "Nobody told us why", occurred_at=task.created_at)
    reader = make_user(department=elsewhere)
    visible = Touchpoint.objects.all().visible_to(reader).filter(pk=task.touchpoint_id).exists()
    page = seen(reading_as(reader), f"/tasks/{task.number}/")
    assert ("Nobody told us why" in page) is visible


def test_a_foreign_task_is_not_there_at_all(task: Task) -> None:
    stranger = make_user("ida@example.com", department=make_department("it"))
    seen(reading_as(stranger), f"/tasks/{task.number}/", status=404)
    assert _post(stranger, task, "accept", version=1).status_code == 404
    assert _post(stranger, task, "comment", text="Hello").status_code == 404


def test_a_number_beyond_all_numbers_is_not_there(ana: User) -> None:
    seen(reading_as(ana), f"/tasks/{2**64}/", status=404)


def test_only_the_calls_of_the_state_are_offered(ana: User, task: Task) -> None:
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert "Accept & start" in page
    assert "Submit the fix" not in page


def test_a_fix_is_submitted_by_a_plain_form(ana: User, task: Task) -> None:
    _post(ana, task, "accept", version=1, start="on")
    answer = _post(
        ana,
        task,
        "submit",
        version=2,
        pain_category="efficiency",
        root_cause="process",
        countermeasure="A second gate",
        note="See the roster",
        fixed_at="2025-11-21T15:30",  # local: half an hour ago
    )
    task.refresh_from_db()
    assert (answer.status_code, task.state) == (302, "verifying")
    assert task.fixed_at == NOW - timedelta(minutes=30)


def test_what_is_missing_is_said_beside_the_field_and_the_input_kept(ana: User, task: Task) -> None:
    _post(ana, task, "accept", version=1, start="on")
    answer = _post(ana, task, "submit", version=2, countermeasure="A second gate")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A second gate" in page
    assert 'id="submit_root_cause_error"' in page


def test_a_fix_of_tomorrow_is_refused_in_words(ana: User, task: Task) -> None:
    _post(ana, task, "accept", version=1, start="on")
    fields = {"pain_category": "efficiency", "root_cause": "process", "countermeasure": "x"}
    answer = _post(ana, task, "submit", version=2, note="y", fixed_at="2025-11-22T15:30", **fields)
    assert answer.status_code == 422
    assert "A fix cannot lie in the future." in answer.content.decode()


def test_a_stale_page_says_who_was_faster_and_keeps_the_input(
    ana: User, ground: Department, task: Task
) -> None:
    lin = make_user("lin@example.com", department=ground, name="Lin")
    make_activity(task, "opened")
    work.perform("accept", number=task.number, by=Actor(lin), now=NOW)
    answer = _post(ana, task, "hand_over", version=1, seen=0, reason="Not at our gate")
    page = answer.content.decode()
    assert answer.status_code == 422  # the department is missing: that is said first
    fields = {"reason": "Not at our gate", "department": make_department("it").key}
    answer = _post(ana, task, "hand_over", version=1, seen=0, **fields)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody was faster" in page
    assert "accepted the task" in page
    assert "Not at our gate" in page


def test_a_critical_task_is_dismissed_by_the_lead_alone(ana: User, ground: Department) -> None:
    task = make_task(department=ground, severity=1)
    fields = {"version": 1, "resolution": "false_alarm", "reason": "A broken clock"}
    answer = _post(ana, task, "dismiss", **fields)
    assert answer.status_code == 403
    assert "dismissed by the lead" in answer.content.decode()


def test_an_unstarted_task_that_recovered_is_closed_by_one_tap(
    ana: User, ground: Department
) -> None:
    task = make_task(department=ground, severity=1, self_recovered=True)
    assert "it has recovered by itself" in seen(reading_as(ana), f"/tasks/{task.number}/")
    _post(ana, task, "dismiss", version=1, resolution="self_recovered")
    task.refresh_from_db()
    assert (task.state, task.resolution) == ("closed", "self_recovered")


def test_a_comment_stands_in_the_trail_as_it_was_written(ana: User, task: Task) -> None:
    _post(ana, task, "comment", text="<b>等了四十分钟</b>")
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert "&lt;b&gt;等了四十分钟&lt;/b&gt;" in page


def test_an_empty_comment_is_refused(ana: User, task: Task) -> None:
    assert _post(ana, task, "comment", text=" ").status_code == 422


def test_an_analyst_reads_the_trail_and_adds_nothing(task: Task) -> None:
    analyst = make_user(is_analyst=True)
    assert _post(analyst, task, "comment", text="Why so long?").status_code == 403
    assert not task.notes.exists()


def test_the_verdict_is_said_with_its_numbers(ana: User, task: Task) -> None:
    before = {"from": "2025-11-01", "to": "2025-11-08", "n": 214, "value": 31.2}
    after = {"from": "2025-11-12", "to": "2025-11-18", "n": 170, "value": 13.0}
    result = {"effect": 18.2, "interval": [6.1, 30.4], "baseline": before, "after": after}
    make_verification(task, state="decided", result=result)
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert "Effective: the metric is back, and the change is beyond chance." in page
    assert "better by 18.2 (interval 6.1 to 30.4)" in page
    assert "214" in page


def test_everything_is_said_in_the_readers_language(ground: Department, task: Task) -> None:
    lin = make_user("lin@example.com", department=ground, language="zh-hans")
    page = seen(reading_as(lin), f"/tasks/{task.number}/")
    assert "九成顾客等待最长达 42 分钟（阈值 30），186 个观测值。" in page
    assert "待受理" in page
    assert '<html lang="zh-Hans">' in page


def test_a_long_trail_costs_what_a_short_one_does(ana: User, task: Task) -> None:
    url = f"/tasks/{task.number}/"
    costs_the_same(reading_as(ana), url, lambda: make_activity(task, "held", by=Actor(ana)))
