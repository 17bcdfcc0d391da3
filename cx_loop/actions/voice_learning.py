"""Learning from the organisation's own scored comments, once a night.

A score beside a comment says whether it is pain or delight; so does a person who corrected one.
What was learnt is kept only when it reads the latest month, which it has not seen, better than the
lexicon does. Otherwise the lexicon reads on. Where embeddings are at hand it is learnt a second
time with them, and that is kept only when it reads the month better than both.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, transaction

from cx_loop.logic.voice.lexicon import LexiconAnalyser
from cx_loop.logic.voice.linear import Floats, Linear, learn
from cx_loop.logic.voice.shares import balanced_accuracy, label_of
from cx_loop.models import Metric, VoiceModel
from cx_loop.reads.embeddings import current_embedder
from cx_loop.reads.lexicon import current_lexicon

HELD_OUT = timedelta(days=30)
FEWEST, FEWEST_OF_EACH = 500, 100  # labelled comments to learn from
FEWEST_TRIED = 20  # of each class in the month held out
BETTER_BY = 0.03
VECTORS_BETTER_BY = 0.01  # than what was learnt without them
MOST = 8_000  # the latest: more would not fit the time of a job, nor tell much more
KEPT_ROWS = 60  # nights that are told of

_SCORED = """
SELECT said.comment, said.occurred_at, said.corrected_by_id IS NOT NULL, said.mentions,
       scored.value, metric.id
FROM cx_loop_feedback AS said
LEFT JOIN cx_loop_series AS series ON series.id = said.series_id
LEFT JOIN cx_loop_metric AS metric ON metric.id = series.metric_id
LEFT JOIN cx_loop_observation AS scored
    ON scored.digest = said.digest AND scored.series_id = said.series_id
   AND scored.occurred_at = said.occurred_at
WHERE said.comment <> '' AND (said.corrected_by_id IS NOT NULL OR scored.value IS NOT NULL)
  AND said.occurred_at <= %(now)s
ORDER BY said.occurred_at DESC, said.digest LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Labelled:
    text: str
    at: datetime
    delighted: bool


@dataclass(frozen=True, slots=True)
class Features:
    """Texts, the lexicon's polarity of each, and their vectors, texts × parts, if any."""

    texts: list[str]
    leanings: list[float]
    vectors: Floats | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was learnt, and how much of the month held out it read right."""

    model: Linear
    accuracy: float


@dataclass(frozen=True, slots=True)
class Tried:
    by_lexicon: float
    linear: Candidate
    with_vectors: Candidate | None = None
    embeddings: str = ""

    @property
    def best(self) -> Candidate:
        """With vectors only where they help: a folder more that must be there."""
        return self.with_vectors if self.vectors_help and self.with_vectors else self.linear

    @property
    def vectors_help(self) -> bool:
        """A tie would be chance."""
        more = self.with_vectors
        return more is not None and more.accuracy >= self.linear.accuracy + VECTORS_BETTER_BY


def learn_from_scores(*, now: datetime) -> VoiceModel | None:
    """Learn, try on the month held out, keep what is better. None where there is too little."""
    labelled = labelled_comments(now=now)
    split = now - HELD_OUT
    past = [each for each in labelled if each.at < split]
    month = [each for each in labelled if each.at >= split]
    if len(past) < FEWEST or not _has_both(past, FEWEST_OF_EACH):
        return None
    if not _has_both(month, FEWEST_TRIED):
        return None
    lexicon = LexiconAnalyser(current_lexicon())
    tried = _try_all(past, month, lexicon)
    best = tried.best
    kept = best.accuracy >= tried.by_lexicon + BETTER_BY
    with transaction.atomic():
        # the numbers of earlier nights are of no use any more
        VoiceModel.objects.filter(kept=True).update(kept=False)
        VoiceModel.objects.exclude(numbers=None).update(numbers=None)
        made = VoiceModel.objects.create(
            learnt_at=now,
            lexicon=lexicon.version,
            learnt_from=len(past),
            tried_on=len(month),
            accuracy=best.accuracy,
            lexicon_accuracy=tried.by_lexicon,
            embeddings=tried.embeddings if tried.vectors_help else "",
            embeddings_accuracy=tried.with_vectors.accuracy if tried.with_vectors else None,
            kept=kept,
            numbers=best.model.dump() if kept else None,
        )
        old = VoiceModel.objects.order_by("-learnt_at").values_list("pk", flat=True)[KEPT_ROWS:]
        VoiceModel.objects.filter(pk__in=list(old)).delete()
    return made


def _try_all(past: list[Labelled], month: list[Labelled], lexicon: LexiconAnalyser) -> Tried:
    """The lexicon, what is learnt leaning on it, and the same with vectors, where there are any,
    on one and the same month."""
    before, after = _read(past, lexicon), _read(month, lexicon)
    truth = [each.delighted for each in month]
    by_lexicon = balanced_accuracy(truth, [each > 0 for each in after.leanings])
    linear = _try(past, before, after, truth)
    embedder = current_embedder()
    if embedder is None:
        return Tried(by_lexicon, linear)
    seen, unseen = embedder.vectors(before.texts), embedder.vectors(after.texts)
    more = _try(past, replace(before, vectors=seen), replace(after, vectors=unseen), truth)
    return Tried(by_lexicon, linear, more, embedder.name)


def _read(labelled: list[Labelled], lexicon: LexiconAnalyser) -> Features:
    texts = [each.text for each in labelled]
    return Features(texts, [each.polarity for each in lexicon.analyse(texts)])


def _try(past: list[Labelled], before: Features, after: Features, truth: list[bool]) -> Candidate:
    sides = [each.delighted for each in past]
    model = learn(before.texts, sides, before.leanings, before.vectors)
    said = model.polarity(after.texts, after.leanings, after.vectors) > 0
    return Candidate(model, balanced_accuracy(truth, list(said)))


def labelled_comments(*, now: datetime) -> list[Labelled]:
    """The latest comments of which a score, or a person, says what they are."""
    metrics = {each.pk: each for each in Metric.objects.all()}
    found = []
    with connection.cursor() as cursor:
        cursor.execute(_SCORED, {"now": now, "most": MOST})
        for text, at, corrected, mentions, value, metric in cursor.fetchall():
            side = _corrected(mentions) if corrected else _scored(metrics.get(metric), value)
            if side is not None:
                found.append(Labelled(text, at, side))
    return found


def _scored(metric: Metric | None, value: float | None) -> bool | None:
    if metric is None or value is None:
        return None
    return label_of(
        metric.kind, metric.low, metric.high, value, higher_is_better=metric.higher_is_better
    )


def _corrected(mentions: str) -> bool | None:
    """What a person found there; None of both, and of a wish alone."""
    kinds = {each[0] for each in json.loads(mentions)}
    if ("pain" in kinds) == ("delight" in kinds):
        return None
    return "delight" in kinds


def _has_both(labelled: list[Labelled], fewest: int) -> bool:
    delights = sum(each.delighted for each in labelled)
    return delights >= fewest and len(labelled) - delights >= fewest
