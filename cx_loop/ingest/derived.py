"""What is counted of comments: observations of a source of their own, known by the comment's key.

So they are corrected, erased and replayed like any other.
"""

from collections.abc import Iterable
from uuid import UUID

from cx_loop.ingest.digests import digest_of
from cx_loop.models import Metric, Source

VOICE = "voice"


def voice_source() -> Source:
    return Source.objects.get_or_create(key=VOICE, defaults={"tool": VOICE})[0]


def fed_metrics() -> list[Metric]:
    """The metrics in force that count comments."""
    return list(Metric.objects.filter(retired_at=None).exclude(comments="").order_by("key"))


def derived_digests(comments: Iterable[UUID]) -> list[UUID]:
    """The keys of what was counted of comments; retired metrics too."""
    keys = list(Metric.objects.exclude(comments="").values_list("key", flat=True))
    source = Source.objects.filter(key=VOICE).first() if keys else None
    if source is None:
        return []
    return [
        UUID(bytes=digest_of(source.pk, comment.hex, key)) for comment in comments for key in keys
    ]
