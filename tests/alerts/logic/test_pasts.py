"""Histories as arrays hold the very windows that are measured one by one."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from alerts.logic.conditions import parse_spec
from alerts.logic.evaluate import windows_needed
from alerts.logic.measure import BASE, OWN, measure
from alerts.logic.pasts import grid_of, past_of
from cx_loop.logic.bins import Scale, bin_of
from cx_loop.logic.timelines import Timeline

SCALE = Scale("csat", 1, 5)
# the clocks of Berlin go back in this week
SINCE = datetime(2026, 10, 23, 7, 30, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=5)
BERLIN = ZoneInfo("Europe/Berlin")
SPECS = {
    "rolling": {"window": "1d", "aggregate": "mean", "warning": {"below": 4}},
    "short": {"window": "2h", "aggregate": "count", "warning": {"above": 4}, "for": 2},
    "of a day": {"window": "this day", "aggregate": "top_box", "warning": {"below": 80}},
    "of a week": {"window": "this week", "aggregate": "p90", "warning": {"below": 4}},
    "a change": {"window": "1d", "aggregate": "mean", "warning": {"change_below": "-10%"}},
    "a week ago": {
        "window": "this day",
        "aggregate": "mean",
        "versus": "week before",
        "warning": {"change_below": "-10%"},
    },
    "another part": {
        "window": "1d",
        "aggregate": "mean",
        "by": ["segment"],
        "versus": {"segment": "normal"},
        "warning": {"change_below": -0.5},
    },
    "certain": {"window": "1d", "aggregate": "top_box", "warning": {"below": 50}, "certain": "95%"},
    "a certain change": {
        "window": "1d",
        "aggregate": "mean",
        "warning": {"change_below": -0.5},
        "certain": "95%",
    },
    "a certain spread": {
        "window": "2d",
        "aggregate": "mean",
        "spread": "channel",
        "warning": {"above": 0.5},
        "certain": "95%",
    },
    "a spread": {
        "window": "1d",
        "aggregate": "mean",
        "min_samples": 3,
        "spread": "channel",
        "warning": {"above": 1},
    },
}


def timeline(seed: int) -> Timeline:
    """Three weeks of answers, about eight a day."""
    dice = random.Random(seed)
    begin = (SINCE - timedelta(days=20)).timestamp() // 3600 * 3600
    rows = []
    for _ in range(25 * 8):
        bucket, score = begin + 3600 * dice.randrange(25 * 24), dice.randint(1, 5)
        rows.append((bucket, bin_of(score, SCALE), 1, score, score * score, 0))
    return Timeline.of(np.array(rows, dtype=float))


@pytest.mark.parametrize("name", SPECS)
def test_every_window_is_the_one_that_is_measured_alone(name):
    spec = parse_spec({"metric": "csat", **SPECS[name]}, SCALE)
    frame = spec.frame(BERLIN)
    grid = grid_of(spec, frame, SINCE, UNTIL)
    keys = [(OWN, "web"), (OWN, "shop"), (OWN, "")] if spec.spread else [(OWN, ""), (BASE, "")]
    parts = {key: timeline(seed) for seed, key in enumerate(keys)}
    past = past_of(spec, SCALE, grid, parts)

    def lookup(part, span):
        return parts[part].totals(span[0].timestamp(), span[1].timestamp())

    assert [edge for edge in grid.edges if edge > SINCE] == grid.edges[grid.first :]
    assert grid.edges[grid.first :] == list(frame.edges_between(SINCE, UNTIL))
    for place, edge in enumerate(grid.edges):
        (span,) = frame.spans(edge, 1)
        alone = measure(spec, SCALE, frame, span, lookup, [value for _, value in keys])
        assert (past.starts[place], past.n[place]) == (alone.start, alone.n)
        assert bool(past.whole[place]) == alone.whole
        assert same(past.values[place], alone.value)
        if past.base is not None:
            assert same(past.base[place], alone.base)
            assert past.base_n[place] == alone.base_n


@pytest.mark.parametrize("name", SPECS)
def test_the_first_edge_can_look_back_as_far_as_it_must(name):
    spec = parse_spec({"metric": "csat", **SPECS[name]}, SCALE)
    grid = grid_of(spec, spec.frame(BERLIN), SINCE, UNTIL)
    place = grid.first
    for _ in range(windows_needed(spec) - 1):
        place = grid.before[place]
        assert place >= 0


def test_a_stretch_without_an_edge_has_none():
    spec = parse_spec({"metric": "csat", **SPECS["rolling"]}, SCALE)
    grid = grid_of(spec, spec.frame(BERLIN), SINCE, SINCE)
    assert grid.first == len(grid.edges)


@pytest.mark.parametrize("name", ["certain", "a certain change", "a certain spread"])
def test_how_sure_each_is_is_what_it_is_alone(name):
    spec = parse_spec({"metric": "csat", **SPECS[name]}, SCALE)
    frame = spec.frame(BERLIN)
    grid = grid_of(spec, frame, SINCE, UNTIL)
    keys = [(OWN, "web"), (OWN, "shop")] if spec.spread else [(OWN, "")]
    parts = {key: timeline(seed) for seed, key in enumerate(keys)}
    past = past_of(spec, SCALE, grid, parts)

    def lookup(part, span):
        return parts[part].totals(span[0].timestamp(), span[1].timestamp())

    known = 0
    for place, edge in list(enumerate(grid.edges))[grid.first :]:
        (span,) = frame.spans(edge, 1)
        alone = measure(spec, SCALE, frame, span, lookup, [value for _, value in keys])
        low, high = (side[place] for side in past.bounds[0.95])
        if not np.isnan(low):
            assert (low, high) == pytest.approx(alone.bounds[0.95])
            known += 1
    assert known > 0


def same(found: float, alone: float | None) -> bool:
    return np.isnan(found) if alone is None else found == pytest.approx(alone)
