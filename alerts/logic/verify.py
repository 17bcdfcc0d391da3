"""How a rule wants its fixes to be judged: what `verify` says in the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any

from alerts.logic.durations import format_duration, parse_duration, parse_pause
from alerts.logic.refusals import SpecError

NONE = timedelta(0)
MOST_GUARDRAILS = 5  # they share one error: of twenty none could say anything


@dataclass(frozen=True, slots=True)
class VerifySpec:
    """How a fix is judged: looks and extension count from the end of the settle period.

    `guardrails`: keys of metrics that a fix must not make worse at the same touchpoint.
    """

    settle: timedelta = timedelta(days=3)
    looks: tuple[timedelta, ...] = tuple(timedelta(days=day) for day in (7, 14, 21, 28))
    extend_to: timedelta = timedelta(days=56)
    tolerance: float = 1.0
    guardrails: tuple[str, ...] = ()


def parse_verify(raw: object) -> VerifySpec:
    """Read `{settle: 3d, looks: [7d, 14d]}`. Raises SpecError with the path of what is wrong."""
    usual = VerifySpec()
    if raw is None:
        return usual
    if not isinstance(raw, Mapping):
        raise SpecError("verify", "write settings such as {{settle: 3d}}, not {raw!r}", raw=raw)
    looks = _parse_looks(raw.get("looks"), usual.looks)
    extend_to = max(usual.extend_to, looks[-1])
    verify = VerifySpec(
        settle=parse_pause(raw.get("settle"), "verify.settle", usual.settle),
        looks=looks,
        extend_to=parse_pause(raw.get("extend_to"), "verify.extend_to", extend_to),
        tolerance=_parse_tolerance(raw.get("tolerance"), usual.tolerance),
        guardrails=_parse_guardrails(raw.get("guardrails")),
    )
    if verify.extend_to < looks[-1]:
        raise SpecError("verify.extend_to", "ends before the last look")
    return verify


def check_guardrails(verify: VerifySpec, metric: str) -> None:
    """Raises SpecError where the rule's own metric is named."""
    if metric in verify.guardrails:
        raise SpecError("verify.guardrails", "the metric of the rule guards itself; leave it out")


def verify_to_json(verify: VerifySpec) -> dict[str, Any]:
    """Write it back in the words of the configuration; `parse_verify` reads it.

    Guardrails only where there are some; otherwise every rule stored before they were known would
    get a new version.
    """
    written = {
        "settle": format_duration(verify.settle),
        "looks": [format_duration(look) for look in verify.looks],
        "extend_to": format_duration(verify.extend_to),
        "tolerance": verify.tolerance,
    }
    return written | ({"guardrails": list(verify.guardrails)} if verify.guardrails else {})


def _parse_looks(raw: object, default: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    if raw is None:
        return default
    if not isinstance(raw, list | tuple) or not raw:
        raise SpecError("verify.looks", "write a list such as [7d, 14d]")
    looks = tuple(parse_duration(look, "verify.looks") for look in raw)
    if looks[0] == NONE or any(left >= right for left, right in pairwise(looks)):
        raise SpecError("verify.looks", "each look is later than the one before")
    return looks


def _parse_guardrails(raw: object) -> tuple[str, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list | tuple) or not all(isinstance(key, str) for key in raw):
        raise SpecError("verify.guardrails", "write metrics in a list such as [complaints]")
    if len(set(raw)) > MOST_GUARDRAILS:
        raise SpecError("verify.guardrails", "at most {most} metrics", most=MOST_GUARDRAILS)
    return tuple(sorted(set(raw)))


def _parse_tolerance(raw: object, default: float) -> float:
    if raw is None:
        return default
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not 0 <= raw < float("inf"):
        raise SpecError("verify.tolerance", "{raw!r} is not a number from 0 on", raw=raw)
    return float(raw)
