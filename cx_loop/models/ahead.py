"""Small questions that every opening asks, asked as one.

Whether anything is silenced, which routes there are, in which zone the company lives: each costs
the database next to nothing, and a round trip. `asked_at_once()` asks all that were declared;
elsewhere each is asked by itself, so no action has two versions.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from cx_loop.models.prepared import Asked, soon
from cx_loop.models.together import answered

Rows = list[dict[str, Any]]


class Question:
    """A SELECT of few rows, declared when its module is loaded; `%(now)s` may stand in it."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        _declared.append(self)

    def rows(self, now: datetime | None = None) -> Rows:
        """Its rows by column, in the types of JSON."""
        return answered(self, lambda: self._rows(now, keep=True))

    def taken(self) -> Rows:
        """The same of a question whose answer serves once, such as the next key of a table."""
        return self._rows(None, keep=False)

    def _rows(self, now: datetime | None, *, keep: bool) -> Rows:
        answers = _answers.get()
        if answers is None or self not in (known := answers.by_question()):
            return _decoded(soon(_together((self,)), {"now": now}))[0]
        return known[self] if keep else known.pop(self)


class _Answers:
    def __init__(self, now: datetime) -> None:
        self._every = tuple(_declared)
        self._asked = soon(_together(self._every), {"now": now})
        self._known: dict[Question, Rows] = {}
        self._is_read = False

    def by_question(self) -> dict[Question, Rows]:
        if not self._is_read:
            self._known.update(zip(self._every, _decoded(self._asked), strict=True))
            self._is_read = True
        return self._known


_declared: list[Question] = []
_answers: ContextVar[_Answers | None] = ContextVar("answers", default=None)


@contextmanager
def asked_at_once(now: datetime) -> Iterator[None]:
    """For the opening of one thing: what it changes itself it would not read again."""
    token = _answers.set(_Answers(now))
    try:
        yield
    finally:
        _answers.reset(token)


def _decoded(asked: Asked) -> list[Rows]:
    return [msgspec.json.decode(rows) if rows else [] for rows in asked.rows()[0]]


@cache
def _together(questions: tuple[Question, ...]) -> str:
    parts = [
        f"(SELECT json_agg(it) FROM ({each.statement}) AS it)::text"  # noqa: S608  our own statements
        for each in questions
    ]
    return f"SELECT {', '.join(parts)}"
