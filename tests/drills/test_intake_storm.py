"""Twenty-four senders, each item about twelve times, senders killed, the database killed once:
stored is what was sent, once; counted is what is stored; alerts are those of an oracle."""

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.servers.postgres import Cluster, free_port
from drills.crew import ENGINE, WEB, WORKER, Crew, wait_until
from drills.intake_storm import company, content, next_hour, rules_for
from drills.oracle import Raw, alerts_at
from drills.storm import Storm, plan

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
