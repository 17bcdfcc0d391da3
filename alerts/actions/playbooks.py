"""Saving and retiring playbooks: tasks keep the version they were opened with."""

from datetime import datetime
from typing import Any

from django.db import transaction

from alerts.models import Playbook, PlaybookVersion
from cx_loop.models import Actor, record


@transaction.atomic
def save_playbook(
    *,
    key: str,
    name: dict[str, str],
    kind: str,
    steps: list[dict[str, Any]],
    by: Actor,
    now: datetime,
    when: dict[str, list[str]] | None = None,
) -> Playbook:
    """The playbook `key` as given, in a new version when it says something else than before."""
    playbook, created = Playbook.objects.select_for_update().get_or_create(key=key)
    was_retired, playbook.retired_at = playbook.retired_at is not None, None
    said = {"name": name, "kind": kind, "when": when or {}, "steps": steps}
    current = playbook.current
    renewed = current is None or any(getattr(current, field) != said[field] for field in said)
    if renewed:
        playbook.current = PlaybookVersion.objects.create(
            playbook=playbook,
            number=current.number + 1 if current else 1,
            **said,
            created_at=now,
            created_by=by.user,
        )
    playbook.save()
    if renewed or was_retired:
        _record(playbook, "created" if created else "changed", by, now)
    return playbook


@transaction.atomic
def retire_playbook(*, key: str, by: Actor, now: datetime) -> Playbook:
    """No new task gets the playbook; tasks that have it keep it."""
    playbook = Playbook.objects.select_for_update().get(key=key)
    if playbook.retired_at is None:
        playbook.retired_at = now
        playbook.save(update_fields=["retired_at"])
        _record(playbook, "retired", by, now)
    return playbook


def _record(playbook: Playbook, change: str, by: Actor, now: datetime) -> None:
    number = playbook.current.number if playbook.current else 0
    record(
        verb="configured",
        subject="playbook",
        subject_id=playbook.pk,
        by=by,
        now=now,
        params={"change": change, "key": playbook.key, "version": number},
    )
