import pytest

from alerts.logic.evaluate import State, Window, decide, fail, needs_edge, windows_needed
from tests.alerts.logic.stories import (
    DAY,
    FIRING_CRITICAL,
    FIRING_WARNING,
    NOON,
    days,
    is_quiet,
    live,
    rule,
    see,
)


def test_breach_opens_a_warning():
    decision = see(rule(), 30.1)
    assert decision.opens
    assert (decision.state.state, decision.state.level, decision.state.since) == ("firing", 2, NOON)
    assert (decision.verdict, decision.reason) == ("firing", "breached")
    assert decision.params["line"] == 30
    assert (decision.params["value"], decision.params["n"]) == (30.1, 30)


def test_value_on_the_line_opens_nothing():
    decision = see(rule(), 30)
    assert not decision.opens
    assert (decision.verdict, decision.reason) == ("ok", "not_breached")


def test_value_beyond_both_lines_opens_a_critical():
    assert see(rule(), 45.1).state.level == 1
    assert see(rule(), 45).state.level == 2


def test_breach_that_goes_on_opens_no_second_alert():
    decision = see(rule(), 31, before=FIRING_WARNING)
    assert is_quiet(decision)
    assert decision.state.since == FIRING_WARNING.since


# Samples


def test_one_sample_short_changes_nothing():
    decision = see(rule(), (99, 29), before=FIRING_WARNING)
    assert (decision.verdict, decision.reason) == ("insufficient", "insufficient_samples")
    assert decision.state.level == 2
    assert decision.state.state == "firing"


def test_exactly_enough_samples_are_judged():
    assert see(rule(), (99, 30)).opens
    assert not see(rule(), (99, 29)).opens


def test_healthy_window_with_too_few_samples_does_not_clear():
    assert not see(rule(), (3, 29), before=FIRING_WARNING).clears


def test_undefined_value_is_insufficient_even_when_no_samples_are_asked():
    decision = see(rule(min_samples=0), (None, 0))
    assert (decision.verdict, decision.reason) == ("insufficient", "no_value")


def test_count_of_an_empty_window_is_zero_and_is_judged():
    quiet = rule(aggregate="count", min_samples=None, warning={"below": 5}, critical=None)
    assert see(quiet, (0, 0)).opens


# For


def test_two_windows_in_a_row_must_breach():
    spec = rule(for_=2)
    first = see(spec, 31, 29)
    assert (first.verdict, first.reason, first.params["k"]) == ("pending", "waiting_for_windows", 1)
    assert not first.opens
    assert see(spec, 31, 31, before=first.state).opens


def test_insufficient_windows_are_skipped_not_counted():
    assert see(rule(for_=2), 31, (99, 3), None, 31).opens
    assert not see(rule(for_=2), 31, (99, 3), None, 29).opens


def test_looking_back_ends_after_three_times_for_windows():
    gaps = [None] * 4
    assert see(rule(for_=2), 31, *gaps, 31).opens
    assert not see(rule(for_=2), 31, *gaps, None, 31).opens


def test_insufficient_window_does_not_reset_pending():
    pending = State("pending", None, NOON - DAY)
    assert see(rule(for_=2), None, 31, before=pending).state.state == "pending"
    assert see(rule(for_=2), None, 31, before=pending).verdict == "insufficient"


def test_healthy_window_resets_pending():
    pending = State("pending", None, NOON - DAY)
    assert see(rule(for_=2), 29, 31, before=pending).state.state == "ok"


def test_history_shorter_than_for_waits():
    assert see(rule(for_=3), 31, 31).verdict == "pending"


def test_critical_waits_for_its_own_windows_while_the_warning_fires():
    spec = rule(for_=2)
    assert see(spec, 50, 31).state.level == 2
    assert see(spec, 50, 50, 31, before=FIRING_WARNING).severity_changed


def test_waiting_shows_the_level_that_fires_first():
    decision = see(rule(for_=3), 50, 31)
    assert (decision.params["line"], decision.params["k"], decision.params["for"]) == (30, 2, 3)


# Clearing and severity


def test_alert_clears_on_recover_itself_and_not_a_hair_above():
    assert see(rule(), 25, before=FIRING_WARNING).clears
    between = see(rule(), 25.1, before=FIRING_WARNING)
    assert not between.clears
    assert (between.verdict, between.reason, between.state.level) == ("recovering", "between", 2)


def test_line_itself_clears_when_there_is_no_recover():
    spec = rule(warning={"above": 30}, critical=None)
    assert see(spec, 30, before=FIRING_WARNING).clears
    assert not see(spec, 30.1, before=FIRING_WARNING).clears


def test_value_between_recover_and_line_opens_nothing():
    assert see(rule(), 29).verdict == "ok"


def test_one_healthy_window_clears_whatever_for_says():
    decision = see(rule(for_=3), 20, 50, 50, before=FIRING_CRITICAL)
    assert decision.clears
    assert (decision.reason, decision.state.level) == ("recovered", None)


