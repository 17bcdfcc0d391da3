"""What the rows of a queue say, read with the page itself in one statement."""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from cx_loop.models import Department, Metric, Touchpoint, User
from cx_loop.models.prepared import ask
from tasks.models import Task
from tasks.reads.keyset import URGENT, Order

Named = TypeVar("Named", bound=Model)

# otherwise most of a page's time went into columns nobody reads
_READ = {
    *("number", "state", "severity", "title", "segment", "episode", "version", "self_recovered"),
    *("respond_by", "due_at", "hold_until", "silenced_until", "created_at", "closed_at"),
    *("submitted_by_id", "touchpoint_id", "metric_id", "department_id", "assignee_id"),
}
# in the order of the model, which `from_db` counts on
_OWN = [field.attname for field in Task._meta.concrete_fields if field.attname in _READ]
_SHOWN = """
SELECT {own}, place.name, metric.name, metric.kind, department.name, person.name, person.email,
       EXISTS (SELECT FROM tasks_verification AS plan
               WHERE plan.task_id = task.number AND plan.state = 'person')
FROM ({page}) AS page JOIN tasks_task AS task USING (number)
JOIN cx_loop_department AS department ON department.id = task.department_id
LEFT JOIN cx_loop_touchpoint AS place ON place.id = task.touchpoint_id
LEFT JOIN cx_loop_metric AS metric ON metric.id = task.metric_id
LEFT JOIN cx_loop_user AS person ON person.id = task.assignee_id
ORDER BY page.rank, {order}
"""


def shown(page: str, values: Mapping[str, Any], order: Order = URGENT) -> list[Task]:
    """The tasks of a page (rows of rank, severity, due_at and number, from `first_of`), in its
    order; with what their rows name, and `is_asked`: a person must decide on the fix."""
    own = ", ".join(f"task.{name}" for name in _OWN)
    met: dict[tuple[type[Model], int], Any] = {}
    asked = _SHOWN.format(own=own, page=page, order=order.of("page"))
    return [_task(row, met) for row in ask(asked, values)]


def _task(row: tuple[Any, ...], met: dict[tuple[type[Model], int], Any]) -> Task:
    said = dict(zip(_OWN, row, strict=False))
    said["title"] = json.loads(said["title"])
    place, metric, kind, department, name, email, is_asked = row[len(_OWN) :]

    def one(table: type[Named], key: int | None, **fields: Any) -> Named | None:
        """The same thing of two rows is made once."""
        if key is None:
            return None
        if (table, key) not in met:
            if "name" in fields and table is not User:
                fields["name"] = json.loads(fields["name"])
            met[table, key] = table(pk=key, **fields)
        found: Named = met[table, key]
        return found

    task: Task = Task.from_db(DEFAULT_DB_ALIAS, list(said), list(said.values()))
    task.touchpoint = one(Touchpoint, task.touchpoint_id, name=place)
    task.metric = one(Metric, task.metric_id, name=metric, kind=kind)
    task.department = one(Department, task.department_id, name=department)  # type: ignore[assignment]
    task.assignee = one(User, task.assignee_id, name=name, email=email)
    task.is_asked = is_asked  # type: ignore[attr-defined]
    return task
