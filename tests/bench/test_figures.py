from bench.figures import Figure, median_of, percentile, ratio_of


def test_a_figure_at_its_limit_meets_it() -> None:
    assert Figure("f", 2.8, "ratio", must=2.8).met
    assert Figure("f", 2.81, "ratio", must=2.8).met is False
    assert Figure("f", 2.8, "ratio").met is None


def test_power_is_to_reach_its_limit() -> None:
    assert Figure("f", 48.0, "%", must=48.0, at_least=True).met
    assert Figure("f", 47.9, "%", must=48.0, at_least=True).met is False


def test_a_ratio_is_the_median_of_values_measured_side_by_side() -> None:
    figure = ratio_of("f", [20.0, 30.0, 90.0], [10.0, 10.0, 90.0], must=3.0)
    assert (figure.value, figure.spread, figure.baseline) == (2.0, (1.0, 3.0), 10.0)


def test_a_median_says_its_spread() -> None:
    assert median_of("f", [3.0, 1.0, 2.0], "ms").shown()["spread"] == [1.0, 3.0]


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(value) for value in range(1, 201)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1.0)] == [100.0, 198.0, 200.0]
    assert percentile([7.0], 0.5) == 7.0
