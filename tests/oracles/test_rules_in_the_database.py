"""The same oracle against the whole way: intake, rollups, marks, and a drain that catches up."""

from datetime import timedelta
from random import Random

import pytest

from alerts.models import Alert, Evaluation
from cx_loop.logic.bins import Scale
from tests.flows.loop import MINUTE, MONDAY, Loop
from tests.oracles.rules import Oracle, Row

STEP = timedelta(minutes=5)
RULES = [
    {"aggregate": "mean", "window": "30m", "warning": {"above": 30, "recover": 20}},
    {"aggregate": "p90", "window": "1h", "for": 2, "warning": {"above": 30}},
    {"aggregate": "median", "window": "15m", "cooldown": "1h", "warning": {"below": 20}},
    {"aggregate": "max", "window": "1h", "keep_firing_for": "30m", "warning": {"above": 45}},
    {"aggregate": "sd", "window": "1h", "warning": {"above": 10, "recover": 5}},
    {"aggregate": {"share_above": 30}, "window": "30m", "warning": {"above": 50}},
    {"aggregate": "count", "window": "30m", "warning": {"above": 4, "recover": 2}},
    {"aggregate": "sum", "window": "1h", "warning": {"outside": [20, 150]}},
    {"aggregate": "mean", "window": "30m", "warning": {"change_above": "20%", "recover": "10%"}},
    {"aggregate": "mean", "window": "30m", "spread": "channel", "warning": {"above": 15}},
    {"aggregate": "mean", "window": "this day", "warning": {"above": 30, "recover": 25}},
    {"aggregate": "min", "window": "15m", "no_data": "alert", "warning": {"below": 10}},
]


def history(random: Random, begin, end):
    """Waits on the lines and beside them, in spells with gaps between them."""
    at, rows = begin, []
    while at < end:
        at += random.choice([1, 3, 7, 45]) * MINUTE
        for _ in range(random.choice([1, 2, 3])):
            value = random.choice([10, 20, 20, 30, 30, 31, 45, 60])
            rows.append(Row(at, value, channel=random.choice(["app", "desk"]), known_at=at))
    return [row for row in rows if row.at < end]


def levels_by_edge(edges):
    """What the journal says fired at each passed edge; nothing where nobody looked."""
    said = dict.fromkeys(edges)
    for row in Evaluation.objects.filter(provisional=False).order_by("edge"):
        said |= {edge: row.level for edge in edges if row.edge <= edge <= row.until}
    return said


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(len(RULES)))
def test_a_drain_after_a_downtime_agrees_with_the_oracle_at_every_edge(place):
    rule = {"min_samples": 0 if place in (6, 7) else 2, **RULES[place]}
    random, begin = Random(place), MONDAY + MINUTE
    # a day so far that goes over midnight in Shanghai
    begin += timedelta(hours=13) if rule["window"] == "this day" else timedelta(0)
    end = begin + timedelta(hours=5)
    loop = Loop(since=begin, critical=None, **rule)
    rows = history(random, begin, end)
    for row in rows:
        loop.send(row.value, at=row.at, channel=row.channel)
    loop.run(end)

    oracle = Oracle({"metric": "wait", **rule}, rows, Scale("duration"), "Asia/Shanghai")
    moments = [begin.replace(minute=0) + count * STEP for count in range(1, 60)]
    edges = [each for each in moments if begin < each <= end and oracle.is_edge(each)]
    told = [oracle.pass_edge(edge) for edge in edges]
    assert levels_by_edge(edges) == {said.edge: said.level for said in told}
    opened = sum("opens" in said.events for said in told)
    last = told[-1].level
    assert Alert.objects.exclude(opened_at=end, edge__gt=end).count() == opened
    assert last is None or Alert.objects.unresolved().exists()
