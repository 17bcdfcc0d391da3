"""In a silence nothing is dropped and nobody disturbed; its time does not count."""

from datetime import datetime

import pytest

from alerts.actions import work as alert_work
from alerts.actions.errors import Invalid, Over
from alerts.models import Alert
from cx_loop import clock
from cx_loop.models import Activity, Message, Notice
from tasks.models import Pause, Task
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, OFFICE, Loop, person, pushes, trail
from tests.flows.silencing import end, silence


def snooze(at: datetime, until: datetime, by: str = "ana") -> Alert:
    with clock.set_to(at):
        return alert_work.perform(
            "snooze", pk=Alert.objects.get().pk, by=person(by), now=at, fields={"until": until}
        )


def calm(loop: Loop, at: datetime) -> None:
    loop.send(10, 10, 10, at=at)
    loop.run(at + HOUR)


def keep_breaching(loop: Loop, *hours: int) -> None:
    for hour in hours:
        loop.breach(MONDAY + hour * HOUR)


def said() -> list[str]:
    return list(Notice.objects.order_by("id").values_list("code", flat=True))


def test_an_alert_in_a_silence_opens_with_its_task_and_tells_nobody(loop: Loop) -> None:
    made = silence(MONDAY)
    alert = loop.breach(MONDAY + HOUR)
    assert (alert.state, alert.silence, alert.silenced_until) == ("open", made, made.ends_at)
    assert (loop.task.state, loop.task.silenced_until) == ("open", made.ends_at)
    assert not Notice.objects.exists()
    assert not Message.objects.exists()


def test_its_clocks_begin_when_the_silence_ends(loop: Loop) -> None:
    made = silence(MONDAY)
    loop.breach(MONDAY + HOUR)
    task = loop.task
    assert task.respond_by == made.ends_at + 4 * HOUR
    assert task.due_at == made.ends_at + 14 * DAY
    assert (task.escalate_at, task.next_due_at) == (made.ends_at + 4 * HOUR, made.ends_at)


def test_at_the_end_what_still_fires_is_announced_once(loop: Loop) -> None:
    made = silence(MONDAY)
    loop.breach(MONDAY + HOUR)
    keep_breaching(loop, 2, 3, 4, 5)
    loop.run(made.ends_at - MINUTE)
    assert said() == []
    for late in range(3):
        loop.run(made.ends_at + late * MINUTE)
    assert said() == ["opened"]
    assert (loop.task.silenced_until, loop.task.unsaid) == (None, [])
    assert trail("task") == ["opened", "silenced", "silence_over"]


def test_what_clears_in_a_silence_disturbs_nobody_ever(loop: Loop) -> None:
    made = silence(MONDAY)
    loop.breach(MONDAY)
    calm(loop, MONDAY + 2 * HOUR)
    assert (loop.alert.state, loop.task.state) == ("resolved", "open")
    loop.run(made.ends_at + DAY)
    assert (loop.task.state, loop.task.resolution) == ("closed", "self_recovered")
    assert said() == []


def test_a_task_that_was_open_before_stands_still_and_goes_on(loop: Loop) -> None:
    loop.breach()
    before = loop.task
    made = silence(MONDAY + 2 * HOUR)
    loop.run(MONDAY + 5 * HOUR)
    assert pushes() == []
    loop.run(made.ends_at)
    loop.run(made.ends_at + 2 * HOUR)
    assert pushes() == [("response", "lead")]
    assert loop.task.respond_by == before.respond_by + 6 * HOUR
    assert loop.task.due_at == before.due_at + 6 * HOUR
    assert said() == ["opened", "escalated"]


def test_ending_it_early_resumes_at_once_and_gives_the_rest_back(loop: Loop) -> None:
    loop.breach()
    before = loop.task
    made = silence(MONDAY + HOUR, hours=48)
    end(made, MONDAY + 3 * HOUR)
    assert loop.task.silenced_until is None
    assert loop.task.due_at == before.due_at + 2 * HOUR
    assert loop.task.escalate_at == before.escalate_at + 2 * HOUR
    assert Activity.objects.filter(subject="silence", verb="silence_ended").count() == 1
    with pytest.raises(Over):
        end(made, MONDAY + 4 * HOUR)


