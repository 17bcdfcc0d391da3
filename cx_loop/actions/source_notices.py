"""Admins are told of sources that fall silent, and of deliveries that cannot be read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from cx_loop.messaging.queue import queue_message
from cx_loop.models import Delivery, Notice, Source, User
from cx_loop.notices import say_source
from cx_loop.reads.sources import Health, health_of, sources_in_force

SILENT, HELD = "source_silent", "source_held"
_State = Delivery.State


def watch_sources(*, now: datetime) -> int:
    """Look at every source. Returns how many notices were given; each is given once."""
    sources = [each for each in sources_in_force() if each.disabled_at is None]
    found = health_of(sources, now)
    told = 0
    for source in sources:
        told += sum(_tell(source, *what, now) for what in _worth_telling(source, found[source.pk]))
    return told


def _worth_telling(source: Source, health: Health) -> list[tuple[str, str, dict[str, Any]]]:
    """(code, what makes it once, parameters)"""
    found = []
    if health.silent_for is not None and health.last_at is not None:
        hours = round(health.silent_for.total_seconds() / 3600)
        found.append((SILENT, health.last_at.isoformat(), {"source": source.key, "hours": hours}))
    if health.held:
        # the oldest that waits tells one quarantine from the next: not each delivery is told
        waiting = source.deliveries.filter(state=_State.QUARANTINED).order_by("id")
        if oldest := waiting.first():
            said = {"source": source.key, "count": health.held, "reason": oldest.reason}
            found.append((HELD, str(oldest.pk), said))
    return found


def _tell(source: Source, code: str, once: str, params: Mapping[str, Any], now: datetime) -> int:
    told = 0
    for user in User.objects.filter(is_active=True, is_superuser=True).order_by("pk"):
        key = f"{code}:{source.pk}:{once}:{user.pk}"
        with transaction.atomic():
            _, made = Notice.objects.get_or_create(
                dedup_key=key,
                defaults={"user": user, "code": code, "params": params, "created_at": now},
            )
            if made:
                _mail(user, code, key, params, now)
                told += 1
    return told


def _mail(user: User, code: str, key: str, params: Mapping[str, Any], now: datetime) -> None:
    with translation.override(user.language):
        subject = _("The source %(source)s needs a look") % params
        address = f"{settings.PUBLIC_URL.rstrip('/')}/sources/{params['source']}/"
        text = f"{say_source(code, params)}\n\n{address}"
    queue_message(
        dedup_key=f"{key}:email",
        channel="email",
        recipient=user.email,
        subject=subject,
        text=text,
        now=now,
        user=user,
    )
