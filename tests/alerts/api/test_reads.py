"""Alerts, rules and evaluations over the REST API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api_stories import get, signed_in, with_key
from tests.factories import (
    NOW,
    make_alert,
    make_evaluation,
    make_group,
    make_playbook,
    make_rule,
    make_task,
)


def ids(page):
    return [row["id"] for row in page["results"]]


def test_an_alert_says_what_was_seen(airline):
    rule = make_rule("boarding-wait", by=["segment"])
    group = make_group(rule, touchpoint=airline.boarding, segment="gold")
    alert = make_alert(group, severity=1, peak=51.0)
    told = get(airline.ana, f"alerts/{alert.pk}/")
    assert (told["rule"], told["rule_version"], told["touchpoint"]) == (rule.key, 1, "boarding")
    assert told["dimensions"] == {"segment": "gold", "channel": "", "location": ""}
    assert (told["severity"], told["value"], told["n"], told["peak"]) == ("critical", 42, 186, 51)
    assert told["allowed"] == ["acknowledge", "snooze"]


def test_an_alert_names_the_tasks_its_reader_sees(airline, alert):
    task = make_task(alert, department=airline.it)
    assert get(airline.ida, "alerts/")["results"][0]["tasks"] == [task.number]
    assert get(airline.ana, "alerts/")["results"][0]["tasks"] == []


def test_a_foreign_alert_is_not_there(airline, alert):
    get(airline.ida, f"alerts/{alert.pk}/", 404)
    assert ids(get(airline.ida, "alerts/")) == []
    assert ids(get(airline.ida, "alerts/", touchpoint="boarding")) == []
    assert ids(get(with_key("read", department=airline.it), "alerts/")) == []


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"state": "open"}, "a"),
        ({"state": ["open", "resolved"]}, "ab"),
        ({"unresolved": "true"}, "a"),
        ({"unresolved": "false"}, "b"),
        ({"severity": "critical"}, "b"),
        ({"touchpoint": "boarding"}, "ab"),
        ({"touchpoint": "app"}, ""),
        ({"segment": "gold"}, "b"),
        ({"cleared": "true"}, "b"),
        ({"opened_after": "2025-11-21T00:00:00Z"}, "a"),
        ({"opened_before": "2025-11-21T00:00:00Z"}, "b"),
    ],
)
def test_a_list_is_narrowed(airline, alert, params, found):
    group = make_group(touchpoint=airline.boarding, segment="gold")
    over = {"state": "resolved", "closed_at": NOW, "cleared": True}
    old = make_alert(group, severity=1, opened_at=NOW - timedelta(days=9), **over)
    names = {alert.pk: "a", old.pk: "b"}
    page = get(airline.ana, "alerts/", **params)
    assert "".join(sorted(names[pk] for pk in ids(page))) == found


@pytest.mark.parametrize("params", [{"state": "gone"}, {"severity": "2"}, {"cleared": "1"}])
def test_a_filter_that_cannot_be_read_is_refused(airline, params):
    get(airline.ana, "alerts/", 400, **params)


@pytest.mark.parametrize("ordering", ["-opened_at", "severity", "closed_at", "id"])
def test_pages_neither_repeat_nor_leave_out_what_ties(airline, ordering):
    made = [make_alert(touchpoint=airline.boarding).pk for _ in range(5)]
    client = signed_in(airline.ana)
    page = get(client, "alerts/", ordering=ordering, page_size=2)
    seen = ids(page)
    while page["next"]:
        page = client.get(page["next"]).json()
        seen += ids(page)
    assert sorted(seen) == made


def test_the_cost_of_lists_does_not_grow_with_their_rows(airline):
    client = signed_in(airline.ana)

    def cost(path):
        with CaptureQueriesContext(connection) as made:
            get(client, path)
        return len(made)

    def grow(count):
        for _ in range(count):
            group = make_group(touchpoint=airline.boarding)
            make_task(make_alert(group, acknowledged_by=airline.ana))
            make_evaluation(group)

    grow(2)
    few = [cost(path) for path in ("alerts/", "rules/", "evaluations/")]
    grow(6)
    assert [cost(path) for path in ("alerts/", "rules/", "evaluations/")] == few


def test_a_rule_is_told_as_it_is_configured(airline):
    rule = make_rule("wait", playbook=make_playbook("extra-staff"), watches="all")
    make_group(rule, touchpoint=airline.boarding)
    told = get(airline.ana, "rules/wait/")
    assert (told["version"], told["playbook"], told["watches"]) == (1, "extra-staff", "all")
    assert told["spec"]["warning"] == {"above": 30, "recover": 25}


def test_a_rule_names_only_the_touchpoints_its_reader_sees(airline):
    rule = make_rule("wait", watches={"touchpoints": ["boarding", "app"]})
    for touchpoint in (airline.boarding, airline.app):
        make_group(rule, touchpoint=touchpoint)
    assert get(airline.ana, "rules/wait/")["watches"] == {"touchpoints": ["boarding"]}
    assert get(airline.admin, "rules/wait/")["watches"]["touchpoints"] == ["boarding", "app"]


def test_a_rule_that_only_watches_others_is_not_there(airline):
    make_group(make_rule("wait"), touchpoint=airline.app)
    get(airline.ana, "rules/wait/", 404)
    assert get(airline.ana, "rules/")["results"] == []


def test_a_rule_of_many_groups_is_listed_once(airline):
    rule = make_rule("wait")
    for segment in ("gold", "normal"):
        make_group(rule, touchpoint=airline.boarding, segment=segment)
    assert [row["key"] for row in get(airline.ana, "rules/")["results"]] == ["wait"]
    assert [row["key"] for row in get(airline.ana, "rules/", touchpoint="app")["results"]] == []


def test_an_evaluation_says_why(airline):
    group = make_group(make_rule("wait"), touchpoint=airline.boarding, segment="gold")
    make_evaluation(group, verdict="firing", reason="breached", level=1, params={"line": 30})
    (told,) = get(airline.ana, "evaluations/")["results"]
    assert (told["rule"], told["touchpoint"], told["level"]) == ("wait", "boarding", "critical")
    assert (told["verdict"], told["reason"], told["params"]) == ("firing", "breached", {"line": 30})
    assert told["group"] == {"segment": "gold", "channel": "", "location": ""}


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, "ab"),
        ({"rule": "wait"}, "ab"),
        ({"rule": "nowhere"}, ""),
        ({"from": "2025-11-21T07:30:00Z"}, "b"),
        ({"from": "2025-11-21T07:00:00Z"}, "ab"),
        ({"to": "2025-11-21T08:00:00Z"}, "a"),
        ({"to": "2025-11-21T08:00:01Z"}, "ab"),
        ({"verdict": "firing"}, "b"),
        ({"provisional": "true"}, "b"),
        ({"segment": "gold"}, ""),
    ],
)
def test_evaluations_are_narrowed(airline, params, found):
    group = make_group(make_rule("wait"), touchpoint=airline.boarding)
    early = {"edge": NOW - timedelta(hours=3), "until": NOW - timedelta(hours=1), "times": 3}
    a = make_evaluation(group, verdict="ok", reason="not_breached", **early)
    b = make_evaluation(group, verdict="firing", reason="breached", provisional=True)
    names = {a.pk: "a", b.pk: "b"}
    page = get(airline.ana, "evaluations/", **params)
    assert "".join(sorted(names[pk] for pk in ids(page))) == found


def test_evaluations_of_an_alert_are_those_of_its_group(airline, alert):
    mine = make_evaluation(alert.group)
    make_evaluation(make_group(touchpoint=airline.boarding))
    assert ids(get(airline.ana, "evaluations/", alert=alert.pk)) == [mine.pk]


def test_foreign_evaluations_are_not_there(airline):
    foreign = make_alert(touchpoint=airline.app)
    make_evaluation(foreign.group)
    assert ids(get(airline.ana, "evaluations/")) == []
    assert ids(get(airline.ana, "evaluations/", alert=foreign.pk)) == []
