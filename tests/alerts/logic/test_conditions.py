import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.logic.conditions import (
    Level,
    SpecError,
    VerifySpec,
    parse_spec,
    spec_from_json,
    spec_to_json,
)
from cx_loop.logic.bins import Scale
from tests.alerts.logic.stories import rule

PLAIN = {"metric": "csat", "aggregate": "mean", "window": "1d", "warning": {"below": 4}}


def refused_field(scale: Scale | None = None, **changes: Any) -> str:
    raw = {**PLAIN, **{name.rstrip("_"): value for name, value in changes.items()}}
    with pytest.raises(SpecError) as refusal:
        parse_spec(raw, scale)
    assert "{{" not in refusal.value.message
    return refusal.value.field


def test_rule_of_the_documentation_reads_as_written():
    spec = rule(for_=2, by=["segment"], cooldown="1d", playbook="extra-staff", touchpoints=["x"])
    assert spec.window == timedelta(days=1)
    assert (spec.min_samples, spec.for_windows, spec.by) == (30, 2, ("segment",))
    assert spec.critical == Level("above", 45.0, recover=40.0)
    assert spec.cooldown == timedelta(days=1)


def test_defaults_are_those_of_the_documentation():
    spec = parse_spec(PLAIN)
    assert (spec.min_samples, spec.for_windows, spec.by, spec.no_data) == (1, 1, (), "keep")
    assert spec.verify == VerifySpec(
        timedelta(3), tuple(timedelta(n) for n in (7, 14, 21, 28)), timedelta(56), 1
    )


@pytest.mark.parametrize("aggregate", ["count", "sum"])
def test_counts_and_sums_need_no_samples_unless_told(aggregate: str):
    counted = {**PLAIN, "aggregate": aggregate, "warning": {"above": 3}}
    assert parse_spec(counted).min_samples == 0
    assert parse_spec({**counted, "min_samples": 5}).min_samples == 5


@pytest.mark.parametrize("window", ["5m", "55m", "1h", "1435m", "1d", "25h", "2w", "90d"])
def test_windows_between_five_minutes_and_ninety_days_pass(window: str):
    assert parse_spec({**PLAIN, "window": window})


@pytest.mark.parametrize(
    "window", ["0m", "4m", "7m", "91d", "2161h", "1445m", "1.5h", "5 s", "d", 5, None, ""]
)
def test_windows_off_the_edges_or_out_of_range_are_refused(window: object):
    assert refused_field(window=window) == "window"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("for_", 0),
        ("for_", 101),
        ("for_", 1.5),
        ("for_", True),
        ("min_samples", -1),
        ("min_samples", "3"),
        ("metric", None),
        ("metric", 3),
        ("aggregate", "p42"),
        ("aggregate", None),
        ("warning", None),
        ("by", ["colour"]),
        ("by", 3),
        ("no_data", "fire"),
        ("no_data", ["ok"]),
        ("expected_every", "0d"),
        ("cooldown", "soon"),
        ("verify", "3d"),
    ],
)
def test_value_that_means_nothing_is_refused_by_name(field: str, value: object):
    assert refused_field(**{field: value}) == field.rstrip("_")


@pytest.mark.parametrize("count", [1, 100])
def test_one_to_a_hundred_windows_may_have_to_breach(count: int):
    assert rule(for_=count).for_windows == count


def test_critical_may_equal_the_warning_but_not_be_easier_to_breach():
    assert rule(critical={"above": 30, "recover": 25})
    assert refused_field(warning={"below": 4}, critical={"below": 4.1}) == "critical.below"
    assert (
        refused_field(warning={"outside": [2, 4]}, critical={"outside": [1, 3.9]})
        == "critical.outside"
    )


def test_critical_uses_the_operator_of_the_warning():
    assert refused_field(warning={"below": 4}, critical={"above": 4.5}) == "critical"
    assert (
        refused_field(warning={"change_above": 2}, critical={"change_above": "30%"}) == "critical"
    )


def test_critical_may_not_recover_later_than_the_warning():
    lines = {"aggregate": "sum", "warning": {"above": 30}}
    assert refused_field(**lines, critical={"above": 45, "recover": 29}) == "critical.recover"
    assert parse_spec({**PLAIN, **lines, "critical": {"above": 45, "recover": 30}})


