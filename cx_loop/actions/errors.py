"""Why an action on the map was refused."""


class NotFound(Exception):
    """There is no such thing for whoever asks."""


class Forbidden(Exception):
    """It may be seen, but is for others to change."""


class Invalid(Exception):
    """Fields are missing or wrong: (field, code, message) each."""

    def __init__(self, *problems: tuple[str, str, str]) -> None:
        super().__init__(problems)
        self.problems = problems
