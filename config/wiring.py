"""How the loop closes: which event nudges which job, which slot is filled by whom.

Read this first. Imports run config > tasks > alerts > cx_loop, so a lower package can only
speak through the signals and slots that are joined here.
"""


def connect() -> None:
    """Join the packages; called once, when all models are loaded."""
