"""Moment cards on the page of a journey: who writes them, and what happens to what is wrong."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cx_loop import clock
from cx_loop.models import MomentCard, Touchpoint
from tests import factories
from tests.factories import NOW
from tests.pages import reading_as, seen

pytestmark = pytest.mark.django_db

SAID = {
    "card-touchpoint": "boarding",
    "card-who": "A family with two children",
    "card-scene": "The gate changes for the third time",
    "card-felt": "left alone",
    "card-score": "-4",
}


@pytest.fixture
def client() -> Client:
    """Ana, who works at boarding and not in the lounge of the same journey."""
    factories.make_organization()
    stage, ground = factories.make_stage(), factories.make_department("ground-ops")
    factories.make_touchpoint("boarding", stage=stage, owner=ground)
    factories.make_touchpoint("lounge", stage=stage)
    return reading_as(factories.make_user("ana@example.com", department=ground))


def send(client: Client, path: str = "", **said: Any) -> HttpResponse:
    with clock.set_to(NOW):
        return client.post(f"/journeys/flight/cards/{path}", said)  # type: ignore[return-value]


def test_a_card_is_written_where_one_works(client: Client) -> None:
    assert send(client, **SAID).status_code == 302
    card = MomentCard.objects.get()
    assert (card.touchpoint.key, card.score, card.made_by and card.made_by.email) == (
        "boarding",
        -4,
        "ana@example.com",
    )
    page = seen(client, "/journeys/flight/")
    for word in ("left alone", "negative · −4", "Take it away"):
        assert word in page


def test_what_was_written_is_not_lost_when_something_is_wrong(client: Client) -> None:
    answer = send(client, **{**SAID, "card-felt": "", "card-score": "9"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The gate changes for the third time" in page
    assert "This field is required." in page
    assert not MomentCard.objects.exists()


def test_elsewhere_one_writes_nothing(client: Client) -> None:
    assert send(client, **{**SAID, "card-touchpoint": "lounge"}).status_code == 422
    analyst = reading_as(factories.make_user("ann@example.com", is_analyst=True))
    assert "Write a moment card" not in seen(analyst, "/journeys/flight/")
    assert send(analyst, **SAID).status_code == 403


def test_a_card_is_taken_away_by_who_works_there(client: Client) -> None:
    mine = factories.make_card(Touchpoint.objects.get(key="boarding"))
    theirs = factories.make_card(Touchpoint.objects.get(key="lounge"))
    assert send(client, f"{mine.pk}/retire/").status_code == 302
    assert send(client, f"{theirs.pk}/retire/").status_code == 404
    analyst = reading_as(factories.make_user("ann@example.com", is_analyst=True))
    assert send(analyst, f"{theirs.pk}/retire/").status_code == 403
    assert list(MomentCard.objects.in_force()) == [theirs]
