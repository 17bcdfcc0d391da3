"""From what single comments say to what is counted, and from scores to what they teach."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from cx_loop.logic.voice.words import CATEGORIES, PAIN

Mentioned = tuple[str, str]  # kind, category
FEWEST = 2  # comments that name a category before it prevails
SHARE = 0.4  # of those that name a pain of any category


def says(mentions: Collection[Mentioned], share: str) -> bool:
    """Whether a comment counts for a share: `pain`, or `pain_efficiency`."""
    kind, _, category = share.partition("_")
    return any(each[0] == kind and (not category or each[1] == category) for each in mentions)


def prevailing(comments: Iterable[Collection[Mentioned]]) -> str:
    """The pain category most comments name, '' where none stands out.

    Each comment counts once a category; of two alike the first of the taxonomy.
    """
    counts: Counter[str] = Counter()
    pained = 0
    for mentions in comments:
        named = {category for kind, category in mentions if kind == PAIN and category}
        counts.update(named)
        pained += bool(named)
    best = max(CATEGORIES, key=lambda category: counts[category])
    enough = counts[best] >= FEWEST and counts[best] >= SHARE * pained
    return best if enough else ""


def label_of(
    kind: str, low: float | None, high: float | None, value: float, *, higher_is_better: bool
) -> bool | None:
    """Whether the score beside a comment says delight (True) or pain (False); None: neither.

    NPS 0 to 6 and 9 to 10; of other scales the outer quarters: 1, 2 and 4, 5 of five.
    """
    if low is None or high is None:
        return None
    if kind == "nps":
        return True if value >= 9 else False if value <= 6 else None
    place = (value - low) / (high - low)
    if not higher_is_better:
        place = 1 - place
    return True if place >= 0.75 else False if place <= 0.25 else None


def balanced_accuracy(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """The mean over both classes of the share that was said right. Raises ValueError without
    both classes."""
    right = dict.fromkeys((True, False), 0)
    every = dict(right)
    for wanted, given in zip(truth, said, strict=True):
        every[wanted] += 1
        right[wanted] += wanted == given
    if not all(every.values()):
        raise ValueError("Both classes are needed.")
    return sum(right[side] / every[side] for side in every) / 2
