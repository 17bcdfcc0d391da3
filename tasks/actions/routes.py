"""Where a task goes: the first route that fits, else the touchpoint's owner, and why."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cx_loop.models import Department, Touchpoint, User
from cx_loop.models.ahead import Question
from tasks.actions.turns import whose_turn
from tasks.logic import routing
from tasks.models import Route

# the newest table, if there are routes in it
_ROUTES = Question("""
SELECT (SELECT table_id FROM tasks_route WHERE table_id = newest.id LIMIT 1) AS filled, number
FROM (SELECT (SELECT id FROM tasks_routetable ORDER BY number DESC LIMIT 1) AS id,
             (SELECT max(number) FROM tasks_routetable) AS number) AS newest
""")
PASSED = 20  # routes that were passed over and are told of: a page need not list hundreds


@dataclass(frozen=True)
class Place:
    """Where a task goes, whom it is for there, and why, as the task keeps it."""

    department: Department
    role: str
    why: dict[str, Any]

    def assignee(self, now: datetime) -> User | None:
        """Who is given it at once, where the department wants that."""
        return whose_turn(department=self.department, role=self.role, now=now)


def place_of(touchpoint: Touchpoint, facts: routing.Facts) -> Place:
    """The department for a task at the touchpoint with these facts besides where it is."""
    newest = _ROUTES.rows()[0]
    table, number = newest["filled"], newest["number"]
    if table is None:
        return _place(touchpoint.owner, "", {"by": "owner"})
    rows = list(Route.objects.filter(table=table).select_related("department__calendar"))
    routes = [
        routing.parse_route({"when": row.when, "to": row.department.key, "role": row.role})
        for row in rows
    ]
    stage = touchpoint.stage
    where = {"touchpoint": touchpoint.key, "stage": stage.key, "journey": stage.journey.key}
    choice = routing.choose(routes, {**facts, **where})
    why = {"table": number, "passed": [_missed(*each) for each in choice.passed[:PASSED]]}
    if choice.position is None:
        return _place(touchpoint.owner, "", {"by": "owner", **why})
    row = rows[choice.position]
    because = [asdict(each) for each in choice.because]
    taken = {"by": "route", "position": choice.position + 1, "because": because}
    return _place(row.department, row.role, {**taken, **why})


def by_hand(department: Department) -> Place:
    """Whoever opened the task named the department."""
    return _place(department, "", {"by": "hand"})


def _place(department: Department, role: str, why: dict[str, Any]) -> Place:
    """A department that is retired has left its work to the one above it.

    Otherwise a task would stand in a queue nobody opens any more.
    """
    said = {**why, "to": department.key, "role": role}
    while department.retired_at is not None and department.parent is not None:
        department, role = department.parent, ""
        said["instead"] = department.key
    return Place(department, role, said)


def _missed(position: int, compared: routing.Comparison) -> dict[str, Any]:
    return {"position": position + 1, **asdict(compared)}
