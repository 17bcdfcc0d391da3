"""What a service standard promises may change while it is in force."""

from datetime import datetime

from cx_loop.models import Actor, ServiceStandard, record


def set_target(
    *, standard: ServiceStandard, target: float, by: Actor, now: datetime, task: int | None = None
) -> ServiceStandard:
    """A new target, in the unit of the old one; the trail keeps both, as of a file. `task`: the
    number of the task whose fix made it possible."""
    was = standard.target
    if was == target:
        return standard
    ServiceStandard.objects.filter(pk=standard.pk).update(target=target)
    standard.target = target
    params = {
        "change": "changed",
        "key": standard.key,
        "fields": {"target": [was, target]},
        **({"task": task} if task else {}),
    }
    record(
        verb="configured", subject="standard", subject_id=standard.pk, by=by, now=now, params=params
    )
    return standard
