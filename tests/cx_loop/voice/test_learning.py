"""What is learnt is kept only when it reads a month it has not seen better than the lexicon."""

import random
from datetime import timedelta

import pytest

from cx_loop.actions.voice import listen
from cx_loop.actions.voice_learning import labelled_comments, learn_from_scores
from cx_loop.models import Feedback, Source
from cx_loop.reads.voice import current_analyser
from tests.cx_loop.ingest.conftest import NOW, accept, airline, make_airline, said, source

__all__ = ["airline", "make_airline", "source"]
pytestmark = pytest.mark.usefixtures("airline")
# no word of the lexicon is in them
DULL = {1: "登机口换了三次 {}", 5: "毛毯厚厚一条 {}"}
PLAIN = {1: "太慢了，态度恶劣 {}", 5: "很好，非常满意 {}"}


def written(source: Source, texts: dict[int, str], many: int = 640) -> None:
    """Scored comments over eighty days, the latest last."""
    rng = random.Random(3)
    items = []
    for place in range(many):
        score = rng.choice((1, 5))
        at = NOW - timedelta(days=80 * (many - place) / many)
        items.append(
            said(
                score,
                comment=texts[score].format(rng.randrange(1000)),
                external_id=f"c{place}",
                occurred_at=at.isoformat(),
            )
        )
    accept(source, *items)


def test_what_beats_the_lexicon_is_kept_and_reads_on(source: Source) -> None:
    written(source, DULL, 900)
    found = learn_from_scores(now=NOW)
    assert found is not None
    assert (found.kept, found.accuracy, found.lexicon_accuracy) == (True, 1.0, 0.5)
    listen(now=NOW, batches=1)
    row = Feedback.objects.filter(comment__startswith="登机口", heard=True).first()
    assert row is not None
    assert row.analyser.startswith(f"learnt@{found.pk} on ")
    assert row.mentions[0][0] == "pain"


def test_what_does_not_is_not_kept(source: Source) -> None:
    written(source, PLAIN, 900)
    found = learn_from_scores(now=NOW)
    assert found is not None
    assert (found.kept, found.lexicon_accuracy, found.numbers) == (False, 1.0, None)
    assert current_analyser().name == "lexicon"


def test_a_night_that_finds_nothing_better_ends_the_model_before(source: Source) -> None:
    written(source, DULL, 900)
    learn_from_scores(now=NOW)
    Feedback.objects.update(comment="很好")
    learn_from_scores(now=NOW + timedelta(days=1))
    assert current_analyser().name == "lexicon"


def test_too_little_teaches_nothing(source: Source) -> None:
    written(source, DULL, 400)
    assert learn_from_scores(now=NOW) is None


def test_scores_in_the_middle_say_nothing(source: Source) -> None:
    accept(
        source,
        *(
            said(value, comment="x", external_id=f"c{value}", metric=metric)
            for metric, value in [("csat", 3), ("csat", 2), ("nps", 7), ("nps", 6), ("nps", 9)]
        ),
    )
    assert sorted(each.delighted for each in labelled_comments(now=NOW)) == [False, False, True]
