"""Laws that hold for every history, and agreement with an oracle that shares no code."""

from hypothesis import given
from hypothesis import strategies as st

from alerts.logic.evaluate import State
from tests.alerts.logic.stories import (
    FIRING_CRITICAL,
    FIRING_WARNING,
    NOON,
    is_quiet,
    live,
    rule,
    see,
)

VALUES = st.integers(15, 55)
SAMPLES = st.sampled_from([0, 29, 30, 31])
HISTORY = st.lists(st.tuples(VALUES, SAMPLES), min_size=1, max_size=25)
FOR = st.integers(1, 4)
STATES = st.builds(
    State,
    st.sampled_from(["ok", "pending", "firing", "recovering", "error"]),
    st.sampled_from([None, 1, 2]),
    st.just(NOON),
    st.booleans(),
)


def oracle(history, count):
    """The contract said again, slowly: one flag a level, the text of each sentence in turn."""
    firing, severities = {"warning": False, "critical": False}, []
    lines = {"warning": (30, 25), "critical": (45, 40)}
    for position in range(len(history)):
        seen = history[: position + 1][-3 * count :]
        sufficient = [value for value, n in seen if n >= 30]
        if history[position][1] >= 30:
            for level, (line, recover) in lines.items():
                last = sufficient[-count:]
                if len(last) == count and min(last) > line:
                    firing[level] = True
                elif history[position][0] <= recover:
                    firing[level] = False
        severities.append(1 if firing["critical"] else 2 if firing["warning"] else None)
    return severities


@given(HISTORY, FOR)
def test_severity_agrees_with_the_oracle_at_every_edge(history, count):
    decisions = live(rule(for_=count), history)
    assert [decision.state.level for decision in decisions] == oracle(history, count)


@given(HISTORY, FOR)
def test_alerts_open_and_clear_in_turn(history, count):
    events = [
        "opens" if decision.opens else "clears"
        for decision in live(rule(for_=count), history)
        if decision.opens or decision.clears
    ]
    assert events == ["opens", "clears"] * (len(events) // 2) + ["opens"] * (len(events) % 2)


@given(st.lists(st.floats(25.001, 44.999), max_size=25))
def test_flapping_inside_the_band_is_exactly_one_alert(values):
    decisions = live(rule(), [31, *values])
    assert sum(decision.opens for decision in decisions) == 1
    assert not any(decision.clears for decision in decisions)
    assert {decision.state.level for decision in decisions} == {2}


@given(HISTORY, FOR)
def test_insufficient_window_never_resolves_resets_or_opens(history, count):
    decisions = live(rule(for_=count), history)
    for (_, n), before, after in zip(history[1:], decisions, decisions[1:], strict=False):
        if n < 30:
            assert (after.state.state, after.state.level) == (
                before.state.state,
                before.state.level,
            )
            assert is_quiet(after)


@given(HISTORY, FOR, STATES)
def test_provisional_evaluation_never_clears_lowers_or_unmutes(history, count, before):
    decision = see(rule(for_=count), *history, before=before, provisional=True)
    assert not decision.clears
    assert decision.state.muted == before.muted
    if before.level is not None:
        assert decision.state.level is not None
        assert decision.state.level <= before.level


@given(HISTORY, FOR, STATES)
def test_muted_group_never_opens(history, count, before):
    decision = see(rule(for_=count), *history, before=before)
    assert not (before.muted and decision.state.muted and decision.opens)
    assert not (before.muted and decision.opens)


@given(VALUES, VALUES, st.sampled_from([State(), FIRING_WARNING, FIRING_CRITICAL]))
def test_worse_value_never_means_milder_severity(left, right, before):
    rank = {None: 0, 2: 1, 1: 2}
    mild, bad = sorted((left, right))
    milder = see(rule(), mild, before=before).state.level
    assert rank[milder] <= rank[see(rule(), bad, before=before).state.level]


@given(HISTORY, FOR, STATES)
def test_same_evaluation_again_changes_nothing_more(history, count, before):
    once = see(rule(for_=count), *history, before=before)
    again = see(rule(for_=count), *history, before=once.state)
    assert again.state == once.state
    assert is_quiet(again)


@given(HISTORY, FOR)
def test_windows_beyond_the_look_back_are_not_read(history, count):
    from_all = see(rule(for_=count), *history)
    from_needed = see(rule(for_=count), *history[: 1 if count == 1 else 3 * count])
    assert from_all == from_needed
