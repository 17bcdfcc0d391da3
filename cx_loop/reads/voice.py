"""Who reads comments now, and what was heard where."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from cx_loop.logic.voice.analysers import Analyser, LearntAnalyser
from cx_loop.logic.voice.lexicon import LexiconAnalyser
from cx_loop.logic.voice.linear import Linear, load
from cx_loop.logic.voice.shares import prevailing
from cx_loop.logic.voice.words import CATEGORIES, DELIGHT, KINDS, PAIN, Lexicon
from cx_loop.models import Feedback, Touchpoint, VoiceModel
from cx_loop.models.prepared import Rows
from cx_loop.reads.embeddings import current_embedder
from cx_loop.reads.lexicon import current_lexicon

WEEK = timedelta(days=7)
WEEKS = 12  # of themes on a page
EXAMPLES = 3  # of a category


def current_analyser() -> Analyser:
    """The newest learnt model if it was kept, else the lexicon; the lexicon too where the vectors
    it was learnt with are not there any more, until the next night."""
    lexicon = _reader(current_lexicon())
    newest = VoiceModel.objects.defer("numbers").first()
    if newest is None or not newest.kept:
        return lexicon
    embedder = current_embedder() if newest.embeddings else None
    if newest.embeddings and (embedder is None or embedder.name != newest.embeddings):
        return lexicon
    return LearntAnalyser(lexicon, _numbers(newest.pk), newest.pk, embedder)


@lru_cache(maxsize=2)
def _reader(lexicon: Lexicon) -> LexiconAnalyser:
    return LexiconAnalyser(lexicon)


@lru_cache(maxsize=1)
def _numbers(pk: int) -> Linear:
    kept = VoiceModel.objects.get(pk=pk).numbers
    assert kept is not None
    return load(bytes(kept))


def comments_behind(
    touchpoint_id: int, since: datetime, until: datetime, dimensions: dict[str, str]
) -> QuerySet[Feedback]:
    """What was written at a touchpoint in [since, until), of one part of its customers."""
    here = Feedback.objects.filter(
        touchpoint_id=touchpoint_id, occurred_at__gte=since, occurred_at__lt=until, **dimensions
    )
    return here.exclude(comment="").order_by("-occurred_at", "digest")


def prevailing_pain(rows: Rows) -> str:
    """The pain category that prevails in comments, or ''.

    `rows`: whether it was listened to, its mentions as JSON, its words. What nobody has listened
    to yet is read here: a breach opens before the job comes by.
    """
    said = [
        [(each[0], each[1]) for each in json.loads(mentions)]
        for heard, mentions, _ in rows
        if heard
    ]
    fresh = [comment for heard, _, comment in rows if not heard]
    if fresh:
        read = current_analyser().analyse(fresh)
        said += [[(each.kind, each.category) for each in one.mentions] for one in read]
    return prevailing(said)


@dataclass(frozen=True, slots=True)
class Theme:
    """How often one kind of one category was named at a touchpoint in the latest four weeks and in
    the four before, out of how many comments; `weeks`: the oldest first, as a share in percent or
    None where nobody wrote."""

    kind: str
    category: str
    count: int
    of: int
    before: int
    before_of: int
    weeks: tuple[float | None, ...]
    examples: tuple[Feedback, ...]

    @property
    def share(self) -> float:
        return 100 * self.count / self.of if self.of else 0.0

    @property
    def share_before(self) -> float | None:
        return 100 * self.before / self.before_of if self.before_of else None


def themes_of(touchpoint: Touchpoint, *, now: datetime, weeks: int = WEEKS) -> list[Theme]:
    """What customers speak of at a touchpoint, the most frequent first; nothing that is not said.

    The latest 4,000 comments of the weeks: more would not change what stands out.
    """
    since = now - weeks * WEEK
    heard = Feedback.objects.filter(touchpoint=touchpoint, heard=True, occurred_at__gte=since)
    latest = heard.filter(occurred_at__lte=now).exclude(comment="").order_by("-occurred_at")
    said = list(latest.defer("comment")[:4_000])
    totals = Counter(_week(each.occurred_at, now) for each in said)
    counts: Counter[tuple[str, str, int]] = Counter()
    examples: dict[tuple[str, str], list[Feedback]] = {}
    for each in said:
        for kind, category in sorted({(one[0], one[1]) for one in each.mentions}):
            counts[(kind, category, _week(each.occurred_at, now))] += 1
            examples.setdefault((kind, category), []).append(each)
    found = [
        _theme(kind, category, counts, totals, examples[(kind, category)], weeks)
        for kind in KINDS
        for category in (*CATEGORIES, "")
        if (kind, category) in examples
    ]
    return sorted(found, key=lambda theme: -theme.count)


def _theme(
    kind: str,
    category: str,
    counts: Counter[tuple[str, str, int]],
    totals: Counter[int],
    examples: Sequence[Feedback],
    weeks: int,
) -> Theme:
    named = [counts[(kind, category, back)] for back in range(weeks)]
    every = [totals[back] for back in range(weeks)]
    shares = [100 * n / of if of else None for n, of in zip(named, every, strict=True)]
    return Theme(
        kind,
        category,
        sum(named[:4]),
        sum(every[:4]),
        sum(named[4:8]),
        sum(every[4:8]),
        tuple(reversed(shares)),
        tuple(examples[:EXAMPLES]),
    )


def _week(moment: datetime, now: datetime) -> int:
    """How many weeks back: 0 is the seven days up to now."""
    return int((now - moment) / WEEK)


def pained(comments: Iterable[Feedback]) -> list[Feedback]:
    """Those that name a pain first, then wishes, then the rest, in the order given."""

    def rank(each: Feedback) -> int:
        kinds = {one[0] for one in each.mentions}
        return 0 if PAIN in kinds else 2 if DELIGHT in kinds or not kinds else 1

    return sorted(comments, key=rank)


def comments_for(
    seen: QuerySet[Feedback], *, kind: str = "", category: str = "", origin: str = ""
) -> QuerySet[Feedback]:
    """Those that mention a kind, a category, or both together in one breath, of one kind of source
    ("survey": those that are of none)."""
    if origin == "survey":
        seen = seen.filter(Q(source__options__kind=None) | Q(source__options__kind=""))
    elif origin:
        seen = seen.filter(source__options__kind=origin)
    if not kind and not category:
        return seen
    wanted = Q()
    for one in [kind] if kind else KINDS:
        for other in [category] if category else (*CATEGORIES, ""):
            wanted |= Q(mentions__contains=_pattern(one, other))
    return seen.filter(wanted)


def _pattern(kind: str, category: str) -> list[Any]:
    return [[kind, category]]
