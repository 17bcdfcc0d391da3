import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cx_loop.logic.bins import Scale
from cx_loop.logic.ranges import allowed
from cx_loop.logic.scores import (
    Aggregate,
    Totals,
    default_aggregate,
    interval,
    parse_aggregate,
    value,
)

CSAT, NPS, CES = Scale("csat", 1, 5), Scale("nps"), Scale("ces", 1, 7)
WAIT, COMPLAINTS, CANCELLED = Scale("duration"), Scale("count"), Scale("rate")
FELT = Scale("score", -5, 5, step=0.5)
NAMES = ["mean", "median", "p90", "p95", "sd", "min", "max", "sum", "count"]


def ask(raw, values, scale):
    return value(Totals.of(values, scale), parse_aggregate(raw), scale)


def test_top_box_is_the_two_highest_scores_in_percent():
    assert ask("top_box", [5, 4, 3, 1], CSAT) == 50


def test_top_box_of_half_steps_is_the_two_highest_steps():
    assert ask("top_box", [5, 4.5, 4, 0], FELT) == 50


def test_nps_is_promoters_minus_detractors():
    assert ask("nps", [10, 9, 8, 7, 6, 0, 9, 9], NPS) == 25


def test_equality_is_on_neither_side_of_a_share():
    assert ask({"share_above": 30}, [29, 30, 31, 90], WAIT) == 50
    assert ask({"share_below": 30}, [29, 30, 31, 90], WAIT) == 25
    assert ask({"share_below": 3}, [1, 2, 3, 4], CSAT) == 50


@given(st.integers(0, 100), st.lists(st.integers(0, 200), min_size=1))
def test_shares_of_whole_durations_are_exact_to_100(line, values):
    above = sum(v > line for v in values) / len(values)
    below = sum(v < line for v in values) / len(values)
    assert ask({"share_above": line}, values, WAIT) == pytest.approx(100 * above)
    assert ask({"share_below": line}, values, WAIT) == pytest.approx(100 * below)


def test_a_line_between_two_scores_divides_them():
    assert ask({"share_above": 3.5}, [1, 3, 4, 5], CSAT) == 50


def test_percentiles_are_by_nearest_rank():
    ten = list(range(1, 11))
    assert [ask(name, ten, WAIT) for name in ("median", "p90", "p95")] == [5, 9, 10]


@given(st.lists(st.floats(1, 1e9), min_size=1), st.sampled_from([("median", 50), ("p90", 90)]))
def test_percentiles_stay_within_two_percent_of_exact(values, asked):
    name, percent = asked
    exact = sorted(values)[math.ceil(len(values) * percent / 100) - 1]
    assert ask(name, values, WAIT) == pytest.approx(exact, rel=0.02)


@given(st.lists(st.integers(0, 100), min_size=2))
def test_the_rest_equals_the_standard_library(values):
    assert ask("mean", values, WAIT) == pytest.approx(statistics.fmean(values))
    assert ask("sd", values, WAIT) == pytest.approx(statistics.stdev(values), abs=1e-6)
    assert ask("min", values, WAIT) == min(values)
    assert ask("max", values, WAIT) == max(values)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 3))), st.randoms())
def test_any_split_and_order_gives_the_same_value(answers, random):
    whole = Totals.of([score for score, _ in answers], NPS)
    parts = [Totals.of([s for s, part in answers if part == p], NPS) for p in range(4)]
    random.shuffle(parts)
    assert sum(parts, Totals()) == Totals.combined(parts) == whole
    assert whole - parts[0] == parts[1] + parts[2] + parts[3]


def test_what_was_taken_away_leaves_no_trace():
    totals = Totals.of([3, 5], CSAT)
    assert totals - totals == Totals()


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_window_has_a_count_and_a_sum_and_nothing_else(name):
    assert ask(name, [], WAIT) == (0 if name in ("sum", "count") else None)


def test_one_observation_has_no_deviation():
    assert ask("sd", [4], CSAT) is None


def test_equal_values_do_not_vary():
    assert ask("sd", [0.1] * 1000, WAIT) == 0


def test_a_rate_is_a_sum_over_a_sum_in_percent():
    totals = Totals.of_rate([(1, 10), (4, 90)])
    assert value(totals, Aggregate("rate"), CANCELLED) == 5
    assert totals.samples("rate") == 100
    assert value(Totals.of_rate([(0, 0)]), Aggregate("rate"), CANCELLED) is None


def test_samples_are_observations_but_for_a_rate():
    assert Totals.of([1, 2], WAIT).samples("duration") == 2


# Newcombe RG 1998, Statistics in Medicine 17:857-872, Table I, method 3
@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 10, 0, 0.2775),
        (10, 10, 0.7225, 1),
    ],
)
def test_shares_have_wilson_intervals_in_percent(count, n, low, high):
    totals = Totals.of([5] * count + [1] * (n - count), CSAT)
    found = interval(totals, Aggregate("top_box"), CSAT)
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=5e-3)
    assert found.method == "wilson"


