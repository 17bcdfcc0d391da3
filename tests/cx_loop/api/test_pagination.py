"""Pages by key visit every row once, forwards and backwards, with ties, mixed directions, nulls."""

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from cx_loop.api.pagination import KeysetPagination
from cx_loop.api.problems import Problem
from tasks.models import Task
from tests import factories

pytestmark = pytest.mark.django_db


class View:
    orderings = {
        "due_at": ("severity", "due_at", "number"),
        "newest": ("severity", "-due_at", "number"),
        "assignee": ("assignee", "number"),
        "closed": ("closed_at", "number"),
        "state": ("state", "severity", "number"),
    }
    default_ordering = "due_at"


@pytest.fixture
def some_tasks(db: None) -> QuerySet[Task]:
    """Nine tasks with many ties; some have an assignee, some are closed."""
    department, person = factories.make_department(), factories.make_user()
    for number in range(9):
        factories.make_task(
            department=department,
            severity=1 + number % 2,
            due_at=factories.NOW + timedelta(days=number // 4),
            assignee=person if number % 3 else None,
            **({"state": "closed"} if number % 4 == 0 else {}),
        )
    return Task.objects.all()


def page(tasks: QuerySet[Task], link: str) -> tuple[list[int], str | None, str | None]:
    paginator = KeysetPagination()
    rows = paginator.paginate_queryset(tasks, Request(APIRequestFactory().get(link)), View())
    body = paginator.get_paginated_response([row.number for row in rows]).data
    return body["results"], body["next"], body["previous"]


def walk(tasks: QuerySet[Task], link: str | None, way: int) -> list[list[int]]:
    """All pages from `link` on: way 1 follows `next`, way 2 follows `previous`."""
    pages = []
    while link is not None:
        found = page(tasks, link)
        pages.append(found[0])
        link = found[way]
    return pages


ORDERINGS = [f"{turn}{name}" for name in View.orderings for turn in ("", "-")]


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_every_row_comes_once_in_order(some_tasks: QuerySet[Task], ordering: str) -> None:
    whole = page(some_tasks, f"/tasks/?ordering={ordering}")[0]
    pages = walk(some_tasks, f"/tasks/?ordering={ordering}&page_size=2", 1)
    assert [number for part in pages for number in part] == whole
    assert sorted(whole) == sorted(some_tasks.values_list("number", flat=True))


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_a_list_in_parts_is_the_same_list(
    some_tasks: QuerySet[Task], ordering: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = walk(some_tasks, f"/tasks/?ordering={ordering}&page_size=2", 1)
    split = [some_tasks.filter(severity=1), some_tasks.exclude(severity=1)]
    monkeypatch.setattr(View, "parts", lambda view: split, raising=False)
    assert walk(some_tasks, f"/tasks/?ordering={ordering}&page_size=2", 1) == whole


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_the_way_back_is_the_way_there(some_tasks: QuerySet[Task], ordering: str) -> None:
    link: str | None = f"/tasks/?ordering={ordering}&page_size=2"
    there = []
    while link is not None:
        rows, link, previous = page(some_tasks, link)
        there.append(rows)
    assert walk(some_tasks, previous, 2) == there[-2::-1]


def test_a_row_value_comparison_is_used_where_an_index_can_answer_it(
    some_tasks: QuerySet[Task], django_assert_num_queries: Any
) -> None:
    _, link, _ = page(some_tasks, "/tasks/?ordering=state&page_size=2")
    with django_assert_num_queries(1) as queries:
        page(some_tasks, link or "")
    assert ") > (" in queries.captured_queries[0]["sql"].replace('"', "")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=x", "cursor_invalid"),
        ("cursor=WyJkdWVfYXQiXQ", "cursor_invalid"),
        ("cursor=WyJub3doZXJlIiwwLFsxXV0", "cursor_invalid"),
        ("cursor=WyJkdWVfYXQiLDAsWzEsMl1d", "cursor_invalid"),
        ("cursor=WyJkdWVfYXQiLDAsW3t9LHt9LHt9XV0", "cursor_invalid"),
        ("ordering=severity", "ordering_unknown"),
        ("page_size=0", "page_size_invalid"),
        ("page_size=-1", "page_size_invalid"),
        ("page_size=ten", "page_size_invalid"),
    ],
)
def test_what_cannot_be_a_page_is_400(query: str, code: str) -> None:
    with pytest.raises(Problem) as problem:
        page(Task.objects.all(), f"/tasks/?{query}")
    assert (problem.value.status_code, problem.value.code) == (400, code)


def test_a_page_is_capped(some_tasks: QuerySet[Task], monkeypatch: Any) -> None:
    monkeypatch.setattr("cx_loop.api.pagination.MOST", 3)
    assert len(page(some_tasks, "/tasks/?page_size=999999999999")[0]) == 3
