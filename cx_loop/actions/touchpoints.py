"""Who owns a touchpoint may change while tasks about it are open."""

from datetime import datetime

from django.db import transaction

from cx_loop.actions.journey_versions import keep_version
from cx_loop.events import work_moves
from cx_loop.models import Actor, Department, Touchpoint, record


@transaction.atomic
def give_to(
    *,
    touchpoint: Touchpoint,
    to: Department,
    by: Actor,
    now: datetime,
    with_tasks: bool = False,
    reason: str = "",
) -> int:
    """New alerts go to the new owner from now on. Open tasks stay where they are, unless they are
    handed over with it; gives how many were."""
    if change_owner(touchpoint=touchpoint, to=to, by=by, now=now, with_tasks=with_tasks):
        keep_version(journey=touchpoint.stage.journey, by=by, now=now)
    if not with_tasks:
        return 0
    return work_moves(touchpoint=touchpoint, to=to, by=by, now=now, reason=reason)


def change_owner(
    *, touchpoint: Touchpoint, to: Department, by: Actor, now: datetime, with_tasks: bool = False
) -> bool:
    """For new alerts, and told in the trail; whether it was another. The caller keeps the map."""
    if touchpoint.owner_id == to.pk:
        return False
    params = {"from": touchpoint.owner.key, "to": to.key, "with_tasks": with_tasks}
    Touchpoint.objects.filter(pk=touchpoint.pk).update(owner=to)
    touchpoint.owner = to
    record(
        verb="owner_changed",
        subject="touchpoint",
        subject_id=touchpoint.pk,
        by=by,
        now=now,
        params=params,
    )
    return True
