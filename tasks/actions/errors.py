"""Why an action was not taken. Doors turn these into answers; nothing was written.

Dismissing an alert dismisses its task, so what the task refuses the door of alerts must know.
"""

from alerts.actions import errors as alert_errors
from tasks.models import Task


class NotFound(Exception):
    """There is no such task for whoever asks."""


class Stale(Exception):
    """Somebody changed the task since it was read; `task` is the newer state."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"#{task.number} is at version {task.version}")
        self.task = task


class Forbidden(alert_errors.Forbidden):
    """The task may be seen but this call is another's; `code` says whose."""


class Invalid(alert_errors.Invalid):
    """Fields are missing or wrong: (field, code, message) each."""
