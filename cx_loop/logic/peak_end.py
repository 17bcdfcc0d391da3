"""What is remembered of a journey: its strongest moment and its end, hardly its mean.

Kahneman, Fredrickson, Schreiber & Redelmeier 1993 (Psychological Science 4(6)): people judged a
trial by the worst moment and the last one; how long it took hardly counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recall:
    """How much each part of a journey weighs in memory; a ratio, so only proportions matter.

    .5 / .5 / 0 is Kahneman's form. The default keeps a fifth for the rest: a choice of design,
    not evidence. Raises ValueError for a negative weight, and where all are 0.
    """

    peak: float = 0.4
    end: float = 0.4
    mean: float = 0.2

    def __post_init__(self) -> None:
        if min(self.peak, self.end, self.mean) < 0 or self.peak + self.end + self.mean <= 0:
            raise ValueError("The weights of peak, end and mean are 0 or more, and not all 0.")


def peak_of(scores: Sequence[float | None]) -> int | None:
    """The place of the strongest moment: the score furthest from 0, None where there is none.

    `scores` on −5..+5 in the order of the journey, None where nothing is known. Of two equally
    strong ones the negative (bad is stronger than good: Baumeister et al. 2001), then the later.
    """
    known = [
        (abs(score), score < 0, place) for place, score in enumerate(scores) if score is not None
    ]
    return max(known)[2] if known else None


def end_of(scores: Sequence[float | None]) -> int | None:
    """The place of the last moment something is known of; None where nothing is."""
    known = [place for place, score in enumerate(scores) if score is not None]
    return known[-1] if known else None


def journey_score(scores: Sequence[float | None], recall: Recall | None = None) -> float | None:
    """What a journey is remembered as, on the scale of its scores; None without any.

    J = (w_p S_peak + w_e S_end + w_m mean(S)) / (w_p + w_e + w_m)
    """
    recall = recall or Recall()
    peak, end = peak_of(scores), end_of(scores)
    known = [score for score in scores if score is not None]
    if peak is None or end is None:
        return None
    at_peak, at_end = scores[peak], scores[end]
    assert at_peak is not None
    assert at_end is not None
    mean = sum(known) / len(known)
    whole = recall.peak + recall.end + recall.mean
    return (recall.peak * at_peak + recall.end * at_end + recall.mean * mean) / whole
