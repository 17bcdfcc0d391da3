"""Twenty-four senders, each item about twelve times, senders killed, the database killed once:
stored is what was sent, once; counted is what is stored; alerts are those of an oracle."""

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.servers.postgres import Cluster, free_port
from drills.crew import ENGINE, WEB, WORKER, Crew, wait_until
from drills.oracle import Raw, alerts_at
from drills.storm import GATES, SEGMENTS, Item, Plan, Storm, plan

SENDERS = 24
SIZE = int(os.environ.get("CX_STORM", "600"))  # keys; a real storm has 20,000
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


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A PostgreSQL of its own, durable as production's: it is going to be killed."""
    made = Cluster(tmp_path / "postgres", log=tmp_path / "postgres.log")
    made.start()
    try:
        made.wait()
        yield made
    finally:
        made.stop()


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


def open_for_business(crew: Crew, folder: Path, rules: list[dict[str, Any]]) -> Storm:
    """Tables, the company, a key, and the processes as production has them."""
    (folder / "company.yaml").write_text(company(rules), "utf-8")
    crew.run("migrate", "-v", "0")
    crew.run("configure", str(folder / "company.yaml"))
    storm = Storm(free_port(), crew.run("create_key", "storm", "--scope", "ingest"))
    crew.start([*WEB, "--port", str(storm.port)], ENGINE, WORKER)
    wait_until(lambda: answers(storm.port), patience=90)
    return storm


def answers(port: int) -> bool:
    try:
        return Storm(port, "cxl_nobody_nothing").post(b"{}") == 401
    except OSError:
        return False


def die_and_come_back(cluster: Cluster) -> None:
    """As `pg_ctl stop -m immediate`: no checkpoint, no good-bye; then up again."""
    assert cluster.process is not None
    cluster.process.send_signal(signal.SIGQUIT)
    cluster.process.wait()
    time.sleep(0.5)  # the service is asked meanwhile, and must say so
    cluster.start()
    cluster.wait()


def rows_of(cluster: Cluster, query: str) -> list[Any]:
    with psycopg.connect(cluster.url()) as connection:
        return connection.execute(query).fetchall()


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


def test_a_storm_through_a_dying_database_leaves_what_was_sent(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CX_SCRATCH", "1")
    sent = plan(SIZE, seed=SEED, now=datetime.now(UTC))
    rules = rules_for(list(sent.last.values()))
    with Crew(tmp_path, cluster.url()) as crew:
        storm = open_for_business(crew, tmp_path, rules)
        storm.answers.clear()
        senders = storm.blow(sent.batches, SENDERS)
        wait_until(lambda: storm.answers["200"] > len(sent.batches) // 3, patience=90)
        die_and_come_back(cluster)
        for sender in senders:
            sender.join()
        one = json.dumps(sent.batches[0]).encode()
        assert {storm.post(one) for _ in range(40)} == {200}  # no connection stayed broken
        assert [process.poll() for process in crew.at_work] == [None] * 3
        crew.kill()
        assert storm.wrong == [], storm.answers
        assert storm.answers["killed"] > 0
        assert storm.answers["503"] > 0
        assert sorted(rows_of(cluster, RAW)) == content(sent)
        crew.run("rebuild_rollups", "--check")
        edge = next_hour()
        crew.run("engine", "--once", "--now", edge.isoformat())
    raw = [Raw(*row) for row in rows_of(cluster, RAW)]
    words = {1: "critical", 2: "warning"}
    standing = {tuple(row[:3]): words[row[3]] for row in rows_of(cluster, STANDING)}
    assert standing == alerts_at(edge, rules, raw)
    assert 8 < len(standing) < 40
    assert "deadlock" not in cluster.log.read_text("utf-8")
