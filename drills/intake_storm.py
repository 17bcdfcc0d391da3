"""Twenty-four senders, each item about twelve times, senders killed, the database killed once:
stored is what was sent, once; counted is what is stored; alerts are those of an oracle."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from drills.oracle import Raw, alerts_at
from drills.outcome import Outcome
from drills.scene import ENGINE, WORKER, Scene, Servers
from drills.storm import GATES, SEGMENTS, Item, Plan, Storm, plan
from drills.tasks import key_of

SENDERS = 24
SEED = 5871

RAW = """
SELECT t.key, m.key, s.segment, o.occurred_at, o.value, o.exposure FROM cx_loop_observation o
JOIN cx_loop_series s ON s.id = o.series_id JOIN cx_loop_touchpoint t ON t.id = s.touchpoint_id
JOIN cx_loop_metric m ON m.id = s.metric_id
"""
STANDING = """
SELECT r.key, t.key, g.segment, a.severity FROM alerts_alert a
JOIN alerts_group g ON g.id = a.group_id JOIN alerts_rule r ON r.id = g.rule_id
JOIN cx_loop_touchpoint t ON t.id = g.touchpoint_id WHERE a.state IN ('open', 'acknowledged')
"""


def run(those: Servers, folder: Path, size: int = 2000) -> Outcome:
    found = Outcome("intake-storm")
    sent = plan(size, seed=SEED, now=datetime.now(UTC))
    found.expected = len(sent.last)
    rules = rules_for(list(sent.last.values()))
    with Scene(those, folder, "intake-storm") as scene:
        storm = _open_for_business(scene, rules)
        _blow(scene, storm, sent, found)
        stored = scene.rows(RAW)
        found.recorded = found.distinct = len(stored)
        found.must(sorted(stored) == content(sent), "stored is not what was sent")
        scene.run("manage.py", "rebuild_rollups", "--check")
        edge = next_hour()
        scene.run(*ENGINE, "--once", "--now", edge.isoformat())
        words = {1: "critical", 2: "warning"}
        standing = {tuple(row[:3]): words[row[3]] for row in scene.rows(STANDING)}
        found.equal("alerts", standing, alerts_at(edge, rules, [Raw(*row) for row in stored]))
        found.facts["alerts"] = len(standing)
        found.equal("deadlocks", scene.deadlocks(), 0)
    return found


def _blow(scene: Scene, storm: Storm, sent: Plan, found: Outcome) -> None:
    storm.answers.clear()
    senders = storm.blow(sent.batches, SENDERS)
    third = len(sent.batches) // 3
    scene.wait_until(lambda: storm.answers["200"] > third, 90, "a third of the batches")
    scene.crash_the_database()
    for sender in senders:
        sender.join()
    one = json.dumps(sent.batches[0]).encode()
    answers = {storm.post(one) for _ in range(40)}
    found.equal("answers after the crash", answers, {200})  # no connection stayed broken
    scene.kill_all()
    found.delivered = storm.answers["200"]
    found.facts["answers"] = dict(storm.answers)
    found.equal("wrong answers", storm.wrong, [])
    found.must(storm.answers["killed"] > 0, "no sender was killed")
    found.must(storm.answers["503"] > 0, "nobody met the dead database")


def _open_for_business(scene: Scene, rules: list[dict[str, Any]]) -> Storm:
    """The company, a key, and the processes as production has them."""
    path = scene.folder / "company.yaml"
    path.write_text(company(rules), "utf-8")
    scene.run("manage.py", "configure", str(path))
    storm = Storm(scene.port, key_of(scene))
    scene.start_web()
    scene.start(ENGINE, WORKER)
    scene.wait_until(lambda: _answers(scene.port), 60, "the web server")
    return storm


def _answers(port: int) -> bool:
    try:
        return Storm(port, "cxl_nobody_nothing").post(b"{}") == 401
    except OSError:
        return False


def rules_for(stored: list[Item]) -> list[dict[str, Any]]:
    """A rule a kind of aggregate. Lines of what only grows lie on the value of one group, which
    must then be silent: counted twice, it would speak."""
    waits = [
        [i["value"] for i in stored if (i["metric"], i["touchpoint"]) == ("wait", gate)]
        for gate in GATES
    ]
    counts, sums = (sorted(map(f, waits))[2] for f in (len, sum))
    said: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("mean", "wait", "mean", {"warning": {"above": 40}, "critical": {"above": 42}}),
        ("p90", "wait", "p90", {"warning": {"above": 71}}),
        ("share", "wait", {"share_above": 40}, {"warning": {"above": 50}}),
        ("count", "wait", "count", {"warning": {"above": counts}}),
        ("sum", "wait", "sum", {"warning": {"above": sums}}),
        ("box", "csat", "top_box", {"warning": {"below": 25}}),
        ("low", "csat", {"share_below": 3}, {"critical": {"above": 50}}),
        ("rate", "cancelled", "rate", {"warning": {"above": 6.5}}),
    ]
    common = {"touchpoints": "all", "window": "1d"}
    return [
        {"key": key, "metric": metric, "aggregate": aggregate, **levels, **common}
        | ({"by": ["segment"]} if key in ("mean", "box", "rate") else {})
        | ({} if key in ("count", "sum") else {"min_samples": 5})
        for key, metric, aggregate, levels in said
    ]


def company(rules: list[dict[str, Any]]) -> str:
    gates = [{"key": gate, "name": gate, "owner": "ground"} for gate in GATES]
    stage = {"key": "departure", "name": "Departure", "touchpoints": gates}
    said = {
        "organization": {"name": "Storm Air", "timezone": "UTC", "languages": ["en"]},
        "departments": [{"key": "ground", "name": "Ground", "lead": "lin@example.com"}],
        "metrics": [
            {"key": "wait", "kind": "duration", "unit": "min"},
            {"key": "csat", "kind": "csat"},
            {"key": "cancelled", "kind": "rate"},
        ],
        "segments": list(SEGMENTS),
        "journeys": [{"key": "flight", "name": "Flight", "stages": [stage]}],
        "rules": rules,
    }
    return json.dumps(said)


def next_hour() -> datetime:
    now = datetime.now(UTC)
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def content(sent: Plan) -> list[Any]:
    """The rows that must be stored."""
    return sorted(
        (
            *(item["touchpoint"], item["metric"], item["segment"]),
            datetime.fromisoformat(item["occurred_at"]),
            *(item["value"], item.get("exposure", 0)),
        )
        for item in sent.last.values()
    )
