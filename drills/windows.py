"""What a window amounts to, told as a pupil would: sort, count, divide. Shares no code with ours.

A value is (value, exposure). Values above 100 of an open scale first go to the middle of their
bin: an octave [64·2^k, 128·2^k) is cut into 32 equal parts.
"""

import math
from collections.abc import Sequence

Row = tuple[float, float]
PERCENT = {"median": 0.5, "p90": 0.9, "p95": 0.95}


def binned(value: float) -> float:
    """The value an open-ended one is kept as; whole ones and hundredths to 100 stay themselves."""
    if value <= 100:
        return value
    octave = 64.0
    while octave * 2 <= value:
        octave *= 2
    part = octave / 32
    return octave + part * (math.floor((value - octave) / part) + 0.5)


def aggregate(
    name: str,
    rows: Sequence[Row],
    *,
    line: float = 0,
    top: float = 0,
    step: float = 1,
    bounded: bool = False,
) -> float | None:
    """The aggregate of a window; None where it has none. `top`: the highest score of the scale,
    `step`: between two of its scores."""
    values = [value for value, _ in rows]
    n = len(values)
    if name == "count":
        return n
    if name == "sum":
        return math.fsum(values)
    if name == "rate":
        exposed = math.fsum(exposure for _, exposure in rows)
        return 100 * math.fsum(values) / exposed if exposed else None
    if not n:
        return None
    if name == "mean":
        return math.fsum(values) / n
    if name == "sd":
        mean = math.fsum(values) / n
        squares = math.fsum((value - mean) ** 2 for value in values)
        return math.sqrt(squares / (n - 1)) if n > 1 else None
    kept = sorted(values) if bounded else sorted(binned(value) for value in values)
    if name in PERCENT:
        return kept[math.ceil(round(PERCENT[name] * n, 9)) - 1]
    if name == "min":
        return kept[0]
    if name == "max":
        return kept[-1]
    if name == "nps":
        return 100 * (sum(v >= 9 for v in kept) - sum(v <= 6 for v in kept)) / n
    if name == "top_box":
        return 100 * sum(v >= top - step for v in kept) / n
    if name == "share_above":
        return 100 * sum(v > line for v in kept) / n
    assert name == "share_below"
    return 100 * sum(v < line for v in kept) / n
