"""The checklist of a task over the REST API."""

from datetime import timedelta
from typing import Any

from cx_loop.models import User
from tasks.models import Step, Task
from tests.api_stories import Airline, codes, get, post, with_key
from tests.factories import NOW, make_follow_up, make_idea, make_playbook, make_rule, make_step


def do(who: User, task: Task, call: str, status: int = 200, **said: Any) -> Any:
    return post(who, f"tasks/{task.number}/{call}/", status, **said)


def seen(who: Any, task: Task, **asked: str) -> Any:
    return get(who, f"tasks/{task.number}/checklist/", **asked)


def test_what_could_help_is_proposed_with_the_reason(airline: Airline, task: Task) -> None:
    book = make_playbook("gate", when={"touchpoint": ["boarding"], "pain_category": ["emotion"]})
    make_playbook("meal", when={"touchpoint": ["meal"]})
    version = make_rule("by-rule", playbook=make_playbook("extra-staff")).current
    Task.objects.update(rule_version=version)

    first, second = seen(airline.ana, task, pain_category="emotion")["proposals"]

    assert (first["playbook"], second["playbook"]) == ("extra-staff", book.key)
    assert [reason["code"] for reason in first["reasons"]] == ["rule", "general"][:1]
    assert [reason["said"] for reason in second["reasons"]] == [
        "made for this touchpoint",
        "made for this pain category",
    ]
    assert second["steps"][0] == {"text": "Open a second gate", "type": "contain"}


def test_a_pain_category_that_is_none_is_refused(airline: Airline, task: Task) -> None:
    path = f"tasks/{task.number}/checklist/"
    assert get(airline.ana, path, 400, pain_category="magic")["code"] == "invalid"


def test_a_playbook_is_chosen_and_its_steps_are_worked_off(airline: Airline, task: Task) -> None:
    make_playbook("gate")
    chosen = do(airline.ana, task, "playbook", playbook="gate")
    contain, correct = chosen["steps"]
    assert (correct["type"], correct["kind"], correct["playbook"]) == (
        "correct",
        "staffing",
        "gate",
    )
    assert chosen["still_open"] == [correct["id"]]

    at = (NOW - timedelta(minutes=5)).isoformat()
    said = {"done_at": at, "evidence": "On the wall", "link": "https://example.com/roster"}
    done = do(airline.ana, task, f"steps/{correct['id']}/tick", **said)

    assert (done["fixed_at"], done["still_open"]) == ("2025-11-21T07:55:00Z", [])
    assert done["steps"][1]["done_by"] == "ana@example.com"
    do(airline.ana, task, f"steps/{contain['id']}/not_needed", reason="Nobody waits.")


def test_a_submission_with_open_steps_says_which_and_how_to_go_on(
    airline: Airline, task: Task, fix: dict[str, str]
) -> None:
    make_step(task, "Change the roster")
    do(airline.ana, task, "accept", start=True)
    refused = do(airline.ana, task, "submit", 400, **fix)
    assert codes(refused) == {"steps": "steps_open"}
    assert "“Change the roster”" in refused["errors"][0]["message"]


def test_the_older_read_is_told_what_stands_there_now(airline: Airline, task: Task) -> None:
    step = make_step(task)
    do(airline.lin, task, f"steps/{step.pk}/edit", version=1, text="The June roster", owner="")
    stale = do(airline.ana, task, f"steps/{step.pk}/tick", 409, version=1)
    assert stale["code"] == "stale"
    assert stale["task"]["steps"][0]["text"] == "The June roster"
    do(airline.ana, task, f"steps/{step.pk}/tick", version=2)
    again = do(airline.ana, task, f"steps/{step.pk}/tick", 409, version=3)
    assert again["allowed"] == ["edit", "untick", "move"]


def test_steps_are_added_and_moved(airline: Airline, task: Task) -> None:
    make_step(task, "one")
    said = {"text": "two", "type": "contain", "owner": "lin@example.com", "within": "4h"}
    added = do(airline.ana, task, "steps", **said)["steps"][1]
    assert (added["owner"], added["due_at"]) == ("lin@example.com", "2025-11-21T12:00:00Z")
    moved = do(airline.ana, task, f"steps/{added['id']}/move", up=True)
    assert [step["text"] for step in moved["steps"]] == ["two", "one"]


def test_an_idea_is_voted_for_and_chosen(airline: Airline, task: Task) -> None:
    [idea] = do(airline.ana, task, "ideas", text="Board by rows", kind="process")["ideas"]
    [idea] = do(airline.lin, task, f"ideas/{idea['id']}/vote")["ideas"]
    assert (idea["votes"], idea["voted"]) == (1, True)
    [idea] = seen(airline.ana, task)["ideas"]
    assert (idea["votes"], idea["voted"]) == (1, False)

    chosen = do(airline.lin, task, f"ideas/{idea['id']}/choose")

    assert chosen["ideas"][0]["state"] == "chosen"
    assert chosen["chosen"][0]["idea"] == idea["id"]
    [step] = chosen["steps"]
    assert (step["text"], step["type"], step["kind"]) == ("Board by rows", "correct", "process")


def test_a_vote_is_one_person_s_whatever_key_carries_it(airline: Airline, task: Task) -> None:
    idea = make_idea(task, airline.ana)
    key = with_key("work")
    path = f"tasks/{task.number}/ideas/{idea.pk}/"
    for _ in range(2):
        post(key, f"{path}vote/", 200, **{"as": "lin@example.com"})
    assert idea.votes.count() == 1
    post(airline.lin, f"{path}withdraw_vote/")
    assert not idea.votes.exists()


def test_a_follow_up_is_answered(airline: Airline, task: Task) -> None:
    asked = make_follow_up(make_step(task, kind="training"))
    path = f"follow_ups/{asked.pk}/answer"
    assert codes(do(airline.ana, task, path, 400, answer="partly")) == {"note": "required"}
    [told] = do(airline.ana, task, path, answer="partly", note="Half of them")["follow_ups"]
    assert (told["answer"], told["next_due_at"]) == ("partly", None)


def test_a_step_of_another_task_is_not_there(airline: Airline, task: Task, critical: Task) -> None:
    step = make_step(critical)
    do(airline.ana, task, f"steps/{step.pk}/tick", 404)
    do(airline.ida, task, "steps", 404, text="x", type="correct")
    assert Step.objects.get().state == "open"
