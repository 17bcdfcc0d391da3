"""A task whose handler raises, a mail server that hangs and one that refuses: others go on."""

import time
from pathlib import Path

from drills.outcome import Outcome
from drills.receiver import Receiver
from drills.scene import ENGINE, SENDER, WORKER, Scene, Servers
from drills.tasks import company, open_tasks, pushes_of

POISONED, UNSENDABLE, REFUSED = 3, 2, 3
ATTEMPTS = 8  # after these a message is dead

# without its round a task cannot be pushed up: its handler raises
POISON = """
DELETE FROM tasks_episode WHERE task_id IN (SELECT number FROM tasks_task ORDER BY number LIMIT %s)
"""
MESSAGES = """
INSERT INTO cx_loop_message (dedup_key, channel, recipient, payload, task_number, state, attempts,
                             available_at, last_error, created_at, bundled)
SELECT %s || ':' || n, 'email', %s, '{"subject": "A drill", "text": "A drill"}', NULL, 'pending', 0,
       now(), '', now(), false
FROM generate_series(1, %s) AS n
"""
WAITS = """
SELECT attempts, round(extract(epoch FROM next_due_at - clock_timestamp()))::int
FROM tasks_task WHERE attempts > 0 ORDER BY number
"""
OTHERS = "SELECT count(*) FROM cx_loop_message WHERE recipient LIKE %s AND state = 'sent'"
REFUSALS = "SELECT state, attempts FROM cx_loop_message WHERE recipient LIKE 'refuse%'"
SOONER = """
UPDATE cx_loop_message SET available_at = now()
WHERE state = 'pending' AND lease IS NULL AND recipient LIKE 'refuse%'
"""


def run(those: Servers, folder: Path, size: int = 200) -> Outcome:
    found = Outcome("poison", expected=size)
    receiver = Receiver()
    with Scene(those, folder, "poison", CX_EMAIL_URL=receiver.url) as scene, receiver:
        company(scene)
        scene.rows(MESSAGES, ["hang", "hang@example.com", UNSENDABLE])
        scene.rows(MESSAGES, ["refuse", "refuse@example.com", REFUSED])
        open_tasks(scene, size + POISONED, ago="5 hours")
        scene.rows(POISON, [POISONED])
        pids = scene.start(ENGINE, WORKER, SENDER)
        began = time.monotonic()
        scene.wait_until(lambda: pushes_of(scene)[0] >= size, 30 + size / 10, "the other tasks")
        found.facts["others pushed up after, s"] = round(time.monotonic() - began, 1)
        memory = _memory(pids)
        _the_others_are_told(scene, receiver, size)
        found.facts["others told after, s"] = round(time.monotonic() - began, 1)
        _until_they_are_dead(scene)
        found.facts["memory, MB"] = [memory, _memory(pids)]
        found.must(_memory(pids) < memory * 1.3 + 30, "memory grows")
        scene.kill_all()
        _judge(scene, receiver, found)
    return found


def _the_others_are_told(scene: Scene, receiver: Receiver, size: int) -> None:
    def told() -> bool:
        return int(scene.one(OTHERS, ["ground-lead%"])) >= size

    scene.wait_until(told, 45 + size / 10, "the mails of the other tasks")


def _until_they_are_dead(scene: Scene) -> None:
    """Refused for good eight times over; the waits in between are skipped."""

    def dead() -> bool:
        scene.rows(SOONER)
        return {state for state, _ in scene.rows(REFUSALS)} == {"dead"}

    scene.wait_until(dead, 60, "refused mails to be given up")


def _judge(scene: Scene, receiver: Receiver, found: Outcome) -> None:
    found.recorded, found.distinct = pushes_of(scene)
    found.delivered = len(receiver.sent)
    found.equal("escalations recorded", found.recorded, found.expected)
    found.equal("escalations distinct", found.distinct, found.expected)
    found.equal("messages delivered", found.delivered, found.expected)
    waits = scene.rows(WAITS)
    found.facts["poisoned: attempts, next try in s"] = [list(row) for row in waits]
    found.equal("poisoned tasks put off", len(waits), POISONED)
    for attempts, wait in waits:
        found.must(wait <= 60 * 2 ** (attempts - 1), f"try {attempts + 1} is {wait} s away")
    refused = scene.rows(REFUSALS)
    found.equal("refused mails", refused, [("dead", ATTEMPTS)] * REFUSED)
    found.equal("deadlocks", scene.deadlocks(), 0)


def _memory(pids: list[int]) -> int:
    """Megabytes of all of them."""
    pages = [Path(f"/proc/{pid}/statm").read_text("ascii").split()[1] for pid in pids]
    return sum(map(int, pages)) * 4096 // 2**20
