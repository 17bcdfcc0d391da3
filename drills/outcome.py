"""What a drill found, and whether it passes."""

import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outcome:
    """Counts of one drill. `wrong` are promises broken; `slow` are limits of time, which only a
    machine that does nothing else can be held to. `facts` are figures without a limit."""

    name: str
    expected: int = 0
    recorded: int = 0
    distinct: int = 0
    delivered: int = 0
    facts: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    kills: int = 0
    duplicates: int = 0  # at the receivers; more often than once with the same key
    deadlocks: int = 0
    p95: float | None = None  # seconds from the row of a message to its receiver, of 95 %
    memory: int = 0  # megabytes of the processes at work, at the end
    seconds: float = 0.0

    def must(self, met: bool, otherwise: str) -> None:
        if not met:
            self.wrong.append(otherwise)

    def within(self, value: float, limit: float, what: str, unit: str = "s") -> None:
        self.facts[what] = round(value, 3)
        if value > limit:
            self.slow.append(f"{what}: {value:.3g} {unit}, the limit is {limit:g} {unit}")

    def equal(self, what: str, value: object, wanted: object) -> None:
        self.must(value == wanted, f"{what}: {value!r}, expected {wanted!r}")

    @property
    def passed(self) -> bool:
        return not self.wrong and not self.slow

    def shown(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "passed": self.passed,
            "expected": self.expected,
            "recorded": self.recorded,
            "distinct": self.distinct,
            "delivered": self.delivered,
            "kills": self.kills,
            "duplicates": self.duplicates,
            "deadlocks": self.deadlocks,
            "p95_s": self.p95 if self.p95 is None else round(self.p95, 2),
            "memory_mb": self.memory,
            "seconds": round(self.seconds, 1),
            "facts": self.facts,
            "wrong": self.wrong,
            "slow": self.slow,
        }


class Stages:
    """Seconds of each stage of a drill, so that what makes it long can be seen."""

    def __init__(self) -> None:
        self.lengths: dict[str, float] = {}
        self.began = time.monotonic()

    def end(self, name: str) -> None:
        now = time.monotonic()
        self.lengths[name] = round(now - self.began, 1)
        self.began = now