def test_severity_rises():
    decision = see(rule(), 46, before=FIRING_WARNING)
    assert decision.severity_changed
    assert decision.state.level == 1


def test_severity_falls_when_critical_recovers_and_the_warning_does_not():
    decision = see(rule(), 40, before=FIRING_CRITICAL)
    assert decision.severity_changed
    assert decision.state.level == 2
    assert not decision.clears


def test_critical_stays_between_its_recover_and_its_line():
    decision = see(rule(), 40.1, before=FIRING_CRITICAL)
    assert not decision.severity_changed
    assert (decision.state.level, decision.reason) == (1, "between")


def test_warning_left_by_a_critical_stays_though_its_own_line_is_not_breached():
    assert see(rule(), 26, before=FIRING_CRITICAL).state.level == 2


def test_rule_with_only_a_critical_level_clears_at_once():
    assert see(rule(warning=None), 40, before=FIRING_CRITICAL).clears


# Change


@pytest.mark.parametrize(
    ("windows", "reason"),
    [
        ([12, (10, 29)], "insufficient_base"),
        ([12, None], "insufficient_base"),
        ([12], "insufficient_base"),
        ([(12, 29), 10], "insufficient_samples"),
        ([12, 0], "base_zero"),
    ],
)
def test_change_needs_both_windows_and_a_base(windows: list, reason: str):
    spec = rule(warning={"change_above": "10%"}, critical=None)
    decision = see(spec, *windows, before=FIRING_WARNING)
    assert (decision.verdict, decision.reason) == ("insufficient", reason)
    assert decision.state.level == 2


def test_change_fires_beyond_its_share_of_the_window_before():
    spec = rule(warning={"change_above": "20%"}, critical=None)
    assert see(spec, 12.1, 10).opens
    assert not see(spec, 12, 10).opens


def test_change_over_two_windows_reads_three():
    spec = rule(for_=2, warning={"change_above": 1}, critical=None)
    assert see(spec, 14, 12, 10).opens
    assert not see(spec, 14, 12, 11).opens


# Mute


def test_muted_group_opens_nothing_while_it_breaches():
    muted = State("firing", 2, NOON, muted=True)
    decision = see(rule(), 50, before=muted)
    assert is_quiet(decision)
    assert decision.state.muted


def test_muted_group_stays_muted_between_recover_and_line():
    assert see(rule(), 26, before=State("firing", 2, NOON, muted=True)).state.muted
    assert see(rule(), 26, before=State("ok", None, NOON, muted=True)).state.muted


def test_muted_group_alerts_again_after_it_has_cleared_once():
    cleared = see(rule(), 25, before=State("firing", 2, NOON, muted=True))
    assert not cleared.state.muted
    assert see(rule(), 31, before=cleared.state).opens


# Errors, edges, windows


def test_error_resolves_nothing_and_the_next_evaluation_goes_on():
    broken = fail(FIRING_WARNING, NOON)
    assert (broken.state.state, broken.state.level, broken.clears) == ("error", 2, False)
    assert not see(rule(), 31, before=broken.state).opens
    assert see(rule(), None, before=broken.state).state.state == "firing"


@pytest.mark.parametrize(
    ("state", "holds_data", "changes", "needed"),
    [
        (State(), False, {}, False),
        (State(), True, {}, True),
        (State("pending"), False, {}, True),
        (FIRING_WARNING, False, {}, True),
        (State(muted=True), False, {}, True),
        (State(), False, {"no_data": "alert"}, True),
        (State(), False, {"no_data": "ok"}, True),
        (State(), False, {"aggregate": "count"}, True),
        (State(), False, {"aggregate": "sum"}, True),
    ],
)
def test_quiet_healthy_groups_cost_nothing(state, holds_data, changes, needed):
    assert needs_edge(rule(**changes), state, holds_data) is needed


@pytest.mark.parametrize(
    ("count", "level", "needed"),
    [(1, {"above": 3}, 1), (2, {"above": 3}, 6), (1, {"change_above": 3}, 2)],
)
def test_windows_needed_cover_the_look_back_and_the_base(count, level, needed):
    assert windows_needed(rule(for_=count, warning=level, critical=None)) == needed


def test_windows_with_a_hole_between_them_are_refused():
    hole = [days(31)[0], Window(NOON - 3 * DAY, NOON - 2 * DAY, 31, 30)]
    with pytest.raises(ValueError, match="must end there"):
        decide(rule(), hole, State())
    with pytest.raises(ValueError, match="newest"):
        decide(rule(), [], State())


def test_flapping_between_the_lines_is_one_alert():
    decisions = live(rule(), [31, 26, 31, 29, 30.5, 25.1, 31, 25, 20])
    assert [decision.opens for decision in decisions].count(True) == 1
    assert [decision.clears for decision in decisions].index(True) == 7
