"""An alert and its task from the first sight of a breach until both are over."""

from datetime import datetime

import pytest

from alerts.actions import work as alert_work
from alerts.models import Alert, Evaluation, RuleState
from cx_loop import clock
from tasks.actions.errors import Forbidden
from tasks.models import Task
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, Loop, person, trail

EDGE = MONDAY + 5 * MINUTE


def dismiss_alert(alert: Alert, at: datetime, by: str) -> None:
    said = {"reason": "A drill.", "resolution": "false_alarm"}
    with clock.set_to(at):
        alert_work.perform("dismiss", pk=alert.pk, by=person(by), now=at, fields=said)


def test_a_breach_fires_before_its_edge_has_passed(loop: Loop) -> None:
    alert = loop.breach(MONDAY + MINUTE)
    row = Evaluation.objects.get()
    assert (alert.opened_at, alert.edge) == (MONDAY + MINUTE, EDGE)
    assert (row.edge, row.provisional, row.verdict, row.reason) == (
        EDGE,
        True,
        "firing",
        "breached",
    )


def test_a_provisional_evaluation_never_clears(loop: Loop) -> None:
    loop.breach(MONDAY + MINUTE)
    loop.send(*[0] * 10, at=MONDAY + 2 * MINUTE)
    loop.run(MONDAY + 2 * MINUTE)
    assert loop.alert.state == "open"
    assert Evaluation.objects.get().reason == "held_by_provisional"


def test_the_passing_edge_overwrites_the_provisional_row(loop: Loop) -> None:
    loop.breach(MONDAY + MINUTE)
    loop.send(*[0] * 10, at=MONDAY + 2 * MINUTE)
    loop.run(MONDAY + 2 * MINUTE)
    first = Evaluation.objects.get()
    loop.run(EDGE)
    row = Evaluation.objects.get()
    assert (row.pk, row.provisional, row.verdict, row.n) == (first.pk, False, "ok", 13)
    assert loop.alert.cleared


def test_a_cleared_alert_resolves_and_its_task_is_closed_with_one_tap(loop: Loop) -> None:
    loop.breach()
    loop.send(10, 10, 10, at=MONDAY + HOUR)
    loop.run(MONDAY + 2 * HOUR)
    assert (loop.alert.state, loop.alert.cleared) == ("resolved", True)
    assert (loop.task.state, loop.task.self_recovered) == ("open", True)
    loop.act("dismiss", MONDAY + 2 * HOUR, resolution="self_recovered")
    assert (loop.task.state, loop.task.resolution) == ("closed", "self_recovered")
    assert loop.task.recovered


def test_a_critical_task_that_recovered_is_closed_by_its_staff_too(loop: Loop) -> None:
    loop.breach(level=60)
    loop.send(10, 10, 10, at=MONDAY + HOUR)
    loop.run(MONDAY + 2 * HOUR)
    assert loop.act("dismiss", MONDAY + 2 * HOUR, resolution="self_recovered").state == "closed"


def test_missing_answers_clear_nothing(loop: Loop) -> None:
    loop.breach()
    loop.run(MONDAY + 3 * HOUR)
    assert loop.alert.state == "open"
    assert Evaluation.objects.latest("edge").reason == "insufficient_samples"


def test_a_group_closed_while_breaching_is_muted_until_it_has_cleared(loop: Loop) -> None:
    loop.breach()
    loop.act("dismiss", MONDAY + MINUTE, resolution="wont_fix", reason="Next year.")
    loop.breach(MONDAY + HOUR)
    assert loop.alert.state == "dismissed"
    assert RuleState.objects.get(level=2).muted
    loop.send(10, 10, 10, at=MONDAY + 2 * HOUR)
    loop.run(MONDAY + 3 * HOUR)
    assert not RuleState.objects.filter(muted=True).exists()
    loop.breach(MONDAY + 4 * HOUR)
    assert list(Alert.objects.order_by("id").values_list("state", flat=True)) == [
        "dismissed",
        "open",
    ]
    assert list(Task.objects.order_by("number").values_list("state", flat=True)) == [
        "closed",
        "open",
    ]


def test_dismissing_the_alert_dismisses_its_task(loop: Loop) -> None:
    dismiss_alert(loop.breach(), MONDAY + MINUTE, "ana")
    assert loop.alert.state == "dismissed"
    assert (loop.task.state, loop.task.resolution) == ("closed", "false_alarm")


def test_dismissing_the_task_dismisses_its_alerts(loop: Loop) -> None:
    loop.breach()
    loop.act("dismiss", MONDAY + MINUTE, resolution="false_alarm", reason="A drill.")
    assert (loop.alert.state, loop.task.state) == ("dismissed", "closed")
    assert trail("alert") == ["opened", "dismissed"]


def test_a_critical_alert_is_dismissed_by_the_lead_on_either_side(loop: Loop) -> None:
    alert = loop.breach(level=60)
    with pytest.raises(Forbidden, match="lead_must_approve"):
        loop.act("dismiss", MONDAY + MINUTE, resolution="false_alarm", reason="A drill.")
    with pytest.raises(Forbidden, match="lead_must_approve"):
        dismiss_alert(alert, MONDAY + MINUTE, "ana")
    dismiss_alert(alert, MONDAY + MINUTE, "lin")
    assert (loop.alert.state, loop.task.state) == ("dismissed", "closed")


def test_a_warning_that_worsens_raises_the_same_alert_and_task(loop: Loop) -> None:
    loop.breach()
    loop.breach(MONDAY + MINUTE, level=80)
    assert (loop.alert.severity, loop.task.severity) == (1, 1)
    assert trail("alert") == ["opened", "raised"]
    assert trail("task") == ["opened", "severity_raised"]


def test_the_alert_goes_back_to_warning_and_the_task_keeps_its_worst(loop: Loop) -> None:
    loop.breach(level=60)
    loop.send(35, 35, 35, at=MONDAY + HOUR)
    loop.run(MONDAY + 2 * HOUR)
    assert (loop.alert.severity, loop.task.severity) == (2, 1)
    assert (loop.alert.peak, loop.alert.state) == (60, "open")


@pytest.mark.parametrize(("critical", "kept"), [("2d", 2), ("30d", 14)])
@pytest.mark.django_db
def test_deadlines_never_move_later_when_a_task_gets_worse(critical: str, kept: int) -> None:
    loop = Loop(
        escalation=[
            {"key": "urgent", "when": {"severity": ["critical"]}, "resolve_within": critical},
            {"key": "default", "when": {"severity": ["warning"]}},
        ]
    )
    loop.breach()
    assert loop.task.due_at == MONDAY + 14 * DAY
    loop.breach(MONDAY + HOUR / 2, level=80)
    assert loop.task.due_at == MONDAY + kept * DAY


def test_accepting_the_task_acknowledges_its_alert(loop: Loop) -> None:
    loop.breach()
    loop.act("accept", MONDAY + MINUTE)
    assert loop.alert.state == "acknowledged"
    assert loop.task.assignee == person("ana").user
