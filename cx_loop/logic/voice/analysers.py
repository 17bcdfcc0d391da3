"""Who reads comments: the lexicon, or what was learnt leaning on it. Both say it the same way."""

from collections.abc import Sequence
from typing import Protocol

from cx_loop.logic.voice.lexicon import Analysis, LexiconAnalyser, Mention
from cx_loop.logic.voice.linear import Linear
from cx_loop.logic.voice.words import DELIGHT, PAIN

SURE = 0.5  # the model speaks up where the lexicon found no word for it
PERSON = "person"


class Analyser(Protocol):
    """`name` and `version` are stored beside every result, so that a later reading is told from
    an earlier one."""

    name: str
    version: str

    def analyse(self, texts: Sequence[str]) -> list[Analysis]: ...


class LearntAnalyser:
    """The lexicon's mentions with the model's polarity."""

    name = "learnt"

    def __init__(self, lexicon: LexiconAnalyser, model: Linear, number: int) -> None:
        self._lexicon, self._model = lexicon, model
        self.version = f"{number} on {lexicon.version}"

    def analyse(self, texts: Sequence[str]) -> list[Analysis]:
        """In the order of the texts."""
        read = self._lexicon.analyse(texts)
        said = self._model.polarity(texts, [each.polarity for each in read])
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
    return f"{analyser.name}@{analyser.version}"
