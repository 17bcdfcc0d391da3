"""What a measure has cost and brings: said when somebody knows, never asked for."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from cx_loop.models import Actor, record
from tasks.actions.errors import Invalid
from tasks.actions.rights import may_work
from tasks.actions.work import lock
from tasks.models import Verification

MOST = Decimal("999999999999.99")


@transaction.atomic
def set_worth(*, number: int, by: Actor, now: datetime, fields: dict[str, Any]) -> Verification:
    """Of the newest submitted fix, also after the task is closed. `fields`: cost, benefit (a
    year), each a Decimal of the company's currency or None: not known; what is absent stays.

    Raises NotFound (no task, or no fix was submitted), Forbidden, Invalid.
    """
    task = lock(number, by)
    may_work(by, task)
    found = task.verifications.order_by("-episode", "-pk").first()
    if found is None:
        raise Invalid([("cost", "no_fix", "No fix was submitted yet.")])
    said = {name: fields[name] for name in ("cost", "benefit") if name in fields}
    problems = [_wrong(name) for name, value in said.items() if not _fits(name, value)]
    if problems:
        raise Invalid(problems)
    for name, value in said.items():
        setattr(found, name, value)
    found.save(update_fields=["cost", "benefit"])
    params = {name: None if value is None else str(value) for name, value in said.items()}
    record(verb="worth_said", subject="task", subject_id=number, by=by, now=now, params=params)
    return found


def _fits(name: str, value: Decimal | None) -> bool:
    """A measure may do harm in money too; it never costs less than nothing."""
    if value is None:
        return True
    least = Decimal(0) if name == "cost" else -MOST
    return value.is_finite() and least <= value <= MOST


def _wrong(name: str) -> tuple[str, str, str]:
    return name, "out_of_range", "Give an amount in the company's own currency."
