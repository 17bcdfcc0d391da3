"""Which playbooks are proposed for a task, the best match first, and why each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from alerts.logic.playbooks import CONDITIONS

# the nearer to the problem a condition is, the more it counts
_WEIGHTS = {"touchpoint": 4, "metric": 2, "pain_category": 1}


@dataclass(frozen=True)
class Candidate:
    """A playbook in force.

    when       condition -> what it accepts; none: it fits anywhere
    used       fixes of this metric at this touchpoint it was behind
    effective  how many of them were found effective
    """

    key: str
    when: Mapping[str, Sequence[str]]
    used: int = 0
    effective: int = 0


@dataclass(frozen=True)
class Reason:
    """Why a playbook is proposed.

    `rule` (the rule names it), `touchpoint` `metric` `pain_category` (its condition holds), `used`
    (it was used here before: `used` times, `effective` of them), `general` (it fits anywhere).
    """

    code: str
    used: int = 0
    effective: int = 0


@dataclass(frozen=True)
class Proposal:
    key: str
    reasons: tuple[Reason, ...]


def propose(
    candidates: Iterable[Candidate], facts: Mapping[str, str], *, rules: str = ""
) -> list[Proposal]:
    """Playbooks that fit, best first: the rule's own, then by conditions, then by what helped.

    facts: touchpoint, metric, pain_category of the task; "" or absent: not known. A condition on
    what is not known yet neither speaks for a playbook nor against it. rules: the key of the
    playbook that the rule names; it is proposed whatever its conditions say.
    """
    fitting = [each for each in candidates if each.key == rules or _fits(each, facts)]
    fitting.sort(key=lambda each: _rank(each, facts, rules))
    return [Proposal(each.key, _reasons(each, facts, rules)) for each in fitting]


def _fits(candidate: Candidate, facts: Mapping[str, str]) -> bool:
    known = {name: facts[name] for name in candidate.when if facts.get(name)}
    # one whose every condition is open has nothing that speaks for it
    return bool(known or not candidate.when or candidate.used) and all(
        given in candidate.when[name] for name, given in known.items()
    )


def _held(candidate: Candidate, facts: Mapping[str, str]) -> list[str]:
    return [
        name
        for name in CONDITIONS
        if facts.get(name) and facts[name] in candidate.when.get(name, ())
    ]


def _rank(candidate: Candidate, facts: Mapping[str, str], rules: str) -> tuple[object, ...]:
    weight = sum(_WEIGHTS[name] for name in _held(candidate, facts))
    without_effect = candidate.used - candidate.effective
    return (candidate.key != rules, -weight, -candidate.effective, without_effect, candidate.key)


def _reasons(candidate: Candidate, facts: Mapping[str, str], rules: str) -> tuple[Reason, ...]:
    found = [Reason("rule")] if candidate.key == rules else []
    found += [Reason(name) for name in _held(candidate, facts)]
    if not found and not candidate.when:
        found.append(Reason("general"))
    if candidate.used:
        found.append(Reason("used", candidate.used, candidate.effective))
    return tuple(found)
