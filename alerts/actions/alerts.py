"""What happens to an alert. A task follows through slots, in the same transaction."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.actions.silence_reach import silence_at_opening
from alerts.events import dispatch, quiet_changed, work_follows
from alerts.logic.lifecycle import transition
from alerts.models import UNRESOLVED, Alert, Group, RuleState, RuleVersion, Severity
from cx_loop.models import SYSTEM, Activity, Actor, entry
from cx_loop.models.ahead import Question
from cx_loop.models.prepared import insert

log = logging.getLogger(__name__)

_NEXT = Question("SELECT nextval(pg_get_serial_sequence('alerts_alert', 'id')) AS key")


def open_alert(
    *,
    group: Group,
    version: RuleVersion,
    severity: int,
    edge: datetime,
    value: float | None,
    n: float,
    now: datetime,
    drift: Mapping[str, Any] | None = None,
    late: bool = False,
    apart: bool = True,
    ahead: Any = None,
) -> Alert:
    """Open the alert of a group and, in the same breath, its task.

    Should the task fail, the alert stands and the sweep opens the task later; not `apart`, it is
    raised, and the caller rolls back and comes again. In a silence all of this happens as ever,
    and nobody is disturbed. `ahead`: what `dispatch_ahead` gave, where it was asked.
    """
    silence = silence_at_opening(group=group, version=version, severity=severity, now=now)
    alert = Alert(
        id=_NEXT.taken()[0]["key"],
        group=group,
        version=version,
        touchpoint=group.touchpoint,
        severity=severity,
        opened_at=now,
        edge=edge,
        value=value,
        n=n,
        peak=value,
        last_value=value,
        last_n=n,
        silence=silence,
        silenced_until=None if silence is None else silence.ends_at,
        late=late,
        drift=drift,
    )
    said = {"value": value, "n": n, **({"silence": silence.pk} if silence else {})}
    insert(alert, _entry(alert, "opened", SYSTEM, now, to_state=alert.state, params=said))
    try:
        with transaction.atomic(savepoint=apart):
            dispatch(alert=alert, now=now, ahead=ahead)
    except Exception:
        if not apart:
            raise
        log.exception("the task of alert %s could not be opened; the sweep will", alert.pk)
    return alert


def reopen_alert(
    *,
    alert: Alert,
    severity: int,
    edge: datetime,
    value: float | None,
    n: float,
    now: datetime,
    drift: Mapping[str, Any] | None = None,
) -> Alert:
    """What has cleared breaches again within the rule's cooldown: the same alert, next episode.

    Its task comes back with it. The value it was first raised by stays.
    """
    row = transition("reopen", alert.state)
    silence = silence_at_opening(
        group=alert.group, version=alert.version, severity=severity, now=now
    )
    fields = {
        "silence": silence,
        "silenced_until": None if silence is None else silence.ends_at,
        "state": row.target,
        "severity": severity,
        "episode": alert.episode + 1,
        "edge": edge,
        "last_value": value,
        "last_n": n,
        "drift": drift,
        "closed_at": None,
        "cleared": False,
        "acknowledged_at": None,
        "acknowledged_by": None,
    }
    before = alert.state
    Alert.objects.filter(pk=alert.pk, state__in=row.origins).update(**fields)
    alert.refresh_from_db()
    said = {"value": value, "n": n, "episode": alert.episode}
    _tell(alert, "reopened", SYSTEM, now, from_state=before, to_state=alert.state, params=said)
    _follow(alert, "reopened", SYSTEM, now)
    return alert


def keep_reading(
    *, alert: Alert, value: float | None, n: float, worst: Callable[[list[float]], float]
) -> None:
    """Remember the newest value and the worst one."""
    known = [each for each in (alert.peak, value) if each is not None]
    alert.peak = worst(known) if known else None
    alert.last_value, alert.last_n = value, n
    alert.save(update_fields=["peak", "last_value", "last_n"])


def change_severity(*, alert: Alert, severity: int, now: datetime) -> Alert:
    """The highest firing level, moving both ways."""
    before, alert.severity = alert.severity, severity
    alert.save(update_fields=["severity"])
    verb = "raised" if severity < before else "lowered"
    _tell(
        alert,
        verb,
        SYSTEM,
        now,
        params={"from": Severity(before).label, "to": Severity(severity).label},
    )
    _follow(alert, verb, SYSTEM, now)
    return alert


def resolve(*, alert: Alert, now: datetime, cleared: bool, by: Actor = SYSTEM) -> bool:
    """Close an alert because its value came back (`cleared`) or because its task was closed."""
    if not _close(alert, "resolve", by, now, cleared=cleared):
        return False
    if cleared:
        _follow(alert, "cleared", by, now)
    return True


@transaction.atomic
def acknowledge(*, alert: Alert, by: Actor, now: datetime) -> Alert:
    """Somebody has seen it. Accepting its task does the same."""
    row = transition("acknowledge", alert.state)
    changed = Alert.objects.filter(pk=alert.pk, state__in=row.origins).update(
        state=row.target, acknowledged_at=now, acknowledged_by=by.user
    )
    if changed:
        _tell(alert, "acknowledged", by, now, from_state=alert.state, to_state=row.target)
    alert.refresh_from_db()
    return alert


@transaction.atomic
def snooze(*, alert: Alert, until: datetime, by: Actor, now: datetime) -> Alert:
    """Remind me later: a silence of one alert. It is loud again by itself; a shorter one replaces
    a longer. The alert and where its group stands are locked by whoever calls.
    """
    alert.snoozed_until, alert.snoozed_by = until, by.user
    alert.save(update_fields=["snoozed_until", "snoozed_by"])
    _tell(alert, "snoozed", by, now, params={"until": until.isoformat()})
    quiet_changed(alert=alert, now=now, since=None)
    return alert


@transaction.atomic
def dismiss(*, alert: Alert, by: Actor, now: datetime, reason: str, resolution: str) -> Alert:
    """Dismissing the alert dismisses its task, with the task's own table saying who may."""
    transition("dismiss", alert.state)
    lock_groups([alert.group_id])
    work_follows(
        alert=alert, what="dismissed", by=by, now=now, reason=reason, resolution=resolution
    )
    close_as_dismissed(alert=alert, by=by, now=now, reason=reason)
    alert.refresh_from_db()
    return alert


