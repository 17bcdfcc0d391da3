import re
from datetime import date, timedelta

import pytest

from alerts.models import Alert
from alerts.reads import AlertFilters, AlertPlace, alert_list, alerts_listed
from cx_loop import clock
from cx_loop.models import Department, User
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
    make_series,
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
def alert(ground: Department) -> Alert:
    return make_alert(touchpoint=make_touchpoint("boarding", owner=ground))


def test_an_alert_is_said_with_its_task(ana: User, ground: Department) -> None:
    alert = make_alert(touchpoint=make_touchpoint("boarding", owner=ground))
    task = make_task(alert)
    page = seen(reading_as(ana), "/alerts/")
    assert "9 of 10 waited up to 42 min (limit 30), 186 observations." in page
    assert f'href="/tasks/{task.number}/"' in page


def test_a_foreign_alert_is_not_there_at_all(ana: User) -> None:
    alert = make_alert()
    assert "9 of 10" not in seen(reading_as(ana), "/alerts/")
    seen(reading_as(ana), f"/alerts/{alert.pk}/", status=404)


def test_what_is_over_stands_on_its_own_tab(ana: User, ground: Department) -> None:
    touchpoint = make_touchpoint("boarding", owner=ground)
    make_alert(touchpoint=touchpoint, state="resolved", closed_at=NOW)
    assert "9 of 10" not in seen(reading_as(ana), "/alerts/")
    assert "9 of 10" in seen(reading_as(ana), "/alerts/?state=over")


def test_an_alert_tells_why_it_fired(ana: User, ground: Department) -> None:
    group = make_group(touchpoint=make_touchpoint(owner=ground))
    alert = make_alert(group)
    make_evaluation(
        group,
        verdict="pending",
        reason="waiting_for_windows",
        params={"k": 1, "for": 2, "min_samples": 30},
    )
    page = seen(reading_as(ana), f"/alerts/{alert.pk}/")
    assert "Beyond the limit; 1 of 2 windows in a row so far." in page


def test_the_list_costs_the_same_with_many_rows(ana: User, ground: Department) -> None:
    def one() -> object:
        return make_task(make_alert(touchpoint=make_touchpoint(owner=ground)))

    costs_the_same(reading_as(ana), "/alerts/", one)


def test_a_touchpoint_shows_seven_days_with_n_and_interval(ana: User, ground: Department) -> None:
    touchpoint = make_touchpoint("boarding", owner=ground)
    series = make_series(touchpoint, make_metric("csat"))
    fill_days(series, date(2025, 11, 14), [[1] * 50, [5] * 8 + [2] * 2])  # the first is too old
    page = seen(reading_as(ana), "/touchpoints/boarding/")
    assert "80 %" in page
    assert "10 answers" in page
    assert "95 % interval 49 to 94.3" in page


def test_a_touchpoint_without_data_says_what_to_do(ana: User, ground: Department) -> None:
    make_touchpoint("new", owner=ground)
    assert "No observations have arrived" in seen(reading_as(ana), "/touchpoints/new/")


def test_a_foreign_touchpoint_is_not_there_at_all(ana: User) -> None:
    make_touchpoint("app-login")
    seen(reading_as(ana), "/touchpoints/app-login/", status=404)


def test_a_rule_on_a_change_says_its_limit(ana: User, ground: Department) -> None:
    rule = make_rule(aggregate="mean", warning={"change_above": "20%"}, critical=None)
    make_alert(make_group(rule, touchpoint=make_touchpoint(owner=ground)), value=24)
    page = seen(reading_as(ana), "/alerts/")
    assert "they waited 24 min on average (limit +20 % against the window before)" in page


def test_an_alert_of_long_ago_is_drawn_around_its_own_days(ana: User, ground: Department) -> None:
    long_ago = NOW - timedelta(days=400)
    alert = make_alert(touchpoint=make_touchpoint(owner=ground), opened_at=long_ago)
    seen(reading_as(ana), f"/alerts/{alert.pk}/")


@pytest.mark.parametrize("state", ["unresolved", "all"])
def test_the_next_page_goes_on_where_the_first_ended(
    ana: User, ground: Department, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerts.reads.pages.PAGE", 2)
    rule, place = make_rule(), make_touchpoint(owner=ground)
    groups = [make_group(rule, touchpoint=place, location=str(n)) for n in range(5)]
    made = [make_alert(each, severity=1 + n % 2) for n, each in enumerate(groups)]
    filters, after, shown = AlertFilters(state=state), None, []
    for _ in range(3):
        page, after = alert_list(ana, filters, after=AlertPlace.parse(str(after)))
        shown += page
    assert after is None
    assert len(shown) == len({alert.pk for alert in shown}) == len(made)
    assert shown == list(alerts_listed(ana, filters))


@pytest.mark.parametrize(
    "raw", ["", "50", "1_2026-11-17_3", "3_2026-11-17T08:00:00+00:00_3", "a_b_c"]
)
def test_what_is_no_place_begins_on_top(raw: str) -> None:
    assert AlertPlace.parse(raw) is None


def test_an_alert_is_acknowledged_with_one_tap(ana: User, alert: Alert) -> None:
    client = reading_as(ana)
    assert "Acknowledge" in seen(client, f"/alerts/{alert.pk}/")
    with clock.set_to(NOW):
        client.post(f"/alerts/{alert.pk}/acknowledge/")
    alert.refresh_from_db()
    assert alert.state == "acknowledged"
    assert "Acknowledge</button>" not in seen(client, f"/alerts/{alert.pk}/")


def test_an_alert_is_dismissed_with_a_reason(ana: User, alert: Alert) -> None:
    client, url = reading_as(ana), f"/alerts/{alert.pk}/dismiss/"
    with clock.set_to(NOW):
        missing = client.post(url, {"resolution": "false_alarm"})
        assert missing.status_code == 422
        assert "This field is required" in missing.content.decode()
        client.post(url, {"resolution": "false_alarm", "reason": "The sensor was wet"})
    alert.refresh_from_db()
    assert alert.state == "dismissed"


def test_an_alert_that_is_over_is_not_acknowledged(ana: User, alert: Alert) -> None:
    Alert.objects.filter(pk=alert.pk).update(state="resolved", closed_at=NOW)
    with clock.set_to(NOW):
        answer = reading_as(ana).post(f"/alerts/{alert.pk}/acknowledge/", follow=True)
    assert "has moved on" in answer.content.decode()


@pytest.mark.parametrize("call", ["acknowledge", "dismiss"])
def test_a_foreign_alert_is_not_there_for_any_call(alert: Alert, call: str) -> None:
    stranger = make_user(department=make_department())
    said = {"resolution": "false_alarm", "reason": "No"}
    for pk in (alert.pk, 2**63):
        answer = reading_as(stranger).post(f"/alerts/{pk}/{call}/", said)
        assert answer.status_code == 404


def test_the_page_of_an_alert_leads_to_every_decision_about_its_group(
    ana: User, alert: Alert
) -> None:
    page = seen(reading_as(ana), f"/alerts/{alert.pk}/")
    url = re.search(r'href="(/rules/[^"]+/why/[^"]+)"', page)
    assert url
    seen(reading_as(ana), url[1].replace("&amp;", "&"))
