"""The page of a touchpoint: its metrics by day and by segment, what is open, what was tried."""

from datetime import timedelta

import pytest
from django.test import Client

from cx_loop.models import Metric, Touchpoint, User
from tests import factories
from tests.factories import NOW
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db

URL = "/touchpoints/boarding/"


@pytest.fixture
def ana() -> User:
    factories.make_organization()
    return factories.make_user("ana@example.com", department=factories.make_department("ground"))


@pytest.fixture
def boarding(ana: User) -> Touchpoint:
    owner = ana.memberships.get().department
    return factories.make_touchpoint("boarding", owner=owner)


@pytest.fixture
def client(ana: User, boarding: Touchpoint) -> Client:
    return reading_as(ana)


def answered(stop: Touchpoint, metric: Metric, days: int = 20, segment: str = "", value: int = 4):
    series = factories.make_series(stop, metric, segment=segment)
    first = (NOW - timedelta(days=days - 1)).date()
    factories.fill_days(series, first, [[value] * 40] * days)


def test_every_metric_has_its_figure_a_spark_and_a_chart(
    client: Client, boarding: Touchpoint
) -> None:
    answered(boarding, factories.make_metric("csat", name={"en": "Satisfaction"}))
    wait = factories.make_metric("wait", kind="duration", unit="min", name={"en": "Wait"})
    answered(boarding, wait, value=20)
    page = seen(client, URL)
    assert page.count('class="spark"') == 2
    assert page.count("Table behind the chart") >= 2
    for word in ("Satisfaction", "Wait", "20 min", "280 answers"):
        assert word in page


def test_segments_stand_side_by_side_week_by_week(client: Client, boarding: Touchpoint) -> None:
    csat = factories.make_metric("csat")
    for place, (key, value) in enumerate((("normal", 2), ("gold", 5))):
        factories.make_segment(key, position=place)
        answered(boarding, csat, segment=key, value=value)
    page = seen(client, URL)
    assert "Segments side by side" in page
    assert page.index(">Normal<") < page.index(">Gold<")
    assert page.count('<td class="heat') == 16
    assert "heat shade-5" in page
    assert "heat shade-1" in page


def test_who_tells_no_segments_apart_sees_no_table_of_them(
    client: Client, boarding: Touchpoint
) -> None:
    answered(boarding, factories.make_metric("csat"))
    assert "Segments side by side" not in seen(client, URL)


def test_open_tasks_stand_with_their_clock(client: Client, boarding: Touchpoint) -> None:
    assert "Nothing is open here." in seen(client, URL)
    task = factories.make_task(factories.make_alert(touchpoint=boarding))
    factories.make_task(factories.make_alert(), touchpoint=None)
    page = seen(client, URL)
    assert f'href="/tasks/{task.number}/"' in page
    assert page.count("<li") - page.count("<li>") >= 1


def test_more_tasks_than_fit_lead_to_the_queue(client: Client, boarding: Touchpoint) -> None:
    for _ in range(12):
        factories.make_task(
            touchpoint=boarding, department=boarding.owner, title={"text": "Sweep the gate"}
        )
    page = seen(client, URL)
    assert page.count("Sweep the gate") == 10
    assert "2 more in the queue" in page


def test_alerts_and_fixes_stand_on_the_timeline_of_the_metric(
    client: Client, boarding: Touchpoint
) -> None:
    group = factories.make_group(touchpoint=boarding)
    metric = group.rule.current.metric
    answered(boarding, metric, days=30, segment="gold", value=35)
    began, fixed = NOW - timedelta(days=20), NOW - timedelta(days=10)
    alert = factories.make_alert(group, opened_at=began)
    said = {"countermeasure": "A second gate", "fixed_at": fixed, "created_at": began}
    task = factories.make_task(alert, state="verifying", **said)
    plan = {"fix_day": fixed.date().isoformat()}
    factories.make_verification(task, state="decided", verdict="effective", plan=plan)
    page = seen(client, URL)
    assert 'class="mark alert"' in page
    assert 'class="mark fix"' in page
    for word in ("Fixes tried here", "A second gate", "Effective"):
        assert word in page


def test_lines_of_rules_are_drawn_where_they_speak_of_the_same_figure(
    client: Client, boarding: Touchpoint
) -> None:
    wait = factories.make_metric("wait", kind="duration", unit="min")
    for aggregate, line in (("p90", 30), ("median", 12)):
        rule = factories.make_rule(metric=wait, aggregate=aggregate, warning={"above": line})
        factories.make_group(rule, touchpoint=boarding)
    answered(boarding, wait, segment="gold", value=20)
    page = seen(client, URL)
    assert "Warning 30" in page
    assert "Warning 12" not in page


def test_days_worth_a_look_are_ringed_and_said_to_be_no_alert(
    client: Client, boarding: Touchpoint
) -> None:
    wait = factories.make_metric("wait", kind="duration", unit="min", name={"en": "Wait"})
    series, first = factories.make_series(boarding, wait), (NOW - timedelta(days=39)).date()
    days = [[20 + day % 2 * 2] * 40 for day in range(40)]
    factories.fill_days(series, first, [*days[:30], [60] * 40, *days[31:]])
    page = seen(client, URL)
    assert page.count('class="ring"') == 2  # in the chart and in what explains it
    assert "Days worth a look: 1" in page
    assert "outside of what is usual" in page
    assert "They raise no alert and open no task" in page


def test_the_map_is_one_step_away(client: Client, boarding: Touchpoint) -> None:
    assert '/journeys/flight/?at=boarding"' in seen(client, URL)


def test_no_query_more_with_more_metrics_segments_alerts_or_tasks(
    client: Client, boarding: Touchpoint
) -> None:
    def one_more() -> None:
        group = factories.make_group(touchpoint=boarding)
        metric = group.rule.current.metric
        answered(boarding, metric, days=2, segment=f"s{metric.pk}")
        task = factories.make_task(factories.make_alert(group), fixed_at=NOW)
        factories.make_verification(task, plan={"fix_day": NOW.date().isoformat()})

    costs_the_same(client, URL, one_more)