def test_complaints_have_an_exact_poisson_interval():
    # 15 events in an exposure of 400: R DescTools::PoissonCI(15, 400, method="exact")
    expected = (0.0209884653319583 * 400, 0.0618505471787146 * 400)
    for name, totals in (
        ("count", Totals.of([1] * 15, COMPLAINTS)),
        ("sum", Totals.of([7, 0, 8], COMPLAINTS)),
    ):
        found = interval(totals, Aggregate(name), COMPLAINTS)
        assert (found.low, found.high) == pytest.approx(expected, abs=4e-7)


def test_no_complaint_yet_still_has_an_upper_end():
    found = interval(Totals(), Aggregate("sum"), COMPLAINTS)
    assert (found.low, found.high) == (0, pytest.approx(-math.log(0.025)))


def test_a_rate_is_a_proportion_until_events_outnumber_the_exposed():
    some = interval(Totals.of_rate([(15, 148)]), Aggregate("rate"), CANCELLED)
    assert (some.low, some.high) == pytest.approx((6.24, 16.05), abs=5e-3)
    many = interval(Totals.of_rate([(15, 4)]), Aggregate("rate"), CANCELLED)
    assert many.method == "poisson_exact"
    assert (many.low, many.high) == pytest.approx((209.884653, 618.505472))


def test_nps_has_an_adjusted_wald_interval():
    # by hand after Rocks 2016: n + 3, promoters + 3/4, detractors + 3/4
    totals = Totals.of([10] * 162 + [8] * 108 + [2] * 54, NPS)
    p, d = 162.75 / 327, 54.75 / 327
    half = 1.959964 * math.sqrt((p + d - (p - d) ** 2) / 327)
    found = interval(totals, Aggregate("nps"), NPS)
    assert (found.low, found.high) == pytest.approx(
        (100 * (p - d - half), 100 * (p - d + half)), rel=1e-6
    )


def test_a_mean_has_a_t_interval():
    # NIST/SEMATECH e-Handbook 1.3.5.2, ZARR13.DAT: n 195, mean 9.261460, sd 0.022789
    n, mean, sd = 195, 9.261460, 0.022789
    totals = Totals(n=n, total=n * mean, squares=(n - 1) * sd**2 + n * mean**2)
    found = interval(totals, Aggregate("mean"), WAIT)
    assert (found.low, found.high) == pytest.approx((9.258242, 9.264679), abs=2e-6)


def test_a_median_lies_between_two_order_statistics():
    # ranks 40 and 61 of 100 (Conover 1999, section 3.2; R quantileCI::quantile_confint_nyblom)
    found = interval(Totals.of(list(range(1, 101)), WAIT), Aggregate("median"), WAIT)
    assert (found.low, found.high) == (40, 61)


def test_too_few_durations_give_no_upper_end_of_p90():
    assert interval(Totals.of([5] * 35, WAIT), Aggregate("p90"), WAIT) is None
    assert interval(Totals.of([5] * 36, WAIT), Aggregate("p90"), WAIT).high == 5


def test_an_end_without_order_statistic_is_the_end_of_the_scale():
    found = interval(Totals.of([3, 3], CSAT), Aggregate("median"), CSAT)
    assert (found.low, found.high) == (1, 5)


@pytest.mark.parametrize("name", ["sd", "min", "max", "sum"])
def test_some_values_have_no_honest_interval(name):
    assert interval(Totals.of([1, 2, 3], WAIT), Aggregate(name), WAIT) is None


@pytest.mark.parametrize("name", ["mean", "p90", "nps", "top_box", "rate"])
def test_an_empty_window_has_no_interval(name):
    assert interval(Totals(), Aggregate(name), NPS) is None


def test_aggregates_are_read_as_configuration_writes_them():
    assert parse_aggregate("p90") == Aggregate("p90")
    assert parse_aggregate({"share_above": 30}) == Aggregate("share_above", 30.0)


@pytest.mark.parametrize(
    "raw",
    [
        "p99",
        "share_above",
        {"share_above": "30"},
        {"share_above": True},
        {"p90": 1},
        {},
        3,
        None,
        {"share_above": float("nan")},
        {"share_above": 1, "share_below": 3},
    ],
)
def test_an_unknown_aggregate_is_refused(raw):
    with pytest.raises(ValueError, match=r"aggregate|line"):
        parse_aggregate(raw)


@pytest.mark.parametrize(
    ("raw", "scale", "fits"),
    [
        ("nps", NPS, True),
        ("nps", CSAT, False),
        ("rate", CANCELLED, True),
        ("rate", COMPLAINTS, False),
        ("mean", CANCELLED, False),
        ("top_box", FELT, True),
        ("top_box", WAIT, False),
        ("top_box", Scale("score", 0, 1), False),
        ("p90", WAIT, True),
        ({"share_above": 5}, CSAT, False),
        ({"share_above": 4}, CSAT, True),
        ({"share_below": 1}, CSAT, False),
        ({"share_below": 5}, CSAT, True),
        ({"share_above": 0}, WAIT, True),
        ({"share_below": 0}, WAIT, False),
    ],
)
def test_an_aggregate_fits_a_kind_of_metric_or_says_why_not(raw, scale, fits):
    assert (allowed(parse_aggregate(raw), scale) is None) == fits


@pytest.mark.parametrize("scale", [CSAT, NPS, CES, FELT, WAIT, COMPLAINTS, CANCELLED])
def test_every_kind_has_a_usual_aggregate_that_fits_it(scale):
    assert allowed(default_aggregate(scale.kind), scale) is None
