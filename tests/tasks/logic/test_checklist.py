"""What may be done to a step, and what the steps say about the fix."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tasks.logic import checklist
from tasks.logic.lifecycle import NotAllowed
from tests.factories import NOW

BEGAN = NOW - timedelta(days=3)
HOUR = timedelta(hours=1)


@dataclass
class Step:
    type: str = "correct"
    done_at: datetime | None = None

    @property
    def state(self) -> str:
        return "done" if self.done_at else "open"


def codes(needs: tuple[str, ...] = (), **said: Any) -> dict[str, str]:
    problems = checklist.step_problems(said, needs=needs, now=NOW, since=BEGAN)
    return {each.field: each.code for each in problems}


def test_the_fix_is_as_old_as_the_last_corrective_step():
    steps = [Step(done_at=NOW - HOUR), Step(done_at=NOW - 2 * HOUR), Step("contain", NOW)]
    assert checklist.fixed_at(steps, BEGAN) == NOW - HOUR


def test_without_a_corrective_step_the_list_says_nothing_about_the_fix():
    assert checklist.fixed_at([Step("contain", NOW)], BEGAN) is None
    assert checklist.fixed_at([], BEGAN) is None


def test_a_step_of_an_earlier_round_is_no_fix_of_this_one():
    assert checklist.fixed_at([Step(done_at=BEGAN - HOUR)], BEGAN) is None
    assert checklist.fixed_at([Step(done_at=BEGAN)], BEGAN) == BEGAN


def test_only_corrective_steps_hold_up_a_fix():
    correct, contain = Step(), Step("contain")
    assert checklist.open_corrective([contain, correct, Step(done_at=NOW)]) == [correct]


def test_a_submitted_fix_keeps_its_steps_but_containment_may_end():
    checklist.check_task("tick", "verifying", "contain")
    with pytest.raises(NotAllowed) as refused:
        checklist.check_task("tick", "verifying", "correct")
    assert "withdraw" in refused.value.allowed


def test_a_closed_task_keeps_its_list():
    with pytest.raises(NotAllowed) as refused:
        checklist.check_task("tick", "closed", "contain")
    assert refused.value.allowed == ["reopen"]


def test_what_is_done_cannot_be_done_again():
    with pytest.raises(NotAllowed) as refused:
        checklist.check_step("tick", "done")
    assert refused.value.allowed == ["edit", "untick", "move"]


@pytest.mark.parametrize(("up", "order"), [(True, [2, 1, 3]), (False, [1, 3, 2])])
def test_a_step_changes_places_with_its_neighbour(up: bool, order: list[int]):
    assert checklist.moved([1, 2, 3], 2, up=up) == order


def test_the_first_and_the_last_stay_where_they_are():
    assert checklist.moved([1, 2], 1, up=True) == [1, 2]
    assert checklist.moved([1, 2], 2, up=False) == [1, 2]


def test_done_lies_between_the_beginning_of_the_round_and_now():
    assert codes(done_at=NOW) == codes(done_at=BEGAN) == {}
    assert codes(done_at=NOW + HOUR) == {"done_at": "in_future"}
    assert codes(done_at=BEGAN - HOUR) == {"done_at": "before_alert"}


def test_what_is_due_lies_ahead():
    assert codes(due_at=NOW + HOUR, follow_up_at=NOW + HOUR) == {}
    assert codes(due_at=NOW) == {"due_at": "not_in_future"}
    assert codes(follow_up_at=NOW) == {"follow_up_at": "not_in_future"}


def test_words_are_of_the_list_and_blanks_are_nothing():
    assert codes(type="contain", kind="training", answer="partly") == {}
    assert codes(type="fix", kind="magic") == {"type": "unknown_choice", "kind": "unknown_choice"}
    assert codes(("reason",), reason=" ") == {"reason": "required"}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "https://", "a b"])
def test_evidence_links_to_pages_alone(link: str):
    assert codes(link=link) == {"link": "not_a_link"}
    assert codes(link="https://example.com/roster.pdf") == {}
