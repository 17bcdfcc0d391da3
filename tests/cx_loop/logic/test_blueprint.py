"""What two states of a journey map differ in."""

from typing import Any

from cx_loop.logic.blueprint import MapChange, changes_between

DESK = {"name": {"en": "Desk"}, "stage": "departure", "owner": "ground-ops"}


def a_map(**touchpoints: dict[str, Any]) -> dict[str, Any]:
    return {"journey": {"name": {"en": "Flight"}}, "stage": {}, "touchpoint": touchpoints}


def test_nothing_happened_to_a_map_that_stayed() -> None:
    assert changes_between(a_map(desk=DESK), a_map(desk=DESK)) == []


def test_what_came_and_what_went_is_named_as_it_was_called() -> None:
    came = changes_between(a_map(), a_map(desk=DESK))
    went = changes_between(a_map(desk=DESK), a_map())
    assert came == [MapChange("added", "touchpoint", "desk", {"en": "Desk"})]
    assert went == [MapChange("removed", "touchpoint", "desk", {"en": "Desk"})]


def test_a_move_says_from_where_to_where() -> None:
    moved = changes_between(a_map(desk=DESK), a_map(desk=DESK | {"stage": "arrival"}))
    assert moved == [
        MapChange("changed", "touchpoint", "desk", {"en": "Desk"}, "stage", "departure", "arrival")
    ]


def test_a_new_name_of_the_journey_comes_first() -> None:
    after = a_map(desk=DESK) | {"journey": {"name": {"en": "A flight"}}}
    assert [each.part for each in changes_between(a_map(), after)] == ["journey", "touchpoint"]
