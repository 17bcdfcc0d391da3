"""What a comment says, clause by clause, with the words that made it: no training needed.

A feeling counts where it stands, the other way round within the reach of a negation, more after a
contrast (但是, but), and as an unmet wish in a clause that wishes. One without a category takes
that of the topic beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cx_loop.logic.voice.words import DELIGHT, PAIN, WISH, Lexicon, Meaning, fold

TURNED = 0.8  # a feeling that is negated is weaker than its opposite: "not bad" is not "good"
LACKING = 0.7  # "no towels" is a pain that no word of feeling names
WISHING = 0.25  # whoever wishes is not content, yet not in pain
AFTER_CONTRAST = 1.6
ENDS = "。！？!?.\n"  # of a sentence: what a contrast stresses is over
UNSURE = 0.3  # confidence below which a person should look


class Mention(NamedTuple):
    """kind: pain, wish or delight; category: '' where no topic is named; [start, end) of the text;
    words: what made it, as they stand there."""

    kind: str
    category: str
    start: int
    end: int
    words: str


class Analysis(NamedTuple):
    """polarity: -1..1; confidence: 0..1."""

    polarity: float
    confidence: float
    mentions: tuple[Mention, ...]


SILENT = Analysis(0.0, 0.0, ())


@dataclass(slots=True)
class _Clause:
    topics: list[tuple[int, str]]  # where, category
    feelings: list[tuple[float, str, int, int]]  # sign × weight, category, start, end
    wish: tuple[int, int] | None = None
    denied: tuple[int, int, bool] | None = None  # start, reach ends at, whether something lacks


class LexiconAnalyser:
    """Reads texts by a lexicon. `name` and `version` are stored beside every result."""

    name = "lexicon"

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon, self.version = lexicon, lexicon.version
        self._meanings = lexicon.meanings
        self._ascii, self._any = lexicon.ascii_pattern.split, lexicon.pattern.split

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        """In the order of the texts."""
        return [self._read(text) for text in texts]

    def _read(self, text: str) -> Analysis:
        low = fold(text)
        parts = (self._ascii if low.isascii() else self._any)(low)
        if len(parts) == 1:
            return SILENT
        at, weight, sums = 0, 1.0, [0.0, 0.0]
        mentions: list[Mention] = []
        clause: _Clause | None = None
        for gap, word in zip(parts[::2], parts[1::2], strict=False):
            start = at + len(gap)
            at = start + len(word)
            meaning = self._meanings[word]
            kind = meaning[0]
            if kind == "break" or kind == "contrast":
                if clause is not None:
                    _close(clause, text, weight, sums, mentions)
                    clause = None
                if kind == "contrast":
                    weight = AFTER_CONTRAST
                elif word in ENDS:
                    weight = 1.0
            elif kind != "neutral":
                if clause is None:
                    clause = _Clause([], [])
                _hear(clause, meaning, start, at)
        if clause is not None:
            _close(clause, text, weight, sums, mentions)
        return _summed(sums, mentions)


def _hear(clause: _Clause, meaning: Meaning, start: int, end: int) -> None:
    """One word of a clause."""
    kind, sign, category, reach, lacks = meaning
    denied = clause.denied
    if denied is not None and start > denied[1]:
        denied = None
    if sign:
        clause.denied = None
        if denied is None:
            clause.feelings.append((sign, category, start, end))
        else:
            clause.feelings.append((-sign * TURNED, category, denied[0], end))
    elif kind == "topic":
        if denied is not None and denied[2]:
            clause.feelings.append((-LACKING, category, denied[0], end))
            clause.denied = None
        clause.topics.append((start, category))
    elif kind == "negation":
        # what is denied twice is meant
        clause.denied = (start, end + reach, lacks) if denied is None or lacks else None
    elif clause.wish is None:
        clause.wish = (start, end)


def _close(
    clause: _Clause, text: str, weight: float, sums: list[float], mentions: list[Mention]
) -> None:
    """Add what a clause says; `sums` are pain and delight."""
    if clause.wish is not None:
        start, end = clause.wish
        categories = [each[1] for each in clause.topics] or [each[1] for each in clause.feelings]
        category = next(filter(None, categories), "")
        mentions.append(Mention(WISH, category, start, end, text[start:end]))
        sums[0] += WISHING * weight
        return
    for value, category, start, end in clause.feelings:
        kind = PAIN if value < 0 else DELIGHT
        sums[value > 0] += abs(value) * weight
        category = category or _beside(clause, start)
        mentions.append(Mention(kind, category, start, end, text[start:end]))


def _beside(clause: _Clause, start: int) -> str:
    """The category of the topic before, else of the first after."""
    found = ""
    for place, category in clause.topics:
        if place < start:
            found = category
        elif not found:
            return category
    return found


def _summed(sums: list[float], mentions: list[Mention]) -> Analysis:
    pain, delight = sums
    polarity = (delight - pain) / (delight + pain + 1) if mentions else 0.0
    return Analysis(polarity, abs(polarity), tuple(mentions))
