"""Beat and workers are gone for an hour; then two of everything come back at once."""

import time
from pathlib import Path

from drills.common import judge_common
from drills.outcome import Outcome
from drills.receiver import Receiver
from drills.scene import ENGINE, WORKER, Scene, Servers
from drills.tasks import company, grow_older, ladders, leases_run_out, open_tasks, pushes_of

STEPS = [{"after": "20m", "to": "lead"}, {"after": "40m", "to": "director"}]
GRACE = 20 * 60  # seconds between the two; both are overdue after the hour

GAP = """
SELECT coalesce(min(extract(epoch FROM later.fired_at - sooner.fired_at)), 0)::float8
FROM tasks_escalation AS sooner JOIN tasks_escalation AS later
USING (task_id, episode) WHERE later.seq = sooner.seq + 1
"""
LATE = """
SELECT coalesce(min((params->>'late_by')::int), 0), coalesce(max((params->>'late_by')::int), 0)
FROM cx_loop_activity WHERE verb = 'escalated' AND (params->>'to') = 'lead'
"""


def run(those: Servers, folder: Path, size: int = 500) -> Outcome:
    found = Outcome("downtime", expected=size * 2)
    receiver = Receiver()
    with Scene(those, folder, "downtime", CX_EMAIL_URL=receiver.url) as scene, receiver:
        company(scene, steps=STEPS)
        open_tasks(scene, size, ago="5 minutes", first="20 minutes")
        scene.run(*ENGINE, "--once")
        found.equal("pushes before the downtime", pushes_of(scene)[0], 0)
        grow_older(scene, "1 hour")
        both = [WORKER, ENGINE, scene.beat("one"), scene.beat("two")]
        scene.start(*both, WORKER, ENGINE)
        _first_the_lead(scene, found, size)
        grow_older(scene, "20 minutes")
        patience = 60 + size / 20
        scene.wait_until(lambda: pushes_of(scene)[0] >= size * 2, patience, "the directors")
        scene.wait_until(lambda: len(receiver.sent) >= size * 2, patience, "their mails")
        time.sleep(3)
        scene.kill_all()
        leases_run_out(scene)
        scene.run(*ENGINE, "--once")
        _judge(scene, receiver, found, size)
    return found


def _first_the_lead(scene: Scene, found: Outcome, size: int) -> None:
    """Everybody at once finds two overdue levels a task, and takes one."""
    scene.wait_until(lambda: pushes_of(scene)[0] >= size, 60 + size / 20, "the leads")
    time.sleep(5)  # two more sweeps of each
    found.equal("ways up at once after the downtime", ladders(scene), {"lead": size})
    least, most = scene.rows(LATE)[0]
    found.facts["late by, s"] = [least, most]
    found.must(2700 <= least <= most < 2700 + 300, f"late_by says {least} to {most} s of 45 min")


def _judge(scene: Scene, receiver: Receiver, found: Outcome, size: int) -> None:
    found.recorded, found.distinct = pushes_of(scene)
    found.delivered = len(receiver.sent)
    found.equal("escalations recorded", found.recorded, found.expected)
    found.equal("escalations distinct", found.distinct, found.expected)
    found.equal("ways up the ladder", ladders(scene), {"lead director": size})
    gap = scene.one(GAP)
    found.facts["least gap, s"] = round(gap)
    found.must(gap >= GRACE, f"a director was asked {gap:.0f} s after the lead")
    found.equal("messages delivered", found.delivered, found.expected)
    judge_common(found, scene, receiver)
