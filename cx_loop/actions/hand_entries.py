"""Mystery visits, interviews, what employees notice: entered by hand, counted like all else."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cx_loop.ingest.accept import accept_items
from cx_loop.ingest.items import Refused
from cx_loop.ingest.removal import remove_observation
from cx_loop.models import Actor, HandEntry, Metric, Source, Touchpoint, record

TOOL = "hand"


def hand_source(kind: str) -> Source:
    """The source of one kind of entry, made with the first of it."""
    options = {"kind": kind}
    key = f"by-hand-{kind.replace('_', '-')}"
    return Source.objects.get_or_create(key=key, defaults={"tool": TOOL, "options": options})[0]


def enter(
    *,
    kind: str,
    touchpoint: Touchpoint,
    metric: Metric | None,
    said: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> HandEntry:
    """Count what somebody saw; kept with who entered it. `said`: members of an item as intake
    takes them (occurred_at, value, exposure, segment, channel, location, comment).

    Raises Refused as intake refuses: code, field, message; nothing is kept then.
    """
    if by.user is None:
        raise Refused("not_a_person", "", "Only a person enters by hand.")
    source, name = hand_source(kind), uuid.uuid4()
    given = {key: value for key, value in said.items() if value not in (None, "")}
    item = {**given, "external_id": name.hex, "touchpoint": touchpoint.key}
    item |= {"metric": metric.key} if metric else {}
    with transaction.atomic():
        taken = accept_items([item], source=source, now=now)
        for outcome in taken.results:
            if outcome.status == "rejected":
                raise Refused(outcome.code, outcome.field, outcome.message)
        made = HandEntry.objects.create(
            id=name,
            source=source,
            kind=kind,
            touchpoint=touchpoint,
            metric=metric,
            value=given.get("value") if metric else None,
            exposure=given.get("exposure"),
            occurred_at=given["occurred_at"],
            entered_at=now,
            entered_by=by.user,
        )
        _leave_trail("entered", made, by, now)
    return made


def take_out(*, entry: HandEntry, by: Actor, now: datetime) -> bool:
    """It leaves the figures and the comments; who entered it and who took it out stays."""
    metric = entry.metric.key if entry.metric else ""
    # first, and in a transaction of its own: who is killed here takes it out once more
    remove_observation(source=entry.source, external_id=entry.pk.hex, metric=metric, now=now)
    mine = HandEntry.objects.filter(pk=entry.pk, taken_out_at=None)
    with transaction.atomic():
        taken = bool(mine.update(taken_out_at=now))
        if taken:
            _leave_trail("taken_out", entry, by, now)
    return taken


def _leave_trail(verb: str, entry: HandEntry, by: Actor, now: datetime) -> None:
    record(
        verb=verb,
        subject="hand_entry",
        subject_id=0,
        by=by,
        now=now,
        params={"entry": str(entry.pk), "kind": entry.kind, "touchpoint": entry.touchpoint.key},
    )
