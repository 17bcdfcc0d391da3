"""Alerts kept in line with the silences: by every sweep, and after every change of a silence.

The rows of the silences are the truth. A race, a crash or a rise of severity is mended by the next
review, and a silence planned for tonight begins and ends by itself.
"""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from alerts.actions.alerts import lock_groups
from alerts.actions.silence_reach import longest, reaches_of, subjects_of
from alerts.events import groups_at_work, quiet_changed
from alerts.models import UNRESOLVED, Alert, Silence
from cx_loop.models import SYSTEM, record

log = logging.getLogger(__name__)


def review(*, now: datetime) -> int:
    """Silence what a running silence matches, let the rest be heard. Returns how many changed.

    Each alert and its task change in a transaction of their own.
    """
    begun = list(Silence.objects.to_begin(now))
    changed = _make_good([each for each in begun if each.ends_at <= now], now)
    starts = {each.pk: each.starts_at for each in begun}
    running = reaches_of(Silence.objects.running(now))
    unresolved = Alert.objects.unresolved().order_by("id")
    for each in subjects_of(unresolved if running else unresolved.filter(silenced_until__gt=now)):
        wanted = longest(running, each)
        before = each.silence if each.until is not None and each.until > now else None
        if wanted is None and before is not None:
            changed += _mark(each.alert, None, now, now)
        elif wanted is not None and (before, each.until) != (wanted.pk, wanted.ends_at):
            since = starts.get(wanted.pk) if before is None else None
            changed += _mark(each.alert, wanted, wanted.ends_at, now, since)
    if starts:
        Silence.objects.filter(pk__in=starts, begun_at=None).update(begun_at=now)
    return changed


def _make_good(missed: Iterable[Silence], now: datetime) -> int:
    """Silences that came and went in a downtime: their time does not count all the same."""
    changed = 0
    for reach in reaches_of(missed):
        silence = reach.silence
        open_then = Alert.objects.unresolved().filter(opened_at__lt=silence.ends_at)
        for each in subjects_of(open_then.order_by("id")):
            if reach.covers(each) and (each.until is None or each.until < silence.ends_at):
                changed += _mark(each.alert, silence, silence.ends_at, now, silence.starts_at)
    return changed


def _mark(
    pk: int,
    silence: Silence | None,
    until: datetime,
    now: datetime,
    since: datetime | None = None,
) -> int:
    """Silence an alert and with it its task, or let both be heard. `since`: when it is not now."""
    try:
        with transaction.atomic():
            alert = Alert.objects.get(pk=pk)
            lock_groups(groups_at_work(alert=alert))
            alert = Alert.objects.select_for_update(of=("self",)).get(pk=pk)
            if alert.state not in UNRESOLVED or _is_done(alert, silence, until):
                return 0
            alert.silence, alert.silenced_until = silence or alert.silence, until
            alert.save(update_fields=["silence", "silenced_until"])
            record(
                verb="silenced" if silence else "unsilenced",
                subject="alert",
                subject_id=pk,
                by=SYSTEM,
                now=now,
                params={"silence": alert.silence_id, "until": until.isoformat()},
            )
            quiet_changed(alert=alert, now=now, since=since)
    except Exception:
        log.exception("alert %s is not in line with its silences; the sweep tries again", pk)
        return 0
    return 1


def _is_done(alert: Alert, silence: Silence | None, until: datetime) -> bool:
    """Whether another review was first."""
    if silence is None:
        return alert.silenced_until is None or alert.silenced_until <= until
    return alert.silence_id == silence.pk and alert.silenced_until == until
