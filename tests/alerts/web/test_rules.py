from datetime import date, timedelta

import pytest

from alerts.actions.rules import save_rule
from alerts.logic.conditions import parse_spec
from alerts.models import Rule
from cx_loop.models import Actor, Department, User
from tests.factories import (
    NOW,
    fill_days,
    make_alert,
    make_department,
    make_evaluation,
    make_group,
    make_metric,
    make_organization,
    make_rule,
    make_task,
    make_touchpoint,
    make_user,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops")


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground)


@pytest.fixture
def rule() -> Rule:
    metric = make_metric(
        "wait", kind="duration", unit="min", name={"en": "Wait", "zh-hans": "等待时间"}
    )
    return make_rule("boarding-wait", metric=metric, by=["segment"], min_samples=30)


@pytest.fixture
def boarding(ground: Department, rule: Rule):
    touchpoint = make_touchpoint("boarding", owner=ground, name={"en": "Boarding"})
    return make_group(rule, touchpoint=touchpoint, segment="gold")


def test_a_rule_is_said_as_a_sentence_in_the_readers_language(ana, boarding) -> None:
    page = seen(reading_as(ana), "/rules/boarding-wait/")
    assert (
        "Alert when the 90th percentile of Wait at every touchpoint, for each segment, over 1 day "
        "is above 30 min (warning, clears at 25 min) or above 45 min (critical, clears at 40 min). "
        "At least 30 observations." in page
    )
    assert "等待时间" not in page
    User.objects.filter(pk=ana.pk).update(language="zh-hans")
    page = seen(reading_as(User.objects.get(pk=ana.pk)), "/rules/boarding-wait/")
    assert "等待时间" in page
    assert "Alert when" not in page


def test_rules_of_others_are_not_there(ana, boarding) -> None:
    make_group(make_rule("secret"))
    client = reading_as(ana)
    assert "secret" not in seen(client, "/rules/")
    seen(client, "/rules/secret/", status=404)
    seen(client, "/rules/secret/why/", status=404)


def test_a_change_says_what_who_and_when(ana, boarding, rule) -> None:
    spec = parse_spec({**rule.current.spec, "warning": {"above": 35, "recover": 25}})
    save_rule(
        key=rule.key,
        name={},
        metric=rule.current.metric,
        watches="all",
        spec=spec,
        playbook=None,
        by=Actor(user=ana),
        now=NOW,
    )
    page = seen(reading_as(ana), "/rules/boarding-wait/")
    assert "warning: above: <del>30</del> → <ins>35</ins>" in page
    assert "ana" in page.lower()


def test_a_group_says_where_it_stands_and_why(ana, boarding) -> None:
    make_evaluation(boarding, verdict="insufficient", reason="insufficient_samples", n=4)
    page = seen(reading_as(ana), "/rules/boarding-wait/")
    assert "?touchpoint=boarding&amp;segment=gold" in page
    assert "Too few: 4" in page


def test_open_alerts_stand_on_the_rule(ana, boarding) -> None:
    alert = make_alert(boarding)
    assert f"/alerts/{alert.pk}/" in seen(reading_as(ana), "/rules/boarding-wait/")


def test_the_log_tells_value_n_verdict_and_reason(ana, boarding) -> None:
    make_evaluation(
        boarding,
        edge=NOW - timedelta(hours=9),
        until=NOW,
        times=10,
        verdict="ok",
        reason="not_breached",
        params={"interval": [38.5, 45]},
    )
    page = seen(reading_as(ana), "/rules/boarding-wait/why/?touchpoint=boarding&segment=gold")
    assert "10 times in a row, since" in page
    assert "Within the limit." in page
    assert "38.5 – 45" in page


def test_the_log_goes_on_where_a_page_ends(ana, boarding) -> None:
    for hour in range(51):
        make_evaluation(boarding, edge=NOW - timedelta(hours=hour), value=hour)
    client, url = reading_as(ana), "/rules/boarding-wait/why/?touchpoint=boarding&segment=gold"
    page = seen(client, url)
    assert '<td class="figure">50 min</td>' not in page
    more = page.rpartition('class="button" href="')[2].partition('"')[0].replace("&amp;", "&")
    page = seen(client, "/rules/boarding-wait/why/" + more)
    assert '<td class="figure">50 min</td>' in page


def test_the_chart_shows_whole_windows_against_the_lines(ana, boarding) -> None:
    fill_days(boarding.series.get(), date(2025, 11, 18), [[10] * 40, [50] * 40])
    page = seen(reading_as(ana), "/rules/boarding-wait/why/?touchpoint=boarding&segment=gold")
    assert "Critical 45" in page
    assert "2 days with data, from 10 min to 50 min" in page


def test_a_group_that_is_not_there_is_said(ana, boarding) -> None:
    client = reading_as(ana)
    seen(client, "/rules/boarding-wait/why/?touchpoint=boarding&segment=silver", status=404)
    assert "Boarding (gold)" in seen(client, "/rules/boarding-wait/why/")


def test_the_list_costs_the_same_with_many_rules(ana, ground) -> None:
    def one() -> object:
        return make_alert(make_group(touchpoint=make_touchpoint(owner=ground)))

    costs_the_same(reading_as(ana), "/rules/", one)


def test_a_rule_costs_the_same_with_many_groups(ana, ground, rule) -> None:
    def one() -> object:
        return make_evaluation(make_group(rule, touchpoint=make_touchpoint(owner=ground)))

    costs_the_same(reading_as(ana), "/rules/boarding-wait/", one)


def test_quality_is_said_with_n_and_interval(ana, ground, rule, boarding) -> None:
    for place in range(5):
        over = {"state": "dismissed", "closed_at": NOW}
        at = NOW - timedelta(days=place)
        make_task(
            make_alert(boarding, opened_at=at, **over), state="closed", resolution="false_alarm"
        )
    page = seen(reading_as(ana), "/rules/boarding-wait/")
    assert "5 of 5 alerts were dismissed as false alarms." in page
    assert "57 – 100 %" in page


def test_the_review_lists_what_to_change(ana, ground, rule) -> None:
    group = make_group(rule, touchpoint=make_touchpoint(owner=ground))
    group.members.all().delete()
    page = seen(reading_as(ana), "/rules/review/")
    assert "No data arrive for anything it watches." in page


def test_the_review_costs_the_same_with_many_rules(ana, ground) -> None:
    def one() -> object:
        at = NOW - timedelta(days=20)
        return make_task(
            make_alert(make_group(touchpoint=make_touchpoint(owner=ground)), opened_at=at)
        )

    costs_the_same(reading_as(ana), "/rules/review/", one)
