"""Where a value falls in the stored distribution of its metric, and what a bin stands for.

A rollup keeps counts per bin, so a window of any length is a sum of rollups and still knows its
median, percentiles, shares and top box. Bins are small integers (PostgreSQL `smallint`).

bounded metrics (csat, nps, ces, score)   one bin a step of the scale, exact
duration, count (open-ended, >= 0)        0 … 10 000: hundredths up to 100, a whole value alone in
                                          its bin; above that 32 bins an octave, within 1.6 %
rate                                      bin 0: a rate is a sum over a sum, it has no distribution

An octave is cut into equal parts rather than by a logarithm: every step is then exact in binary,
otherwise the one-value and the vectorised form could disagree on a boundary in the last bit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cx_loop.logic.sentences import sentence

BOUNDED = frozenset({"csat", "nps", "ces", "score"})
OPEN = frozenset({"duration", "count"})
KINDS = BOUNDED | OPEN | {"rate"}
LARGEST_VALUE = 1e15
SMALLEST_VALUE = 1e-100  # of anything but 0: its square, and what is divided by it, are numbers

_DEFAULT_ENDS = {"csat": (1.0, 5.0), "nps": (0.0, 10.0), "ces": (1.0, 7.0)}
_MOST_STEPS = 1000

_LAST_EXACT = 100  # whole values up to here have a bin of their own
_PARTS_OF_ONE = 100  # two decimals below _LAST_EXACT are kept as they are
_TOP_LINEAR_BIN = _LAST_EXACT * _PARTS_OF_ONE
_PARTS_OF_OCTAVE = 32  # a power of two, otherwise the cut is not exact in binary
_FIRST_OCTAVE = 7  # frexp exponent of 64 <= value < 128, the octave of _LAST_EXACT
_FIRST_PART = 18  # 100 = 64 * (1 + 18/32): exactly where the eighteenth part begins


@dataclass(frozen=True, slots=True)
class Scale:
    """What values a metric can take: its kind and, when bounded, both ends and the step.

    csat, nps and ces have customary ends (1–5, 0–10, 1–7) when none are given; a score needs its
    own. Raises ValueError, with a sentence to show, for a scale that cannot be binned.
    """

    kind: str
    low: float | None = None
    high: float | None = None
    step: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(
                sentence(
                    "{kind!r} is not a kind of metric; known: {listed}.",
                    kind=self.kind,
                    listed=_listed(KINDS),
                )
            )
        if not self.bounded:
            return
        if self.low is None and self.high is None and self.kind in _DEFAULT_ENDS:
            low, high = _DEFAULT_ENDS[self.kind]
            object.__setattr__(self, "low", low)
            object.__setattr__(self, "high", high)
        if reason := _why_no_scale(self):
            raise ValueError(reason)

    @property
    def bounded(self) -> bool:
        return self.kind in BOUNDED

    @property
    def ends(self) -> tuple[float, float]:
        """Lowest and highest score; only a bounded scale has them."""
        assert self.low is not None
        assert self.high is not None
        return self.low, self.high

    @property
    def top_bin(self) -> int:
        """Bin of the highest score; only a bounded scale has it."""
        low, high = self.ends
        return round((high - low) / self.step)


def bin_of(value: float, scale: Scale) -> int:
    """The bin of a value that `check_value` has passed; bin order follows value order."""
    if scale.bounded:
        return round((value - scale.ends[0]) / scale.step)
    if scale.kind == "rate":
        return 0
    if value > _LAST_EXACT:
        mantissa, exponent = math.frexp(value)
        part = math.floor((mantissa * 2 - 1) * _PARTS_OF_OCTAVE)
        return _octave_bin(exponent, part)
    nearest = round(value * _PARTS_OF_ONE)
    if nearest % _PARTS_OF_ONE or value == nearest // _PARTS_OF_ONE:
        return nearest
    # 29.999 is not 30: it goes next door, otherwise `above: 29.999…` would also count whole 30s
    return nearest + (1 if value > nearest / _PARTS_OF_ONE else -1)


def bins_of(values: Sequence[float], scale: Scale) -> list[int]:
    """`bin_of` of every value: 5,000 in under half a millisecond."""
    if scale.kind == "rate":
        return [0] * len(values)
    array = np.asarray(values, dtype=np.float64)
    if scale.bounded:
        return _integers(np.rint((array - scale.ends[0]) / scale.step))
    nearest = np.rint(array * _PARTS_OF_ONE)
    crowded = (nearest % _PARTS_OF_ONE == 0) & (array != nearest / _PARTS_OF_ONE)
    linear = nearest + crowded * np.sign(array - nearest / _PARTS_OF_ONE)
    mantissas, exponents = np.frexp(array)
    parts = np.floor((mantissas * 2 - 1) * _PARTS_OF_OCTAVE)
    octave = (
        _TOP_LINEAR_BIN + 1 + (exponents - _FIRST_OCTAVE) * _PARTS_OF_OCTAVE + parts - _FIRST_PART
    )
    return _integers(np.where(array > _LAST_EXACT, octave, linear))


def value_of(bin: int, scale: Scale) -> float:
    """The value a bin stands for: the score itself, an exact whole number, or a bin's middle."""
    if scale.bounded:
        return round(scale.ends[0] + bin * scale.step, 9)
    if bin <= _TOP_LINEAR_BIN:
        return bin / _PARTS_OF_ONE
    octave, part = divmod(bin - _TOP_LINEAR_BIN - 1 + _FIRST_PART, _PARTS_OF_OCTAVE)
    return math.ldexp(1 + (part + 0.5) / _PARTS_OF_OCTAVE, octave + _FIRST_OCTAVE - 1)