def test_what_was_kept_back_is_said_when_it_is_ended_early(loop: Loop) -> None:
    made = silence(MONDAY)
    loop.breach(MONDAY + MINUTE)
    end(made, MONDAY + 2 * MINUTE)
    assert said() == ["opened"]


def test_after_the_end_a_new_alert_is_loud(loop: Loop) -> None:
    made = silence(MONDAY)
    loop.breach(made.ends_at)
    assert said() == ["opened"]
    assert loop.alert.silence is None


def test_a_task_is_paused_only_while_all_its_alerts_are(loop: Loop) -> None:
    loop.configure(MONDAY, by=["segment"])
    silence(MONDAY, segment=["gold"])
    loop.breach(MONDAY + MINUTE, segment="gold")
    assert loop.task.silenced_until
    loop.breach(MONDAY + 2 * MINUTE, segment="normal")
    assert Alert.objects.count() == 2
    assert loop.task.silenced_until is None
    assert said() == ["opened"]


def test_when_the_loud_one_clears_the_task_falls_silent(loop: Loop) -> None:
    loop.configure(MONDAY, by=["segment"])
    made = silence(MONDAY, segment=["gold"], hours=48)
    loop.breach(MONDAY, segment="normal")
    for hour in range(3):
        loop.breach(MONDAY + hour * HOUR, segment="gold")
    assert loop.task.silenced_until is None
    loop.run(MONDAY + 2 * HOUR)
    loop.send(10, 10, 10, at=MONDAY + 2 * HOUR, segment="normal")
    loop.run(MONDAY + 3 * HOUR)
    assert loop.task.silenced_until == made.ends_at


@pytest.mark.parametrize(
    ("matchers", "silent"),
    [
        ({"touchpoint": ["boarding"]}, True),
        ({"touchpoint": ["boarding"], "severity": ["critical"]}, False),
        ({"severity": ["warning", "critical"]}, True),
        ({"stage": ["departure"], "journey": ["flight"], "rule": ["boarding-wait"]}, True),
        ({"segment": [""]}, True),
        ({"segment": ["gold"]}, False),
        ({"channel": ["app"]}, False),
        ({"location": ["T2"]}, False),
    ],
)
def test_all_matchers_must_match(loop: Loop, matchers, silent) -> None:
    silence(MONDAY, **matchers)
    loop.breach(MONDAY + MINUTE)
    assert bool(loop.alert.silence) is silent
    assert (said() == []) is silent


def test_a_silence_planned_for_later_begins_and_ends_by_itself(loop: Loop) -> None:
    loop.breach()
    made = silence(MONDAY, starts=MONDAY + HOUR, hours=3)
    assert loop.task.silenced_until is None
    loop.run(MONDAY + HOUR)
    assert loop.task.silenced_until == made.ends_at
    loop.run(made.ends_at)
    assert loop.task.escalate_at == MONDAY + 7 * HOUR


def test_one_that_came_and_went_in_a_downtime_does_not_count_either(loop: Loop) -> None:
    loop.breach()
    silence(MONDAY, starts=MONDAY + HOUR, hours=3)
    loop.run(MONDAY + 6 * HOUR)
    assert (loop.task.silenced_until, pushes()) == (None, [])
    assert loop.task.escalate_at == MONDAY + 7 * HOUR


def test_after_a_downtime_the_clocks_go_on_from_the_planned_end(loop: Loop) -> None:
    loop.breach()
    made = silence(MONDAY + HOUR)
    loop.run(made.ends_at + DAY)
    assert loop.task.respond_by == made.ends_at + 3 * HOUR
    loop.run(made.ends_at + DAY)
    assert pushes() == [("response", "lead")]


def test_a_second_silence_takes_over_where_the_first_ends(loop: Loop) -> None:
    loop.breach()
    first = silence(MONDAY + HOUR)
    second = silence(MONDAY + 2 * HOUR, hours=10, touchpoint=["boarding"])
    assert loop.task.silenced_until == second.ends_at
    end(second, MONDAY + 3 * HOUR)
    assert loop.task.silenced_until == first.ends_at
    assert Pause.objects.count() == 1


