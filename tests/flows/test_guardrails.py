"""A fix that mends one metric and harms another is put to the lead."""

from datetime import date

import pytest

from cx_loop.models import Activity, Notice
from tasks.actions.errors import Forbidden
from tests.factories import make_metric
from tests.flows.loop import DAY, HOUR, Loop, local, trail

FIRST = date(2026, 3, 2)  # a Monday
BAD, GOOD = (30, 33, 36, 39, 42), (6, 8, 10, 12, 14)
FIX_DAY = FIRST + 10 * DAY
FIRST_LOOK = 10  # days after the fix
VERIFY = {
    "settle": "3d",
    "looks": ["7d", "14d"],
    "extend_to": "14d",
    "guardrails": ["complaints"],
}


@pytest.fixture
def loop(db: None) -> Loop:
    make_metric("complaints", kind="count", direction="lower_is_better")
    return Loop(window="1d", min_samples=5, verify=VERIFY)


def mended(loop: Loop, complaints: float) -> Loop:
    """The wait is mended; complaints were five a day before, and are so many after."""
    loop.days(FIRST, 1, *BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    for day in range(1, 10):
        loop.send(5, at=local(FIRST + day * DAY, 11), metric="complaints")
    loop.days(FIRST + DAY, 9, *BAD)
    loop.submit(local(FIX_DAY, 9))
    for day in range(FIRST_LOOK):
        loop.send(complaints, at=local(FIX_DAY + day * DAY, 11), metric="complaints")
    loop.days(FIX_DAY, FIRST_LOOK, *GOOD)
    return loop


def test_what_does_no_harm_closes(loop: Loop) -> None:
    mended(loop, complaints=5)
    [guard] = loop.verification.result["guards"]
    assert (guard["metric"], guard["worse"]) == ("complaints", False)
    assert (loop.verification.verdict, loop.task.state) == ("effective", "closed")


def test_harm_elsewhere_is_put_to_the_lead_and_told_at_once(loop: Loop) -> None:
    mended(loop, complaints=25)
    found = loop.verification
    assert (found.state, found.reason, found.recovered) == ("person", "guardrail", True)
    assert found.result["guards"][0]["effect"] == pytest.approx(-20)
    assert "guardrail_worse" in trail("task")
    told = Notice.objects.filter(code="guardrail").values_list("user__email", flat=True)
    assert set(told) == {"ana@example.com", "lin@example.com"}


def test_the_look_keeps_the_days_of_what_it_guarded(loop: Loop) -> None:
    mended(loop, complaints=25)
    days = dict(
        row[::2] for row in loop.verification.looks.get().data["guards"]["complaints"]["days"]
    )
    assert (days["2026-03-10"], days["2026-03-20"]) == (5, 25)


def test_the_lead_may_accept_the_price_of_what_was_proven(loop: Loop) -> None:
    mended(loop, complaints=25)
    at = loop.verification.next_look_at - HOUR
    said = {"outcome": "effective", "reason": "They complain of the new gate; it is rebuilt."}
    with pytest.raises(Forbidden):
        loop.act("decide", at, by="ana", **said)
    loop.act("decide", at, by="lin", **said)
    found = loop.verification
    assert (found.verdict, found.reason) == ("effective", "person_effective")
    assert (loop.task.state, loop.task.resolution) == ("closed", "effective")
    assert found.relapse_until is not None
    assert found.permanence.answer == ""


def test_sent_back_it_is_worse_but_the_metric_was_mended(loop: Loop) -> None:
    mended(loop, complaints=25)
    at = loop.verification.next_look_at - HOUR
    loop.act("decide", at, by="lin", outcome="reopen", reason="Not at this price.")
    assert (loop.verification.verdict, loop.verification.reason) == ("worse", "person_reopen")
    assert (loop.task.state, loop.task.episode, loop.task.recovered) == ("open", 2, True)


def test_undecided_it_goes_up_a_level(loop: Loop) -> None:
    mended(loop, complaints=25)
    due = loop.verification.next_look_at
    loop.run(due)
    assert loop.verification.state == "person"
    assert loop.verification.next_look_at > due
    assert Activity.objects.filter(verb="escalated").exists()
