"""A linear model of feeling, learnt from an organisation's own scored comments.

Features: which one-, two- and three-character pieces a text has (by a hash into 2^18 places), each
weighed by how much more often one class has it than the other, the whole scaled to length 1; and
what the lexicon makes of the text. Where vectors of the texts are at hand (embeddings: what words
mean, learnt from other texts), their parts are features too. Weights: logistic regression with both
classes weighed alike and a quadratic penalty. Wang and Manning, Baselines and Bigrams: Simple, Good
Sentiment and Topic Classification, ACL 2012 (the log-count ratio); Hastie, Tibshirani, Friedman,
The Elements of Statistical Learning, 2nd ed., 4.4 (the regression). Nothing but numbers is kept.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack
from scipy.special import expit

from cx_loop.logic.voice.words import fold

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NO_VECTORS: Floats = np.zeros(0)
PLACES = 1 << 18
LONGEST = 2_000  # characters of a text that are read: the rest says it again
_PENALTY = 0.3
_FAINT = 0.05  # what a piece counts that tells neither class
_AT_ONCE = 256  # texts: more would not fit a processor's cache
_MOST_STEPS = 60
# odd constants of Knuth's and Steele's multiplicative hashes; what matters is that they stay
_MULTIPLIERS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


@dataclass(frozen=True, slots=True)
class Linear:
    """places: sorted, which of 2^18 were seen when it was learnt; how telling each is, and its
    weight; `leaning` weighs what the lexicon says, `meaning` the parts of the texts' vectors
    (empty: it was learnt without)."""

    places: Ints
    telling: Floats
    weights: Floats
    leaning: float
    bias: float
    meaning: Floats = field(default_factory=lambda: NO_VECTORS)

    def polarity(
        self, texts: Sequence[str], leanings: Sequence[float], vectors: Floats | None = None
    ) -> Floats:
        """-1..1 of each: twice the probability of delight, less 1. `leanings`: the lexicon's
        polarity of each text; `vectors`: texts × parts, where it was learnt with them."""
        telling = _everywhere(self.places, self.telling)
        weights = _everywhere(self.places, self.weights)
        margins = [
            _scaled(features(texts[start : start + _AT_ONCE]), telling) @ weights
            for start in range(0, len(texts), _AT_ONCE)
        ]
        margin = np.concatenate([*margins, np.zeros(0)])
        leant = self.leaning * np.asarray(leanings, dtype=np.float64)
        if len(self.meaning):
            assert vectors is not None
            leant = leant + vectors @ self.meaning
        said: Floats = 2 * expit(margin + leant + self.bias) - 1
        return said

    def reasons(self, text: str, polarity: float, most: int = 3) -> list[str]:
        """The pieces of the text that weigh most towards what was said of it."""
        low = fold(text)[:LONGEST]
        pieces = [low[at : at + size] for size in (2, 3) for at in range(len(low) - size + 1)]
        pieces = sorted({piece for piece in pieces if piece.strip() == piece})
        if not pieces:
            return []
        weights = _everywhere(self.places, self.weights * self.telling)
        pulls = (features(pieces) @ weights) * (1 if polarity > 0 else -1)
        ranked = sorted(zip(pulls, pieces, strict=True), key=lambda each: (-each[0], each[1]))
        return [piece for pull, piece in ranked[:most] if pull > 0]

    def dump(self) -> bytes:
        """Arrays of plain numbers in NumPy's own format, without pickle."""
        kept = io.BytesIO()
        np.savez_compressed(
            kept,
            places=self.places.astype(np.int32),
            telling=self.telling.astype(np.float32),
            weights=self.weights.astype(np.float32),
            ends=np.array([self.leaning, self.bias]),
            meaning=self.meaning.astype(np.float32),
        )
        return kept.getvalue()


def load(kept: bytes) -> Linear:
    """Raises ValueError for anything but arrays of numbers."""
    with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
        places = arrays["places"].astype(np.int64)
        leaning, bias = map(float, arrays["ends"])
        return Linear(
            places,
            arrays["telling"].astype(np.float64),
            arrays["weights"].astype(np.float64),
            leaning,
            bias,
            # a night before there were any kept none
            arrays["meaning"].astype(np.float64) if "meaning" in arrays else NO_VECTORS,
        )


