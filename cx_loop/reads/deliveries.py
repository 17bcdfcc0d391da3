"""Deliveries of a source, newest first, searched."""

import json
import re
from datetime import datetime

from django.db.models import BinaryField, F, Func, IntegerField, Q, QuerySet, Value

from cx_loop.models import Delivery, HandedFile, Source
from cx_loop.models.source import DeliveryQuerySet

PAGE = 25
LONG_ENOUGH = 6  # characters of what tells one customer from another
SEARCHED = 5_000  # the newest of a source: a word is looked for in their bodies


def deliveries_of(
    source: Source,
    *,
    state: str = "",
    words: str = "",
    since: datetime | None = None,
    before: int | None = None,
) -> tuple[list[Delivery], int | None]:
    """A page of them without their bodies, and the number to go on from, None at the end.

    `words` is part of a body, a reason, or the identifier of a response.
    """
    found = source.deliveries.all()
    if state:
        found = found.filter(state=state)
    if since is not None:
        found = found.filter(received_at__gte=since)
    if words:
        newest = source.deliveries.order_by("-id").values("pk")[:SEARCHED]
        named = Q(responses__contains=[words]) | Q(reason=words)
        found = _compared(found, words, json.dumps(words)[1:-1])
        found = found.filter(named | _HELD, pk__in=newest)
    if before is not None:
        found = found.filter(pk__lt=before)
    page = list(found.defer("body", "answer").order_by("-id")[: PAGE + 1])
    return page[:PAGE], page[PAGE - 1].pk if len(page) > PAGE else None


def naming(text: str) -> QuerySet[Delivery]:
    """Deliveries whose body holds a text, as it is written or as JSON escapes it. A short one only
    as a value of its own: otherwise "7" would stand in all of them."""
    wanted = text if len(text) >= LONG_ENOUGH else f'"{text}"'
    escaped = json.dumps(wanted)[1:-1] if len(text) >= LONG_ENOUGH else json.dumps(text)
    return _compared(Delivery.objects.all(), wanted, escaped).filter(_HELD)


def files_naming(text: str) -> QuerySet[HandedFile]:
    """Files in which a text stands, not as part of a longer word."""
    whole = rf"(^|[^[:alnum:]]){re.escape(text)}($|[^[:alnum:]])"
    return HandedFile.objects.filter(Q(text__regex=whole) | Q(refusals__cells__contains=[text]))


def _compared(found: DeliveryQuerySet, words: str, escaped: str) -> DeliveryQuerySet:
    """With where in the body the words stand, 0 for nowhere."""
    return found.annotate(
        plain=_Holds(Value(words.encode(), BinaryField()), F("body")),
        escaped=_Holds(Value(escaped.encode(), BinaryField()), F("body")),
    )


_HELD = Q(plain__gt=0) | Q(escaped__gt=0)


class _Holds(Func):
    """Whether bytes hold other bytes."""

    template = "position(%(expressions)s)"
    arg_joiner = " in "
    output_field = IntegerField()
