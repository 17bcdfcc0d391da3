"""Mentions, watching and the task of the cause, over the REST API."""

import pytest

from cx_loop.models import Activity, Message, Notice
from tasks.models import Task, Watcher
from tests.api_stories import codes, get, numbers, post, with_key
from tests.factories import NOW, add_member, make_comment, make_task, make_user


def at(task: Task, call: str) -> str:
    return f"tasks/{task.number}/{call}/"


def told(code: str) -> list[str]:
    found = Notice.objects.filter(code=code).select_related("user").order_by("user__email")
    return [notice.user.email for notice in found]


# --- mentions


def test_who_is_named_is_told_once_by_inbox_and_mail(airline, task):
    said = post(airline.ana, at(task, "comment"), 201, text="@Lin look, @lin@example.com!")
    assert said["mentions"] == ["lin@example.com"]
    assert told("mentioned") == ["lin@example.com"]
    mail = Message.objects.get(user=airline.lin)
    assert "Ana has named you" in mail.payload["text"]
    assert "look" not in str(mail.payload)


def test_a_later_comment_is_another_event(airline, task):
    for _ in range(2):
        post(airline.ana, at(task, "comment"), 201, text="@Lin look")
    assert len(told("mentioned")) == 2


def test_who_may_not_see_the_task_is_neither_told_nor_spoken_of(airline, task):
    make_user("gone@example.com", department=airline.ground, is_active=False)
    said = post(airline.ana, at(task, "comment"), 201, text="@ida @gone @nobody")
    assert said["mentions"] == []
    assert not Notice.objects.exists()


def test_nobody_is_told_of_what_they_said_themselves(airline, task):
    assert post(airline.ana, at(task, "comment"), 201, text="@ana")["mentions"] == []


def test_a_department_that_had_the_task_and_those_above_can_be_named(airline, task):
    post(airline.ana, at(task, "hand_over"), reason="The app", department="it")
    said = post(airline.ida, at(task, "comment"), 201, text="@Ana @Dirk @Ann")
    assert said["mentions"] == ["ana@example.com", "dirk@example.com", "ann@example.com"]


# --- watching


def test_a_watcher_hears_of_changes_of_state_that_others_make(airline, critical):
    told_back = post(airline.lin, at(critical, "watch"))
    assert told_back["watchers"] == ["lin@example.com"]
    post(airline.ana, at(critical, "accept"))
    notice = Notice.objects.get(user=airline.lin, code="watched")
    assert notice.params == {"state": "accepted", "person": "Ana"}
    post(airline.lin, at(critical, "start"))
    assert told("watched") == ["lin@example.com"]


def test_what_watchers_get_is_calm_and_as_they_want_it(airline, critical):
    airline.lin.digest_minutes = 60
    airline.lin.save()
    post(airline.lin, at(critical, "watch"))
    post(airline.ana, at(critical, "accept"))
    assert Message.objects.get(user=airline.lin).available_at > NOW
    airline.lin.muted_kinds = ["progress"]
    airline.lin.save()
    post(airline.ana, at(critical, "start"))
    assert Message.objects.filter(user=airline.lin).count() == 1
    assert told("watched") == ["lin@example.com"] * 2


def test_one_event_tells_a_watcher_once(airline, task):
    post(airline.ida, "tasks/", 400)  # she sees nothing of it yet
    add_member(airline.ground, airline.ida)
    post(airline.ida, at(task, "watch"))
    post(airline.ana, at(task, "hand_over"), reason="The app", department="it")
    assert told("handed_over") == ["ida@example.com"]
    assert told("watched") == []
    assert Message.objects.filter(user=airline.ida).count() == 1


def test_who_watches_no_more_or_sees_it_no_more_hears_nothing(airline, task):
    post(airline.lin, at(task, "watch"))
    post(airline.lin, at(task, "unwatch"))
    post(airline.lin, at(task, "unwatch"))
    Watcher.objects.create(task=task, user=airline.ida, since=NOW)
    post(airline.ana, at(task, "accept"))
    assert told("watched") == []
    assert get(airline.ana, f"tasks/{task.number}/")["watchers"] == []


def test_watching_twice_is_watching_once_and_leaves_a_trace(airline, task):
    for _ in range(2):
        post(airline.analyst, at(task, "watch"))
    verbs = Activity.objects.filter(subject="task", subject_id=task.number)
    assert [each.verb for each in verbs] == ["watched"]


@pytest.mark.parametrize("call", ["watch", "unwatch", "unlink"])
def test_a_foreign_task_is_not_there(airline, task, call):
    post(airline.ida, at(task, call), 404)


def test_a_key_watches_for_the_person_it_names(airline, task):
    post(with_key("work"), at(task, "watch"), 200, **{"as": airline.ana.email})
    post(with_key("work"), at(task, "watch"), 400)
    post(with_key("read"), at(task, "watch"), 403, **{"as": airline.ana.email})


# --- one cause, several tasks


@pytest.fixture
def elsewhere(airline):
    """A task of IT, about the app."""
    return make_task(department=airline.it, touchpoint=airline.app)


