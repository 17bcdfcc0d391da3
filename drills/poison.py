"""A task whose handler raises, a mail server that hangs, endpoints of every unpleasant kind: the
others go on, and who owns an endpoint is told."""

import time
from pathlib import Path
from typing import Any

from drills.common import judge_common
from drills.hooks import ASKED_WAIT, GIGABYTE, STATUS, Hooks
from drills.outcome import Outcome
from drills.receiver import Receiver
from drills.scene import ENGINE, SENDER, WORKER, Scene, Servers
from drills.tasks import company, open_tasks, pushes_of

POISONED, UNSENDABLE, REFUSED, HOOKED = 3, 2, 3, 5
ATTEMPTS = 8  # after these a mail is dead

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
# by what its receiver answered: attempts, state, and how far off the next one is
HOOKS = """
SELECT state, attempts, last_error,
       round(extract(epoch FROM available_at - clock_timestamp()))::int
FROM cx_loop_message WHERE channel = 'webhook' ORDER BY id
"""
FAILING = """
UPDATE cx_loop_endpoint SET failing_since = failing_since - interval '3 days', failures = 9
WHERE failing_since IS NOT NULL AND failures > 0 AND disabled_at IS NULL AND id = (
    SELECT endpoint_id FROM cx_loop_message WHERE last_error = 'answered 500' LIMIT 1)
"""
AGAIN = """
UPDATE cx_loop_message SET available_at = now()
WHERE state = 'pending' AND lease IS NULL AND last_error = 'answered 500'
"""
OFF = "SELECT DISTINCT disabled_reason FROM cx_loop_endpoint WHERE disabled_at IS NOT NULL"
TOLD = """
SELECT notice.params->>'reason', count(*) FROM cx_loop_notice AS notice
JOIN cx_loop_user AS owner ON owner.id = notice.user_id
WHERE code = 'endpoint_off' AND owner.email = 'hooks-lead@example.com' GROUP BY 1
"""


def run(those: Servers, folder: Path, size: int = 200) -> Outcome:
    found = Outcome("poison", expected=size + HOOKED)
    receiver, hooks = Receiver(), Hooks()
    around: dict[str, Any] = {"CX_EMAIL_URL": receiver.url, "CX_OUTGOING_NETWORKS": "127.0.0.0/8"}
    with Scene(those, folder, "poison", **around) as scene, receiver, hooks:
        company(scene, departments=("ground", "hooks"))
        scene.run("drills.told_by", "hooks", *[hooks.address(path) for path in STATUS])
        scene.rows(MESSAGES, ["hang", "hang@example.com", UNSENDABLE])
        scene.rows(MESSAGES, ["refuse", "refuse@example.com", REFUSED])
        open_tasks(scene, size + POISONED, ago="5 hours")
        scene.rows(POISON, [POISONED])
        open_tasks(scene, HOOKED, ago="5 hours", departments=("hooks",))
        scene.start(ENGINE, WORKER, SENDER, scene.beat())
        _suffer(scene, found, size, hooks)
        scene.kill_all()
        _judge(scene, receiver, found)
        _judge_hooks(scene, hooks, found)
    return found


def _suffer(scene: Scene, found: Outcome, size: int, hooks: Hooks) -> None:
    began = time.monotonic()
    scene.wait_until(
        lambda: pushes_of(scene)[0] >= size + HOOKED, 30 + size / 10, "the other tasks"
    )
    found.facts["others pushed up after, s"] = round(time.monotonic() - began, 1)
    memory = scene.memory()
    _the_others_are_told(scene, size)
    found.facts["others told after, s"] = round(time.monotonic() - began, 1)
    scene.wait_until(lambda: hooks.asked["/fine"] >= HOOKED, 60, "the endpoint that is well")
    scene.wait_until(lambda: hooks.asked["/endless"] >= HOOKED, 60, "the endless bodies")
    _until_the_owner_is_told(scene)
    _until_they_are_dead(scene)
    found.facts["memory, MB"] = [memory, scene.memory()]
    found.must(scene.memory() < memory * 1.3 + 30, "memory grows")


def _the_others_are_told(scene: Scene, size: int) -> None:
    def told() -> bool:
        return int(scene.one(OTHERS, ["ground-lead%"])) >= size

    scene.wait_until(told, 45 + size / 10, "the mails of the other tasks")


def _until_the_owner_is_told(scene: Scene) -> None:
    """That one wants no more, and, three days later, that one does not work."""
    scene.wait_until(lambda: "gone" in dict(scene.rows(TOLD)), 60, "the owner of the gone one")

    def failing() -> bool:
        scene.rows(FAILING)
        scene.rows(AGAIN)
        return "failing" in dict(scene.rows(TOLD))

    scene.wait_until(failing, 60, "the owner of the broken one to be told")


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
    owner = sum(dict(scene.rows(TOLD)).values())
    found.equal("words to the owner of the endpoints", owner, 2)
    waits = scene.rows(WAITS)
    found.facts["poisoned: attempts, next try in s"] = [list(row) for row in waits]
    found.equal("poisoned tasks put off", len(waits), POISONED)
    for attempts, wait in waits:
        found.must(wait <= 60 * 2 ** (attempts - 1), f"try {attempts + 1} is {wait} s away")
    refused = scene.rows(REFUSALS)
    found.equal("refused mails", refused, [("dead", ATTEMPTS)] * REFUSED)
    mails = int(scene.one(OTHERS, ["ground-lead%"])) + int(scene.one(OTHERS, ["hooks-lead%"]))
    found.equal("mails delivered", found.delivered, mails)
    judge_common(found, scene, receiver)


def _judge_hooks(scene: Scene, hooks: Hooks, found: Outcome) -> None:
    by_error: dict[str, list[tuple[str, int, int]]] = {}
    for state, attempts, error, wait in scene.rows(HOOKS):
        by_error.setdefault(error if state != "sent" else "sent", []).append(
            (state, attempts, wait)
        )
    found.facts["asked of endpoints"] = dict(sorted(hooks.asked.items()))
    found.facts["bytes taken of a body of 1 GB"] = hooks.most_read
    found.equal("events taken", len(by_error.get("sent", [])), 2 * HOOKED)
    found.equal("connections where a redirect leads to", hooks.trapped, 0)
    found.must(hooks.most_read < GIGABYTE / 50, "an endless body was read")
    found.equal("endpoints switched off", {row[0] for row in scene.rows(OFF)}, {"gone", "failing"})
    found.must(hooks.asked["/gone"] <= 2, "an endpoint that is gone was asked again")
    # one asks, the others wait as long as it was told to
    found.must(hooks.asked["/busy"] <= 2, "a busy endpoint was asked again before its time")
    waits = [wait for _, _, wait in by_error.get("answered 429", [])]
    found.must(all(ASKED_WAIT / 3 < wait <= ASKED_WAIT for wait in waits), f"busy: {waits}")
    away = by_error.get("answered 302", [])
    found.must(bool(away) and all(state == "pending" for state, _, _ in away), f"away: {away}")
