"""Listening to comments: what each says is stored beside it, and counted where a metric asks.

A comment that changed is heard again. Nothing is locked while it is read: a result is kept only
where the comment is still the one that was read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from cx_loop.ingest.accept import accept_items
from cx_loop.ingest.derived import derived_digests, fed_metrics, voice_source
from cx_loop.ingest.removal import forget
from cx_loop.logic.voice.analysers import PERSON, Analyser, signature
from cx_loop.logic.voice.lexicon import Analysis
from cx_loop.logic.voice.redact import redact
from cx_loop.logic.voice.shares import says
from cx_loop.models import Feedback, Metric
from cx_loop.reads.voice import current_analyser

AT_ONCE = 500
BATCHES = 40  # of one call; the rest is found by the next

_KEEP = """
UPDATE cx_loop_feedback AS said SET
    heard = true, redacted = read.redacted, analysed_at = %(now)s,
    polarity = CASE WHEN said.corrected_by_id IS NULL THEN read.polarity ELSE said.polarity END,
    confidence = CASE WHEN said.corrected_by_id IS NULL THEN read.confidence ELSE 1 END,
    mentions = CASE WHEN said.corrected_by_id IS NULL THEN read.mentions ELSE said.mentions END,
    analyser = CASE WHEN said.corrected_by_id IS NULL THEN %(analyser)s ELSE %(person)s END
FROM unnest(%(digest)s::uuid[], %(comment)s::text[], %(redacted)s::text[], %(polarity)s::float8[],
            %(confidence)s::float8[], %(mentions)s::jsonb[])
    AS read(digest, comment, redacted, polarity, confidence, mentions)
WHERE said.digest = read.digest AND said.comment = read.comment
RETURNING said.digest
"""


@dataclass(frozen=True, slots=True)
class Heard:
    """One comment and what it says; mentions as they will be stored."""

    feedback: Feedback
    analysis: Analysis
    mentions: list[list[Any]]


def listen(*, now: datetime, batches: int = BATCHES) -> int:
    """Analyse the comments nobody has listened to; how many were. Idempotent, in steps."""
    total, analyser = 0, None
    for _ in range(batches):
        rows = list(_unheard()[:AT_ONCE])
        if not rows:
            break
        analyser = analyser or current_analyser()
        gone = [each for each in rows if not each.comment]
        if gone:
            _forget(gone, now)
        total += len(rows)
        _hear([each for each in rows if each.comment], analyser, now)
    return total


def listen_anew(*, containing: str = "", now: datetime) -> int:
    """Have comments heard again: all of them, or those with a word. How many."""
    stale = Feedback.objects.filter(heard=True, corrected_by=None)
    if containing:
        stale = stale.filter(comment__icontains=containing.removesuffix("*"))
    return stale.update(heard=False)


def _unheard() -> Any:
    related = Feedback.objects.select_related("touchpoint", "stage", "journey")
    return related.filter(heard=False).order_by("digest")


def _hear(rows: list[Feedback], analyser: Analyser, now: datetime) -> None:
    if not rows:
        return
    read = analyser.analyse([each.comment for each in rows])
    heard = [
        Heard(row, said, row.mentions if row.corrected_by_id else [list(m) for m in said.mentions])
        for row, said in zip(rows, read, strict=True)
    ]
    _count(heard, now)
    kept = _keep(heard, analyser, now)
    # changed meanwhile: heard again; taken out meanwhile: what was just counted goes too
    lost = [each.feedback for each in heard if each.feedback.pk not in kept]
    if lost:
        still = set(
            Feedback.objects.filter(pk__in=[each.pk for each in lost]).values_list("pk", flat=True)
        )
        forget(derived_digests([each.pk for each in lost if each.pk not in still]), now)


def _keep(heard: Sequence[Heard], analyser: Analyser, now: datetime) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "now": now,
                "analyser": signature(analyser),
                "person": PERSON,
                "digest": [each.feedback.pk for each in heard],
                "comment": [each.feedback.comment for each in heard],
                "redacted": [redact(each.feedback.comment) for each in heard],
                "polarity": [each.analysis.polarity for each in heard],
                "confidence": [each.analysis.confidence for each in heard],
                "mentions": [Jsonb(_hidden(each.mentions)) for each in heard],
            },
        )
        return {digest for (digest,) in cursor.fetchall()}


def _hidden(mentions: list[list[Any]]) -> list[list[Any]]:
    """The words that made it may hold what is personal too."""
    return [[*each[:4], redact(str(each[4]))] for each in mentions]


def _count(heard: Sequence[Heard], now: datetime) -> None:
    """Each comment is one of the exposure, and one of the value where it says what is counted."""
    metrics = fed_metrics()
    if not metrics:
        return
    source, items = voice_source(), list[dict[str, Any]]()
    revision = int(now.timestamp() * 1_000_000)
    for each in heard:
        place = _place(each.feedback)
        said = {(one[0], one[1]) for one in each.mentions}
        items += [_item(each.feedback, place, metric, said, revision) for metric in metrics]
    for start in range(0, len(items), 5_000):
        accept_items(items[start : start + 5_000], source=source, now=now)


def _item(
    feedback: Feedback,
    place: dict[str, str],
    metric: Metric,
    said: set[tuple[str, str]],
    revision: int,
) -> dict[str, Any]:
    return {
        **place,
        "occurred_at": feedback.occurred_at.isoformat(),
        "metric": metric.key,
        "value": int(says(said, metric.comments)),
        "exposure": 1,
        "segment": feedback.segment,
        "channel": feedback.channel,
        "location": feedback.location,
        "external_id": feedback.pk.hex,
        "revision": revision,
    }


def _place(feedback: Feedback) -> dict[str, str]:
    if feedback.touchpoint:
        return {"touchpoint": feedback.touchpoint.key}
    if feedback.stage:
        return {"stage": feedback.stage.key}
    return {"journey": feedback.journey.key if feedback.journey else ""}


def _forget(rows: list[Feedback], now: datetime) -> None:
    """Withdrawn comments: what was counted of them goes, then the rows."""
    digests = [each.pk for each in rows]
    forget(derived_digests(digests), now)
    with transaction.atomic():
        Feedback.objects.filter(pk__in=digests, comment="").delete()
