from datetime import date, timedelta

from cx_loop.ui.charts import Band, Line, Marker, Point, Trend, trend

FIRST = date(2025, 11, 1)


def _days(*values: float | None, n: float = 100) -> list[Point]:
    return [Point(FIRST + timedelta(days=place), value, n) for place, value in enumerate(values)]


def _heights(chart: Trend) -> list[float]:
    return [float(dot.y) for dot in chart.dots]


def test_a_chart_without_data_says_so_instead_of_drawing() -> None:
    chart = trend(_days(None, None), title="Wait")
    assert chart.is_empty
    assert chart.description == "No data yet."


def test_a_gap_in_the_data_is_a_gap_in_the_line() -> None:
    assert len(trend(_days(1, 2, None, 3, 4), title="Wait").paths) == 2


def test_a_higher_value_stands_higher() -> None:
    low, high = _heights(trend(_days(10, 20), title="Wait"))
    assert high < low


def test_few_observations_look_few() -> None:
    few, enough = trend([*_days(1, n=29), *_days(1, n=30)], title="Wait").dots
    assert (few.few, enough.few) == (True, False)


def test_the_line_is_drawn_even_beyond_the_data() -> None:
    chart = trend(_days(10, 12), title="Wait", lines=[Line(45, "critical", "Critical 45")])
    assert float(chart.lines[0].y) >= 30


def test_names_of_close_lines_do_not_cover_each_other() -> None:
    lines = [Line(30, "warning", "Warning 30"), Line(30.5, "critical", "Critical 30.5")]
    upper, lower = trend(_days(10, 90), title="Wait", lines=lines).lines
    assert float(lower.named_at) - float(upper.named_at) >= 14


def test_nothing_is_drawn_beyond_the_ends_of_a_scale() -> None:
    chart = trend(_days(99, 100), title="CSAT", bounds=(0.0, 100.0))
    assert chart.y_ticks[-1].label == "100"


def test_one_value_all_along_is_still_a_chart() -> None:
    assert not trend(_days(0, 0, 0), title="Complaints").is_empty


def test_an_event_outside_the_days_is_left_out() -> None:
    markers = [Marker(FIRST, "alert", "Alert"), Marker(date(2025, 1, 1), "fix", "Fix")]
    bands = [Band(date(2025, 1, 1), date(2025, 1, 9), "baseline", "baseline")]
    chart = trend(_days(1, 2), title="Wait", markers=markers, bands=bands)
    assert [marker.kind for marker in chart.markers] == ["alert"]
    assert chart.bands == []


def test_the_description_names_the_extremes_and_the_limit() -> None:
    chart = trend(
        _days(10, 42), title="Wait", unit="min", lines=[Line(30, "warning", "Warning 30")]
    )
    assert "from 10 min to 42 min" in chart.description
    assert "Warning 30." in chart.description
