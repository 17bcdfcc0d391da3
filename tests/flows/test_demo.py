"""The demo company: real figures of this week, the same however often a load is interrupted."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from alerts.models import Alert
from config.demo.flights import LAST, NEW_YORK, WEEK, moment, observations, shift
from config.demo.load import load_demo
from config.demo.release import release_due
from config.replay.report import report
from cx_loop.models import Message, Observation, Organization
from tasks.models import Task

TODAY = date(2026, 3, 4)  # a Wednesday
NOW = datetime(2026, 3, 4, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STORM = 9 * DAY  # after the first day: the tenth of June was one of the worst


class Stopped(Exception):
    """The load is interrupted here."""


def stop_at_once(share: float) -> None:
    raise Stopped


def begin(days: float = 3) -> datetime:
    """The company as it stands just before the storm, to be lived for some days; the last moment.

    Task numbers start at 1, as in a new installation: what the invented staff do follows from them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('tasks_task_number_seq', 1, false)")
    with pytest.raises(Stopped):
        load_demo(now=NOW, tell=stop_at_once)
    company = Organization.objects.get()
    start = datetime.fromisoformat(company.demo_progress["from"]) + STORM
    until = start + days * DAY
    company.demo_progress |= {"from": start.isoformat(), "at": start.isoformat()}
    company.demo_progress |= {"to": until.isoformat()}
    company.save()
    return until


def load(tell: Callable[[float], None] = lambda share: None) -> None:
    load_demo(now=NOW, tell=tell)


def kept(days: float, *interruptions: float) -> dict[str, Any]:
    """The report of a load that is interrupted at these shares; nothing of it stays."""
    with transaction.atomic():
        begin(days)
        for share in interruptions:

            def stop(done: float, share: float = share) -> None:
                if done >= share:
                    raise Stopped

            with pytest.raises(Stopped):
                load(stop)
        load()
        found = report() | {"observations": Observation.objects.count()}
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def rows() -> list[tuple[datetime, dict[str, Any]]]:
    return list(observations(shift(TODAY)))


def test_the_figures_end_this_week(rows: list[tuple[datetime, dict[str, Any]]]) -> None:
    last = rows[-1][0].astimezone(NEW_YORK).date()
    assert date(2026, 3, 2) <= last <= date(2026, 3, 8)
    assert shift(TODAY) % WEEK == timedelta()


def test_rows_come_in_order_of_time(rows: list[tuple[datetime, dict[str, Any]]]) -> None:
    times = [at for at, _ in rows]
    assert times == sorted(times)
    assert all(datetime.fromisoformat(item["occurred_at"]) == at for at, item in rows[:1000])


def test_a_flight_keeps_its_weekday_and_its_hour() -> None:
    scheduled = datetime(2013, 6, 10, 17, 30)  # noqa: DTZ001  the wall time of New York
    shifted = moment(scheduled, shift(TODAY)).astimezone(NEW_YORK)
    assert (shifted.weekday(), shifted.hour, shifted.minute) == (0, 17, 30)


def test_no_row_is_there_twice(rows: list[tuple[datetime, dict[str, Any]]]) -> None:
    keys = {(item["external_id"], item["metric"]) for _, item in rows}
    assert len(keys) == len(rows) > 100_000


def test_waits_are_delays_that_are_not_negative(
    rows: list[tuple[datetime, dict[str, Any]]],
) -> None:
    assert min(item["value"] for _, item in rows) == 0
    rates = [item for _, item in rows if item["metric"] == "cancelled"]
    assert all(item["value"] <= item["exposure"] for item in rates)


@pytest.mark.django_db
def test_a_loaded_storm_leaves_alerts_and_tasks_and_sends_nothing(mailoutbox: list[Any]) -> None:
    until = begin(days=2)
    load()
    assert Alert.objects.exists()
    assert Task.objects.filter(links__isnull=False).exists()
    assert set(Message.objects.values_list("state", flat=True)) == {"suppressed"}
    assert mailoutbox == []
    assert not Observation.objects.filter(occurred_at__gte=until).exists()


@pytest.mark.django_db
def test_an_interrupted_load_goes_on_to_the_same_result() -> None:
    assert kept(2, 0.3, 0.55, 0.8) == kept(2)


@pytest.mark.django_db
def test_what_has_not_happened_yet_is_released_as_time_passes_once() -> None:
    until = begin(days=0.25)
    load()
    stored = Observation.objects.count()
    assert release_due(now=until + HOUR) > 0
    assert not Observation.objects.filter(occurred_at__gt=until + HOUR).exists()
    assert Observation.objects.count() > stored
    assert release_due(now=until + HOUR) == 0


@pytest.mark.django_db
def test_released_in_one_go_or_by_the_hour_the_same_is_stored() -> None:
    until = begin(days=0.25)
    load()
    with transaction.atomic():
        for late in range(1, 13):
            release_due(now=until + late * HOUR)
        hourly = Observation.objects.count()
        transaction.set_rollback(True)
    release_due(now=until + 12 * HOUR)
    assert Observation.objects.count() == hourly


@pytest.mark.django_db
def test_after_the_last_figure_nothing_more_is_released() -> None:
    begin(days=0.25)
    company = Organization.objects.get()
    company.demo_progress["at"] = company.demo_progress["end"]
    company.save()
    assert release_due(now=NOW + 30 * DAY) == 0
    assert date.fromisoformat("2013-07-31") == LAST
