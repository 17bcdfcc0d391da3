"""Escalation policies as they are written: read, and refused where they cannot work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cx_loop.logic.sentences import sentence
from cx_loop.logic.working_time import Span, parse_span

SEVERITIES = ("warning", "critical")
LEVELS = {"staff": 0, "lead": 1, "director": 2}
_LONGEST_REPEAT = 100
_KNOWN = ("key", "when", "respond_within", "resolve_within", "progress_within", "steps")


class PolicyError(ValueError):
    """An escalation policy that cannot be used: the field (a dotted path) and a sentence."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field, self.message = field, message


@dataclass(frozen=True)
class PolicyStep:
    """`after` is working time since opening."""

    after: Span
    to: str


@dataclass(frozen=True)
class Policy:
    """One item of `escalation`; `repeat` goes on to the last step's recipient, `most` times.

    `progress_within`: how long an accepted task may stand still before it climbs again; None:
    until it is due.
    """

    key: str
    severities: tuple[str, ...]
    respond_within: Span
    resolve_within: Span
    steps: tuple[PolicyStep, ...]
    repeat: Span | None = None
    most: int = 0
    progress_within: Span | None = None

    @property
    def rungs(self) -> int:
        """How many pushes a ladder has: its steps and its repeats."""
        return len(self.steps) + self.most if self.steps else 0


DEFAULT_POLICY = Policy(
    key="default",
    severities=SEVERITIES,
    respond_within=Span(4, "h"),
    resolve_within=Span(14, "d"),
    steps=(PolicyStep(Span(4, "h"), "lead"), PolicyStep(Span(8, "h"), "director")),
    repeat=Span(24, "h"),
    most=5,
)


def parse_policy(raw: Mapping[str, Any]) -> Policy:
    """The policy written as YAML. Raises PolicyError with the field and a sentence."""
    _refuse_unknown(raw, _KNOWN, "")
    key = raw.get("key")
    if not isinstance(key, str) or not key:
        raise PolicyError("key", sentence("A policy needs a key."))
    steps = raw.get("steps", [])
    if not isinstance(steps, Sequence) or isinstance(steps, str):
        raise PolicyError("steps", sentence("Steps are a list such as [{after: 4h, to: lead}]."))
    repeats = [
        at for at, step in enumerate(steps) if isinstance(step, Mapping) and "repeat" in step
    ]
    if repeats and (repeats != [len(steps) - 1] or len(steps) == 1):
        raise PolicyError(
            f"steps[{repeats[0]}]", sentence("A repeat stands last, after a step to repeat.")
        )
    pushes = steps[:-1] if repeats else steps
    repeat, most = _parse_repeat(steps[-1], len(steps) - 1) if repeats else (None, 0)
    progress = raw.get("progress_within")
    return Policy(
        key=key,
        severities=_parse_severities(raw.get("when", {})),
        respond_within=_span(raw.get("respond_within", "4h"), "respond_within"),
        resolve_within=_span(raw.get("resolve_within", "14d"), "resolve_within"),
        steps=_parse_steps(pushes),
        repeat=repeat,
        most=most,
        progress_within=None if progress is None else _span(progress, "progress_within"),
    )


def policy_for(policies: Iterable[Policy], severity: str) -> Policy:
    """The first policy made for the severity, else the default one."""
    return next((policy for policy in policies if severity in policy.severities), DEFAULT_POLICY)


def _parse_severities(when: object) -> tuple[str, ...]:
    if not isinstance(when, Mapping):
        raise PolicyError("when", sentence("Write when: {severity: [warning, critical]}."))
    _refuse_unknown(when, ("severity",), "when.")
    given = when.get("severity", list(SEVERITIES))
    names = [given] if isinstance(given, str) else given
    if not isinstance(names, Sequence) or not names or set(names) - set(SEVERITIES):
        raise PolicyError("when.severity", sentence("Severities are warning and critical."))
    return tuple(names)


def _parse_steps(raw: Sequence[Any]) -> tuple[PolicyStep, ...]:
    steps: list[PolicyStep] = []
    for at, item in enumerate(raw):
        field = f"steps[{at}]"
        if not isinstance(item, Mapping):
            raise PolicyError(field, sentence("A step is {after: 4h, to: lead}."))
        _refuse_unknown(item, ("after", "to"), f"{field}.")
        step = PolicyStep(_span(item.get("after"), f"{field}.after"), str(item.get("to")))
        if step.to not in LEVELS:
            known = ", ".join(LEVELS)
            raise PolicyError(
                f"{field}.to", sentence("{to!r} is not one of: {known}.", to=step.to, known=known)
            )
        if steps and step.after.plain <= steps[-1].after.plain:
            raise PolicyError(
                f"{field}.after", sentence("Each step comes later than the one before it.")
            )
        steps.append(step)
    return tuple(steps)


def _parse_repeat(raw: Mapping[str, Any], at: int) -> tuple[Span, int]:
    _refuse_unknown(raw, ("repeat", "max"), f"steps[{at}].")
    most = raw.get("max", DEFAULT_POLICY.most)
    if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= _LONGEST_REPEAT:
        raise PolicyError(
            f"steps[{at}].max",
            sentence("Repeat 1 to {longest_repeat} times.", longest_repeat=_LONGEST_REPEAT),
        )
    return _span(raw["repeat"], f"steps[{at}].repeat"), most


def _span(raw: object, field: str) -> Span:
    try:
        span = parse_span(raw)  # type: ignore[arg-type]
    except ValueError as error:
        raise PolicyError(field, str(error)) from None
    if not span.amount:
        raise PolicyError(field, sentence("This must be longer than nothing."))
    return span


def _refuse_unknown(raw: Mapping[str, Any], known: tuple[str, ...], path: str) -> None:
    for name in raw:
        if name not in known:
            raise PolicyError(
                f"{path}{name}", sentence("Unknown key; known: {known}.", known=", ".join(known))
            )
