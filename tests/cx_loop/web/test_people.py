"""How people come, move and go."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from cx_loop import clock
from cx_loop.actions import links
from cx_loop.actions.staff import deactivate, give_place
from cx_loop.messaging.outbox import deliver
from cx_loop.models import Activity, Actor, Message, Notice, PersonLink, User
from tasks.models import Task
from tests.api_stories import Airline, make_airline
from tests.factories import NOW, PASSWORD, make_task, make_user
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
NEW = "another long enough password"


@pytest.fixture
def airline() -> Airline:
    cache.clear()
    return make_airline()


def send(client: Client, url: str, **said: str) -> int:
    with clock.set_to(NOW):
        return client.post(url, said).status_code


def mailed_link() -> str:
    """The address in the newest mail, less the host."""
    deliver(NOW)
    found = re.search(r"https?://[^/]+(/welcome/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a set clock nothing is sent; here the mail itself is what is looked at."""
    monkeypatch.setattr(clock, "is_set", lambda: False)


def test_an_invited_person_chooses_a_password_once(airline: Airline, queued: None) -> None:
    admin = reading_as(airline.admin)
    assert send(admin, "/people/invite/", email="New@x.org", name="Nia", language="en") == 200
    address = mailed_link()
    assert send(Client(), address, password=NEW, again=NEW) == 302
    assert Client().login(username="new@x.org", password=NEW)
    assert send(Client(), address, password=NEW, again=NEW) == 404


def test_the_link_is_kept_where_nobody_can_read_it(airline: Airline, queued: None) -> None:
    links.send_link(user=airline.ana, kind="reset", by=Actor(), now=NOW)
    address = mailed_link()
    token = address.split("/")[2]
    assert token not in str(Message.objects.latest("id").payload)
    assert token not in PersonLink.objects.get().digest


def test_an_invitation_runs_out_after_a_week(airline: Airline) -> None:
    token = links.make_link(user=airline.ana, kind="invite", by=Actor(), now=NOW)
    assert links.person_of(token, NOW + timedelta(days=7, seconds=-1), "invite") == airline.ana
    assert links.person_of(token, NOW + timedelta(days=7), "invite") is None


def test_a_weak_password_is_refused_and_the_link_stays(airline: Airline) -> None:
    token = links.make_link(user=airline.ana, kind="reset", by=Actor(), now=NOW)
    assert send(Client(), f"/welcome/{token}/", password="short", again="short") == 422
    assert send(Client(), f"/welcome/{token}/", password=NEW, again=NEW) == 302


def test_a_forgotten_password_is_answered_alike_for_strangers(airline: Airline) -> None:
    answers = []
    for email in ("ana@example.com", "nobody@example.com"):
        client = Client()
        with clock.set_to(NOW):
            page = client.post("/forgot/", {"email": email}).content.decode()
        answers.append(re.sub(r"<input[^>]*csrf[^>]*>", "", page))
    assert answers[0] == answers[1]
    assert PersonLink.objects.filter(kind="reset").count() == 1


def test_who_asks_too_often_is_sent_no_more_mails(airline: Airline) -> None:
    for _ in range(15):
        assert send(Client(), "/forgot/", email="ana@example.com") == 200
    assert PersonLink.objects.count() == 10


def test_who_is_switched_off_has_no_session_and_their_tasks_are_back(airline: Airline) -> None:
    ana = reading_as(airline.ana)
    task = make_task(department=airline.ground, state="in_progress", assignee=airline.ana)
    assert send(reading_as(airline.admin), f"/people/{airline.ana.pk}/deactivate/") == 302
    task.refresh_from_db()
    assert (task.state, task.assignee) == ("open", None)
    assert ana.get("/").status_code == 302
    assert airline.ana.memberships.exists()
    assert Activity.objects.filter(verb="returned", subject_id=task.number).count() == 1
    assert [each.user for each in Notice.objects.filter(code="returned")] == [airline.lin]


def test_a_fix_that_is_watched_is_watched_on_without_them(airline: Airline) -> None:
    task = make_task(department=airline.ground, state="verifying", assignee=airline.ana)
    deactivate(user=airline.ana, by=Actor(airline.admin), now=NOW)
    task.refresh_from_db()
    assert (task.state, task.assignee) == ("verifying", None)


def test_who_moves_leaves_their_tasks_to_the_old_department(airline: Airline) -> None:
    make_task(department=airline.ground, state="accepted", assignee=airline.ana)
    place = airline.ana.memberships.get()
    by = Actor(airline.admin)
    give_place(
        user=airline.ana, department=airline.it, role="member", by=by, now=NOW, instead_of=place
    )
    assert [row.department for row in airline.ana.memberships.all()] == [airline.it]
    assert Task.objects.get().assignee is None


def test_a_further_role_takes_no_task_away(airline: Airline) -> None:
    make_task(department=airline.ground, state="accepted", assignee=airline.ana)
    place = {"department": airline.it.pk, "role": "member"}
    send(reading_as(airline.admin), f"/people/{airline.ana.pk}/place/", **place)
    assert Task.objects.get().assignee == airline.ana


def test_a_department_keeps_one_lead(airline: Airline) -> None:
    place = {"department": airline.ground.pk, "role": "lead"}
    assert send(reading_as(airline.admin), f"/people/{airline.ana.pk}/place/", **place) == 422


def test_nobody_switches_themselves_off(airline: Airline) -> None:
    send(reading_as(airline.admin), f"/people/{airline.admin.pk}/deactivate/")
    assert User.objects.get(pk=airline.admin.pk).is_active


def test_a_lead_sees_the_own_people_and_nobody_else(airline: Airline) -> None:
    page = seen(reading_as(airline.lin), "/people/")
    assert "ana@example.com" in page
    assert "ida@example.com" not in page
    seen(reading_as(airline.lin), f"/people/{airline.ida.pk}/", status=404)


def test_a_member_sees_only_themselves(airline: Airline) -> None:
    page = seen(reading_as(airline.ana), "/people/")
    assert "ana@example.com" in page
    assert "lin@example.com" not in page


def test_only_admins_change_anybody(airline: Airline) -> None:
    lead = reading_as(airline.lin)
    for call in ("details", "place", "leave", "link", "deactivate", "reactivate"):
        assert send(lead, f"/people/{airline.ana.pk}/{call}/") == 403


def test_moments_are_said_in_the_readers_zone(airline: Airline) -> None:
    make_task(department=airline.ground, due_at=NOW + timedelta(hours=1), state="in_progress")
    zoe = make_user("zoe@example.com", department=airline.ground)
    client = reading_as(zoe)
    assert "today 09:00" in seen(client, "/?tab=department")
    User.objects.filter(pk=zoe.pk).update(timezone="America/New_York")
    assert "today 04:00" in seen(client, "/?tab=department")


def test_the_password_of_another_is_nobodys_to_see(airline: Airline) -> None:
    assert PASSWORD not in seen(reading_as(airline.admin), f"/people/{airline.ana.pk}/")
