"""Who reads comments: the lexicon, or what was learnt leaning on it. Both say it the same way."""

from collections.abc import Sequence
from typing import Protocol

from cx_loop.logic.voice.lexicon import Analysis, LexiconAnalyser, Mention
from cx_loop.logic.voice.linear import Floats, Linear
from cx_loop.logic.voice.words import DELIGHT, PAIN

SURE = 0.5  # the model speaks up where the lexicon found no word for it
PERSON = "person"
LONGEST = 80  # of a signature, as it is stored


class Analyser(Protocol):
    """`name` and `version` are stored beside every result, so that a later reading is told from
    an earlier one."""

    name: str
    version: str

    def analyse(self, texts: Sequence[str]) -> list[Analysis]: ...


class Embedder(Protocol):
    """What words mean, learnt from other texts; `name` says which vectors they are."""

    name: str

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Texts × parts, each text's of length 1, or 0 where it knows none of the words."""
        ...


class LearntAnalyser:
    """The lexicon's mentions with the model's polarity. `embedder`: that whose vectors it was
    learnt with."""

    name = "learnt"

    def __init__(
        self,
        lexicon: LexiconAnalyser,
        model: Linear,
        number: int,
        embedder: Embedder | None = None,
    ) -> None:
        self._lexicon, self._model, self._embedder = lexicon, model, embedder
        self.version = f"{number} on {lexicon.version}"
        if embedder is not None:
            self.version += f" with {embedder.name}"

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        """In the order of the texts."""
        read = self._lexicon.analyse(texts)
        vectors = self._embedder.vectors(texts) if self._embedder else None
        said = self._model.polarity(texts, [each.polarity for each in read], vectors)
        return [
            self._weighed(text, each, float(polarity))
            for text, each, polarity in zip(texts, read, said, strict=True)
        ]

    def _weighed(self, text: str, read: Analysis, polarity: float) -> Analysis:
        mentions, side = read.mentions, PAIN if polarity < 0 else DELIGHT
        if abs(polarity) >= SURE and all(each.kind != side for each in mentions):
            words = " ".join(self._model.reasons(text, polarity))
            mentions = (*mentions, Mention(side, "", 0, 0, words))
        return Analysis(polarity, abs(polarity), mentions)


def signature(analyser: Analyser) -> str:
    """`lexicon@1+4`: what is stored with a result."""
    return f"{analyser.name}@{analyser.version}"[:LONGEST]
