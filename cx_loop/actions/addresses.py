"""Which addresses outside are told of events: of one department, or of the whole company.

Admins look after all of them, leads and directors after those of their departments. An address
that another department is told through as well is an admin's to switch or to rotate: otherwise a
lead could cut off a neighbour.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from cx_loop.messaging import endpoints
from cx_loop.messaging.door import Unreachable
from cx_loop.messaging.endpoints import endpoint_of
from cx_loop.models import Actor, Department, Endpoint, Message, User, Viewer, record

MOST = 20  # addresses of one department: each is a message an event


class Refused(Exception):
    """Why not: `not_yours`, `no_address`, `internal_address`, `is_there_already`, `too_many`,
    `shared`, `no_secret`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def departments_led(viewer: Viewer) -> QuerySet[Department]:
    """Whose addresses somebody looks after; a key of a department: its own and those below."""
    everything = Department.objects.in_force()
    if isinstance(viewer, User):
        return everything if viewer.is_superuser else everything & Department.objects.led_by(viewer)
    department = getattr(viewer, "department_id", None)
    if department is not None:
        return everything & Department.objects.below(Department.objects.filter(pk=department))
    return everything if _is_everywhere(viewer) else everything.none()


def addresses_of(viewer: Viewer) -> QuerySet[Endpoint]:
    """Those somebody looks after; an admin also those that nobody is told through any more."""
    if _is_everywhere(viewer):
        return Endpoint.objects.all()
    named = [way for row in departments_led(viewer).values_list("notify", flat=True) for way in row]
    return Endpoint.objects.filter(fingerprint__in=named)


@transaction.atomic
def tell(*, address: str, department: Department | None, by: Actor, now: datetime) -> Endpoint:
    """From now on an https:// address is told of events; None: of every department. Refused."""
    _check_place(department, by)
    try:
        endpoint = endpoint_of(address.strip(), now=now)
    except ValueError:
        raise Refused("no_address") from None
    except Unreachable:
        raise Refused("internal_address") from None
    if department is None:
        if endpoint.whole:
            raise Refused("is_there_already")
        _set_whole(endpoint, True, by, now)
        return endpoint
    locked = Department.objects.select_for_update().get(pk=department.pk)
    if endpoint.fingerprint in locked.notify:
        raise Refused("is_there_already")
    if len(locked.notify) >= MOST:
        raise Refused("too_many")
    _set_notify(locked, [*(locked.notify or ["email"]), endpoint.fingerprint], by, now)
    return endpoint


@transaction.atomic
def tell_no_more(
    *, endpoint: Endpoint, department: Department | None, by: Actor, now: datetime
) -> None:
    """The address stays, with its trail; that department, or the company, tells it nothing."""
    _check_place(department, by)
    if department is None:
        _set_whole(endpoint, False, by, now)
        return
    locked = Department.objects.select_for_update().get(pk=department.pk)
    left = [way for way in locked.notify if way != endpoint.fingerprint]
    if left != locked.notify:
        _set_notify(locked, left, by, now)


def rotate(*, endpoint: Endpoint, by: Actor, now: datetime) -> str:
    """A new secret, given once; the one before signs beside it for a week. Raises Refused."""
    _check_alone(endpoint, by)
    if endpoint.tool:
        raise Refused("no_secret")
    return endpoints.rotate_secret(endpoint=endpoint, by=by, now=now)


def switch(*, endpoint: Endpoint, on: bool, by: Actor, now: datetime) -> None:
    """Off: what waits for it is put with the dead letters. Raises Refused."""
    _check_alone(endpoint, by)
    if on:
        endpoints.enable(endpoint=endpoint, by=by, now=now)
    else:
        endpoints.disable(endpoint=endpoint, reason="by hand", by=by, now=now)


def told_through(endpoint: Endpoint) -> QuerySet[Department]:
    return Department.objects.filter(notify__contains=[endpoint.fingerprint])


def last_errors(endpoints: list[Endpoint]) -> dict[int, str]:
    """What the newest message to each failed with, in one question."""
    failed = Message.objects.filter(endpoint__in=[row.pk for row in endpoints]).exclude(
        last_error=""
    )
    newest = failed.order_by("endpoint_id", "-id").distinct("endpoint_id")
    return dict(newest.values_list("endpoint_id", "last_error"))


def _is_everywhere(viewer: Viewer) -> bool:
    if isinstance(viewer, User):
        return viewer.is_superuser
    return getattr(viewer, "department_id", 0) is None


def _check_place(department: Department | None, by: Actor) -> None:
    if by.is_system or (by.user is not None and by.user.is_superuser):
        return
    led = departments_led(by.user) if by.user else Department.objects.none()
    if department is None or not led.filter(pk=department.pk).exists():
        raise Refused("not_yours")


def _check_alone(endpoint: Endpoint, by: Actor) -> None:
    if by.is_system or (by.user is not None and by.user.is_superuser):
        return
    led = departments_led(by.user) if by.user else Department.objects.none()
    if endpoint.whole or told_through(endpoint).filter(~Q(pk__in=led)).exists():
        raise Refused("shared")


def _set_notify(department: Department, ways: list[str], by: Actor, now: datetime) -> None:
    department.notify = ways
    department.save(update_fields=["notify"])
    params = {"change": "changed", "key": department.key, "fields": ["notify"]}
    record(
        verb="configured",
        subject="department",
        subject_id=department.pk,
        by=by,
        now=now,
        params=params,
    )


def _set_whole(endpoint: Endpoint, whole: bool, by: Actor, now: datetime) -> None:
    endpoint.whole = whole
    endpoint.save(update_fields=["whole"])
    params = {"change": "changed", "key": endpoint.host, "fields": ["whole"]}
    record(
        verb="configured", subject="endpoint", subject_id=endpoint.pk, by=by, now=now, params=params
    )
