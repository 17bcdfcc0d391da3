"""Drift against NIST's example, and what silence, decisions and thin series do to it."""

from datetime import date, timedelta
from math import inf

import numpy as np
import pytest

from alerts.logic.baseline import Baseline, learn
from alerts.logic.drift import averaged, drift, limit
from cx_loop.logic.bins import Scale
from cx_loop.logic.scores import Aggregate
from cx_loop.logic.totals import Totals

CSAT, WAIT, COMPLAINTS = Scale("csat"), Scale("duration"), Scale("count")
TOP_BOX = Aggregate("top_box")
MONDAY = date(2024, 1, 1)
NOTHING = Totals()


def happy(count, n=40):
    return Totals.of([5] * count + [1] * (n - count), CSAT)


def ordinary(days=56, seed=1):
    rng = np.random.default_rng(seed)
    return [happy(int(hits)) for hits in rng.binomial(40, 0.82, days)]


def states(daily, **options):
    return [day.state for day in drift(MONDAY, daily, TOP_BOX, CSAT, **options)]


def test_the_average_and_its_limits_are_those_of_nist():
    # NIST/SEMATECH e-Handbook 6.3.2.4: lambda 0.3, target 50, sigma 2.0539, three sigma
    measured = [52.0, 47.0, 53.0, 49.3, 50.1, 47.0, 51.0, 50.1, 51.2, 50.5]
    measured += [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    printed = [50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33]
    printed += [50.11, 49.36, 49.52, 50.05, 49.38, 49.92, 50.73, 51.23, 51.94, 51.99]
    average, found = 50.0, []
    for each in measured:
        average = averaged(average, each, 0.3)
        found.append(average)
    assert found == pytest.approx(printed, abs=0.0051)
    assert 50 + 2.0539 * limit(inf, 0.3, 3) == pytest.approx(52.5884, abs=1e-3)
    assert 50 - 2.0539 * limit(inf, 0.3, 3) == pytest.approx(47.4115, abs=1e-3)


def test_the_limits_of_the_first_days_are_narrower():
    assert limit(1, 0.2, 3.5) == pytest.approx(0.2 * 3.5)
    assert limit(1) < limit(5) < limit(inf) == pytest.approx(3.5 / 3)


def test_it_first_speaks_on_the_fifty_seventh_day():
    found = states([*ordinary(), happy(33)])
    assert found == ["learning"] * 56 + ["ok"]


def test_days_before_the_first_answer_do_not_count_as_learned():
    found = states([NOTHING] * 10 + ordinary() + [happy(33)])
    assert found[-2:] == ["learning", "ok"]


def test_a_lasting_drop_is_one_drift_downwards():
    found = drift(MONDAY, ordinary() + [happy(26)] * 20, TOP_BOX, CSAT)
    assert sum(day.signal for day in found) == 1
    assert found[-1].direction == "down"
    assert found[-1].smoothed < found[-1].low
    assert found[-1].worse(higher_is_better=True)
    assert not found[-1].worse(higher_is_better=False)


def test_a_drift_ends_well_inside_its_limits():
    found = drift(MONDAY, ordinary() + [happy(26)] * 8 + [happy(33)] * 25, TOP_BOX, CSAT)
    over = next(day for day in found[64:] if not day.drifted)
    assert over.smoothed - over.baseline.level == pytest.approx(
        (over.low - over.baseline.level) / 2, rel=0.4
    )
    assert found[-1].state == "ok"


def test_a_baseline_does_not_follow_what_has_drifted():
    found = drift(MONDAY, ordinary() + [happy(28)] * 120, TOP_BOX, CSAT)
    assert found[-1].state == "drifted"
    assert found[-1].baseline.end == MONDAY + timedelta(days=55)


def test_silence_changes_nothing():
    fell = ordinary() + [happy(26)] * 8
    found = drift(MONDAY, fell + [NOTHING] * 40 + [happy(26)], TOP_BOX, CSAT)
    silent = found[70]
    assert (silent.state, silent.drifted, silent.value) == ("silent", True, None)
    assert sum(day.signal for day in found) == 1


def test_a_decision_starts_anew_and_the_old_baseline_speaks_meanwhile():
    decided = MONDAY + timedelta(days=70)
    daily = ordinary() + [happy(26)] * 90
    found = drift(MONDAY, daily, TOP_BOX, CSAT, settled=[decided])
    assert found[71].state == "ok"  # the average begins at nought
    assert found[90].state == "drifted"  # still far from the old baseline
    assert found[71 + 56].baseline.start == MONDAY + timedelta(days=71)
    assert found[-1].state == "ok"


def test_a_baseline_kept_as_json_speaks_from_the_first_day():
    learned = learn(MONDAY, ordinary(), TOP_BOX, CSAT)
    kept = Baseline.from_json(learned.as_json())
    assert kept == learned
    later = MONDAY + timedelta(days=56)
    whole = drift(MONDAY, ordinary() + [happy(26)] * 9, TOP_BOX, CSAT)[56:]
    assert drift(later, [happy(26)] * 9, TOP_BOX, CSAT, baseline=kept) == whole


def test_a_thin_series_learns_longer_and_a_thinner_one_for_ever():
    one_a_day = [happy(1, 1), happy(0, 1)] * 100
    assert states(one_a_day).index("ok") == 105  # fifteen weeks: 105 answers
    never_unhappy = [happy(40)] * 300
    assert set(states(never_unhappy)) == {"learning"}


def test_a_weekday_that_is_always_worse_is_no_drift():
    week = [happy(35)] * 5 + [happy(24)] * 2
    found = drift(MONDAY, week * 12, TOP_BOX, CSAT)
    assert not any(day.drifted for day in found)
    assert found[-1].expected == pytest.approx(60, abs=3)


def test_few_answers_draw_the_weekdays_towards_their_mean():
    thin = ([happy(4, 5)] * 6 + [happy(3, 5)]) * 8
    many = ([happy(400, 500)] * 6 + [happy(300, 500)]) * 8
    assert learn(MONDAY, thin, TOP_BOX, CSAT).expected[6] > 0.66
    assert learn(MONDAY, many, TOP_BOX, CSAT).expected[6] == pytest.approx(0.6, abs=0.005)


@pytest.mark.parametrize(
    ("aggregate", "scale", "usual", "later", "direction"),
    [
        (Aggregate("p90"), WAIT, lambda rng: rng.gamma(4, 5, 40).round(), 1.5, "up"),
        (Aggregate("mean"), WAIT, lambda rng: rng.gamma(4, 5, 40).round(), 0.6, "down"),
        (Aggregate("count"), COMPLAINTS, lambda rng: [1] * rng.poisson(6), None, "up"),
    ],
)
def test_every_kind_of_series_can_drift(aggregate, scale, usual, later, direction):
    rng = np.random.default_rng(4)
    quiet = [Totals.of(list(usual(rng)), scale) for _ in range(70)]
    if later is None:
        moved = [quiet[at] + quiet[at + 1] + quiet[at + 2] for at in range(20)]
    else:
        moved = [Totals.of([later * each for each in usual(rng)], scale) for _ in range(20)]
    found = drift(MONDAY, quiet + moved, aggregate, scale)
    assert not any(day.drifted for day in found[:70])
    assert found[-1].direction == direction


def test_what_has_no_sampling_error_never_drifts():
    daily = [Totals.of([10, 20, 60], WAIT)] * 80
    assert {day.state for day in drift(MONDAY, daily, Aggregate("max"), WAIT)} == {"learning"}
