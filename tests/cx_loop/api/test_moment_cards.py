"""Moment cards: who, in which scene, felt what; ranked, changed, retired."""

import pytest

from cx_loop import clock
from cx_loop.models import Activity, MomentCard, Touchpoint
from tests import factories
from tests.api_stories import Airline, codes, get, make_airline, post, with_key
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SAID = {
    "touchpoint": "boarding",
    "who": "A family with two children",
    "scene": "The gate changes for the third time",
    "felt": "left alone",
    "score": -4,
}


@pytest.fixture
def airline():
    factories.make_organization()
    return make_airline()


def test_a_card_says_who_in_which_scene_felt_what(airline: Airline) -> None:
    Touchpoint.objects.filter(key="boarding").update(moment_type="emotional")
    told = post(airline.ana, "moment-cards/", 201, **SAID)
    assert (told["type"], told["polarity"], told["answer"]) == ("emotional", "negative", "recover")
    assert (told["rank"], told["made_by"], told["retired"]) == (None, "ana@example.com", False)
    assert get(airline.ana, f"moment-cards/{told['id']}/") == told
    assert Activity.objects.get(subject="moment_card").verb == "made"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"who": " "}, {"who": "required"}),
        ({"felt": "a" * 401}, {"felt": "max_length"}),
        ({"touchpoint": "app"}, {"touchpoint": "touchpoint_unknown"}),
        ({"segment": "moon"}, {"segment": "segment_unknown"}),
        ({"type": "magic"}, {"type": "invalid_choice"}),
        ({"score": 5.1}, {"score": "max_value"}),
        ({"score": True}, {"score": "invalid"}),
        ({"score": "3"}, {"score": "invalid"}),
        ({"rank": 1}, {"rank": "unknown_field"}),
    ],
)
def test_what_is_no_card_is_said(airline: Airline, change: dict, expected: dict) -> None:
    assert codes(post(airline.ana, "moment-cards/", 400, **{**SAID, **change})) == expected


def test_a_card_is_changed_and_keeps_what_is_not_said(airline: Airline) -> None:
    card = factories.make_card(airline.boarding)
    told = post(airline.lin, f"moment-cards/{card.pk}/change/", type="social", score=3)
    assert (told["type"], told["score"], told["felt"]) == ("social", 3, card.felt)
    changed = Activity.objects.get(verb="changed")
    assert changed.params["fields"] == {"kind": ["", "social"], "score": [None, 3]}
    post(airline.lin, f"moment-cards/{card.pk}/change/", score=3)
    assert Activity.objects.filter(verb="changed").count() == 1


def test_a_retired_card_is_kept_and_changed_no_more(airline: Airline) -> None:
    card = factories.make_card(airline.boarding)
    assert post(airline.ana, f"moment-cards/{card.pk}/retire/")["retired"] is True
    post(airline.ana, f"moment-cards/{card.pk}/retire/", 404)
    post(airline.ana, f"moment-cards/{card.pk}/change/", 404, felt="well")
    assert get(airline.ana, "moment-cards/", retired="false")["results"] == []
    assert len(get(airline.ana, "moment-cards/", retired="true")["results"]) == 1


def test_cards_of_others_are_not_there(airline: Airline) -> None:
    card = factories.make_card(airline.app)
    assert get(airline.ana, "moment-cards/")["results"] == []
    get(airline.ana, f"moment-cards/{card.pk}/", 404)
    for call in ("change", "retire"):
        post(airline.ana, f"moment-cards/{card.pk}/{call}/", 404)
    refused = post(airline.ana, "moment-cards/rank/", 400, cards=[card.pk])
    assert codes(refused) == {"cards": "card_unknown"}
    bound = with_key("work", department=airline.ground)
    post(bound, f"moment-cards/{card.pk}/retire/", 404, **{"as": airline.ana.email})


def test_who_works_elsewhere_only_reads(airline: Airline) -> None:
    card = factories.make_card(airline.boarding)
    assert post(airline.analyst, "moment-cards/", 403, **SAID)["code"] == "read_only"
    post(airline.analyst, f"moment-cards/{card.pk}/retire/", 403)
    post(airline.analyst, "moment-cards/rank/", 403, cards=[card.pk])
    get(airline.analyst, f"moment-cards/{card.pk}/")
    post(airline.dirk, "moment-cards/", 201, **SAID)
    post(airline.admin, f"moment-cards/{card.pk}/retire/")


def test_cards_are_listed_in_the_order_people_gave_them(airline: Airline) -> None:
    first, second, third = (factories.make_card(airline.boarding) for _ in range(3))
    told = post(airline.ana, "moment-cards/rank/", cards=[third.pk, first.pk])
    assert [(card["id"], card["rank"]) for card in told] == [(third.pk, 1), (first.pk, 2)]
    listed = get(airline.ana, "moment-cards/", journey="flight")["results"]
    assert [card["id"] for card in listed] == [third.pk, first.pk, second.pk]
    post(airline.ana, "moment-cards/rank/", cards=[third.pk, first.pk])
    assert Activity.objects.filter(verb="ranked").count() == 2


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, {"cards": "required"}),
        ({"cards": [1], "journey": "flight"}, {"cards": "required"}),
        ({"cards": []}, {"cards": "invalid"}),
        ({"cards": [1, 1]}, {"cards": "invalid"}),
        ({"journey": "moon"}, {"journey": "journey_unknown"}),
    ],
)
def test_what_is_no_order_is_said(airline: Airline, said: dict, expected: dict) -> None:
    factories.make_card(airline.boarding)
    assert codes(post(airline.ana, "moment-cards/rank/", 400, **said)) == expected


def test_cards_are_ranked_by_the_priority_of_their_place_and_segment(airline: Airline) -> None:
    metric = factories.make_metric("csat")
    factories.make_segment("gold")
    for touchpoint, segment, score in (
        (airline.boarding, "", 4),
        (airline.app, "", 2),
        (airline.boarding, "gold", 1),
    ):
        series = factories.make_series(touchpoint, metric, segment=segment)
        factories.fill_hour(series, NOW, [score] * 30)
    mild = factories.make_card(airline.app, score=-1)
    bad = factories.make_card(airline.app, score=-5)
    gold = factories.make_card(airline.boarding, segment="gold")
    with clock.set_to(NOW):
        told = post(airline.admin, "moment-cards/rank/", journey="flight")
    assert [card["id"] for card in told] == [gold.pk, bad.pk, mild.pk]
    assert MomentCard.objects.get(pk=gold.pk).rank == 1