def close_as_dismissed(*, alert: Alert, by: Actor, now: datetime, reason: str) -> None:
    """Close the alert itself, without asking its task; nothing happens to a closed one."""
    _close(alert, "dismiss", by, now, params={"reason": reason})


def lock_groups(groups: list[int]) -> None:
    """Lock where groups stand, before their alerts and tasks.

    Everything locks in this order (state, alert, task); otherwise an evaluation and a person
    closing the same task wait for each other.
    """
    ordered = RuleState.objects.filter(group__in=groups).order_by("group_id")
    list(ordered.select_for_update().values_list("group_id"))


def _close(
    alert: Alert,
    call: str,
    by: Actor,
    now: datetime,
    *,
    cleared: bool = False,
    params: dict[str, Any] | None = None,
) -> bool:
    target = "resolved" if call == "resolve" else "dismissed"
    changed = Alert.objects.filter(pk=alert.pk, state__in=UNRESOLVED).update(
        state=target, closed_at=now, cleared=cleared
    )
    if not changed:
        return False
    before, alert.state, alert.closed_at = alert.state, target, now
    if not cleared:
        # closed while it breaches: the group stays silent until it has cleared once
        RuleState.objects.filter(group=alert.group_id, level__isnull=False).update(muted=True)
    _tell(alert, target, by, now, from_state=before, to_state=target, params=params)
    return True


def _follow(alert: Alert, what: str, by: Actor, now: datetime) -> None:
    try:
        with transaction.atomic():
            work_follows(alert=alert, what=what, by=by, now=now, reason="", resolution="")
    except Exception:
        log.exception("the task of alert %s did not follow: %s", alert.pk, what)


def _tell(alert: Alert, verb: str, by: Actor, now: datetime, **said: Any) -> None:
    _entry(alert, verb, by, now, **said).save()


def _entry(alert: Alert, verb: str, by: Actor, now: datetime, **said: Any) -> Activity:
    return entry(verb=verb, subject="alert", subject_id=alert.pk, by=by, now=now, **said)
