"""Lanes, viewpoints and reviewers of a journey map as configuration says them, and its versions."""

from typing import Any

import pytest

from config.configuration import ConfigurationRefused, apply_configuration
from cx_loop.models import Journey, JourneyVersion, Touchpoint, Viewpoint, ViewpointStop
from tests.factories import NOW

pytestmark = pytest.mark.django_db

SOON = "{key: soon, name: Soon, to_be: true, reviewer: dirk@example.com, stops: %s}"
CALL = "{stage: departure, name: A call beforehand, felt: 2}"
QUICK = "{touchpoint: boarding, felt: 3, words: At last, blueprint: {customer: Walks through}}"


def company(*stops: str, owner: str = "ground-ops", customer: str = "Queues") -> str:
    view = SOON % f"[{', '.join(stops)}]"
    return f"""
organization: {{name: Demo Air, languages: [en]}}
departments: [{{key: ground-ops}}, {{key: it}}]
segments: [gold]
journeys:
  - key: flight
    reviewer: Lin@example.com
    stages:
      - key: departure
        touchpoints:
          - key: boarding
            owner: {owner}
            blueprint: {{customer: {customer}, evidence: {{en: Board, zh-hans: 显示屏}}}}
    viewpoints:
      - {{key: family, who: "Two adults, two children", segment: gold}}
      - {view}
"""


def apply(text: str, **said: Any) -> str:
    return str(apply_configuration(text, now=NOW, **said))


def refused(text: str) -> str:
    with pytest.raises(ConfigurationRefused) as raised:
        apply(text)
    return " ".join(raised.value.refusals)


def test_a_map_is_written_once_with_lanes_viewpoints_and_reviewers() -> None:
    apply(company(QUICK, CALL))
    assert apply(company(QUICK, CALL)) == "nothing to change"
    lanes = {"customer": {"en": "Queues"}, "evidence": {"en": "Board", "zh-hans": "显示屏"}}
    assert Touchpoint.objects.get().blueprint == lanes
    reviewers = [Journey.objects.get().reviewer, Viewpoint.objects.get(key="soon").reviewer]
    assert [each and each.email for each in reviewers] == ["lin@example.com", "dirk@example.com"]
    first, second = ViewpointStop.objects.filter(viewpoint__key="soon").order_by("position")
    assert (first.felt, first.blueprint) == (3, {"customer": {"en": "Walks through"}})
    assert (second.stage and second.stage.key, second.name) == (
        "departure",
        {"en": "A call beforehand"},
    )


def test_a_viewpoint_left_out_is_retired_with_prune() -> None:
    apply(company(QUICK))
    without = company(QUICK).partition("    viewpoints:")[0]
    assert "- viewpoint family" in apply(without, prune=True)
    assert not Viewpoint.objects.in_force().exists()


@pytest.mark.parametrize(
    ("stop", "why"),
    [
        ("{felt: 1}", "This stop is nowhere"),
        ("{touchpoint: boarding, name: Gate}", "has its stage and name on the map"),
        ("{stage: departure, name: Call, dropped: true}", "cannot be dropped"),
        ("{touchpoint: gone}", "There is no touchpoint 'gone'"),
        ("{touchpoint: boarding, felt: 6}", "number from -5 to 5"),
        ("{touchpoint: boarding, blueprint: {upstairs: x}}", "Unknown key 'upstairs'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_fix(stop: str, why: str) -> None:
    assert why in refused(company(stop))


def test_a_touchpoint_is_spoken_of_once() -> None:
    assert "stands twice" in refused(company(QUICK, QUICK))


def test_each_change_of_a_map_is_a_version_of_the_whole() -> None:
    apply(company(QUICK))
    apply(company(QUICK))
    apply(company(QUICK, owner="it"))
    apply(company(QUICK, CALL, owner="it"))
    forms = [row.form for row in JourneyVersion.objects.order_by("number")]
    assert [form["touchpoint"]["boarding"]["owner"] for form in forms] == ["ground-ops", "it", "it"]
    assert [len(form["viewpoint"]["soon"]["stops"]) for form in forms] == [1, 1, 2]


def test_a_file_from_before_maps_changes_nothing_of_them() -> None:
    plain = """
departments: [{key: ground-ops}]
journeys:
  - key: flight
    stages: [{key: departure, touchpoints: [{key: boarding, owner: ground-ops}]}]
"""
    apply(plain)
    assert apply(plain) == "nothing to change"
