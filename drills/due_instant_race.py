"""People act at the very instant a deadline fires: four of them against four sweepers.

Each gives a task its deadline where the act on it is going to be, so that a slow machine races no
less than a fast one; who wins too often gives the other side a start.
"""

import json
from pathlib import Path

from drills.common import judge_common
from drills.outcome import Outcome
from drills.scene import Scene, Servers
from drills.tasks import company, open_tasks, pushes_of

RACERS = "drills.racers"
CALLS = ("accept", "assign", "dismiss")

REAL = 0.2  # of the later half: as many must at least be won by acts, and by pushes,
PACED = 500  # if it has so many: with fewer the racers have hardly learnt their pace

# of the later half of the tasks, when the racers know their pace: who came first. Both hold the
# row of the task while they write
WINNERS = """
SELECT count(*) FILTER (WHERE NOT pushed), count(*) FILTER (WHERE pushed) FROM (
    SELECT EXISTS (
        SELECT FROM cx_loop_activity AS push WHERE push.subject = 'task'
        AND push.subject_id = act.subject_id AND push.id < act.id
        AND push.verb IN ('escalated', 'nobody_reachable')) AS pushed
    FROM cx_loop_activity AS act
    WHERE act.subject = 'task' AND act.verb IN ('accepted', 'assigned', 'dismissed')
    AND act.subject_id >= (SELECT min(number) + count(*) / 2 FROM tasks_task)
) AS acts
"""
PUSHED_AFTER = """
SELECT count(*) FROM cx_loop_activity AS push JOIN cx_loop_activity AS act
ON act.subject = 'task' AND act.subject_id = push.subject_id AND act.id < push.id
WHERE push.verb IN ('escalated', 'nobody_reachable') AND act.verb IN ('accepted', 'dismissed')
"""
ACTED = "SELECT verb, count(*) FROM cx_loop_activity WHERE subject = 'task' GROUP BY verb"
# a task that was only given to another is pushed; the others are when the sweep was faster
UNPUSHED = """
SELECT count(*) FROM cx_loop_activity AS act WHERE act.verb = 'assigned' AND NOT EXISTS (
    SELECT FROM tasks_escalation AS e WHERE e.task_id::text = act.subject_id::text)
"""
LEFT = "SELECT count(*) FROM tasks_task WHERE state <> 'closed' AND next_due_at <= now()"


def run(those: Servers, folder: Path, size: int = 2000) -> Outcome:
    found = Outcome("due-instant-race")
    with Scene(those, folder, "race") as scene:
        company(scene)
        open_tasks(scene, size, ago="4 hours", first="1 day")  # the racers make them due
        for racer in map(str, range(2)):
            scene.start([RACERS, "act", racer], [RACERS, "sweep", racer])
        scene.wait_until(
            lambda: _acted(scene) >= size and not scene.one(LEFT), 60 + size / 10, "the race"
        )
        scene.kill_all()
        _judge(scene, found, size)
    return found


def _acted(scene: Scene) -> int:
    verbs = dict(scene.rows(ACTED))
    return sum(verbs.get(verb, 0) for verb in ("accepted", "assigned", "dismissed"))


def _judge(scene: Scene, found: Outcome, size: int) -> None:
    verbs = dict(scene.rows(ACTED))
    found.facts["acts and pushes"] = json.loads(json.dumps(verbs))
    found.expected = verbs.get("escalated", 0)
    found.recorded, found.distinct = pushes_of(scene)
    found.equal("escalations recorded", found.recorded, found.expected)
    found.equal("escalations distinct", found.distinct, found.recorded)
    found.equal("acts done", _acted(scene), size)
    found.equal("pushes after an acknowledgement or a close", scene.one(PUSHED_AFTER), 0)
    found.equal("assigned tasks that were not pushed", scene.one(UNPUSHED), 0)
    acts, pushes = scene.rows(WINNERS)[0]
    found.facts["acts first, pushes first"] = [acts, pushes]
    fair = acts + pushes < PACED or min(acts, pushes) >= REAL * (acts + pushes)
    found.must(fair, f"{acts} acts and {pushes} pushes came first: this was no race")
    found.equal("failed sweeps", scene.one("SELECT count(*) FROM tasks_task WHERE attempts > 0"), 0)
    judge_common(found, scene)
    found.must("Traceback" not in scene.complaints(), scene.complaints()[-1500:])
    written = scene.one("SELECT count(DISTINCT dedup_key) FROM cx_loop_message")
    found.delivered = scene.one("SELECT count(*) FROM cx_loop_notice WHERE code = 'escalated'")
    found.equal("notices of pushes", found.delivered, found.recorded)
    found.facts["messages written"] = written
