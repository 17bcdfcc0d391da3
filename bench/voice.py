"""`bench voice`: how fast comments are read, and how well where labelled comments are at hand.

Public labelled sets are not shipped, most state no licence: `CX_VOICE_SETS` names a folder of CSV
files (`.csv`, `.csv.gz`) with the columns `label` (1 delight, 0 pain) and `review`, or
`airline_sentiment` and `text`. `waimai…` is read as the delivery set, `…htl…` or `…hotel…` as hotel
reviews; another name is measured without a limit. The linear model learns from 1,000 of a set and
is tried on the rest, which is where `baseline` comes from too.
"""

import csv
import gzip
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO

from bench.comments import comments
from bench.figures import Figure
from config.env import VOICE_SETS
from cx_loop.logic.voice.analysers import Analyser, LearntAnalyser
from cx_loop.logic.voice.lexicon import LexiconAnalyser
from cx_loop.logic.voice.linear import learn
from cx_loop.logic.voice.shares import balanced_accuracy
from cx_loop.logic.voice.words import parse_lexicon
from cx_loop.reads.lexicon import shipped_words

FASTEST, FAST = 40_000, 4_000  # texts a second: lexicon, learnt
LABELS = 1_000
TEXTS, QUICK_TEXTS, TRIES = 20_000, 2_000, 5
_MOST_TRIED = 20_000
_SIDES = {"1": True, "0": False, "positive": True, "negative": False}


@dataclass(frozen=True, slots=True)
class Kind:
    """A set as its file is named: accuracy that must be reached, and what an independent lexicon
    and an independent linear model of 1,000 labels had on it (None: not known)."""

    name: str
    parts: tuple[str, ...]
    must: float | None
    lexicon: float | None
    linear: float | None


KINDS = (
    Kind("delivery", ("waimai", "delivery"), 0.84, 0.67, 0.88),
    Kind("hotel reviews", ("htl", "hotel"), 0.85, 0.83, 0.88),
    Kind("shopping", ("shopping",), None, 0.78, 0.87),
    Kind("sentences", ("uci", "sentence"), None, 0.72, 0.77),
    Kind("airline tweets", ("airline", "tweet"), None, 0.61, 0.90),
)


@dataclass(frozen=True, slots=True)
class Labelled:
    kind: Kind
    texts: list[str]
    sides: list[bool]


def measure(say: Callable[[str], None], *, quick: bool = False) -> list[Figure]:
    lexicon = LexiconAnalyser(parse_lexicon(shipped_words()))
    made = comments(QUICK_TEXTS if quick else TEXTS)
    length = statistics.mean(map(len, made.texts))
    learnt = _learnt(lexicon, made.texts[:LABELS], made.sides[:LABELS])
    name = f"made comments of {length:.0f} characters"
    figures = [
        _speed(f"lexicon, {name}", lexicon, made.texts, FASTEST),
        _speed(f"linear, {name}", learnt, made.texts, FAST),
    ]
    say(f"voice: {figures[0].value:.0f} and {figures[1].value:.0f} texts a second")
    for found in _sets():
        figures += _on(found, lexicon)
        say(f"voice: {found.kind.name}, {len(found.texts)} comments")
    return figures


def _on(found: Labelled, lexicon: LexiconAnalyser) -> list[Figure]:
    name, kind = found.kind.name, found.kind
    by_words = _accuracy(lexicon, found.texts, found.sides)
    figures = [
        Figure(f"{name}: lexicon, balanced accuracy", by_words, "share", baseline=kind.lexicon)
    ]
    if len(found.texts) >= 2 * LABELS:
        learnt = _learnt(lexicon, found.texts[:LABELS], found.sides[:LABELS])
        rest = slice(LABELS, LABELS + _MOST_TRIED)
        said = _accuracy(learnt, found.texts[rest], found.sides[rest])
        title = f"{name}: linear, {LABELS} labels, balanced accuracy"
        figures += [
            Figure(title, said, "share", kind.must, baseline=kind.linear, at_least=True),
            _speed(f"{name}: linear", learnt, found.texts[:TEXTS], FAST),
        ]
    return [*figures, _speed(f"{name}: lexicon", lexicon, found.texts[:TEXTS], None)]


def _learnt(lexicon: LexiconAnalyser, texts: Sequence[str], sides: Sequence[bool]) -> Analyser:
    leanings = [each.polarity for each in lexicon.analyse(texts)]
    return LearntAnalyser(lexicon, learn(texts, sides, leanings), 1)


def _accuracy(analyser: Analyser, texts: Sequence[str], sides: Sequence[bool]) -> float:
    return balanced_accuracy(sides, [each.polarity > 0 for each in analyser.analyse(texts)])


def _speed(name: str, analyser: Analyser, texts: Sequence[str], must: float | None) -> Figure:
    """Median of what this processor reads in a second of its own time: others may use it too."""
    rates = []
    for _ in range(TRIES):
        began = time.thread_time()
        for start in range(0, len(texts), 500):
            analyser.analyse(texts[start : start + 500])
        rates.append(len(texts) / (time.thread_time() - began))
    value, spread = statistics.median(rates), (min(rates), max(rates))
    return Figure(f"{name}, speed", value, "texts/s", must, spread=spread, at_least=True)


def _sets() -> Iterator[Labelled]:
    if not VOICE_SETS:
        return
    for path in sorted(Path(VOICE_SETS).glob("*.csv*")):
        rows = list(_rows(path))
        if len({side for _, side in rows}) == 2:
            random.Random(1).shuffle(rows)
            yield Labelled(_kind(path), [text for text, _ in rows], [side for _, side in rows])


def _kind(path: Path) -> Kind:
    name = path.name.lower()
    plain = Kind(path.name.partition(".")[0], (), None, None, None)
    return next((each for each in KINDS if any(part in name for part in each.parts)), plain)


def _rows(path: Path) -> Iterator[tuple[str, bool]]:
    with path.open("rb") as raw, _opened(raw, path) as file:
        for row in csv.DictReader(file):
            side = _SIDES.get(row.get("label") or row.get("airline_sentiment") or "")
            text = row.get("review") or row.get("text") or ""
            if side is not None and text:
                yield text, side


def _opened(raw: BinaryIO, path: Path) -> TextIOWrapper:
    packed = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
    return TextIOWrapper(packed, "utf-8-sig", newline="")
