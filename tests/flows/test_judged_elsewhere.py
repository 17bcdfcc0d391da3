"""What a task cannot prove may be judged where it could be, when a lead says so in time."""

from datetime import date

import pytest
from django.test import Client

from cx_loop import clock
from cx_loop.models import User
from tasks.actions.errors import Forbidden, Invalid
from tasks.actions.judge_elsewhere import judge_elsewhere
from tasks.actions.outlook import expected_of
from tasks.logic.lifecycle import NotAllowed
from tasks.models import JudgedElsewhere
from tests.factories import make_metric
from tests.flows.loop import DAY, FIX, Loop, local, person, trail

FIRST = date(2026, 3, 2)  # a Monday
NOISY, A_LITTLE_BAD = (2, 6, 20, 34, 48), (5, 9, 23, 37, 51)
PLEASED, ANGRY = (5,) * 45 + (1,) * 5, (5,) * 15 + (1,) * 35
CHOICE = {"of": "touchpoint", "metric": "csat", "reason": "Forty times the answers."}


@pytest.fixture
def loop(db: None) -> Loop:
    """Waits are few and noisy, satisfaction is asked of everybody."""
    make_metric("csat", kind="csat", low=1, high=5)
    loop = Loop(window="1d", min_samples=5, warning={"above": 24, "recover": 23})
    for back in range(1, 57):
        loop.send(*NOISY, at=local(FIRST - back * DAY, 12))
        loop.send(*PLEASED, at=local(FIRST - back * DAY, 12), metric="csat")
    loop.send(*ANGRY, at=local(FIRST, 12), metric="csat")
    loop.days(FIRST, 1, *A_LITTLE_BAD)
    loop.act("accept", local(FIRST + DAY, 3), start=True)
    return loop


def choose(loop: Loop, by: str = "lin", at: int = 4, **said: str) -> JudgedElsewhere:
    now = local(FIRST + DAY, at)
    return judge_elsewhere(number=loop.task.number, by=person(by), now=now, fields=CHOICE | said)


def test_it_is_offered_where_it_could_be_proven(loop: Loop) -> None:
    found = expected_of(loop.task, local(FIRST + DAY, 4))
    assert found is not None
    assert [(each.of, each.metric.key) for each in found.elsewhere] == [("touchpoint", "csat")]


def test_the_verdict_uses_what_was_chosen_and_who_and_why_is_kept(loop: Loop) -> None:
    choose(loop)
    chosen = JudgedElsewhere.objects.get()
    assert (chosen.by.email, chosen.reason) == ("lin@example.com", "Forty times the answers.")
    assert trail("task")[-1] == "judged_on_metric"
    loop.submit(local(FIRST + DAY, 9))
    plan = loop.verification.plan
    assert (plan["measure"]["kind"], plan["higher_is_better"]) == ("share", True)
    assert plan["reference"] == pytest.approx(90)


def test_it_may_be_chosen_until_the_first_look(loop: Loop) -> None:
    loop.submit(local(FIRST + DAY, 3))
    assert loop.verification.plan["measure"]["kind"] == "mean"
    choose(loop)
    found = loop.verification
    assert (found.plan["measure"]["kind"], found.elsewhere.metric.key) == ("share", "csat")


def test_not_by_whoever_is_judged_nor_without_a_reason_nor_anywhere(loop: Loop) -> None:
    with pytest.raises(Forbidden, match="lead_only"):
        choose(loop, by="ana")
    with pytest.raises(Invalid, match="required"):
        choose(loop, reason=" ")
    with pytest.raises(Invalid, match="not_offered"):
        choose(loop, of="stage", metric="wait")


def test_after_a_look_the_plan_stands(loop: Loop) -> None:
    for day in range(1, 9):
        loop.send(*ANGRY, at=local(FIRST + day * DAY, 12), metric="csat")
    choose(loop)
    loop.act("submit", local(FIRST + 9 * DAY, 9), **FIX, fixed_at=local(FIRST + 9 * DAY, 9))
    for day in range(9, 20):
        loop.send(*PLEASED, at=local(FIRST + day * DAY, 12), metric="csat")
    loop.days(FIRST + 9 * DAY, 11, *NOISY)
    found = loop.verification
    assert (found.verdict, found.result["effect"]) == ("effective", pytest.approx(60))
    with pytest.raises(NotAllowed):
        choose(loop)


def test_the_lead_chooses_on_the_page_and_the_member_reads(loop: Loop, client: Client) -> None:
    number, now = loop.task.number, local(FIRST + DAY, 4)
    with clock.set_to(now):
        client.force_login(User.objects.get(email="ana@example.com"))
        assert 'name="place"' not in client.get(f"/tasks/{number}/").content.decode()
        client.force_login(User.objects.get(email="lin@example.com"))
        assert 'value="touchpoint|csat"' in client.get(f"/tasks/{number}/").content.decode()
        said = {"place": "touchpoint|csat", "reason": "Forty times the answers."}
        answer = client.post(f"/tasks/{number}/elsewhere/", said, follow=True)
    assert "to judge it on" in answer.content.decode()
    assert "Forty times the answers." in answer.content.decode()
