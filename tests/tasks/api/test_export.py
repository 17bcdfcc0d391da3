"""Lists as files: what the list shows is what the file has."""

import csv
from io import StringIO

import pytest
from rest_framework.test import APIClient

from cx_loop.models import Activity, User
from tests.api_stories import Airline, signed_in
from tests.factories import make_alert, make_task, make_touchpoint
from tests.pages import reading_as


def rows_of(client: APIClient, url: str) -> list[dict[str, str]]:
    response = client.get(url)
    assert response.status_code == 200, response.content
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


@pytest.fixture
def ana(airline: Airline) -> APIClient:
    return signed_in(airline.ana)


def test_a_department_takes_away_what_its_list_shows(airline: Airline, ana: APIClient) -> None:
    for state in ("open", "in_progress"):
        make_task(department=airline.ground, state=state, title={"text": f"{state} of ours"})
    make_task(title={"text": "Another department's"})
    listed = ana.get("/api/v1/tasks/?state=open").json()["results"]
    taken = rows_of(ana, "/api/v1/tasks/export/?state=open")
    assert [row["Title"] for row in taken] == [task["title"] for task in listed]
    assert [row["Title"] for row in taken] == ["open of ours"]


def test_the_buttons_of_the_queue_take_what_the_tab_shows(airline: Airline) -> None:
    make_task(department=airline.ground, title={"text": "=HYPERLINK(1)"})
    make_task(title={"text": "Another department's"})
    taken = rows_of(reading_as(airline.ana), "/tasks/export/?tab=department&format=csv")
    assert [row["Title"] for row in taken] == ["'=HYPERLINK(1)"]


def test_the_columns_are_named_in_the_readers_language(airline: Airline) -> None:
    User.objects.filter(pk=airline.ana.pk).update(language="zh-hans")
    make_task(department=airline.ground)
    row = rows_of(reading_as(airline.ana), "/tasks/export/?tab=department")[0]
    assert {"编号", "标题", "状态"} <= set(row)
    assert row["状态"] == "待受理"


def test_alerts_are_taken_as_the_list_shows_them(airline: Airline, ana: APIClient) -> None:
    ours = make_alert(touchpoint=airline.boarding)
    make_alert(touchpoint=make_touchpoint())
    assert [row["Number"] for row in rows_of(ana, "/api/v1/alerts/export/")] == [str(ours.pk)]
    page = rows_of(reading_as(airline.ana), "/alerts/export/?state=unresolved")
    assert [row["Number"] for row in page] == [str(ours.pk)]


def test_the_trail_says_who_took_which_list(airline: Airline, ana: APIClient) -> None:
    rows_of(ana, "/api/v1/tasks/export/?state=open")
    said = Activity.objects.get(verb="exported")
    assert (said.user, said.params["asked"]) == (airline.ana, "state=open")


@pytest.mark.parametrize("query", ["format=ods", "bom=maybe", "state=nonsense"])
def test_what_is_not_understood_is_refused(ana: APIClient, query: str) -> None:
    response = ana.get(f"/api/v1/tasks/export/?{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


def test_a_workbook_comes_as_one(airline: Airline, ana: APIClient) -> None:
    make_task(department=airline.ground)
    response = ana.get("/api/v1/tasks/export/?format=xlsx")
    assert b"".join(response.streaming_content).startswith(b"PK")
    assert response["Content-Disposition"].endswith('.xlsx"')
