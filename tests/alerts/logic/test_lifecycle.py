import pytest

from alerts.logic.lifecycle import STATES, TRANSITIONS, NotAllowed, allowed, may, transition


@pytest.mark.parametrize(
    ("call", "state", "target"),
    [
        ("acknowledge", "open", "acknowledged"),
        ("dismiss", "open", "dismissed"),
        ("dismiss", "acknowledged", "dismissed"),
        ("resolve", "open", "resolved"),
        ("resolve", "acknowledged", "resolved"),
    ],
)
def test_unresolved_alert_moves_as_the_table_says(call: str, state: str, target: str):
    assert transition(call, state).target == target


@pytest.mark.parametrize("call", ["acknowledge", "dismiss", "resolve"])
@pytest.mark.parametrize("state", ["resolved", "dismissed"])
def test_finished_alert_never_moves_again(call: str, state: str):
    with pytest.raises(NotAllowed) as refusal:
        transition(call, state)
    assert refusal.value.allowed == ()


def test_second_acknowledgement_is_refused_and_says_what_is_left():
    with pytest.raises(NotAllowed) as refusal:
        transition("acknowledge", "acknowledged")
    assert (refusal.value.call, refusal.value.state) == ("acknowledge", "acknowledged")
    assert refusal.value.allowed == ("snooze", "dismiss")


def test_only_the_system_resolves():
    assert may("resolve", "system")
    assert not any(may("resolve", role) for role in ("member", "lead", "admin"))
    assert allowed("open", "member") == ("acknowledge", "dismiss")


def test_stranger_may_do_nothing():
    assert allowed("open", "analyst") == ()


def test_table_names_only_known_states():
    for row in TRANSITIONS:
        assert {*row.origins, row.target} <= set(STATES)
