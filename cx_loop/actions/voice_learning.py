"""Learning from the organisation's own scored comments, once a night.

A score beside a comment says whether it is pain or delight; so does a person who corrected one.
What was learnt is kept only when it reads the latest month, which it has not seen, better than the
lexicon does. Otherwise the lexicon reads on.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from cx_loop.logic.voice.lexicon import LexiconAnalyser
from cx_loop.logic.voice.linear import learn
from cx_loop.logic.voice.shares import balanced_accuracy, label_of
from cx_loop.models import Metric, VoiceModel
from cx_loop.reads.lexicon import current_lexicon

HELD_OUT = timedelta(days=30)
FEWEST, FEWEST_OF_EACH = 500, 100  # labelled comments to learn from
FEWEST_TRIED = 20  # of each class in the month held out
BETTER_BY = 0.03
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
    leanings = [each.polarity for each in lexicon.analyse([each.text for each in past])]
    model = learn([each.text for each in past], [each.delighted for each in past], leanings)
    texts, truth = [each.text for each in month], [each.delighted for each in month]
    heard = [each.polarity for each in lexicon.analyse(texts)]
    accuracy = balanced_accuracy(truth, list(model.polarity(texts, heard) > 0))
    by_lexicon = balanced_accuracy(truth, [each > 0 for each in heard])
    kept = accuracy >= by_lexicon + BETTER_BY
    with transaction.atomic():
        # the numbers of earlier nights are of no use any more
        VoiceModel.objects.filter(kept=True).update(kept=False)
        VoiceModel.objects.exclude(numbers=None).update(numbers=None)
        made = VoiceModel.objects.create(
            learnt_at=now,
            lexicon=lexicon.version,
            learnt_from=len(past),
            tried_on=len(month),
            accuracy=accuracy,
            lexicon_accuracy=by_lexicon,
            kept=kept,
            numbers=model.dump() if kept else None,
        )
        old = VoiceModel.objects.order_by("-learnt_at").values_list("pk", flat=True)[KEPT_ROWS:]
        VoiceModel.objects.filter(pk__in=list(old)).delete()
    return made


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
