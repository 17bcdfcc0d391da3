"""What this package tells or asks of the ones above it, without knowing them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from cx_loop.events import Slot


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the work on an alert ended: the resolution of its newest task ('' while open), when
    it was first fixed, and when it was closed."""

    resolution: str = ""
    fixed_at: datetime | None = None
    closed_at: datetime | None = None


# (group, edge, version): what giving a task to the alert that this group is about to get will ask,
# on its way with what the alert itself asks; what comes of it is handed to `dispatch`
dispatch_ahead: Slot[Any] = Slot(lambda **said: None)
# (alert, now, ahead): opens the task of an alert, or joins it to one, in its transaction
dispatch: Slot[None] = Slot(lambda **said: None)
# (alert, what, by, now, reason): the task follows what happened to its alert; `what` is
# "raised", "lowered", "cleared", "reopened" or "dismissed"
work_follows: Slot[None] = Slot(lambda **said: None)
# (departments): the condition of alerts seen through the tasks these departments have or had
alerts_seen_through_work: Slot[Q] = Slot(lambda departments: Q(pk__in=[]))
# (alert): primary keys of the groups behind all tasks of the alert, its own among them
groups_at_work: Slot[list[int]] = Slot(lambda alert: [alert.group_id])
# (alert): primary keys of the departments that have an unsubmitted task about it now
departments_at_work: Slot[Any] = Slot(lambda alert: [])
# (alerts): primary key of an alert -> Outcome of the tasks about it
outcomes_of_work: Slot[dict[int, Outcome]] = Slot(lambda alerts: {})
# (alert, now, since): it fell silent or may be heard again; its task pauses, or goes on
quiet_changed: Slot[None] = Slot(lambda **said: None)
