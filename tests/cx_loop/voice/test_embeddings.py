"""Vectors of words from a folder: used where they read the month better, never fetched."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model2vec import StaticModel
from tokenizers import Tokenizer, models, pre_tokenizers

from cx_loop.actions.voice import listen
from cx_loop.actions.voice_learning import learn_from_scores
from cx_loop.models import Feedback, Source
from cx_loop.reads.embeddings import Unusable, current_embedder, embedder_of
from cx_loop.reads.voice import current_analyser
from tests.cx_loop.ingest.conftest import NOW, accept, airline, make_airline, said, source

__all__ = ["airline", "make_airline", "source"]
# each word of the past has one that means the same in the month held out, and shares no letter
PAST = {1: ["gremp", "stolb"], 5: ["vundi", "kaffo"]}
MONTH = {1: ["zyxxu", "wwyzz"], 5: ["qqjjh", "hjjqq"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of eight words, as Model2Vec keeps it: pain points one way, delight the other."""
    sides = {word: score for words in (PAST, MONTH) for score in words for word in words[score]}
    tokens = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(["[UNK]", *sides])}, unk_token="[UNK]")
    )
    tokens.pre_tokenizer = pre_tokenizers.Whitespace()
    rows = [
        [0.0, 0.0],
        *(
            [1.0, 0.1 * at] if sides[word] == 5 else [-1.0, 0.1 * at]
            for at, word in enumerate(sides)
        ),
    ]
    made = StaticModel(np.array(rows, dtype=np.float32), tokens)
    made.save_pretrained(tmp_path / "tiny")
    return tmp_path / "tiny"


def written(source: Source, month: dict[int, list[str]]) -> None:
    """Nine hundred scored comments of eighty days, the last thirty in the words of `month`."""
    rng, items = random.Random(3), []
    for place in range(900):
        score, days = rng.choice((1, 5)), 80 * (900 - place) / 900
        words = rng.choice((PAST if days > 30 else month)[score])
        at = (NOW - timedelta(days=days)).isoformat()
        items.append(said(score, comment=words, external_id=f"c{place}", occurred_at=at))
    accept(source, *items)


@pytest.mark.usefixtures("airline")
def test_vectors_that_read_the_month_better_are_kept_and_named(
    source: Source, folder: Path, settings: Any
) -> None:
    settings.VOICE_EMBEDDINGS = str(folder)
    written(source, MONTH)
    found = learn_from_scores(now=NOW)
    assert found is not None
    assert (found.kept, found.accuracy, found.lexicon_accuracy) == (True, 1.0, 0.5)
    listen(now=NOW, batches=1)
    row = Feedback.objects.filter(heard=True).earliest("occurred_at", "digest")
    assert row.analyser == f"learnt@{found.pk} on 1 with {found.embeddings}"
    assert found.embeddings.startswith("tiny@")
    settings.VOICE_EMBEDDINGS = ""
    assert current_analyser().name == "lexicon"


@pytest.mark.usefixtures("airline")
def test_vectors_that_help_nothing_are_not_kept(
    source: Source, folder: Path, settings: Any
) -> None:
    settings.VOICE_EMBEDDINGS = str(folder)
    written(source, PAST)
    found = learn_from_scores(now=NOW)
    assert found is not None
    assert (found.kept, found.embeddings, found.embeddings_accuracy) == (True, "", 1.0)


def test_other_files_are_other_vectors(folder: Path) -> None:
    first = embedder_of(folder)
    assert embedder_of(folder) is first
    (folder / "config.json").write_text('{"normalize": true}')
    assert embedder_of(folder).name != first.name


def test_a_name_that_is_no_folder_is_asked_of_nobody(settings: Any, tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"no_folder|not_installed"):
        embedder_of(tmp_path / "minishlab" / "potion")
    settings.VOICE_EMBEDDINGS = "minishlab/potion"
    assert current_embedder() is None
