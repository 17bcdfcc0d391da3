"""Two sweeps at the same instant: a silence begins once, and ends with one word."""

from functools import partial

import pytest

from alerts.actions.quiet import review
from alerts.models import Alert
from cx_loop import clock
from cx_loop.models import Notice
from tasks.actions.sweep import sweep
from tasks.models import Pause
from tests.flows.loop import HOUR, MINUTE, MONDAY, Loop, trail
from tests.flows.silencing import silence
from tests.flows.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_reviews_silence_an_alert_once() -> None:
    loop = Loop()
    loop.breach(MONDAY)
    made = silence(MONDAY, starts=MONDAY + HOUR)
    for _ in range(4):
        assert not at_once(*[partial(review, now=MONDAY + HOUR)] * 2)
    assert Alert.objects.get().silenced_until == made.ends_at
    assert trail("alert") == ["opened", "silenced"]
    assert Pause.objects.count() == 1


def test_two_sweeps_say_once_what_was_kept_back() -> None:
    loop = Loop()
    made = silence(MONDAY)
    with clock.set_to(MONDAY + MINUTE):
        loop.breach(MONDAY + MINUTE)
    for _ in range(4):
        assert not at_once(*[partial(sweep, now=made.ends_at)] * 2)
    assert list(Notice.objects.values_list("code", flat=True)) == ["opened"]
    assert trail("task") == ["opened", "silenced", "silence_over"]
