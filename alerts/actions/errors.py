"""Why a call on an alert was not taken; packages above refuse with kinds of these."""


class NotFound(Exception):
    """There is no such alert for whoever asks."""


class Forbidden(Exception):
    """It may be seen but this call is another's; `code` says whose."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Invalid(Exception):
    """Fields are missing or wrong: (field, code, message) each."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


class Taken(Exception):
    """Something of that key is there already."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Over(Exception):
    """The silence has ended already."""
