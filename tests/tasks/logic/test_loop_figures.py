"""How long the rounds took, held against figures that are known."""

from datetime import timedelta

import pytest

from tasks.logic.loop_figures import Counts, figures_of, nothing, quantile, took

HOURS = [timedelta(hours=hour) for hour in range(1, 101)]


def test_the_median_and_the_ninth_decile_are_by_nearest_rank() -> None:
    found = took(HOURS)
    assert (found.median.value, found.most.value) == (HOURS[49], HOURS[89])
    assert (found.n, found.of) == (100, 100)


def test_the_interval_of_a_median_is_two_of_its_order_statistics() -> None:
    # Conover 1999, § 3.2: of 100 values ranks 40 and 61 (binomial, exact)
    assert quantile(HOURS, 0.5).between == (HOURS[39], HOURS[60])


@pytest.mark.parametrize(("n", "ends"), [(5, (None, None)), (6, (0, 5))])
def test_six_values_are_the_fewest_with_an_interval_of_the_median(
    n: int, ends: tuple[int | None, int | None]
) -> None:
    # 2 · 0.5⁵ is more than 5 %, 2 · 0.5⁶ less
    expected = tuple(None if end is None else HOURS[end] for end in ends)
    assert quantile(HOURS[:n], 0.5).between == expected


def test_of_nothing_nothing_is_said() -> None:
    found = took([])
    assert (found.median.value, found.median.between, found.n) == (None, (None, None), 0)


def test_what_was_drawn_by_lot_says_of_how_many() -> None:
    assert took(HOURS, of=5_000).of == 5_000


def test_the_order_in_which_lengths_come_does_not_matter() -> None:
    assert took(reversed(HOURS)) == took(HOURS)


def test_departments_add_up_to_the_whole() -> None:
    added = Counts(10, 8, 2, 3, 1) + Counts(5, 4, 1, 0, 0)
    assert added == Counts(15, 12, 3, 3, 1)


def test_late_is_a_share_of_what_came_due_and_escalated_one_of_all() -> None:
    found = figures_of(
        key="",
        name="",
        counts=Counts(opened=40, due=20, late=5, lead=10, director=4),
        response=took([]),
        resolution=took([]),
        fixes=(nothing(), nothing(), nothing()),
    )
    assert (found.late.share, found.to_lead.share, found.to_director.share) == (25, 25, 10)
    # Wilson 1927 for 5 of 20
    assert found.late.interval == pytest.approx((11.2, 46.9), abs=0.05)


def test_minutes_are_what_machines_read() -> None:
    said = took(HOURS).median.as_json()
    assert said == {"minutes": 3000.0, "interval": [2400.0, 3660.0], "n": 100}
