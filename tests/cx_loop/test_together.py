"""Inside a block, like changes leave as one statement; outside of it each is done at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cx_loop.models import SYSTEM, Activity, Heartbeat, record
from cx_loop.models.together import Outrun, add, also_known, answered, change_row, known, together
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def note(place: int) -> None:
    record(verb="noted", subject="task", subject_id=place, by=SYSTEM, now=NOW)


def beat(name: str, handled: int = 0) -> Heartbeat:
    return Heartbeat(name=name, last_ok_at=NOW, handled=handled)


def test_rows_of_a_table_are_inserted_by_one_statement() -> None:
    with CaptureQueriesContext(connection) as asked, together():
        for place in range(30):
            note(place)
    assert len([each for each in asked.captured_queries if "INSERT" in each["sql"]]) == 1
    assert list(Activity.objects.order_by("id").values_list("subject_id", flat=True)) == [
        *range(30)
    ]


def test_outside_a_block_a_row_is_there_at_once() -> None:
    note(1)
    assert Activity.objects.get().subject_id == 1


def test_a_block_that_fails_has_written_nothing() -> None:
    with pytest.raises(ZeroDivisionError), together():
        note(1 // len(Activity.objects.all()))
    assert not Activity.objects.exists()
    note(2)
    assert Activity.objects.get().subject_id == 2


def test_changes_of_many_rows_are_written_with_their_guard() -> None:
    rows = [beat(name) for name in ("a", "b", "c")]
    add(*rows)
    later = NOW + timedelta(seconds=1)
    with together():
        for place, row in enumerate(rows):
            change_row(row, {"handled": 0}, handled=place + 1, last_ok_at=later)
    found = Heartbeat.objects.order_by("name").values_list("name", "handled", "last_ok_at")
    assert list(found) == [("a", 1, later), ("b", 2, later), ("c", 3, later)]


def test_a_row_changed_twice_is_guarded_by_what_it_was_first() -> None:
    add(row := beat("a"))
    with together():
        change_row(row, {"handled": 0}, handled=1)
        change_row(row, {"handled": 1}, last_ok_at=NOW + timedelta(seconds=1))
    row.refresh_from_db()
    assert (row.handled, row.last_ok_at) == (1, NOW + timedelta(seconds=1))


def test_a_row_that_is_not_what_it_was_undoes_the_block() -> None:
    add(beat("a"), beat("b", handled=7))
    with pytest.raises(Outrun), together():
        all(change_row(Heartbeat(name=name), {"handled": 0}, handled=1) for name in ("a", "b"))
    assert dict(Heartbeat.objects.values_list("name", "handled")) == {"a": 0, "b": 7}


def test_alone_the_one_who_changes_is_told_whether_it_was() -> None:
    add(row := beat("a"))
    assert change_row(row, {"handled": 0}, handled=1)
    assert not change_row(row, {"handled": 0}, handled=2)


def test_a_row_that_is_there_already_changes_nothing() -> None:
    add(beat("a", handled=1))
    with together():
        add(beat("a", handled=2), beat("b"), unless_there=True)
    assert dict(Heartbeat.objects.values_list("name", "handled")) == {"a": 1, "b": 0}


def test_a_question_is_asked_once_a_block_and_anew_outside() -> None:
    times: list[int] = []
    with together():
        known("given", 5)
        assert answered("given", lambda: 6) == 5
        for _ in range(3):
            answered("who", lambda: times.append(1))
    for _ in range(2):
        answered("who", lambda: times.append(1))
    assert len(times) == 3


def test_what_a_block_does_is_added_to_what_it_knows() -> None:
    also_known("steps", 1)
    with together():
        known("steps", [1])
        also_known("steps", 2)
        assert answered("steps", list) == [1, 2]
