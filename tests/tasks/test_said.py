"""What customers wrote decides where a task goes, and stands on its page."""

from datetime import timedelta

import pytest
from django.test import Client

from alerts.models import Alert
from cx_loop.actions.voice import listen
from cx_loop.models import Touchpoint
from tasks.actions.dispatch import dispatch
from tasks.models import Route, RouteTable, Task
from tests.factories import (
    NOW,
    make_alert,
    make_comment,
    make_department,
    make_group,
    make_organization,
    make_rule,
    make_segment,
    make_touchpoint,
    make_user,
)
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(hours=2)


@pytest.fixture
def boarding() -> Touchpoint:
    make_organization()
    return make_touchpoint("boarding", owner=make_department("ground"))


def breach(touchpoint: Touchpoint, **dimensions: str) -> Alert:
    return make_alert(make_group(make_rule(), touchpoint=touchpoint, **dimensions), edge=NOW)


def opened(alert: Alert) -> Task:
    dispatch(alert=alert, now=NOW)
    return Task.objects.get()


def route_to(key: str, **when: list[str]) -> None:
    table = RouteTable.objects.create(number=1, created_at=NOW)
    Route.objects.create(table=table, position=0, when=when, department=make_department(key))


def test_a_task_goes_where_the_pain_of_its_comments_goes(boarding: Touchpoint) -> None:
    route_to("it", pain_category=["technology"])
    for words in ("app 闪退", "the app crashed again", "太慢"):
        make_comment(boarding, words, occurred_at=BEFORE)
    task = opened(breach(boarding))
    assert (task.department.key, task.pain_category) == ("it", "technology")


def test_comments_count_before_and_after_somebody_listened(boarding: Touchpoint) -> None:
    make_comment(boarding, "app 闪退", occurred_at=BEFORE)
    listen(now=NOW)
    make_comment(boarding, "死机了", occurred_at=BEFORE)
    assert opened(breach(boarding)).pain_category == "technology"


@pytest.mark.parametrize(
    ("words", "moved"),
    [
        (["app 闪退"], {}),
        (["app 闪退", "app 闪退"], {"occurred_at": NOW - timedelta(days=2)}),
        (["app 闪退", "app 闪退"], {"segment": "gold"}),
        (["app 闪退", "太慢", "态度差", "没人接"], {}),
    ],
)
def test_no_category_where_none_prevails(
    boarding: Touchpoint, words: list[str], moved: dict[str, object]
) -> None:
    for each in words:
        make_comment(boarding, each, **{"occurred_at": BEFORE, "segment": "normal", **moved})
    make_segment("normal")
    assert opened(breach(boarding, segment="normal")).pain_category == ""


def test_the_page_of_a_task_shows_its_comments_without_personal_data(boarding: Touchpoint) -> None:
    member = make_user(department=boarding.owner)
    make_comment(boarding, "等了很久，打13812345678没人接", occurred_at=BEFORE)
    make_comment(boarding, "空姐很热情", occurred_at=BEFORE)
    task = opened(breach(boarding))
    listen(now=NOW)
    page = seen(client := reading_as(member), f"/tasks/{task.number}/")
    assert "打[phone]没人接" in page
    assert "13812345678" not in page
    assert page.index("没人接") < page.index("空姐很热情")
    assert isinstance(client, Client)
