"""Tasks that wait for their deadlines, and time that passes by making every row older."""

import json
from typing import Any

from drills.scene import Scene

STEPS = [{"after": "4h", "to": "lead"}, {"after": "8h", "to": "director"}, {"repeat": "24h"}]

OPEN = """
WITH department AS (
    SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
    FROM cx_loop_department WHERE key = ANY(%(departments)s)
), made AS (
    INSERT INTO tasks_task (
        state, severity, title, department_id, answerable_department_id, policy_id, segment,
        episode, version, created_at, respond_by, due_at, was_late, escalation_level, escalate_at,
        next_due_at, attempts, pain_category, root_cause, countermeasure, self_recovered, resolution
    )
    SELECT 'open', 2, '{"text": "Talk to the caterer"}', department.id, department.id,
           (SELECT current_id FROM tasks_escalationpolicy LIMIT 1), '', 1, 1,
           at, at + interval '4 hours', at + interval '90 days', false, 0,
           at + %(first)s::interval + n * %(apart)s::interval,
           at + %(first)s::interval + n * %(apart)s::interval, 0, '', '', '', false, ''
    FROM generate_series(0, %(count)s - 1) AS n
    JOIN department ON department.place = n %% department.many,
         (SELECT clock_timestamp() - %(ago)s::interval AS at) AS moment
    RETURNING number, department_id, created_at, respond_by, due_at
), held AS (
    INSERT INTO tasks_holding (task_id, department_id, since)
    SELECT number, department_id, created_at FROM made
)
INSERT INTO tasks_episode (task_id, number, opened_at, respond_by, due_at)
SELECT number, 1, created_at, respond_by, due_at FROM made
"""

# the same as waiting; rows that somebody works on just now pass this round
OLDER = """
WITH older AS (
    SELECT number FROM tasks_task
    WHERE number = ANY(%(numbers)s) ORDER BY number FOR UPDATE SKIP LOCKED
), task AS (
    UPDATE tasks_task AS t SET
        created_at = created_at - %(by)s::interval, respond_by = respond_by - %(by)s::interval,
        due_at = due_at - %(by)s::interval, escalate_at = escalate_at - %(by)s::interval,
        next_due_at = next_due_at - %(by)s::interval
    FROM older WHERE t.number = older.number RETURNING t.number
), episode AS (
    UPDATE tasks_episode AS e SET
        opened_at = opened_at - %(by)s::interval, respond_by = respond_by - %(by)s::interval,
        due_at = due_at - %(by)s::interval, responded_at = responded_at - %(by)s::interval,
        last_fired_at = last_fired_at - %(by)s::interval
    FROM older WHERE e.task_id = older.number
)
UPDATE tasks_escalation AS e SET
    due_at = due_at - %(by)s::interval, fired_at = fired_at - %(by)s::interval
FROM older WHERE e.task_id = older.number
"""


def company(
    scene: Scene, *, departments: tuple[str, ...] = ("ground",), steps: Any = STEPS, **more: Any
) -> None:
    """Each department with a member, a lead and a director of its own."""
    said = {
        "organization": {"name": "Drill Air", "timezone": "UTC", "languages": ["en"]},
        "departments": [
            {
                "key": key,
                "name": key,
                "lead": f"{key}-lead@example.com",
                "director": f"{key}-director@example.com",
                "members": [f"{key}-member@example.com"],
            }
            for key in departments
        ],
        "escalation": [{"key": "default", "steps": steps}],
        **more,
    }
    path = scene.folder / "company.yaml"
    path.write_text(json.dumps(said), "utf-8")
    scene.run("manage.py", "configure", str(path))


def open_tasks(
    scene: Scene,
    count: int,
    *,
    ago: str,
    first: str = "4 hours",
    apart: str = "0",
    departments: tuple[str, ...] = ("ground",),
) -> None:
    """So many opened a while ago, pushed up for the first time `first` after their opening."""
    said = {"count": count, "ago": ago, "first": first, "apart": apart}
    scene.rows(OPEN, {**said, "departments": list(departments)})  # type: ignore[arg-type]


def grow_older(scene: Scene, by: str, *, where: str = "true") -> None:
    numbers = [row[0] for row in scene.rows(f"SELECT number FROM tasks_task AS t WHERE {where}")]
    scene.rows(OLDER, {"by": by, "numbers": numbers})  # type: ignore[arg-type]


def leases_run_out(scene: Scene) -> None:
    """The same as waiting for those of senders that are dead: call when none works."""
    scene.rows("UPDATE cx_loop_message SET available_at = now() WHERE state = 'pending'")


def pushes_of(scene: Scene) -> tuple[int, int]:
    """Escalations recorded, and distinct by (task, episode, number)."""
    query = "SELECT count(*), count(DISTINCT (task_id, episode, seq)) FROM tasks_escalation"
    recorded, distinct = scene.rows(query)[0]
    return recorded, distinct


def ladders(scene: Scene) -> dict[str, int]:
    """How many tasks were pushed along each way, such as `lead director`."""
    query = """
    SELECT way, count(*) FROM (
        SELECT string_agg("to", ' ' ORDER BY seq) AS way FROM tasks_escalation GROUP BY task_id
    ) AS ways GROUP BY way
    """
    return dict(scene.rows(query))


def key_of(scene: Scene) -> str:
    """A new API key that may send; found among what others may have said meanwhile."""
    marked = len(scene.complaints())
    scene.run("manage.py", "create_key", "drill", "--scope", "ingest")
    return next(word for word in scene.complaints()[marked:].split() if word.startswith("cxl_"))
