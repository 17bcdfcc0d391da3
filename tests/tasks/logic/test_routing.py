"""Which department a task goes to."""

import pytest

from tasks.logic.routing import Route, RouteError, explain, match, parse_route

FACTS = {
    "severity": "critical",
    "metric": "wait",
    "touchpoint": "boarding",
    "stage": "departure",
    "journey": "flight",
    "segment": ["gold", "diamond"],
    "channel": "airport",
}


def test_the_first_route_whose_conditions_all_hold_wins():
    routes = [
        parse_route({"when": {"severity": "warning"}, "to": "lost"}),
        parse_route({"when": {"severity": "critical", "metric": "wait"}, "to": "ground-ops"}),
        parse_route({"to": "everything-else"}),
    ]
    assert match(routes, FACTS).to == "ground-ops"
    assert match(routes, {"severity": "critical", "metric": "csat"}).to == "everything-else"


def test_no_route_leaves_the_task_to_the_owner_of_the_touchpoint():
    assert match([parse_route({"when": {"metric": "csat"}, "to": "it"})], FACTS) is None
    assert match([], FACTS) is None


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"segment": "gold"}, True),
        ({"segment": ["normal", "diamond"]}, True),
        ({"segment": "normal"}, False),
        ({"location": "PVG"}, False),
        ({"journey": "flight", "stage": "departure", "touchpoint": "boarding"}, True),
        ({"channel": ["app", "airport"], "metric": "csat"}, False),
    ],
)
def test_a_value_fits_when_it_is_one_of_those_wanted(when, fits):
    assert (match([parse_route({"when": when, "to": "it"})], FACTS) is not None) is fits


def test_an_explanation_names_the_condition_that_fails():
    route = parse_route({"when": {"severity": "critical", "segment": "normal"}, "to": "it"})
    failing = [line for line in explain(route, FACTS) if not line.holds]
    assert [(line.condition, line.wanted, line.given) for line in failing] == [
        ("segment", ("normal",), ("gold", "diamond"))
    ]


def test_a_route_is_read_as_written():
    raw = {"when": {"metric": ["wait"]}, "to": "ground-ops", "role": "quality"}
    assert parse_route(raw) == Route({"metric": ("wait",)}, "ground-ops", "quality")


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        ({"when": {"severity": "critical"}}, "to"),
        ({"to": "it", "then": "x"}, "then"),
        ({"to": "it", "when": {"weather": "rain"}}, "when.weather"),
        ({"to": "it", "when": {"metric": 3}}, "when.metric"),
        ({"to": "it", "when": {"metric": []}}, "when.metric"),
        ({"to": "it", "when": "critical"}, "when"),
        ({"to": "it", "role": ["lead"]}, "role"),
    ],
)
def test_a_route_that_cannot_work_is_refused_at_its_field(raw, field):
    with pytest.raises(RouteError) as refused:
        parse_route(raw)
    assert refused.value.field == field