def learn(
    texts: Sequence[str],
    delighted: Sequence[bool],
    leanings: Sequence[float],
    vectors: Floats | None = None,
) -> Linear:
    """`leanings`: the lexicon's polarity of each text; `vectors`: texts × parts, each text's of
    length 1, or None. Raises ValueError without both classes."""
    wanted = np.where(np.asarray(delighted, dtype=bool), 1.0, -1.0)
    counts = {side: int((wanted == side).sum()) for side in (-1.0, 1.0)}
    if not all(counts.values()):
        raise ValueError("Both pain and delight are needed.")
    table = features(texts)
    places, columns = np.unique(table.indices, return_inverse=True)
    ones = np.ones(len(columns))
    narrow = csr_array((ones, columns, table.indptr), shape=(len(texts), len(places)))
    telling = _telling(narrow, wanted)
    leant = csr_array(np.asarray(leanings, dtype=np.float64)[:, None])
    meant = [] if vectors is None else [csr_array(vectors)]
    scaled = csr_array(hstack([_scaled(narrow, telling), leant, *meant]))
    shares = np.where(wanted > 0, counts[1.0], counts[-1.0])
    found = _fit(scaled, wanted, len(texts) / (2 * shares))
    pieces, leaning, meaning = np.split(found[:-1], [len(places), len(places) + 1])
    return Linear(
        places.astype(np.int64), telling, pieces, float(leaning[0]), float(found[-1]), meaning
    )


def _telling(table: csr_array, wanted: Floats) -> Floats:
    """How far the log-count ratio of each column is from 0."""
    has = [1 + np.asarray(table[wanted == side].sum(axis=0)).ravel() for side in (1.0, -1.0)]
    ratio: Floats = np.abs(np.log(has[0] / has[0].sum()) - np.log(has[1] / has[1].sum())) + _FAINT
    return ratio


def features(texts: Sequence[str]) -> csr_array:
    """Texts × 2^18, 1 where a text has a piece that hashes there; all texts at once."""
    low = ["\0" + fold(text)[:LONGEST] + "\0" for text in texts]
    codes = np.frombuffer("".join(low).encode("utf-32-le", "replace"), dtype=np.uint32)
    letters = codes.astype(np.uint64)
    rows = np.repeat(np.arange(len(low)), [len(text) for text in low])
    hashed, within = _pieces(letters, rows)
    keys = np.unique(within * PLACES + hashed)
    owners, places = np.divmod(keys, PLACES)
    starts = np.searchsorted(owners, np.arange(len(low) + 1))
    return csr_array(
        (np.ones(len(keys)), places.astype(np.int32), starts.astype(np.int32)),
        shape=(len(low), PLACES),
    )


def _pieces(letters: npt.NDArray[np.uint64], rows: Ints) -> tuple[Ints, Ints]:
    """Hash and text of every piece; none reaches over the end of its text."""
    hashes, owners = [], []
    running = np.zeros_like(letters)
    for size, multiplier in enumerate(_MULTIPLIERS, start=1):
        ends = letters[size - 1 :]
        running = (running[: len(ends)] + ends + np.uint64(size)) * np.uint64(multiplier)
        running ^= running >> np.uint64(29)
        first, last = rows[: len(ends)], rows[size - 1 :]
        inside = first == last
        if size == 1:
            inside &= letters != 0
        hashes.append((running[inside] >> np.uint64(40)).astype(np.int64) % PLACES)
        owners.append(first[inside])
    return np.concatenate(hashes), np.concatenate(owners)


def _everywhere(places: Ints, values: Floats) -> Floats:
    spread = np.zeros(PLACES)
    spread[places] = values
    return spread


def _scaled(table: csr_array, telling: Floats) -> csr_array:
    weighed = telling[table.indices]
    lengths = np.diff(table.indptr)
    rows = np.repeat(np.arange(len(lengths)), lengths)
    norms = np.sqrt(np.bincount(rows, weights=weighed**2, minlength=len(lengths)))
    norms[norms == 0] = 1
    return csr_array((weighed / norms[rows], table.indices, table.indptr), shape=table.shape)


def _fit(table: csr_array, wanted: Floats, worth: Floats) -> Floats:
    """Weights and, last, the bias, which is not penalised."""
    turned = table.T.tocsr()

    def loss(point: Floats) -> tuple[float, Floats]:
        weights = point[:-1]
        margins = wanted * (table @ weights + point[-1])
        lost = float((worth * np.logaddexp(0, -margins)).sum())
        pulls = -worth * wanted * expit(-margins)
        slopes = np.append(turned @ pulls + _PENALTY * weights, pulls.sum())
        return lost + _PENALTY / 2 * float(weights @ weights), slopes

    start = np.zeros(table.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _MOST_STEPS})
    weights: Floats = found.x
    return weights
