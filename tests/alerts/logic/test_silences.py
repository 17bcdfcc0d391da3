"""What a silence matches, and where it stands in time."""

from datetime import UTC, datetime, timedelta

import pytest

from alerts.logic.silences import LONGEST, matches, problems_of, state_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACTS = {"touchpoint": "boarding", "severity": "warning", "segment": ""}


@pytest.mark.parametrize(
    ("matchers", "fits"),
    [
        ({"touchpoint": ["boarding"]}, True),
        ({"touchpoint": ["baggage", "boarding"]}, True),
        ({"touchpoint": ["boarding"], "severity": ["critical"]}, False),
        ({"segment": [""]}, True),
        ({"segment": ["gold"]}, False),
        ({"channel": [""]}, True),  # a fact that is not there is the empty one
    ],
)
def test_every_matcher_must_fit(matchers, fits):
    assert matches(matchers, FACTS) is fits


@pytest.mark.parametrize(
    ("now", "state"),
    [(-1, "coming"), (0, "running"), (1.9, "running"), (2, "over"), (9, "over")],
)
def test_it_runs_from_its_start_up_to_its_end(now, state):
    said = {"starts_at": NOON, "ends_at": NOON + 2 * HOUR, "ended_at": None}
    assert state_of(NOON + now * HOUR, **said) == state


def test_one_that_was_ended_or_called_off_is_over():
    said = {"starts_at": NOON, "ends_at": NOON + 2 * HOUR, "ended_at": NOON - HOUR}
    assert state_of(NOON - HOUR, **said) == "over"


@pytest.mark.parametrize(("length", "codes"), [(LONGEST, []), (LONGEST + HOUR, ["too_long"])])
def test_it_lasts_ninety_days_at_most(length, codes):
    said = {"starts_at": NOON, "ends_at": NOON + length, "reason": "Works.", "now": NOON}
    found = problems_of({"metric": ["wait"]}, **said)
    assert [code for _, code, _ in found] == codes
