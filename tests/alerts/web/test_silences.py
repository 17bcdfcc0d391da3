"""The page of silences, and what the other pages say of them."""

from datetime import timedelta

import pytest
from django.test import Client

from alerts.models import Alert, Silence
from cx_loop import clock
from cx_loop.models import Department, User
from tasks.models import Pause
from tests.factories import (
    NOW,
    make_admin,
    make_alert,
    make_department,
    make_organization,
    make_silence,
    make_task,
    make_touchpoint,
    make_user,
)
from tests.pages import costs_the_same, reading_as, seen

pytestmark = pytest.mark.django_db
SAID = {"kind": "silence", "ends_at": "2025-11-22T09:00", "reason": "The gate is rebuilt."}


@pytest.fixture
def ground() -> Department:
    make_organization()
    return make_department("ground-ops")


@pytest.fixture
def lin(ground: Department) -> User:
    return make_user("lin@example.com", department=ground, role="lead")


@pytest.fixture
def ana(ground: Department) -> User:
    return make_user("ana@example.com", department=ground)


@pytest.fixture
def alert(ground: Department) -> Alert:
    return make_alert(touchpoint=make_touchpoint("boarding", owner=ground))


def sent(client: Client, url: str, status: int = 302, **said: str) -> str:
    with clock.set_to(NOW):
        response = client.post(url, said)
    assert response.status_code == status, response.content.decode()
    return response.content.decode()


def test_a_lead_makes_a_silence_and_ends_it(lin: User, alert: Alert) -> None:
    client = reading_as(lin)
    sent(client, "/silences/", touchpoint="boarding", **SAID)
    alert.refresh_from_db()
    assert alert.is_quiet(NOW)
    page = seen(client, "/silences/")
    assert "Touchpoint Boarding" in page
    assert "1 alert kept quiet" in page
    sent(client, f"/silences/{alert.silence_id}/end/")
    assert "The gate is rebuilt." not in seen(client, "/silences/")
    assert "The gate is rebuilt." in seen(client, "/silences/?tab=over")


def test_the_moment_typed_is_the_organisations(lin: User, alert: Alert) -> None:
    sent(reading_as(lin), "/silences/", touchpoint="boarding", **SAID)
    assert Silence.objects.get().ends_at.isoformat() == "2025-11-22T01:00:00+00:00"


def test_an_alert_and_its_task_say_why_nothing_is_heard(lin: User, alert: Alert) -> None:
    task = make_task(alert)
    client = reading_as(lin)
    sent(client, "/silences/", touchpoint="boarding", **SAID)
    said = "Silenced until tomorrow 09:00 by Lin: The gate is rebuilt."
    assert said in seen(client, f"/alerts/{alert.pk}/")
    page = seen(client, f"/tasks/{task.number}/")
    assert said in page
    assert page.count("paused") >= 3
    assert "paused" in seen(client, "/?tab=department")
    assert "> silenced<" in seen(client, "/alerts/")


def test_staff_snooze_one_alert(ana: User, alert: Alert) -> None:
    task = make_task(alert)
    client = reading_as(ana)
    sent(client, f"/alerts/{alert.pk}/snooze/", hours="4")
    assert "Snoozed until today 20:00 by Ana." in seen(client, f"/alerts/{alert.pk}/")
    assert "Snoozed until today 20:00 by Ana." in seen(client, f"/tasks/{task.number}/")


def test_a_task_on_hold_says_that_its_clock_stands(ana: User, alert: Alert) -> None:
    task = make_task(alert, state="on_hold")
    since = NOW - timedelta(hours=1)
    Pause.objects.create(task=task, kind="hold", since=since, until=NOW + timedelta(days=2))
    page = seen(reading_as(ana), f"/tasks/{task.number}/")
    assert page.count(">paused<") == 1


def test_staff_see_the_silences_of_their_department_and_make_none(
    ana: User, ground: Department
) -> None:
    make_silence(ground, reason="Ours")
    make_silence(make_department("it"), reason="Theirs")
    make_silence(None, reason="Everybody's", author=make_admin())
    page = seen(reading_as(ana), "/silences/")
    assert "Ours" in page
    assert "Theirs" not in page
    assert "Everybody" not in page
    assert "New silence" not in page
    sent(reading_as(ana), "/silences/", 403, severity="warning", **SAID)


def test_nobody_ends_what_they_do_not_see(ana: User, lin: User, ground: Department) -> None:
    theirs = make_silence(make_department("it"))
    sent(reading_as(lin), f"/silences/{theirs.pk}/end/", 404)
    sent(reading_as(ana), f"/silences/{make_silence(ground).pk}/end/", 403)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "choose at least one"),
        ({"severity": "warning", "ends_at": "2025-11-20T09:00"}, "It must end after"),
        ({"severity": "warning", "ends_at": "2026-11-20T09:00"}, "lasts at most 90 days"),
        ({"touchpoint": "app"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_stands_beside_the_field(lin: User, said, expected) -> None:
    make_touchpoint("app")
    page = sent(reading_as(lin), "/silences/", 422, **(SAID | said))
    assert expected in page
    assert "The gate is rebuilt." in page


def test_the_form_knows_where_the_reader_comes_from(lin: User, alert: Alert) -> None:
    client = reading_as(lin)
    wanted = '<option value="boarding" selected>'
    assert wanted in seen(client, f"/silences/?alert={alert.pk}")
    assert wanted in seen(client, "/silences/?touchpoint=boarding")
    assert wanted not in seen(client, "/silences/?alert=x&touchpoint=%00")


def test_an_admin_silences_the_whole_company(alert: Alert) -> None:
    client = reading_as(make_admin())
    sent(client, "/silences/", severity="warning", department="", **SAID)
    assert "Whole company" in seen(client, "/silences/")
    assert Silence.objects.get().department is None


def test_the_page_costs_the_same_with_many_silences(lin: User, ground: Department) -> None:
    place = make_touchpoint("boarding", owner=ground)

    def one() -> object:
        return make_silence(ground, author=lin, touchpoint=[place.key], segment=["gold"])

    costs_the_same(reading_as(lin), "/silences/", one)
