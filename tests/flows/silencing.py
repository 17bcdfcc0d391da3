"""Silences, as stories make and end them."""

from datetime import datetime, timedelta

from alerts.actions.silences import end_silence, make_silence
from alerts.models import Silence
from cx_loop import clock
from tests.flows.loop import person

WAIT = {"metric": ["wait"]}


def silence(
    at: datetime, *, hours: float = 6, starts: datetime | None = None, by: str = "lin", **matchers
) -> Silence:
    with clock.set_to(at):
        return make_silence(
            by=person(by),
            now=at,
            matchers=matchers or WAIT,
            starts_at=starts,
            ends_at=(starts or at) + timedelta(hours=hours),
            reason="The gate is rebuilt.",
        )


def end(made: Silence, at: datetime, by: str = "lin") -> Silence:
    with clock.set_to(at):
        return end_silence(pk=made.pk, by=person(by), now=at)
