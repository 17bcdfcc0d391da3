import io
import random

import numpy as np
import pytest

from cx_loop.logic.voice.linear import PLACES, features, learn, load

PLACES_OF_SLOW_A = [37723, 57602, 81049, 107409, 163406, 206098, 232661]
PAINS = ("登机口换了三次", "gate changed twice", "行李转盘坏", "bag came wet")
DELIGHTS = ("毛毯又厚又暖", "blanket was thick", "机长亲自送行", "crew sang for us")


def comments(many: int, seed: int = 1) -> tuple[list[str], list[bool]]:
    rng = random.Random(seed)
    sides = [rng.random() < 0.5 for _ in range(many)]
    texts = [
        f"{rng.randrange(99)} {rng.choice(DELIGHTS if each else PAINS)} {rng.randrange(99)}"
        for each in sides
    ]
    return texts, sides


def test_it_learns_what_the_lexicon_has_no_word_for() -> None:
    texts, sides = comments(200)
    model = learn(texts, sides, [0.0] * len(texts))
    others, truth = comments(50, seed=2)
    assert ((model.polarity(others, [0.0] * 50) > 0) == np.array(truth)).all()


def test_it_says_which_pieces_weighed_most() -> None:
    texts, sides = comments(200)
    model = learn(texts, sides, [0.0] * len(texts))
    (piece, *_) = model.reasons("昨天行李转盘坏", -1.0)
    assert piece in "行李转盘坏"


def test_the_lexicons_word_counts() -> None:
    texts, sides = comments(200)
    model = learn(texts, sides, [0.5 if each else -0.5 for each in sides])
    low, high = model.polarity(["x", "x"], [-0.5, 0.5])
    assert low < high


def test_what_is_kept_is_numbers_that_say_the_same() -> None:
    texts, sides = comments(120)
    model = learn(texts, sides, [0.0] * len(texts))
    again = load(model.dump())
    assert again.polarity(texts, [0.0] * 120) == pytest.approx(
        model.polarity(texts, [0.0] * 120), abs=1e-5
    )


def test_vectors_tell_what_no_piece_of_a_word_could() -> None:
    sides = [place % 2 == 0 for place in range(200)]
    vectors = np.array([[1.0, 0.0] if each else [0.0, 1.0] for each in sides])
    model = load(learn(["same"] * 200, sides, [0.0] * 200, vectors).dump())
    said = model.polarity(["same", "same"], [0.0, 0.0], np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert said[0] > 0 > said[1]


def test_a_pickle_is_not_opened() -> None:
    kept = io.BytesIO()
    np.savez(kept, places=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        load(kept.getvalue())


def test_both_classes_are_needed() -> None:
    with pytest.raises(ValueError, match="Both"):
        learn(["a", "b"], [True, True], [0.0, 0.0])


def test_pieces_never_reach_over_the_end_of_a_text() -> None:
    alone = features(["ab"])
    beside = features(["ab", "cd", ""])
    assert set(alone.indices) == set(beside[[0]].indices)
    assert beside.shape == (3, PLACES)


def test_the_places_of_a_piece_never_change() -> None:
    """Otherwise a model that is kept would read another language."""
    assert sorted(features(["慢a"]).indices.tolist()) == PLACES_OF_SLOW_A
