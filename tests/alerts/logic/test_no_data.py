from datetime import timedelta

from alerts.logic.evaluate import State, decide
from tests.alerts.logic.stories import DAY, NOON, days, is_quiet, rule, see

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def heard(ago: timedelta, level: int | None = None) -> State:
    return State("firing" if level else "ok", level, NOON - 30 * DAY, last_data_at=NOON - ago)


def test_silence_alerts_when_the_policy_says_so():
    decision = see(rule(no_data="alert"), None, before=heard(2 * DAY))
    assert decision.opens
    assert (decision.verdict, decision.reason) == ("no_data", "no_data")
    assert (decision.state.state, decision.state.level) == ("no_data", 2)


def test_silence_is_critical_where_there_is_no_warning():
    spec = rule(no_data="alert", warning=None)
    assert see(spec, None, before=heard(2 * DAY)).state.level == 1


def test_silence_begins_strictly_after_the_expected_time():
    spec = rule(no_data="alert", expected_every="3d")
    assert not see(spec, None, before=heard(3 * DAY)).opens
    assert see(spec, None, before=heard(3 * DAY + SECOND)).opens


def test_expected_time_is_the_window_when_nothing_is_said():
    spec = rule(no_data="alert")
    assert not see(spec, None, before=heard(DAY)).opens
    assert see(spec, None, before=heard(DAY + SECOND)).opens


def test_window_with_any_data_is_not_silent():
    spec = rule(no_data="alert", expected_every="1h")
    assert see(spec, (3, 1), before=heard(2 * HOUR)).verdict == "insufficient"


def test_kept_silence_changes_nothing():
    decision = see(rule(no_data="keep"), None, before=heard(9 * DAY, level=2))
    assert (decision.verdict, decision.state.level) == ("insufficient", 2)
    assert is_quiet(decision)


def test_silence_clears_when_the_policy_calls_it_healthy():
    decision = see(rule(no_data="ok"), None, before=heard(2 * DAY, level=1))
    assert decision.clears
    assert (decision.state.state, decision.reason) == ("ok", "no_data")


def test_silence_keeps_the_severity_already_reached():
    decision = see(rule(no_data="alert"), None, before=heard(2 * DAY, level=1))
    assert decision.state.level == 1
    assert is_quiet(decision)


def test_alert_of_silence_clears_with_the_first_healthy_window():
    silent = see(rule(no_data="alert"), None, before=heard(2 * DAY)).state
    assert not see(rule(), (20, 29), before=silent).clears
    assert see(rule(), 20, before=silent).clears


def test_muted_group_stays_quiet_through_silence():
    muted = State("ok", None, NOON - 9 * DAY, muted=True)
    assert not see(rule(no_data="alert"), None, before=muted).opens
    assert not see(rule(no_data="ok"), None, before=muted).state.muted


def test_count_of_silence_is_zero_unless_the_policy_speaks():
    low = {"aggregate": "count", "min_samples": None, "warning": {"below": 5}, "critical": None}
    assert see(rule(**low), (0, 0), before=heard(2 * DAY)).reason == "breached"
    assert see(rule(**low, no_data="ok"), (0, 0), before=heard(2 * DAY)).verdict == "ok"


def test_group_never_heard_is_given_its_expected_time_first():
    spec = rule(no_data="alert")
    first = decide(spec, days(None), State())
    assert not first.opens
    a_day_on = decide(spec, days(None, edge=NOON + DAY), first.state)
    assert not a_day_on.opens
    silent = decide(spec, days(None, edge=NOON + DAY + HOUR), a_day_on.state)
    assert silent.opens
    assert decide(spec, days(None, edge=NOON + DAY + 2 * HOUR), silent.state).verdict == "no_data"


def test_last_data_is_remembered_to_the_step_without_help():
    spec = rule(no_data="alert")
    state = decide(spec, days((20, 30)), State()).state
    assert state.last_data_at == NOON - DAY
    assert decide(spec, days(None, edge=NOON + HOUR), state).opens


def test_arrival_the_caller_knows_is_not_set_back():
    assert see(rule(), 20, before=heard(HOUR)).state.last_data_at == NOON - HOUR
