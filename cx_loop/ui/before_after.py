"""Before and after a fix: two values with their intervals on one scale."""

from dataclasses import dataclass

from cx_loop.ui.words import say_number, say_value

WIDTH, HEIGHT, LEFT, RIGHT = 480.0, 84.0, 96.0, 60.0


@dataclass(frozen=True, slots=True)
class Level:
    """A value with its interval from n."""

    value: float
    n: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    kind: str
    x: str
    low: str
    high: str
    y: str
    text: str
    between: str
    n: str


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    title: str
    bars: list[Bar]
    goal: str
    goal_said: str
    width: float = WIDTH
    height: float = HEIGHT


def before_after(
    before: tuple[str, Level],
    after: tuple[str, Level],
    *,
    title: str,
    unit: str = "",
    goal: float | None = None,
) -> BeforeAfter:
    """(name, level) of both; `goal`: a line to be reached."""
    levels = [before[1], after[1]]
    ends = [end for each in levels for end in (each.value, each.low, each.high) if end is not None]
    low, high = min([*ends, *_some(goal)]), max([*ends, *_some(goal)])
    room = (high - low) or abs(high) or 1.0

    def x(value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / room

    bars = [
        Bar(
            name=name,
            kind=kind,
            x=f"{x(level.value):.1f}",
            low="" if level.low is None else f"{x(level.low):.1f}",
            high="" if level.high is None else f"{x(level.high):.1f}",
            y=f"{24 + 36 * place:.1f}",
            text=say_value(level.value, unit),
            between=_between(level),
            n=say_number(level.n),
        )
        for place, (kind, (name, level)) in enumerate((("before", before), ("after", after)))
    ]
    line = "" if goal is None else f"{x(goal):.1f}"
    return BeforeAfter(title, bars, line, "" if goal is None else say_value(goal, unit))


def _between(level: Level) -> str:
    if level.low is None or level.high is None:
        return ""
    return f"{say_number(level.low)} – {say_number(level.high)}"


def _some(value: float | None) -> list[float]:
    return [] if value is None else [value]
