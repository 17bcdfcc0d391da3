"""Which edges are judged, in what order, and what is kept of each decision."""

from datetime import datetime

import pytest
from django.db.models import Sum

from alerts.models import Evaluation
from cx_loop.models import DirtyMark
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, Loop

EDGE = 5 * MINUTE


def judged() -> int:
    """How many final decisions were made: a row speaks for as many edges as it says."""
    return Evaluation.objects.filter(provisional=False).aggregate(sum=Sum("times"))["sum"]


def test_every_edge_missed_in_a_downtime_is_judged_in_order(loop: Loop) -> None:
    loop.send(40, 40, 40, at=MONDAY)
    loop.send(10, 10, 10, at=MONDAY + 2 * HOUR)
    loop.run(MONDAY + 4 * HOUR)
    rows = list(Evaluation.objects.order_by("edge").values_list("edge", "verdict"))
    assert rows == [
        (MONDAY + EDGE, "firing"),
        (MONDAY + HOUR + EDGE, "insufficient"),
        (MONDAY + 2 * HOUR + EDGE, "ok"),
        (MONDAY + 2 * HOUR + 2 * EDGE, "ok"),
        (MONDAY + 3 * HOUR + EDGE, "insufficient"),
    ]
    assert (loop.alert.state, loop.alert.edge) == ("resolved", MONDAY + EDGE)


def decisions() -> list[tuple[datetime, datetime, str, str]]:
    rows = Evaluation.objects.filter(provisional=False).order_by("edge")
    return list(rows.values_list("edge", "until", "verdict", "reason"))


@pytest.mark.parametrize("pause", [5, 25, 120])
@pytest.mark.django_db
def test_however_often_the_engine_runs_the_edges_are_judged_alike(pause: int) -> None:
    """Rows hold the same edges whether it looks up every five minutes or every two hours."""
    loop = Loop()
    loop.send(40, 40, 40, at=MONDAY - MINUTE)
    loop.send(10, 10, 10, at=MONDAY + 119 * MINUTE)
    for late in range(0, 481, pause):
        loop.run(MONDAY + late * MINUTE)
    assert [row[2:] for row in decisions()] == [
        ("firing", "breached"),
        ("insufficient", "insufficient_samples"),
        ("ok", "recovered"),
        ("ok", "not_breached"),
        ("insufficient", "insufficient_samples"),
    ]
    assert judged() == 36  # from 9:05 to the first edge whose window holds nothing


def test_what_arrives_after_a_long_downtime_is_judged_at_once(loop: Loop) -> None:
    loop.breach()
    later = MONDAY + 3 * DAY
    loop.send(10, 10, 10, at=later)
    loop.run(later)
    loop.run(later + HOUR)
    assert loop.alert.cleared
    assert not DirtyMark.objects.exists()


def test_a_silent_group_behind_by_many_edges_still_sees_what_arrives(loop: Loop) -> None:
    later = MONDAY + 3 * DAY  # since the rule was made, nothing ran
    assert loop.breach(later).opened_at == later


@pytest.mark.django_db
def test_a_group_that_is_behind_and_dozes_off_is_not_judged_twice() -> None:
    loop = Loop(by=["segment"], min_samples=1)
    loop.send(10, at=MONDAY + MINUTE, segment="gold")
    loop.send(10, at=MONDAY + 20 * HOUR, segment="gold")
    loop.run(MONDAY + 2 * DAY)
    assert judged() == 2 * 24 * 12  # each edge of both days once
    assert not DirtyMark.objects.exists()


def test_an_unchanged_verdict_extends_its_row(loop: Loop) -> None:
    loop.breach()
    loop.run(MONDAY + HOUR)
    row = Evaluation.objects.get()
    assert (row.edge, row.until, row.times) == (MONDAY + EDGE, MONDAY + HOUR, 12)


def test_every_decision_has_a_reason(loop: Loop) -> None:
    loop.breach()
    loop.send(10, 10, 10, at=MONDAY + 2 * HOUR)
    loop.run(MONDAY + 4 * HOUR)
    rows = Evaluation.objects.all()
    assert not rows.filter(reason="").exists()
    assert {(row.params["line"], row.params["for"]) for row in rows.exclude(verdict="insufficient")}


def test_a_changed_rule_gets_a_version_and_its_alert_keeps_the_old_one(loop: Loop) -> None:
    alert = loop.breach()
    loop.configure(MONDAY + MINUTE, warning={"above": 35, "recover": 30})
    loop.run(MONDAY + 2 * MINUTE)
    loop.send(50, at=MONDAY + 3 * MINUTE)
    loop.run(MONDAY + 3 * MINUTE)
    alert.refresh_from_db()
    assert (alert.version.number, alert.state) == (1, "open")
    assert loop.task.rule_version.number == 1
    assert set(Evaluation.objects.values_list("version__number", flat=True)) == {1, 2}


def test_an_alert_of_an_old_version_clears_by_the_new_one(loop: Loop) -> None:
    loop.breach()
    loop.configure(MONDAY + MINUTE, warning={"above": 50, "recover": 45}, critical=None)
    loop.run(MONDAY + 10 * MINUTE)
    assert loop.alert.cleared
