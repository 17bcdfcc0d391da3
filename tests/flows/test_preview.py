"""A rule tried on history would have raised what it has raised."""

import random
from collections.abc import Iterator
from datetime import datetime

import pytest

from alerts.actions.drafts import draft_of
from alerts.actions.preview import Trial, preview
from alerts.models import Alert, Rule
from cx_loop.models import User
from tests.flows.loop import DAY, HOUR, MINUTE, MONDAY, Loop

pytestmark = pytest.mark.django_db

KINDS = {
    "plain": {},
    "in a row": {"for": 2},
    "by segment": {"by": ["segment"], "min_samples": 2},
    "of a day": {"window": "1d", "warning": {"above": 18}, "critical": {"above": 22}},
}


@pytest.fixture
def admin() -> User:
    return User.objects.create(email="root@example.com", is_superuser=True)


def waits(days: int) -> Iterator[tuple[datetime, float, str]]:
    """Some hours are bad, more so towards the end."""
    dice = random.Random(7)
    for hour in range(days * 24):
        bad = dice.random() < hour / (days * 24) / 2
        for _ in range(dice.randrange(5)):
            at = MONDAY + hour * HOUR + dice.randrange(60) * MINUTE
            yield at, dice.choice([38, 44, 52] if bad else [8, 15, 24]), dice.choice(["gold", ""])


def live_through(loop: Loop, days: int) -> datetime:
    for at, value, segment in waits(days):
        loop.send(value, at=at, segment=segment)
    until = MONDAY + days * DAY
    loop.run(until)
    return until


def raised() -> list[tuple[datetime, str, int]]:
    rows = Alert.objects.order_by("edge", "id").values_list("edge", "group__segment", "episode")
    return list(rows)


def would_raise(trial: Trial) -> list[tuple[datetime, str, int]]:
    return [(alert.since, alert.group.segment, 1) for alert in trial.alerts]


@pytest.mark.parametrize("kind", KINDS)
def test_it_would_have_raised_what_it_raised(kind: str, admin: User) -> None:
    loop = Loop(**KINDS[kind])
    until = live_through(loop, 3)
    trial = preview(draft_of(Rule.objects.get()), viewer=admin, since=MONDAY, until=until)
    assert sorted(would_raise(trial)) == sorted(raised())
    assert len(trial.alerts) > 0


@pytest.mark.parametrize("shape", [{"aggregate": "mean"}, {"aggregate": {"share_above": 30}}])
def test_what_must_be_certain_is_held_against_the_noise_of_the_same_weeks(
    shape: dict[str, object], admin: User
) -> None:
    certain = {"warning": {"above": 30}, "critical": None, "certain": "95%", "window": "1d"}
    loop = Loop(**shape, **certain)
    dice, days = random.Random(3), 75
    for day in range(days):
        mean = dice.gauss(22, 3) if day < 60 else dice.gauss(36, 6)
        waits = [max(0, dice.gauss(mean, 12)) for _ in range(25)]
        loop.send(*waits, at=MONDAY + day * DAY)
        loop.run(MONDAY + day * DAY + HOUR)
    until = MONDAY + days * DAY
    loop.run(until)
    trial = preview(draft_of(Rule.objects.get()), viewer=admin, since=MONDAY, until=until)
    assert sorted(would_raise(trial)) == sorted(raised())
    assert len(trial.alerts) > 0


def test_a_suggested_line_keeps_to_its_budget(loop: Loop, admin: User) -> None:
    until = live_through(loop, 3)
    draft = draft_of(Rule.objects.get())
    # three days are a tenth of a month
    trial = preview(draft, viewer=admin, since=MONDAY, until=until, alerts_a_month=10)
    assert trial.suggested is not None
    line, alerts = trial.suggested
    assert alerts <= 1 < len(trial.alerts)
    assert line > 30
