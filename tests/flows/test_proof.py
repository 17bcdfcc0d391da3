"""The pages behind a verdict: how do you know, make it permanent, what the company learns."""

from datetime import date

import pytest

from cx_loop import clock
from cx_loop.models import User
from tasks.models import Permanence
from tests.flows.loop import DAY, Loop, local
from tests.pages import reading_as

FIRST = date(2026, 3, 2)  # a Monday
BAD, GOOD = (30, 33, 36, 39, 42), (6, 8, 10, 12, 14)
VERIFY = {"settle": "3d", "looks": ["7d", "14d"], "extend_to": "14d"}
FIX_DAY = FIRST + 10 * DAY
AFTER = local(FIX_DAY + 10 * DAY, 9)


@pytest.fixture
def loop(db: None) -> Loop:
    """A task whose fix was found effective."""
    loop = Loop(window="1d", min_samples=5, verify=VERIFY)
    loop.days(FIRST, 1, *BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    loop.days(FIRST + DAY, 9, *BAD)
    loop.submit(local(FIX_DAY, 9))
    loop.days(FIX_DAY, 10, *GOOD)
    return loop


def page(name: str, address: str, **said: str) -> str:
    user = User.objects.get(email=f"{name}@example.com")
    with clock.set_to(AFTER):
        client = reading_as(user)
        answer = client.post(address, said) if said else client.get(address)
        told = b"".join(answer) if answer.streaming else answer.content
    return told.decode()


def test_a_verdict_tells_how_it_is_known(loop: Loop) -> None:
    number = loop.task.number
    task = page("ana", f"/tasks/{number}/")
    assert "How do you know?" in task
    told = page("ana", f"/tasks/{number}/proof/")
    assert "Worked out again just now from what was stored: the same difference." in told
    assert "The days that raised the alert are left out" in told
    assert "because of" not in told
    for mark in ('class="level baseline"', 'class="level after"', 'class="mark look"'):
        assert mark in told
        assert mark in task


def test_a_proven_fix_is_made_permanent_in_one_form(loop: Loop) -> None:
    address = f"/tasks/{loop.task.number}/permanent/"
    assert "What stays?" in page("ana", address)
    assert "Please fill this in." in page("ana", address, answer="not_needed")
    page("ana", address, answer="made", standard="A second gate from 30 people on.")
    assert Permanence.objects.get().answer == "made"
    assert "A second gate from 30 people on." in page("ana", address)


def test_what_it_is_worth_is_said_on_the_same_page(loop: Loop) -> None:
    page("ana", f"/tasks/{loop.task.number}/worth/", cost="1200", benefit="")
    assert loop.verification.cost == 1200


def test_insights_say_shares_with_n_and_interval(loop: Loop) -> None:
    told = page("ana", "/insights/")
    assert "1 of 1, 95 % interval 21 to 100 %" in told
    assert "Ground operations" in told
    assert "Proven" in page("ana", "/insights/?by=root_cause&format=csv")