def test_what_gets_worse_than_the_silence_allows_is_heard(loop: Loop) -> None:
    silence(MONDAY, severity=["warning"])
    loop.breach(MONDAY + MINUTE)
    loop.breach(MONDAY + 2 * MINUTE, level=80)
    assert loop.task.silenced_until is None
    assert (said(), loop.task.severity) == (["opened"], 1)


def test_evaluation_goes_on_and_a_rise_is_not_told(loop: Loop) -> None:
    silence(MONDAY)
    loop.breach(MONDAY + MINUTE)
    loop.breach(MONDAY + 2 * MINUTE, level=80)
    assert (loop.alert.severity, loop.task.severity) == (1, 1)
    assert said() == []


@pytest.mark.django_db
def test_a_silenced_week_end_of_an_office_moves_nothing() -> None:
    loop = Loop(calendar=OFFICE)
    loop.breach(MONDAY + 4 * DAY)
    before = loop.task
    silence(MONDAY + 4 * DAY + 9 * HOUR, hours=60)
    assert (loop.task.respond_by, loop.task.due_at) == (before.respond_by, before.due_at)


def test_colleagues_are_told_at_once_what_colleagues_do(loop: Loop) -> None:
    silence(MONDAY)
    loop.breach(MONDAY + MINUTE)
    loop.act("assign", MONDAY + 2 * MINUTE, by="lin", assignee="ana@example.com")
    assert said() == ["assigned"]


def test_a_late_task_stays_late(loop: Loop) -> None:
    loop.breach()
    loop.act("accept", MONDAY + HOUR, start=True)
    late = MONDAY + 15 * DAY
    loop.run(late)
    silence(late, hours=24)
    assert (loop.task.due_at, loop.task.was_late) == (MONDAY + 14 * DAY, True)
    assert loop.task.escalate_at == late + DAY + HOUR


def test_a_task_closed_in_a_silence_takes_no_pause_into_its_next_round(loop: Loop) -> None:
    loop.breach()
    silence(MONDAY + HOUR)
    loop.act("dismiss", MONDAY + 2 * HOUR, resolution="false_alarm", reason="A drill.")
    assert loop.task.silenced_until is None
    loop.act("reopen", MONDAY + 3 * HOUR, reason="It was none.")
    assert loop.task.respond_by == MONDAY + 7 * HOUR


def test_a_snoozed_alert_is_quiet_and_then_loud_again(loop: Loop) -> None:
    loop.breach()
    until = MONDAY + 3 * HOUR
    alert = snooze(MONDAY + HOUR, until)
    assert (alert.snoozed_by, loop.task.silenced_until) == (person("ana").user, until)
    loop.run(until)
    assert (loop.task.silenced_until, loop.task.escalate_at) == (None, MONDAY + 6 * HOUR)


def test_a_shorter_snooze_replaces_a_longer_one(loop: Loop) -> None:
    loop.breach()
    snooze(MONDAY + HOUR, MONDAY + 9 * HOUR)
    snooze(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)
    assert loop.task.silenced_until == MONDAY + 3 * HOUR
    assert loop.task.escalate_at == MONDAY + 6 * HOUR


def test_nobody_snoozes_for_longer_than_a_week(loop: Loop) -> None:
    loop.breach()
    with pytest.raises(Invalid) as refused:
        snooze(MONDAY, MONDAY + 7 * DAY + MINUTE)
    assert refused.value.problems[0][:2] == ("until", "too_long")


def test_no_task_is_forgotten_whose_silence_could_not_be_ended(loop: Loop) -> None:
    made = silence(MONDAY)
    loop.breach(MONDAY + MINUTE)
    loop.task.episodes.all().update(number=9)
    loop.run(made.ends_at)
    assert Task.objects.get().next_due_at > made.ends_at
    loop.task.episodes.all().update(number=1)
    loop.run(Task.objects.get().next_due_at)
    assert said() == ["opened"]
