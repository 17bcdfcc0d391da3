"""One call on many tasks: each succeeds or is refused by itself, with its reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from cx_loop.models import Actor
from tasks.actions.errors import Forbidden, Invalid, NotFound, Stale
from tasks.actions.locks import lock_all
from tasks.actions.work import perform
from tasks.logic.lifecycle import NotAllowed
from tasks.models import Task


@dataclass(frozen=True, slots=True)
class Outcome:
    """`task` is as it stands now; None for one that is not there for who asks. `code` is empty
    when it was done, else a stable word for why not."""

    number: int
    task: Task | None = None
    code: str = ""
    allowed: list[str] = field(default_factory=list)
    problems: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return not self.code


def perform_each(
    call: str,
    *,
    tasks: Iterable[tuple[int, int | None]],
    by: Actor,
    now: datetime,
    fields: Mapping[str, Any],
) -> list[Outcome]:
    """tasks: (number, the version it was read in, or None).

    Each is a transaction of its own, let go before the next. In a caller's transaction, as under
    an Idempotency-Key, all are locked before the first: one by one they could come across somebody
    who takes them in another order.
    """
    wanted: dict[int, int | None] = {}
    for number, version in tasks:
        wanted.setdefault(number, version)
    if connection.in_atomic_block:
        lock_all(wanted, by, in_turn=call == "hand_over")
    return [_one(call, number, version, by, now, fields) for number, version in wanted.items()]


def _one(
    call: str,
    number: int,
    version: int | None,
    by: Actor,
    now: datetime,
    fields: Mapping[str, Any],
) -> Outcome:
    try:
        done = perform(call, number=number, by=by, now=now, version=version, fields=fields)
    except NotFound:
        return Outcome(number, code="not_found")
    except Stale as refusal:
        return Outcome(number, refusal.task, "stale")
    except NotAllowed as refusal:
        return Outcome(number, _newest(number), "not_allowed", allowed=refusal.allowed)
    except Forbidden as refusal:
        return Outcome(number, _newest(number), refusal.code)
    except Invalid as refusal:
        return Outcome(number, _newest(number), "invalid", problems=list(refusal.problems))
    return Outcome(number, done)


def _newest(number: int) -> Task | None:
    return Task.objects.filter(number=number).first()
