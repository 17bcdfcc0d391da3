"""Everything that works is killed at random, and the database once: late, never lost or double."""

import random
import time
from pathlib import Path

from drills.common import judge_common
from drills.outcome import Outcome
from drills.receiver import Receiver
from drills.scene import ENGINE, SENDER, WORKER, Scene, Servers
from drills.tasks import company, grow_older, ladders, leases_run_out, open_tasks, pushes_of

LEVELS = 3
LADDER = "lead director director"
UNDONE = f"""t.next_due_at > clock_timestamp() AND
(SELECT count(*) FROM tasks_escalation AS e WHERE e.task_id = t.number) < {LEVELS}"""
PATIENCE = 75.0


def run(those: Servers, folder: Path, size: int = 1000) -> Outcome:
    """`size` tasks are pushed up three levels while one process in four dies every moment."""
    found = Outcome("kill-storm", expected=size * LEVELS)
    receiver = Receiver()
    with Scene(those, folder, "kill-storm", CX_EMAIL_URL=receiver.url) as scene, receiver:
        company(scene)
        open_tasks(scene, size, ago="25 hours")
        _storm(scene, found, min(100, size))
        scene.kill_all()
        leases_run_out(scene)
        scene.run(*ENGINE, "--once")
        _judge(scene, receiver, found)
    return found


def _storm(scene: Scene, found: Outcome, kills: int) -> None:
    chance = random.Random(5871)
    crew = [ENGINE, ENGINE, WORKER, SENDER]
    scene.start(*crew)
    end, crashed = time.monotonic() + PATIENCE, False
    while scene.kills < kills or pushes_of(scene)[0] < found.expected:
        # every kill is made, however slow the machine is: that it was slow is said elsewhere
        if time.monotonic() > end and scene.kills >= kills:
            break
        time.sleep(chance.uniform(0.15, 0.35))
        grow_older(scene, "25 hours", where=UNDONE)
        if scene.kills < kills:
            scene.start(scene.kill(chance.choice(list(scene.at_work))))
        if not crashed and pushes_of(scene)[0] > found.expected // 3:
            scene.crash_the_database()
            crashed = True
    found.facts["database crashes"] = int(crashed)
    found.must(crashed, "the database was not stopped")
    found.must(scene.kills >= kills, f"{scene.kills} kills of {kills}")


def _judge(scene: Scene, receiver: Receiver, found: Outcome) -> None:
    found.recorded, found.distinct = pushes_of(scene)
    found.delivered = len(receiver.sent)
    states = dict(scene.rows("SELECT state, count(*) FROM cx_loop_message GROUP BY state"))
    found.equal("escalations recorded", found.recorded, found.expected)
    found.equal("escalations distinct", found.distinct, found.expected)
    found.equal("ways up the ladder", ladders(scene), {LADDER: found.expected // LEVELS})
    found.equal("messages by state", states, {"sent": found.expected})
    keys = {row[0] for row in scene.rows("SELECT dedup_key FROM cx_loop_message")}
    found.must(keys == set(receiver.sent), "the receiver got other messages than were written")
    names = max(map(len, receiver.names.values()), default=0)
    found.equal("Message-IDs of one message", names, 1)
    judge_common(found, scene, receiver)
