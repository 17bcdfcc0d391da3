"""What this package tells or asks of the ones above it, without knowing them."""

from typing import Any

from django.dispatch import Signal

from cx_loop.events import Slot

alert_changed = Signal()  # alert_id: int

# alert, now -> None: opens or joins the task of an alert, inside the alert's transaction
dispatch: Slot[None] = Slot(lambda alert, now: None)
# alert, by, now, call, reason -> None: dismissing the alert dismisses its task
work_follows: Slot[None] = Slot(lambda **said: None)
# departments -> primary keys of alerts seen through the tasks these departments have or had
alerts_seen_through_work: Slot[Any] = Slot(lambda departments: [])
