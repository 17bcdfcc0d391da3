"""How well a rule warned, over the REST API."""

from datetime import timedelta

from alerts.models import Alert
from cx_loop import clock
from tests.api_stories import get
from tests.factories import NOW, fill_days, make_alert, make_group, make_rule, make_task


def quality(who, key, status=200, **params):
    with clock.set_to(NOW):
        return get(who, f"rules/{key}/quality/", status, **params)


def test_the_days_after_confirm_a_problem_and_the_window_itself_does_not(airline):
    rule = make_rule("slow", min_samples=30)
    group = make_group(rule, touchpoint=airline.boarding)
    raised = NOW - timedelta(days=20)
    usual, bad = [list(range(5, 25)) * 2] * 60, [list(range(30, 50)) * 2] * 18
    fill_days(group.series.get(), (raised - timedelta(days=60)).date(), [*usual, *bad])
    make_task(make_alert(group, opened_at=raised))
    told = quality(airline.ana, "slow")["confirmed"]
    assert (told["count"], told["n"], told["value"]) == (1, 1, 100)


def test_noise_is_told_from_a_problem(airline):
    group = make_group(make_rule("jumpy", min_samples=30), touchpoint=airline.boarding)
    raised = NOW - timedelta(days=20)
    fill_days(
        group.series.get(), (raised - timedelta(days=60)).date(), [list(range(5, 25)) * 2] * 78
    )
    make_alert(group, opened_at=raised)
    assert quality(airline.ana, "jumpy")["confirmed"]["count"] == 0
    assert quality(airline.ana, "jumpy")["confirmed"]["n"] == 1


def test_time_to_acknowledge_counts_whom_nobody_looked_at_apart(airline):
    group = make_group(make_rule("seen"), touchpoint=airline.boarding)
    over = {"state": "resolved", "closed_at": NOW, "cleared": True}
    for hours in (1, 2, 4):
        at = NOW - timedelta(days=hours)
        make_alert(group, opened_at=at, acknowledged_at=at + timedelta(hours=hours), **over)
    make_alert(group, opened_at=NOW - timedelta(days=9), **over)
    told = quality(airline.ana, "seen")
    assert told["seconds_to_acknowledge"]["value"] == 7200
    assert told["never_acknowledged"]["value"] == 25


def test_only_what_the_reader_sees_counts(airline):
    rule = make_rule("both")
    make_alert(make_group(rule, touchpoint=airline.boarding))
    make_alert(make_group(rule, touchpoint=airline.app))
    assert quality(airline.ana, "both")["alerts"] == 1
    assert quality(airline.analyst, "both")["alerts"] == 2
    assert Alert.objects.count() == 2


def test_a_period_that_cannot_be_read_is_refused(airline):
    make_group(make_rule("both"), touchpoint=airline.boarding)
    assert quality(airline.ana, "both", 400, days="none")["code"] == "days_invalid"
    quality(airline.ana, "nowhere", 404)


def test_a_drop_that_drift_saw_and_no_alert_followed_is_missed(airline):
    group = make_group(make_rule("deaf", min_samples=30), touchpoint=airline.boarding)
    first = (NOW - timedelta(days=90 + 56)).date()
    usual, worse = list(range(5, 25)) * 3, list(range(12, 32)) * 3
    fill_days(group.series.get(), first, [*[usual] * 116, *[worse] * 30])
    told = quality(airline.ana, "deaf")
    assert told["missed_drops"] == 1
    make_alert(group, opened_at=NOW - timedelta(days=28))
    assert quality(airline.ana, "deaf")["missed_drops"] == 0
