"""What only some rules say, through the database: comparisons, praise, coming back, lateness."""

import pytest

from alerts.models import Alert, ComparedSeries, Evaluation, Group, Rule, RuleState
from cx_loop.models import Message, Notice
from tasks.models import Task
from tests.flows.loop import HOUR, MINUTE, MONDAY, Loop

pytestmark = pytest.mark.django_db

AT = MONDAY + 10 * MINUTE


def said_of(alert):
    return alert.state, alert.episode, alert.severity


def test_a_breach_within_the_cooldown_is_the_same_alert_and_task_again():
    loop = Loop(cooldown="1d")
    loop.send(40, 40, 40, at=AT)
    loop.run(AT)
    loop.send(10, 10, 10, 10, at=AT + 2 * HOUR)
    loop.run(AT + 3 * HOUR)
    assert said_of(Alert.objects.get()) == ("resolved", 1, 2)
    loop.send(50, 50, 50, at=AT + 4 * HOUR)
    loop.run(AT + 4 * HOUR)
    assert said_of(Alert.objects.get()) == ("open", 2, 1)
    task = Task.objects.get()
    assert not task.self_recovered
    assert task.severity == 1


def test_a_breach_after_the_cooldown_is_another_alert():
    loop = Loop(cooldown="1h")
    loop.send(40, 40, 40, at=AT)
    loop.run(AT)
    loop.send(10, 10, 10, 10, at=AT + 2 * HOUR)
    loop.run(AT + 3 * HOUR)
    loop.send(50, 50, 50, at=AT + 9 * HOUR)
    loop.run(AT + 9 * HOUR)
    assert [alert.episode for alert in Alert.objects.order_by("id")] == [1, 1]


def test_flapping_inside_the_band_is_exactly_one_alert():
    loop = Loop()
    for hour in range(12):
        loop.send(*[31 if hour % 2 == 0 else 28] * 3, at=AT + hour * HOUR)
        loop.run(AT + hour * HOUR)
    assert said_of(Alert.objects.get()) == ("open", 1, 2)
    assert Task.objects.count() == 1


def test_good_news_is_told_to_the_owner_once_and_opens_nothing():
    loop = Loop(praise={"below": 10, "recover": 12})
    for hour in range(3):
        loop.send(5, 5, 5, at=AT + hour * HOUR)
    loop.run(AT + 3 * HOUR)
    told = Notice.objects.filter(code="praised").order_by("user__email")
    assert [notice.user.email for notice in told] == ["ana@example.com", "lin@example.com"]
    assert Message.objects.filter(dedup_key__startswith="praised:").count() == 2
    assert not Alert.objects.exists()
    assert not Task.objects.exists()


def test_gold_is_held_against_normal_at_the_same_touchpoint():
    loop = Loop(
        by=["segment"],
        versus={"segment": "normal"},
        warning={"change_above": 5, "recover": 2},
        critical=None,
    )
    loop.send(10, 10, 10, at=AT, segment="normal")
    loop.send(12, 12, 12, at=AT, segment="gold")
    loop.run(AT)
    assert [group.segment for group in Group.objects.all()] == ["gold"]
    assert ComparedSeries.objects.count() == 1
    assert not Alert.objects.exists()
    # only normal has improved: gold is looked at all the same
    loop.send(*[1] * 30, at=AT, segment="normal")
    loop.run(AT)
    assert Alert.objects.get().group.segment == "gold"


def test_the_spread_of_channels_is_one_group_of_the_touchpoint():
    loop = Loop(spread="channel", warning={"above": 10, "recover": 5}, critical=None)
    loop.send(10, 10, 10, at=AT, channel="app")
    loop.run(AT)
    assert Evaluation.objects.get(provisional=True).reason == "too_few_parts"
    loop.send(30, 30, 30, at=AT, channel="desk")
    loop.run(AT)
    alert = Alert.objects.get()
    assert alert.value == 20
    params = Evaluation.objects.filter(verdict="firing").get().params
    assert (params["largest"], params["smallest"]) == ("desk", "app")


def test_the_day_so_far_begins_at_local_midnight():
    # Monday 9:00 in Shanghai; 16:30 UTC is half past midnight on Tuesday there
    loop = Loop(window="this day")
    loop.send(40, 40, 40, at=AT)
    loop.run(AT)
    assert Alert.objects.get().state == "open"
    tuesday = MONDAY.replace(hour=16, minute=30)
    loop.send(10, 10, 10, at=tuesday)
    loop.run(tuesday + HOUR)
    assert Alert.objects.get().state == "resolved"


def test_more_values_than_the_cap_are_not_watched_and_that_is_said_once():
    loop = Loop(by=["location"], max_groups=2)
    for place in ("a", "b", "c", "d"):
        loop.send(40, 40, 40, at=AT, location=place)
        loop.run(AT)
    assert Group.objects.count() == 2
    assert Alert.objects.count() == 2
    assert Rule.objects.get().over_limit_at == AT


def test_what_comes_late_raises_its_alert_late_and_clears_it_at_once():
    loop = Loop()
    loop.send(10, 10, 10, at=AT)
    loop.run(AT + 2 * HOUR)
    for hour in range(3, 9):
        loop.send(10, 10, 10, at=AT + hour * HOUR)
    loop.run(AT + 9 * HOUR)
    assert not Alert.objects.exists()
    loop.send(*[60] * 6, at=AT + 9 * HOUR, occurred_at=(AT + 4 * HOUR).isoformat())
    loop.run(AT + 9 * HOUR)
    alert = Alert.objects.get()
    assert alert.late
    assert alert.state == "resolved"
    assert AT + 4 * HOUR < alert.edge <= AT + 5 * HOUR
    why = Evaluation.objects.get(verdict="firing")
    assert why.params["late"]
    assert why.edge == alert.edge
    assert Task.objects.get().self_recovered


def test_what_was_told_is_not_told_again_when_more_comes_late():
    loop = Loop()
    loop.send(60, 60, 60, at=AT)
    loop.run(AT)
    loop.send(*[10] * 9, at=AT + 3 * HOUR)
    loop.run(AT + 5 * HOUR)
    loop.send(70, 70, at=AT + 5 * HOUR, occurred_at=AT.isoformat())
    loop.run(AT + 5 * HOUR)
    assert Alert.objects.count() == 1


def test_kept_firing_until_it_was_healthy_for_a_while():
    loop = Loop(keep_firing_for="2h")
    loop.send(40, 40, 40, at=AT)
    loop.run(AT)
    for half in range(4, 8):
        loop.send(10, 10, 10, 10, at=AT + half * HOUR / 2)
        loop.run(AT + half * HOUR / 2)
    assert Alert.objects.get().state == "open"
    assert RuleState.objects.filter(healthy_since__isnull=False).count() == 1
    loop.run(AT + 5 * HOUR)
    assert Alert.objects.get().state == "resolved"
