"""A rule without a target: it learns eight weeks, and opens when the days move away from them."""

import random
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from alerts.actions.drafts import draft_of
from alerts.actions.preview import preview
from alerts.models import Alert, DriftStanding, Evaluation, Rule
from alerts.notices import sentence_of
from cx_loop import clock
from cx_loop.models import User
from tests.flows.loop import DAY, HOUR, MONDAY, Loop, local

pytestmark = pytest.mark.django_db

FIRST = date(2026, 3, 2)
LEARNED = 56
RULE: dict[str, Any] = {"window": "1d", "min_samples": None, "warning": None, "critical": None}


def live(loop: Loop, *means: float, since: int = 0, seed: int = 5) -> datetime:
    """Eight waits a day around each mean, and the engine in the night after it."""
    dice = random.Random(seed)
    now = local(FIRST + since * DAY, 2)
    for place, mean in enumerate(means, since):
        day = FIRST + place * DAY
        loop.send(*(max(0, round(dice.gauss(mean, 5))) for _ in range(8)), at=local(day, 12))
        now = local(day + DAY, 2)
        if place >= LEARNED - 2 or place % 7 == 6:
            loop.run(now)
    return now


def verdicts() -> set[str]:
    return set(Evaluation.objects.values_list("verdict", flat=True))


@pytest.fixture
def loop() -> Loop:
    return Loop(drift="up", **RULE)


def test_it_learns_eight_weeks_and_then_sees_a_rise_that_no_line_was_set_for(loop: Loop) -> None:
    live(loop, *[20.0] * LEARNED)
    assert not Alert.objects.exists()
    assert verdicts() == {"insufficient"}
    live(loop, *[26.0] * 8, since=LEARNED, seed=6)
    alert = loop.alert
    assert (alert.drift["way"], round(alert.drift["from"])) == ("up", 20)
    assert alert.value == alert.drift["to"] > 21.5
    assert "has drifted up from about 20" in sentence_of(alert)
    assert loop.task.title["params"]["operator"] == "drift_up"


def test_a_drift_the_other_way_is_no_alert(loop: Loop) -> None:
    live(loop, *[20.0] * LEARNED, *[14.0] * 8)
    assert not Alert.objects.exists()
    assert "ok" in verdicts()


def test_what_arrives_is_judged_when_its_day_is_over(loop: Loop) -> None:
    now = live(loop, *[20.0] * LEARNED)
    before = Evaluation.objects.count(), DriftStanding.objects.get().through
    loop.send(*[90.0] * 50, at=now + HOUR)
    loop.run(now + 2 * HOUR)
    assert (Evaluation.objects.count(), DriftStanding.objects.get().through) == before
    loop.run(now + DAY)
    assert loop.alert.state == "open"


def test_why_is_told_with_the_limits_of_what_was_normal(loop: Loop, client: Client) -> None:
    now = live(loop, *[20.0] * (LEARNED + 9))
    client.force_login(User.objects.create(email="root@example.com", is_superuser=True))
    with clock.set_to(now):
        page = client.get("/rules/boarding-wait/why/?touchpoint=boarding").content.decode()
    assert "with the limits of what was normal" in page
    assert "Still learning what is normal" in page


def test_a_baseline_is_frozen_and_only_new_days_are_read(loop: Loop) -> None:
    live(loop, *[20.0] * (LEARNED + 9))
    kept = DriftStanding.objects.get().standing
    live(loop, *[21.0] * 9, since=LEARNED + 9)
    assert DriftStanding.objects.get().standing["baseline"] == kept["baseline"] is not None


def test_a_dismissed_drift_is_learned_anew(loop: Loop) -> None:
    now = live(loop, *[20.0] * LEARNED, *[27.0] * 8)
    loop.act("accept", now)
    loop.act("dismiss", now + HOUR, by="lin", resolution="external_cause", reason="New gate")
    live(loop, *[27.0] * 3, since=LEARNED + 8)
    assert Alert.objects.count() == 1
    live(loop, *[27.0] * 64, since=LEARNED + 11)
    assert round(DriftStanding.objects.get().standing["baseline"]["mean"]) == 27
    assert Alert.objects.count() == 1


def test_it_would_have_opened_when_it_opened(loop: Loop) -> None:
    until = live(loop, *[20.0] * LEARNED, *[26.0] * 9, *[20.0] * 12)
    admin = User.objects.create(email="root@example.com", is_superuser=True)
    trial = preview(draft_of(Rule.objects.get()), viewer=admin, since=MONDAY, until=until)
    assert [each.since for each in trial.alerts] == [loop.alert.edge]
    assert (loop.alert.state, trial.alerts[0].to is not None) == ("resolved", True)
    assert trial.alerts[0].peak == pytest.approx(loop.alert.peak)
