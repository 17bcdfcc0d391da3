"""Trying rules on history over the REST API."""

from datetime import date

import pytest

from cx_loop import clock
from tests.api_stories import post, with_key
from tests.factories import NOW, fill_days, make_metric, make_rule, make_segment, make_series

RULE = {
    "metric": "wait",
    "touchpoints": ["boarding"],
    "aggregate": "mean",
    "window": "1d",
    "warning": {"above": 30},
}


@pytest.fixture
def waits(airline):
    """Good days, two bad ones, good ones again, at boarding; the app is never asked."""
    metric = make_metric("wait", kind="duration", unit="min")
    days = [[10.0]] * 5 + [[50.0], [40.0]] + [[10.0]] * 5
    fill_days(make_series(airline.boarding, metric), date(2025, 11, 8), days)
    return metric


def tried(caller, status=200, **said):
    with clock.set_to(NOW):
        return post(caller, "rules/preview/", status, **said)


def test_a_rule_is_tried_before_it_is_saved(airline, waits):
    told = tried(airline.ana, rule=RULE)
    assert (told["alerts"], told["groups"]) == (1, 1)
    (alert,) = told["would_have"]
    assert alert["group"]["touchpoint"] == "boarding"
    # noon in Shanghai is 4:00 UTC; the first hour that sees it ends at 5:00
    assert (alert["from"], alert["to"]) == ("2025-11-13T05:00:00Z", "2025-11-15T05:00:00Z")
    assert (alert["severity"], alert["peak"], alert["n"]) == ("warning", 50, 1)
    assert told["tasks"] == [{"department": "ground-ops", "tasks": 1, "per_week": 0.078}]


def test_a_rule_may_stand_in_the_body_itself(airline, waits):
    assert tried(airline.ana, **RULE)["alerts"] == 1


def test_a_saved_rule_is_named_by_its_key(airline, waits):
    rule = make_rule("long-wait", metric=waits, watches={"touchpoints": ["boarding"]})
    assert tried(airline.admin, rule=rule.key)["alerts"] == 1


def test_only_the_range_asked_for_is_tried(airline, waits):
    told = tried(airline.ana, rule=RULE, **{"from": "2025-11-16T00:00:00Z"})
    assert (told["alerts"], told["windows"]) == (0, 128)


def test_a_line_is_suggested_for_a_budget(airline, waits):
    told = tried(airline.ana, rule=RULE, alerts_a_month=0)
    assert told["suggested"] == {"line": 50, "alerts": 0}


def test_foreign_touchpoints_are_unknown(airline, waits):
    said = tried(airline.ida, 400, rule=RULE)
    assert [error["code"] for error in said["errors"]] == ["touchpoint_unknown"]
    assert tried(airline.ida, rule={**RULE, "touchpoints": "all"})["groups"] == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"metric": "weight"}, "metric"),
        ({"warning": {"above": "x"}}, "warning.above"),
        ({"window": "7x"}, "window"),
        ({"touchpoints": []}, "touchpoints"),
        ({"treshold": 3}, "treshold"),
    ],
)
def test_what_cannot_be_tried_names_its_field(airline, waits, change, field):
    said = tried(airline.ana, 400, rule={**RULE, **change})
    assert [error["field"] for error in said["errors"]] == [field]


def test_a_range_that_ends_before_it_begins_is_refused(airline, waits):
    said = tried(airline.ana, 400, rule=RULE, **{"from": "2026-01-01T00:00:00Z"})
    assert said["errors"][0]["field"] == "from"


def test_keys_may_try_within_their_department(airline, waits):
    make_segment("gold")
    assert tried(with_key("read"), rule=RULE)["alerts"] == 1
    tried(with_key("read", department=airline.it), 400, rule=RULE)
    tried(with_key("ingest"), 403, rule=RULE)
