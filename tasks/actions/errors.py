"""Why an action was not taken. Doors turn these into answers; nothing was written."""

from tasks.models import Task


class NotFound(Exception):
    """There is no such task for whoever asks."""


class Stale(Exception):
    """Somebody changed the task since it was read; `task` is the newer state."""

    def __init__(self, task: Task) -> None:
        super().__init__(f"#{task.number} is at version {task.version}")
        self.task = task


class Forbidden(Exception):
    """The task may be seen but this call is another's; `code` says whose."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Invalid(Exception):
    """Fields are missing or wrong: (field, code, message) each."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems
