"""What rules mean, said a second time and slowly: plain Python over raw rows.

Shares nothing with `alerts.logic`: no rollups, no arrays, no state machine, its own reading of
lengths of time and its own calendar. Only the bins are the same, since a value is what its bin
stands for. Each sentence of the contract is one statement here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cx_loop.logic.bins import Scale, bin_of, value_of

UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
QUARTER = timedelta(minutes=15)
BEGINNINGS: dict[tuple[str, str, tuple[int, ...]], datetime] = {}  # a month is many quarters


@dataclass(frozen=True)
class Row:
    """One observation. `known_at`: when it arrived; `gone_at`: when a correction replaced it."""

    at: datetime
    value: float
    segment: str = "normal"
    channel: str = "app"
    known_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    gone_at: datetime = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass
class Said:
    """What the oracle says of one edge."""

    edge: datetime
    level: int | None
    sufficient: bool
    value: float | None
    events: list[str] = field(default_factory=list)


def length(text: str) -> timedelta:
    return timedelta(seconds=int(text[:-1]) * UNITS[text[-1]])


class Oracle:
    """One group of one rule. `rule` is what the YAML says; `mine` the segment it is about."""

    def __init__(
        self, rule: Mapping[str, Any], rows: Sequence[Row], scale: Scale, zone: str, mine: str = ""
    ) -> None:
        self.rule, self.rows, self.scale, self.mine = rule, rows, scale, mine
        self.zone = ZoneInfo(zone)
        self.firing = {"warning": False, "critical": False}
        self.praised = False
        self.silent = False
        self.first_edge: datetime | None = None
        self.healthy_since: datetime | None = None
        self.cleared_at: datetime | None = None
        self.heard: datetime | None = None

    # windows ------------------------------------------------------------------------------

    def is_edge(self, moment: datetime) -> bool:
        window = self.rule["window"]
        if not window.startswith("this"):
            step = 300 if length(window) < timedelta(days=1) else 3600
            return moment.timestamp() % step == 0
        if moment.timestamp() % QUARTER.total_seconds():
            return False
        begun = self._beginning(moment + QUARTER, "day")
        return (moment - begun).total_seconds() % 3600 == 0

    def window(self, edge: datetime, back: int) -> tuple[datetime, datetime]:
        text = self.rule["window"]
        if not text.startswith("this"):
            return edge - (back + 1) * length(text), edge - back * length(text)
        kind = text.split()[1]
        for _ in range(back):
            edge = self._beginning(edge, kind)
        return self._beginning(edge, kind), edge

    def is_whole(self, edge: datetime) -> bool:
        text = self.rule["window"]
        if not text.startswith("this"):
            return True
        kind = text.split()[1]
        return self._period(edge - QUARTER, kind) != self._period(edge, kind)

    def _beginning(self, edge: datetime, kind: str) -> datetime:
        period = self._period(edge - QUARTER, kind)
        known = BEGINNINGS.get((self.zone.key, kind, period))
        if known is None:
            known = edge - QUARTER
            while self._period(known - QUARTER, kind) == period:
                known -= QUARTER
            BEGINNINGS[self.zone.key, kind, period] = known
        return known

    def _period(self, moment: datetime, kind: str) -> tuple[int, ...]:
        day = moment.astimezone(self.zone).date()
        if kind == "month":
            return day.year, day.month
        return tuple(day.isocalendar())[:2] if kind == "week" else (day.toordinal(),)

    def _week_before(self, span: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
        week = timedelta(days=7)
        if not self.rule["window"].startswith("this"):
            return span[0] - week, span[1] - week
        moved = [
            (end.astimezone(self.zone).replace(tzinfo=None) - week).replace(tzinfo=self.zone)
            for end in span
        ]
        return moved[0].astimezone(UTC), moved[1].astimezone(UTC)

    # values -------------------------------------------------------------------------------

    def _values(self, span: tuple[datetime, datetime], now: datetime, **only: str) -> list[float]:
        return [
            value_of(bin_of(row.value, self.scale), self.scale)
            for row in self.rows
            if span[0] <= row.at < span[1]
            and row.known_at <= now < row.gone_at
            and all(getattr(row, name) == wanted for name, wanted in only.items())
        ]

    def _aggregate(self, values: list[float]) -> float | None:
        name = self.rule["aggregate"]
        if name == "count":
            return float(len(values))
        if name == "sum":
            return math.fsum(values)
        if not values:
            return None
        ordered, count = sorted(values), len(values)
        if isinstance(name, dict):
            ((side, line),) = name.items()
            hits = [v for v in values if (v > line if side == "share_above" else v < line)]
            return 100 * len(hits) / count
        if name in ("median", "p90", "p95"):
            share = {"median": 50, "p90": 90, "p95": 95}[name]
            return ordered[math.ceil(share * count / 100) - 1]
        if name == "mean":
            return math.fsum(values) / count
        if name == "sd":
            mean = math.fsum(values) / count
            squares = math.fsum((v - mean) ** 2 for v in values)
            return math.sqrt(squares / (count - 1)) if count > 1 else None
        if name == "top_box":
            return 100 * sum(v >= self.scale.ends[1] - self.scale.step for v in values) / count
        if name == "nps":
            return 100 * (sum(v >= 9 for v in values) - sum(v <= 6 for v in values)) / count
        return {"min": ordered[0], "max": ordered[-1]}[name]

    def _samples(self) -> int:
        usual = 0 if self.rule["aggregate"] in ("count", "sum") else 1
        return int(self.rule.get("min_samples", usual))

    def _enough(self, values: list[float]) -> float | None:
        """The aggregate where there are enough values for it."""
        return self._aggregate(values) if len(values) >= self._samples() else None

    def _judged(self, edge: datetime, back: int, now: datetime) -> tuple[float, float] | None:
        """(value shown, base) of a window that suffices; the base is 0 where there is none."""
        span = self.window(edge, back)
        if dimension := self.rule.get("spread"):
            known = {getattr(row, dimension) for row in self.rows}
            found = [self._enough(self._values(span, now, **{dimension: one})) for one in known]
            numbers = [one for one in found if one is not None]
            return (max(numbers) - min(numbers), 0.0) if len(numbers) > 1 else None
        only = {"segment": self.mine} if self.mine else {}
        value = self._enough(self._values(span, now, **only))
        if value is None or not self._compares():
            return None if value is None else (value, 0.0)
        versus = self.rule.get("versus", "before")
        if isinstance(versus, dict):
            base = self._enough(self._values(span, now, **versus))
        elif versus == "week before":
            base = self._enough(self._values(self._week_before(span), now, **only))
        else:
            base = self._enough(self._values(self.window(edge, back + 1), now, **only))
        if base is None or (base == 0 and (self._percent() or not isinstance(versus, dict))):
            return None
        return value, base

    # lines --------------------------------------------------------------------------------

    def _lines(self) -> list[dict[str, Any]]:
        return [self.rule[n] for n in ("warning", "critical", "praise") if self.rule.get(n)]

    def _compares(self) -> bool:
        return any(key.startswith("change") for key in self._lines()[0])

    def _percent(self) -> bool:
        return any(str(line).endswith("%") for level in self._lines() for line in level.values())

    def _crosses(self, level: Mapping[str, Any], judged: tuple[float, float], key: str) -> int:
        """1 above the interval that `key` (the operator or recover) leaves free, -1 below, 0."""
        operator = next(name for name in level if name != "recover")
        line = level.get(key, level[operator])
        value, base = judged
        if operator.startswith("change"):
            value = (value - base) * 100 / abs(base) if str(line).endswith("%") else value - base
        if operator == "outside":
            low, high = line
        else:
            number = float(str(line).rstrip("%"))
            low, high = (-math.inf, number) if "above" in operator else (number, math.inf)
        if any(math.isclose(value, end, rel_tol=1e-9, abs_tol=1e-9) for end in (low, high)):
            return 0
        return 1 if value > high else -1 if value < low else 0

    def _breaches(self, level: Mapping[str, Any], judged: tuple[float, float]) -> int:
        return self._crosses(level, judged, next(name for name in level if name != "recover"))

    def _in_a_row(self, level: Mapping[str, Any], edge: datetime, now: datetime) -> bool:
        wanted, found = self.rule.get("for", 1), 0
        for back in range(3 * wanted):
            judged = self._judged(edge, back, now)
            if judged is None:
                continue
            if not self._breaches(level, judged):
                return False
            found += 1
            if found == wanted:
                return True
        return False

    # states -------------------------------------------------------------------------------

    @property
    def level(self) -> int | None:
        if self.firing["critical"]:
            return 1
        return 2 if self.firing["warning"] else None

    def pass_edge(self, edge: datetime) -> Said:
        """The edge passes now, with what is known by now."""
        self.first_edge = self.first_edge or edge
        judged = self._judged(edge, 0, edge)
        before, said = self.level, Said(edge, None, judged is not None, judged and judged[0])
        if self._is_silent(edge):
            if self.rule["no_data"] == "ok":
                self.firing = {"warning": False, "critical": False}
            elif before is None:
                self.firing[self._mildest()] = True
            self.healthy_since, self.silent = None, self.rule["no_data"] == "alert"
        elif judged is not None and not self._is_too_early(judged, edge):
            self.silent = False
            self._judge(judged, edge, said)
        said.level = self.level
        if before is None and said.level is not None:
            again = self.cleared_at and edge - self.cleared_at <= self._pause("cooldown")
            said.events.append("reopens" if again and self._pause("cooldown") else "opens")
        if before is not None and said.level is None:
            said.events.append("clears")
            self.cleared_at = edge
        return said

    def _judge(self, judged: tuple[float, float], edge: datetime, said: Said) -> None:
        fired = self.level is not None
        still = {}
        for name in ("critical", "warning"):
            level = self.rule.get(name)
            above = self.firing["critical"] or self.firing[name]
            stays = bool(level) and above and bool(self._crosses(level, judged, "recover"))
            still[name] = stays or (bool(level) and self._in_a_row(level, edge, edge))
        healthy = not any(
            self._crosses(self.rule[name], judged, "recover")
            for name in still
            if self.rule.get(name)
        )
        self.healthy_since = (self.healthy_since or edge) if healthy and fired else None
        self.firing = still
        if not any(still.values()) and self.healthy_since is not None:
            if edge - self.healthy_since < self._pause("keep_firing_for"):
                self.firing[self._mildest()] = True
            else:
                self.healthy_since = None
        self._praise(judged, edge, said)

    def _praise(self, judged: tuple[float, float], edge: datetime, said: Said) -> None:
        level = self.rule.get("praise")
        if not level:
            return
        if self._in_a_row(level, edge, edge):
            if not self.praised:
                said.events.append("praises")
            self.praised = True
        elif not self._crosses(level, judged, "recover"):
            self.praised = False

    def _mildest(self) -> str:
        return "warning" if self.rule.get("warning") else "critical"

    def _pause(self, name: str) -> timedelta:
        return length(self.rule[name]) if self.rule.get(name) else timedelta(0)

    def _is_too_early(self, judged: tuple[float, float], edge: datetime) -> bool:
        """A count that still grows is not judged as too low before its period is over."""
        if self.is_whole(edge) or self.rule["aggregate"] not in ("count", "sum"):
            return False
        alarms = [self.rule[n] for n in ("warning", "critical") if self.rule.get(n)]
        low = any(self._breaches(level, judged) < 0 for level in alarms)
        return low or any("below" in level for level in alarms)

    def _is_silent(self, edge: datetime) -> bool:
        """Nothing has begun to arrive for longer than expected."""
        if self.rule.get("no_data", "keep") == "keep":
            return False
        span = self.window(edge, 0)
        only = {"segment": self.mine} if self.mine else {}
        if self._values(span, edge, **only):
            self.heard = max(self.heard or span[0], span[0])
            return False
        if self.heard is None and self.silent:
            return True
        expected = self.rule.get("expected_every") or self.rule["window"]
        patience = timedelta(days=1) if expected.startswith("this") else length(expected)
        since = self.heard or self.first_edge
        return since is not None and since < edge - patience
