"""Standards as configuration says them: things of their own, under their touchpoint."""

from typing import Any

import pytest

from config.configuration import ConfigurationRefused, apply_configuration, check_configuration
from cx_loop.models import ServiceStandard
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def company(*standards: str, touchpoint: str = "boarding") -> str:
    lines = "\n".join(f"              - {each}" for each in standards)
    return f"""
organization: {{name: Demo Air, languages: [en]}}
departments: [{{key: ground-ops}}]
metrics: [{{key: wait, kind: duration, unit: min}}, {{key: csat, kind: csat}}]
journeys:
  - key: flight
    stages:
      - key: departure
        touchpoints:
          - key: {touchpoint}
            owner: ground-ops
            standards:
{lines or "              []"}
"""


WAIT = "{text: On time, metric: wait, target: 20}"
SMILE = "{text: With a smile}"


def apply(text: str, **said: Any) -> str:
    return str(apply_configuration(text, now=NOW, **said))


def test_a_standard_is_written_once_and_keeps_its_identity_when_it_moves() -> None:
    assert "+ standard boarding-wait" in apply(company(WAIT, SMILE))
    assert apply(company(WAIT, SMILE)) == "nothing to change"
    before = ServiceStandard.objects.get(key="boarding-wait").pk
    apply(company(SMILE, WAIT))
    assert ServiceStandard.objects.get(key="boarding-wait").pk == before
    assert [row.key for row in ServiceStandard.objects.all()] == [
        "boarding-promise",
        "boarding-wait",
    ]


def test_check_says_what_would_change() -> None:
    apply(company(WAIT))
    changed = company("{text: On time, metric: wait, target: 15, direction: at_most, window: 1d}")
    said = str(check_configuration(changed))
    assert "~ standard boarding-wait" in said
    assert ServiceStandard.objects.get().target == 20


def test_what_is_left_out_stays_until_pruned_and_comes_back() -> None:
    apply(company(WAIT, SMILE))
    apply(company(SMILE))
    assert ServiceStandard.objects.in_force().count() == 2
    assert "- standard boarding-wait" in apply(company(SMILE), prune=True)
    assert [row.key for row in ServiceStandard.objects.in_force()] == ["boarding-promise"]
    apply(company(SMILE, WAIT))
    assert ServiceStandard.objects.in_force().count() == 2


def test_two_on_one_metric_are_told_apart() -> None:
    apply(company(WAIT, "{text: Nobody for long, metric: wait, aggregate: max, target: 60}"))
    found = ServiceStandard.objects.get(key="boarding-wait-2")
    assert found.asks.name == "max"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("{text: x, metric: csat, aggregate: rate, target: 1}", "has no rate"),
        ("{text: x, metric: wait, target: 1, window: soon}", "is not a length of time"),
        ("{text: x, metric: wait, target: 1, direction: up}", "at_most"),
        ("{text: x, metric: nothing, target: 1}", "There is no metric"),
    ],
)
def test_what_cannot_be_kept_is_refused(said: str, reason: str) -> None:
    with pytest.raises(ConfigurationRefused) as refused:
        apply(company(said))
    assert "configuration:13" in str(refused.value)
    assert reason in str(refused.value)