def check_value(value: object, scale: Scale) -> str | None:
    """None, or the stable code that says why this is not a value of the metric.

    `value_not_finite` (also for what is no number; a bool is none), `value_negative`,
    `value_out_of_scale`, `value_not_on_step`.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "value_not_finite"
    if not -LARGEST_VALUE <= value <= LARGEST_VALUE:
        is_number = isinstance(value, int) or math.isfinite(value)
        return "value_out_of_scale" if is_number else "value_not_finite"
    if not scale.bounded:
        return "value_negative" if value < 0 else None
    low, high = scale.ends
    if not low <= value <= high:
        return "value_out_of_scale"
    steps = (value - low) / scale.step
    return None if abs(steps - round(steps)) < 1e-9 else "value_not_on_step"


def _octave_bin(exponent: int, part: int) -> int:
    octave = exponent - _FIRST_OCTAVE
    return _TOP_LINEAR_BIN + 1 + octave * _PARTS_OF_OCTAVE + part - _FIRST_PART


def _integers(array: "np.typing.NDArray[np.float64]") -> list[int]:
    integers: list[int] = array.astype(np.int64).tolist()
    return integers


def _why_no_scale(scale: Scale) -> str | None:
    low, high, step = scale.low, scale.high, scale.step
    if low is None or high is None:
        return sentence(
            "A {kind} metric needs both ends of its scale, such as [1, 5].", kind=scale.kind
        )
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return sentence(
            "The scale [{low:g}, {high:g}] must rise from its first end to its second.",
            low=low,
            high=high,
        )
    if scale.kind == "nps" and (low, high, step) != (0, 10, 1):
        return sentence(
            "NPS is asked in whole scores from 0 to 10; use kind score for another scale."
        )
    if not (math.isfinite(step) and step > 0):
        return sentence("The step {step:g} must be above 0.", step=step)
    steps = (high - low) / step
    if abs(steps - round(steps)) >= 1e-9:
        return sentence(
            "Steps of {step:g} do not lead from {low:g} to {high:g}.", step=step, low=low, high=high
        )
    if steps > _MOST_STEPS:
        return sentence(
            "The scale has {steps:.0f} steps; at most {most} are kept apart.",
            steps=steps,
            most=_MOST_STEPS,
        )
    return None


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))
