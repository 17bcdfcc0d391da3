"""How moments are weighed, what is expected and how much it matters, as configuration says it."""

from typing import Any

import pytest

from config.configuration import ConfigurationRefused, apply_configuration, check_configuration
from cx_loop.models import Activity, MomentWeights, Segment, Touchpoint
from tests.factories import NOW

pytestmark = pytest.mark.django_db

USUAL = "owner: ground-ops, moment_type: service, expectation: 3"
WEIGHED = "moments: {metric: felt, goal: 1, journey: {peak: 0.5, end: 0.5, mean: 0}}"


def company(touchpoint: str = USUAL, *more: str, segments: str = "[normal, gold]") -> str:
    return f"""
organization: {{name: Demo Air, languages: [en]}}
departments: [{{key: ground-ops}}]
metrics:
  - {{key: wait, kind: duration}}
  - {{key: csat, kind: csat}}
  - {{key: felt, kind: score, scale: [-5, 5]}}
  - {{key: effort, kind: ces, direction: lower_is_better}}
segments: {segments}
journeys:
  - key: flight
    stages:
      - key: departure
        touchpoints:
          - {{key: boarding, {touchpoint}}}
""" + "\n".join(more)


def apply(text: str, **said: Any) -> str:
    return str(apply_configuration(text, now=NOW, **said))


def test_weights_are_written_once_and_changed_by_key() -> None:
    assert "+ moments" in apply(company(USUAL, WEIGHED))
    assert apply(company(USUAL, WEIGHED)) == "nothing to change"
    kept = MomentWeights.objects.get()
    assert (kept.metric.key if kept.metric else "", kept.usual_goal) == ("felt", 1)
    assert (kept.recall.peak, kept.recall.mean, kept.factors.peak) == (0.5, 0, 0.5)
    changed = company(USUAL, WEIGHED.replace("goal: 1", "goal: 2, priority: {reach: 0}"))
    said = str(check_configuration(changed))
    assert "goal 1.0 -> 2" in said
    assert "priority.reach 1.0 -> 0" in said
    assert MomentWeights.objects.get().goal == 1
    apply(changed)
    assert MomentWeights.objects.get().factors.reach == 0
    assert Activity.objects.filter(subject="moments", verb="configured").count() == 2


def test_weights_left_out_are_left_alone() -> None:
    apply(company(USUAL, WEIGHED))
    assert apply(company(), prune=True) == "nothing to change"
    assert MomentWeights.objects.get().goal == 1


def test_edits_in_pages_are_not_written_over() -> None:
    apply(company(USUAL, WEIGHED))
    MomentWeights.objects.update(neutral=2)
    with pytest.raises(ConfigurationRefused, match="neutral 2"):
        apply(company(USUAL, WEIGHED))
    apply(company(USUAL, WEIGHED), overwrite=True)
    assert MomentWeights.objects.get().neutral == 1


def test_a_touchpoint_states_what_is_expected_by_whom() -> None:
    said = "owner: ground-ops, expectation: {gold: 4}, importance: 3, goal: 2, reach: 0.8"
    apply(company(said))
    assert apply(company(said)) == "nothing to change"
    boarding = Touchpoint.objects.get()
    assert (boarding.expected_by("gold"), boarding.expected_by("normal")) == (4, None)
    assert (boarding.importance, boarding.goal, boarding.reach) == (3, 2, 0.8)
    apply(company())
    boarding.refresh_from_db()
    assert (boarding.expected_by("gold"), boarding.importance, boarding.reach) == (3, None, None)


def test_a_segment_states_weight_and_expectation() -> None:
    said = "[normal, {key: gold, weight: 2, expectation: 3.5}]"
    apply(company(segments=said))
    assert apply(company(segments=said)) == "nothing to change"
    gold = Segment.objects.get(key="gold")
    assert (gold.weight, gold.expectation) == (2, 3.5)
    apply(company())
    gold.refresh_from_db()
    assert gold.expectation is None


def test_what_an_expectation_needs_is_not_retired() -> None:
    apply(company("owner: ground-ops, expectation: {gold: 4}"))
    with pytest.raises(ConfigurationRefused, match="needs segment gold"):
        apply("segments: [normal]", prune=True)
    apply(company(USUAL, "moments: {expectation_metric: felt}"))
    with pytest.raises(ConfigurationRefused, match="needs metric felt"):
        apply("metrics: [{key: csat, kind: csat}]", prune=True)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("moments: {metric: wait}", "metric wait has no scale to be read on."),
        ("moments: {expectation_metric: wait}", "metric wait has no scale to be read on."),
        ("moments: {metric: moon}", "There is no metric 'moon'."),
        ("moments: {metric: effort, reading: top_box}", "The two highest scores are the bad ones"),
        ("moments: {journey: {peak: 0, end: 0, mean: 0}}", "cannot all weigh 0"),
        ("moments: {journey: {peak: -1}}", "Write a number from 0 to 100."),
        ("moments: {days: 2.5}", "Days are whole."),
        ("moments: {goal: 6}", "6 cannot stand for moments.goal. Write a number from -5 to 5."),
        ("moments: {decide_by: magic}", "cannot stand for moments.decide_by"),
        ("moments: {peak: 1}", "Unknown key 'peak'"),
    ],
)
def test_what_cannot_be_weighed_is_refused_with_its_line(said: str, refused: str) -> None:
    with pytest.raises(ConfigurationRefused) as problem:
        apply(company(USUAL, said))
    assert refused in str(problem.value)
    assert str(problem.value).startswith("configuration:16: ")
    assert not Touchpoint.objects.exists()


@pytest.mark.parametrize(
    "said",
    ["expectation: 6", "expectation: {moon: 3}", "moment_type: magic", "goal: -6", "reach: 80"],
)
def test_what_a_touchpoint_cannot_be_is_refused(said: str) -> None:
    with pytest.raises(ConfigurationRefused):
        apply(company(f"owner: ground-ops, {said}"))