def test_a_cause_gathers_tasks_of_several_departments(airline, task, elsewhere):
    cause = make_task(department=airline.ground.parent)
    for each in (task, elsewhere):
        assert post(airline.dirk, at(each, "link"), parent=cause.number)["parent"] == cause.number
    both = sorted([task.number, elsewhere.number])
    assert get(airline.dirk, f"tasks/{cause.number}/")["children"] == both
    assert numbers(get(airline.dirk, "tasks/", parent=cause.number))
    task.refresh_from_db()
    assert (task.department, task.state, task.episode) == (airline.ground, "open", 1)


def test_nobody_sees_the_other_side_through_a_tie(airline, task, elsewhere):
    post(airline.dirk, at(task, "link"), parent=elsewhere.number)
    assert get(airline.ana, f"tasks/{task.number}/")["parent"] is None
    assert get(airline.ida, f"tasks/{elsewhere.number}/")["children"] == []
    assert numbers(get(airline.ana, "tasks/", parent=elsewhere.number)) == []
    assert post(airline.ana, at(task, "unlink"))["parent"] is None
    task.refresh_from_db()
    assert task.parent == elsewhere


def test_a_tie_that_is_not_seen_refuses_nothing_and_gives_way(airline, task, elsewhere):
    cause, child = (make_task(department=airline.ground) for _ in range(2))
    for each in (task, cause):
        post(airline.dirk, at(each, "link"), parent=elsewhere.number)
    said = post(airline.ana, at(task, "link"), parent=cause.number)
    assert said["parent"] == cause.number
    assert get(airline.ida, f"tasks/{elsewhere.number}/")["children"] == []
    assert codes(post(airline.ana, at(child, "link"), 400, parent=task.number)) == {
        "parent": "tied_already"
    }


def test_a_tie_needs_somebody_who_works_at_both(airline, task, elsewhere):
    said = post(airline.ana, at(task, "link"), 400, parent=elsewhere.number)
    assert codes(said) == {"parent": "parent_unknown"}
    assert codes(post(airline.ana, at(task, "link"), 400, parent=2**62)) == codes(said)
    post(airline.analyst, at(task, "link"), 403, parent=elsewhere.number)
    post(airline.ida, at(task, "link"), 404, parent=elsewhere.number)


def test_ties_are_one_level_deep(airline, task):
    cause, third = (make_task(department=airline.ground) for _ in range(2))
    assert codes(post(airline.ana, at(task, "link"), 400, parent=task.number)) == {
        "parent": "parent_is_itself"
    }
    post(airline.ana, at(task, "link"), parent=cause.number)
    post(airline.ana, at(task, "link"), parent=cause.number)
    for child, parent in ((cause, third), (third, task), (task, third), (cause, task)):
        said = post(airline.ana, at(child, "link"), 400, parent=parent.number)
        assert codes(said) == {"parent": "tied_already"}
    post(airline.ana, at(task, "unlink"))
    post(airline.ana, at(task, "link"), parent=third.number)


def test_a_tie_made_on_an_old_page_is_refused(airline, task):
    cause = make_task(department=airline.ground)
    post(airline.ana, at(task, "accept"))
    assert post(airline.ana, at(task, "link"), 409, parent=cause.number, version=1)["code"]
    assert codes(post(airline.ana, at(task, "link"), 400, parent="1")) == {"parent": "invalid"}


def test_both_trails_tell_of_a_tie_and_neither_of_the_other_number(airline, task):
    cause = make_task(department=airline.ground)
    post(airline.ana, at(task, "link"), parent=cause.number)
    trail = Activity.objects.filter(subject="task").order_by("id")
    assert [(each.subject_id, each.verb) for each in trail] == [
        (task.number, "linked"),
        (cause.number, "linked_one"),
    ]


# --- the way through the departments


def test_the_chain_says_who_was_asked_first_and_why_it_went_on(airline, task):
    post(airline.ana, at(task, "hand_over"), reason="The app", department="it")
    first, second = get(airline.ida, f"tasks/{task.number}/")["chain"]
    assert (first["department"], first["answers"], first["handed_by"]) == ("ground-ops", True, None)
    assert (second["department"], second["answers"]) == ("it", False)
    assert (second["handed_by"], second["reason"]) == ("ana@example.com", "The app")
    assert first["until"] == second["since"]
    post(airline.ida, at(task, "accept"))
    assert [stay["answers"] for stay in get(airline.ida, f"tasks/{task.number}/")["chain"]] == [
        False,
        True,
    ]


# --- from a comment


def test_a_task_opened_from_a_comment_keeps_a_reference(airline):
    said = make_comment(airline.boarding, "Forty minutes", segment="gold")
    new = {"title": "Waits", "touchpoint": "boarding", "comment": str(said.pk)}
    made = post(airline.ana, "tasks/", 201, **new)
    assert made["comment"]["text"] == "Forty minutes"
    said.delete()
    assert get(airline.ana, f"tasks/{made['number']}/")["comment"] is None


def test_a_comment_of_elsewhere_is_not_there(airline):
    said = make_comment(airline.app, "Private")
    new = {"title": "Waits", "touchpoint": "boarding", "comment": str(said.pk)}
    assert codes(post(airline.ana, "tasks/", 400, **new)) == {"comment": "comment_unknown"}
    for wrong in ("", "nonsense", "00000000-0000-0000-0000-000000000000"):
        refused = post(airline.ana, "tasks/", 400, **new | {"comment": wrong})
        assert codes(refused) == {"comment": "comment_unknown"}