@pytest.mark.parametrize(
    ("aggregate", "level", "line"),
    [
        ("mean", "above", 5),
        ("mean", "below", 1),
        ("p90", "outside", [1, 5]),
        ("sd", "above", 3),
        ("top_box", "above", 100),
        ({"share_below": 3}, "below", 0),
        ("count", "below", 0),
        ("sum", "below", 0),
        ("mean", "change_above", 4),
        ("mean", "change_above", "400%"),
        ("mean", "change_below", "-80%"),
    ],
)
def test_line_that_no_window_can_cross_is_refused(aggregate: object, level: str, line: object):
    field = refused_field(Scale("csat", 1, 5), aggregate=aggregate, warning={level: line})
    assert field == f"warning.{level}"


@pytest.mark.parametrize(
    ("aggregate", "level", "line"),
    [
        ("mean", "above", 4.9),
        ("mean", "below", 1.1),
        ("p90", "outside", [1, 4.9]),
        ("sd", "above", 2.8),
        ("top_box", "above", 99),
        ("count", "below", 1),
        ("mean", "change_above", 3.9),
        ("mean", "change_above", "399%"),
        ("mean", "change_below", "-79%"),
    ],
)
def test_line_just_within_reach_passes(aggregate: object, level: str, line: object):
    raw = {**PLAIN, "aggregate": aggregate, "warning": {level: line}}
    assert parse_spec(raw, Scale("csat", 1, 5))


def test_recover_that_no_window_can_reach_is_refused():
    field = refused_field(Scale("csat", 1, 5), warning={"below": 4, "recover": 5.1})
    assert field == "warning.recover"


def test_nps_lies_between_minus_and_plus_a_hundred():
    raw = {"aggregate": "nps", "warning": {"below": -100}}
    assert refused_field(Scale("nps"), **raw) == "warning.below"
    assert parse_spec({**PLAIN, **raw, "warning": {"below": -99}}, Scale("nps"))


def test_aggregate_must_suit_the_metric():
    assert refused_field(Scale("csat", 1, 5), aggregate="nps") == "aggregate"


@pytest.mark.parametrize(
    ("verify", "field"),
    [
        ({"settle": "x"}, "verify.settle"),
        ({"looks": []}, "verify.looks"),
        ({"looks": ["14d", "7d"]}, "verify.looks"),
        ({"extend_to": "21d"}, "verify.extend_to"),
        ({"tolerance": -1}, "verify.tolerance"),
    ],
)
def test_verification_plan_that_cannot_run_is_refused(verify: object, field: str):
    assert refused_field(verify=verify) == field


def test_same_rule_written_another_way_is_the_same_version():
    left = rule(window="24h", by=["channel", "segment"], cooldown="7d")
    right = rule(window="1d", by=["segment", "channel"], cooldown="1w", no_data="keep")
    assert spec_to_json(left) == spec_to_json(right)


LINES = st.one_of(
    st.floats(1, 99).map(lambda line: {"above": line}),
    st.floats(1, 99).map(lambda line: {"below": line, "recover": line + 0.5}),
    st.floats(1, 40).map(lambda line: {"outside": [line, line + 9], "recover": [line, line + 1]}),
    st.floats(1, 99).map(lambda line: {"change_above": f"{line!r}%", "recover": "0.5%"}),
    st.floats(-99, -1).map(lambda line: {"change_below": line}),
)


@given(
    line=LINES,
    which=st.sampled_from([("warning",), ("critical",), ("warning", "critical")]),
    aggregate=st.sampled_from(["mean", "count", {"share_above": 30}]),
    window=st.sampled_from(["5m", "1h", "36h", "2w"]),
    by=st.lists(st.sampled_from(["segment", "channel", "location"])),
    every=st.none() | st.sampled_from(["1d", "90m"]),
)
def test_stored_rule_reads_back_as_it_was(line, which, aggregate, window, by, every):
    raw = {"metric": "m", "aggregate": aggregate, "window": window, "by": by}
    spec = parse_spec({**raw, "expected_every": every, **dict.fromkeys(which, line)})
    stored = json.loads(json.dumps(spec_to_json(spec)))
    assert spec_from_json(stored) == spec
    assert spec_to_json(spec_from_json(stored)) == stored
