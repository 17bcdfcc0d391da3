"""A task that nobody answers comes to a board of its own, and leaves it when somebody does."""

import pytest

from cx_loop import clock
from cx_loop.models import Membership, User
from tests.api_stories import get, numbers
from tests.flows.loop import DAY, HOUR, MONDAY, Loop
from tests.pages import reading_as

ANSWERS = {
    "accept": {},
    "assign": {"assignee": "ana@example.com"},
    "dismiss": {"resolution": "duplicate", "reason": "Twice"},
    "hand_over": {"department": "it", "reason": "Theirs"},
}


def left_alone(loop: Loop) -> None:
    """Nobody who leads can be reached, and nobody accepts."""
    loop.breach()
    Membership.objects.filter(role__in=["lead", "director"]).update(role="member")
    for hour in range(1, 10):
        loop.run(MONDAY + hour * HOUR)
    assert loop.task.unattended_since is not None
    Membership.objects.filter(user__email__in=["lin@example.com", "ida@example.com"]).update(
        role="lead"
    )
    Membership.objects.filter(user__email="dirk@example.com").update(role="director")


@pytest.mark.parametrize("call", ANSWERS)
def test_whoever_takes_it_up_takes_it_off_the_board(loop: Loop, call: str) -> None:
    left_alone(loop)
    loop.act(call, MONDAY + 34 * HOUR, by="lin", **ANSWERS[call])
    assert loop.task.unattended_since is None


def test_one_taken_up_and_left_again_is_marked_again(loop: Loop) -> None:
    left_alone(loop)
    for hour in range(10, 20 * 24, 6):
        loop.run(MONDAY + hour * HOUR)
    assert loop.task.escalate_at is None
    loop.act("assign", MONDAY + 20 * DAY, by="lin", assignee="ana@example.com")
    loop.run(MONDAY + 20 * DAY + 23 * HOUR)
    assert loop.task.unattended_since is None
    loop.run(MONDAY + 21 * DAY)
    assert loop.task.unattended_since == MONDAY + 21 * DAY


def test_the_board_is_for_those_who_lead_and_of_their_own(loop: Loop) -> None:
    left_alone(loop)
    people = {user.email.split("@")[0]: user for user in User.objects.all()}
    with clock.set_to(MONDAY + 2 * DAY):
        for who in ("lin", "dirk"):
            assert numbers(get(people[who], "tasks/", unattended="true")) == [loop.task.number]
            page = reading_as(people[who]).get("/unattended/")
            assert f"#{loop.task.number}" in page.content.decode()
        assert numbers(get(people["ida"], "tasks/", unattended="true")) == []
        assert b"Nothing is left alone" in reading_as(people["ida"]).get("/unattended/").content
        assert reading_as(people["ana"]).get("/unattended/").status_code == 403
        assert "Unattended" in reading_as(people["lin"]).get("/").content.decode()
        assert "Unattended" not in reading_as(people["ana"]).get("/").content.decode()
