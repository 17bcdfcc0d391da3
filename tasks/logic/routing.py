"""Which department gets a task: the first route whose conditions all hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

CONDITIONS = (
    "severity",
    "metric",
    "touchpoint",
    "stage",
    "journey",
    "segment",
    "channel",
    "location",
    "pain_category",  # of a task opened by hand, or what prevails in the comments of a breach
)

Facts = Mapping[str, str | Sequence[str]]


class RouteError(ValueError):
    """A route that cannot be used: the field and a sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class Route:
    """`when` maps a condition to the values it accepts; `role` is a duty, lead, director, or
    members ("" is members)."""

    when: Mapping[str, tuple[str, ...]]
    to: str
    role: str = ""


@dataclass(frozen=True)
class Choice:
    """Which route was taken and why, kept with the task.

    position  of the route in its table, from 0 on; None: none matched, the owner gets it
    because   every condition of the route; none for one that always matches
    passed    routes before it, each with the first condition that did not hold
    """

    position: int | None
    because: tuple["Comparison", ...] = ()
    passed: tuple[tuple[int, "Comparison"], ...] = ()


@dataclass(frozen=True)
class Comparison:
    """One condition of a route against the facts, for the page that says why."""

    condition: str
    wanted: tuple[str, ...]
    given: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not set(self.wanted).isdisjoint(self.given)


def parse_route(raw: Mapping[str, Any]) -> Route:
    """`{when: {severity: critical, metric: [wait, csat]}, to: ground-ops, role: quality}`.

    Raises RouteError with the field and a sentence.
    """
    for name in raw:
        if name not in ("when", "to", "role"):
            raise RouteError(name, "Unknown key; known: when, to, role.")
    when, to, role = raw.get("when") or {}, raw.get("to"), raw.get("role") or ""
    if not isinstance(to, str) or not to:
        raise RouteError("to", "A route needs the key of a department.")
    if not isinstance(role, str):
        raise RouteError("role", "A role is a duty, lead, director or members.")
    if not isinstance(when, Mapping):
        raise RouteError("when", "Write when: {severity: critical}.")
    return Route({name: _accepted(name, value) for name, value in when.items()}, to, role)


def match(routes: Sequence[Route], facts: Facts) -> Route | None:
    """The first route whose conditions all hold; None: the touchpoint's owner gets it."""
    return next((route for route in routes if all(c.holds for c in explain(route, facts))), None)


def choose(routes: Sequence[Route], facts: Facts) -> Choice:
    """As `match`, with why: what held, and where the routes before it did not."""
    passed: list[tuple[int, Comparison]] = []
    for position, route in enumerate(routes):
        compared = explain(route, facts)
        missed = next((each for each in compared if not each.holds), None)
        if missed is None:
            return Choice(position, tuple(compared), tuple(passed))
        passed.append((position, missed))
    return Choice(None, (), tuple(passed))


def explain(route: Route, facts: Facts) -> list[Comparison]:
    """Every condition of the route beside what the task has; a fact of several values (three
    segments, one task) fits when one of them does."""
    return [
        Comparison(condition, wanted, _several(facts.get(condition, ())))
        for condition, wanted in route.when.items()
    ]


def hidden_by(routes: Sequence[Route]) -> list[int | None]:
    """For each route the position of an earlier one that takes all it would take; None: none.

    The earlier one takes it all when each of its conditions is one of the later route, which
    accepts no more there.
    """
    return [
        next((at for at in range(place) if _covers(routes[at], route)), None)
        for place, route in enumerate(routes)
    ]


def _covers(earlier: Route, later: Route) -> bool:
    return all(
        name in later.when and set(later.when[name]) <= set(wanted)
        for name, wanted in earlier.when.items()
    )


def _accepted(name: str, value: object) -> tuple[str, ...]:
    if name not in CONDITIONS:
        raise RouteError(f"when.{name}", f"Unknown condition; known: {', '.join(CONDITIONS)}.")
    values = value if isinstance(value, list | tuple) else [value]
    if not values or not all(isinstance(item, str) for item in values):
        raise RouteError(f"when.{name}", "Give a word or a list of words.")
    return tuple(values)


def _several(value: str | Sequence[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
