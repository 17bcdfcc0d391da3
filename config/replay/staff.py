"""Simulated people for a replay: round the clock, the same delay for every task."""

from dataclasses import dataclass, field
from datetime import timedelta

from config.replay.life import Act
from cx_loop.models import Actor, Department, Membership, User
from tasks.models import Episode, Task

FIX = {
    "pain_category": "efficiency",
    "root_cause": "process",
    "countermeasure": "simulated",
    "note": "simulated",
}


@dataclass(slots=True)
class PunctualStaff:
    """Accept and start so long after a round opens, submit so long after it opens."""

    accept_after: timedelta
    fix_after: timedelta
    _people: dict[int, Actor] = field(default_factory=dict)

    def next_act(self, task: Task, episode: Episode) -> Act | None:
        by = self.somebody(task.department)
        if task.state == "open":
            return Act(episode.opened_at + self.accept_after, "accept", by, {"start": True})
        if task.state in ("accepted", "in_progress"):
            return Act(episode.opened_at + self.fix_after, "submit", by, FIX)
        return None

    def somebody(self, department: Department) -> Actor:
        """Somebody of the department; where the configuration names nobody, somebody is made."""
        if department.pk not in self._people:
            rows = Membership.objects.reachable().filter(department=department)
            first = rows.order_by("-role", "id").select_related("user").first()
            user = first.user if first else _made_for(department)
            self._people[department.pk] = Actor(user)
        return self._people[department.pk]


def _made_for(department: Department) -> User:
    user = User.objects.create_user(f"staff-{department.key}@simulated.invalid")
    Membership.objects.create(user=user, department=department, role="member")
    return user
