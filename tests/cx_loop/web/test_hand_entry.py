"""What people of our own saw, entered by hand: counted like all else, with who entered it."""

from typing import Any

import pytest

from cx_loop import clock
from cx_loop.models import Activity, Feedback, HandEntry, Observation, Touchpoint
from tests.cx_loop.ingest.conftest import make_airline
from tests.factories import NOW, make_admin, make_organization, make_touchpoint, make_user
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db
SAID = {"kind": "mystery_visit", "touchpoint": "boarding", "occurred_at": "2025-11-21T08:30"}


@pytest.fixture
def ana(db: None) -> Any:
    make_organization()
    make_airline()
    owner = Touchpoint.objects.get(key="boarding").owner
    return reading_as(make_user("ana@example.com", department=owner))


def send(client: Any, status: int = 302, url: str = "/enter/", **said: str) -> Any:
    with clock.set_to(NOW):
        answer = client.post(url, {**SAID, **said})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


def test_a_visit_is_counted_with_who_made_it(ana):
    answer = send(ana, metric="csat", value="2", comment="Nobody greeted us.", location="T2")
    assert "touchpoint=boarding" in answer.url
    made, kept = HandEntry.objects.get(), Observation.objects.get()
    assert (kept.value, kept.series.location, kept.occurred_at) == (2, "T2", made.occurred_at)
    assert str(made.entered_by.email) == "ana@example.com"
    assert Feedback.objects.get().source.options == {"kind": "mystery_visit"}
    assert Activity.objects.filter(verb="entered", user=made.entered_by).exists()
    assert "Mystery visit" in seen(ana, "/touchpoints/boarding/comments/?source=mystery_visit")
    assert "greeted" not in seen(ana, "/touchpoints/boarding/comments/?source=call")


def test_words_alone_are_enough(ana):
    send(ana, kind="staff", comment="The belt stood still.")
    assert (Feedback.objects.count(), Observation.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({}, "Write what you saw, or choose what was measured."),
        ({"metric": "csat"}, "Say the value, or measure nothing."),
        ({"metric": "csat", "value": "9"}, "A value lies outside the scale of its metric."),
        ({"comment": "x", "occurred_at": "2030-01-01T00:00"}, "in the future"),
        ({"comment": "x", "touchpoint": "nowhere"}, "Select a valid choice"),
    ],
)
def test_what_intake_refuses_is_said_at_its_field(ana, said, told):
    assert told in send(ana, 422, **said).content.decode()
    assert (HandEntry.objects.count(), Feedback.objects.count()) == (0, 0)


def test_another_departments_touchpoints_are_not_offered(ana):
    make_touchpoint("lounge")
    assert "lounge" not in seen(ana, "/enter/")
    send(ana, 422, touchpoint="lounge", comment="x")


def test_a_slip_is_taken_out_by_who_made_it_or_an_admin(ana):
    send(ana, metric="csat", value="2", comment="Wrong place.")
    made = HandEntry.objects.get()
    bob = reading_as(make_user("bob@example.com"))
    send(bob, 404, f"/enter/{made.pk}/")
    send(reading_as(make_admin()), 302, f"/enter/{made.pk}/")
    assert (Observation.objects.count(), Feedback.objects.exclude(comment="").count()) == (0, 0)
    assert "taken out" in seen(ana, "/enter/")
