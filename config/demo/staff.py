"""The demo's invented people: quick and slow ones, so that the queue shows every state."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from config.replay.life import Act
from cx_loop.models import Actor, Department, Membership
from tasks.models import Episode, Task

HOURS = timedelta(hours=1)
DAYS = timedelta(days=1)
RECENT = 13 * DAYS

# by department: hours until somebody accepts, days until the fix is in
HABITS = {
    "station-jfk": (2, 8),
    "station-lga": (11, 9),  # slow to answer: the lead hears of it
    "station-ewr": (3, 9),
    "network-control": (5, 12),
    "hospitality": (2, 8),
}
FIXES = {
    "departure-late": ("efficiency", "process", "A second gate crew from 16:00 to 21:00."),
    "arrival-late": ("efficiency", "supplier", "Fuel truck booked with each inbound flight."),
    "lounge-satisfaction": ("quality", "supplier", "Food every hour, and a second network line."),
    "cancellations": ("communication", "system", "Rebooking offered by message within 15 minutes."),
}


@dataclass(slots=True)
class DemoStaff:
    """What they do follows from the task alone, so loading twice gives the same company.

    `until` is the demo's present: what opened shortly before it is still new, held or accepted.
    """

    until: datetime
    _people: dict[tuple[int, bool], Actor] = field(default_factory=dict)

    def next_act(self, task: Task, episode: Episode) -> Act | None:
        accept_in, fix_in = HABITS.get(task.department.key, (3, 9))
        odd = (task.number + episode.number) % 5
        accept_at = episode.opened_at + (accept_in + 3 * odd) * HOURS
        by = self._somebody(task.department, lead=False)
        match task.state:
            case "open":
                return self._answer(task, episode, accept_at, by)
            case "accepted" if not self._is_recent(episode):
                return Act(accept_at + 6 * HOURS, "start", by)
            case "in_progress" if self._is_recent(episode) and task.number % 2:
                until = self.until + (2 + odd) * DAYS
                said = {"reason": "Waiting for the airport's answer.", "until": until}
                return Act(accept_at + 12 * HOURS, "hold", by, said)
            case "in_progress":
                return Act(episode.opened_at + fix_in * DAYS, "submit", by, _fix(task))
        return None

    def _answer(self, task: Task, episode: Episode, accept_at: datetime, by: Actor) -> Act | None:
        if self._is_recent(episode) and task.department.key == "station-lga":
            return None  # short of people this week: the ladder shows
        if task.number % 9 == 5 and episode.number == 1:
            said = {"resolution": "external_cause", "reason": "Thunderstorms closed the airspace."}
            lead = self._somebody(task.department, lead=True)
            return Act(accept_at, "dismiss", lead, said)
        return Act(accept_at, "accept", by, {"start": task.number % 3 != 0})

    def _is_recent(self, episode: Episode) -> bool:
        return episode.opened_at > self.until - RECENT

    def _somebody(self, department: Department, *, lead: bool) -> Actor:
        key = (department.pk, lead)
        if key not in self._people:
            rows = Membership.objects.filter(
                department=department, role="lead" if lead else "member"
            )
            self._people[key] = Actor(rows.select_related("user").order_by("id")[0].user)
        return self._people[key]


def _fix(task: Task) -> dict[str, str]:
    rule = task.rule_version.rule.key if task.rule_version else ""
    pain, cause, words = FIXES.get(rule, ("quality", "people", "The shift was briefed again."))
    return {"pain_category": pain, "root_cause": cause, "countermeasure": words, "note": words}
