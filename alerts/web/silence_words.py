"""Silences in words: what is silent, until when, by whom and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from alerts.actions.silences import departments_led
from alerts.models import UNRESOLVED, Alert, Rule, Silence
from cx_loop.models import (
    Channel,
    Journey,
    Location,
    Metric,
    Segment,
    Stage,
    Touchpoint,
    User,
    in_language,
)
from cx_loop.ui.words import say_moment

NAMED: dict[str, Any] = {
    "touchpoint": Touchpoint,
    "stage": Stage,
    "journey": Journey,
    "metric": Metric,
    "segment": Segment,
    "channel": Channel,
    "location": Location,
    "rule": Rule,
}
MOST = 100


@dataclass(frozen=True, slots=True)
class SilenceRow:
    silence: Silence
    kind: str
    state: str
    what: str
    where: str
    alerts: int
    may_end: bool


def say_quiet(alert: Alert, zone: ZoneInfo, now: datetime) -> str:
    """Silenced until 16:20 by Lin: the gate is rebuilt. Empty when it may be heard."""
    if not alert.is_quiet(now):
        return ""
    snoozed, silence = alert.snoozed_until, alert.silence
    lasting = alert.silenced_until
    if silence is None or lasting is None or (snoozed is not None and snoozed > lasting):
        until = say_moment(snoozed or now, zone, now)
        return _("Snoozed until %(until)s by %(who)s.") % {"until": until, "who": alert.snoozed_by}
    words = {
        "until": say_moment(lasting, zone, now),
        "who": silence.author,
        "reason": silence.reason,
    }
    if silence.kind == Silence.Kind.MAINTENANCE:
        return _("Maintenance until %(until)s, by %(who)s: %(reason)s") % words
    return _("Silenced until %(until)s by %(who)s: %(reason)s") % words


def silence_rows(viewer: User, tab: str, now: datetime) -> list[SilenceRow]:
    """Silences the viewer sees that are running, coming or over, what ends or begins next first."""
    seen = Silence.objects.all().visible_to(viewer)
    order = {"running": "ends_at", "coming": "starts_at", "over": "-starts_at"}[tab]
    kept = Count("alerts", filter=Q(alerts__state__in=UNRESOLVED))
    found = list(
        getattr(seen, tab)(now)
        .select_related("department", "author", "ended_by")
        .annotate(kept=kept)
        .order_by(order, "id")[:MOST]
    )
    led = None if viewer.is_superuser else {each.pk for each in departments_led(viewer)}
    names = _names_in(found)
    return [
        SilenceRow(
            silence=each,
            kind=kinds()[each.kind],
            state=tab,
            what=_say_matchers(each.matchers, names),
            where=in_language(each.department.name) if each.department else _("Whole company"),
            alerts=each.kept,
            may_end=tab != "over" and (led is None or each.department_id in led),
        )
        for each in found
    ]


def kinds() -> dict[str, str]:
    return {"silence": _("Silence"), "maintenance": _("Maintenance")}


def matcher_names() -> dict[str, str]:
    return {
        "touchpoint": _("Touchpoint"),
        "metric": _("Metric"),
        "rule": _("Rule"),
        "segment": _("Segment"),
        "severity": _("Severity"),
        "stage": _("Stage"),
        "journey": _("Journey"),
        "channel": _("Channel"),
        "location": _("Location"),
    }


def severities() -> dict[str, str]:
    return {"critical": _("Critical"), "warning": _("Warning")}


def _names_in(silences: Iterable[Silence]) -> dict[tuple[str, str], str]:
    """(matcher, key) -> name: one query a kind of thing that is named at all."""
    wanted: dict[str, set[str]] = {}
    for silence in silences:
        for name, keys in silence.matchers.items():
            wanted.setdefault(name, set()).update(keys)
    found = {("severity", key): name for key, name in severities().items()}
    for name in NAMED.keys() & wanted.keys():
        rows = NAMED[name].objects.filter(key__in=wanted[name]).order_by()
        for key, given in rows.values_list("key", "name"):
            found[name, key] = in_language(given) or key
    return found


def _say_matchers(matchers: Mapping[str, list[str]], names: Mapping[tuple[str, str], str]) -> str:
    """Touchpoint Boarding · Segment Gold, Diamond."""
    labels, nothing = matcher_names(), _("none")
    parts = []
    for name in sorted(matchers, key=list(labels).index):
        said = [names.get((name, key), key) or nothing for key in matchers[name]]
        parts.append(f"{labels[name]} {', '.join(said)}")
    return " · ".join(parts)
