"""Statements that travel together, and questions asked as one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cx_loop.models import Membership, Segment
from cx_loop.models.ahead import Question, asked_at_once
from cx_loop.models.prepared import ask, in_few_trips, insert, soon
from tests.factories import make_department, make_segment

pytestmark = pytest.mark.django_db

NOW = datetime(2025, 11, 21, 8, tzinfo=UTC)
COUNT = "SELECT count(*) FROM cx_loop_segment"
SEGMENTS = Question("SELECT key, name FROM cx_loop_segment ORDER BY key")
SOON = Question("SELECT %(now)s::timestamptz AS at")
NEXT = Question("SELECT nextval(pg_get_serial_sequence('cx_loop_segment', 'id')) AS key")


def _segment(key: str) -> Segment:
    return Segment(key=key, name={"en": key})


def _insert_and(then: Callable[[], object]) -> None:
    with in_few_trips():
        insert(_segment("gold"))
        then()


def test_what_waits_is_there_before_the_next_question() -> None:
    with in_few_trips():
        insert(_segment("gold"))
        assert ask(COUNT, {}) == [(1,)]


def test_what_waits_is_there_before_the_orm_asks() -> None:
    with in_few_trips():
        insert(_segment("gold"))
        assert Segment.objects.filter(key="gold").update(position=4) == 1


def test_what_waits_at_the_end_is_written() -> None:
    with in_few_trips():
        insert(_segment("gold"))
        insert(_segment("silver"))
    assert Segment.objects.count() == 2


def test_what_waits_when_something_fails_is_not_written() -> None:
    with pytest.raises(ZeroDivisionError):
        _insert_and(lambda: 1 // 0)
    assert not Segment.objects.exists()


def test_an_error_of_what_waits_is_djangos_and_breaks_the_transaction() -> None:
    make_segment("gold")
    with pytest.raises(IntegrityError):
        _insert_and(lambda: ask(COUNT, {}))
    assert Segment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_last_of_it_is_committed_and_what_follows_a_commit_is_done() -> None:
    seen: list[int] = []
    with in_few_trips():
        insert(_segment("gold"))
        transaction.on_commit(lambda: seen.append(Segment.objects.count()))
    assert seen == [1] == [Segment.objects.count()]


@pytest.mark.django_db(transaction=True)
def test_what_the_commit_refuses_is_raised_and_not_written() -> None:
    membership = Membership(user_id=10**9, department=make_department("ground"))
    with pytest.raises(IntegrityError), in_few_trips():
        insert(membership)
    assert not Membership.objects.exists()


def test_an_answer_can_be_read_later_or_at_once() -> None:
    with in_few_trips():
        first, second = soon(COUNT, {}), soon("SELECT 7", {})
        insert(_segment("gold"))
        assert second.rows() == [(7,)]
        assert first.rows() == [(0,)]
        assert ask(COUNT, {}) == [(1,)]
    assert soon(COUNT, {}).rows() == [(1,)]


def test_questions_are_asked_once_for_all() -> None:
    make_segment("gold", name={"en": "Gold", "zh-hans": "金卡"})
    with transaction.atomic(), CaptureQueriesContext(connection) as asked, asked_at_once(NOW):
        named = SEGMENTS.rows()
        assert datetime.fromisoformat(SOON.rows(NOW)[0]["at"]) == NOW
    assert named == [{"key": "gold", "name": {"en": "Gold", "zh-hans": "金卡"}}]
    assert len(asked) == 1


def test_alone_a_question_is_asked_by_itself() -> None:
    assert SEGMENTS.rows() == []
    make_segment("gold", name={"en": "Gold"})
    assert SEGMENTS.rows() == [{"key": "gold", "name": {"en": "Gold"}}]


def test_an_answer_that_serves_once_is_not_given_twice() -> None:
    with asked_at_once(NOW):
        keys = [NEXT.taken()[0]["key"] for _ in range(3)]
    assert len(set(keys)) == 3
