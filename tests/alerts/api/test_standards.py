"""Service standards over the REST API."""

from datetime import date

import pytest

from cx_loop import clock
from tests.api_stories import get, post, with_key
from tests.factories import (
    NOW,
    fill_days,
    make_metric,
    make_rule,
    make_series,
    make_standard,
)


@pytest.fixture
def standard(airline):
    metric = make_metric("csat", kind="csat")
    found = make_standard(airline.boarding, metric, key="boarding-csat", target=80)
    days = [[5, 4, 4, 1], [4, 4, 4, 4]]
    fill_days(make_series(airline.boarding, metric), date(2025, 11, 19), days)
    return found


def test_a_standard_tells_what_kept_it(airline, standard):
    with clock.set_to(NOW):
        (told,) = get(airline.ana, "standards/", touchpoint="boarding")["results"]
    assert (told["key"], told["aggregate"], told["direction"]) == (
        "boarding-csat",
        "top_box",
        "at_least",
    )
    assert (told["wanted"], told["counted"], told["rules"]) == (80, "answers", [])
    week, month = told["kept"]
    assert (week["days"], week["count"], week["n"], week["value"]) == (7, 7, 8, 87.5)
    assert (month["days"], month["figure"]) == (30, 87.5)


def test_foreign_standards_are_not_there(airline, standard):
    assert get(airline.ida, "standards/")["results"] == []
    get(airline.ida, f"standards/{standard.pk}/", 404)
    post(airline.ida, f"standards/{standard.pk}/rule/", 404)


def test_a_lead_makes_a_rule_of_it_once(airline, standard):
    told = post(airline.lin, f"standards/{standard.pk}/rule/", 201)
    assert (told["key"], told["version"], told["metric"]) == ("boarding-csat", 1, "csat")
    assert told["spec"]["warning"] == {"below": 80.0, "certain": "95%"}
    again = post(airline.dirk, f"standards/{standard.pk}/rule/", 409)
    assert again["code"] == "rule_exists"


def test_who_does_not_lead_makes_none(airline, standard):
    assert post(airline.ana, f"standards/{standard.pk}/rule/", 403)["code"] == "lead_must_approve"
    post(airline.analyst, f"standards/{standard.pk}/rule/", 403)
    post(with_key("read"), f"standards/{standard.pk}/rule/", 403)


def test_a_promise_no_value_can_break_makes_no_rule(airline):
    found = make_standard(airline.boarding, make_metric(kind="csat"), target=0)
    told = post(airline.lin, f"standards/{found.pk}/rule/", 400)
    assert told["errors"][0]["code"] == "impossible"


def test_a_rule_of_that_name_is_in_the_way(airline, standard):
    make_rule("boarding-csat")
    post(airline.lin, f"standards/{standard.pk}/rule/", 409)
