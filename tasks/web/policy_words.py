"""Escalation policies in words, and on a line of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cx_loop.logic.working_time import Span, WorkingHours
from tasks.logic.ladders import Mark, untouched
from tasks.logic.policies import SEVERITIES, Policy
from tasks.notices.names import LEVELS


@dataclass(frozen=True, slots=True)
class Moment:
    """A point on the line. `until`: the last of several that are said as one."""

    kind: str
    what: str
    at: datetime
    until: datetime | None = None
    times: int = 1


def say_policy(policy: Policy) -> list[str]:
    """Its sentences: for what and how fast, who is asked, and what becomes of a standstill."""
    severities = {"critical": _("Critical tasks"), "warning": _("Warnings")}
    both = set(policy.severities) == set(SEVERITIES)
    words = {
        "what": _("All tasks") if both else severities[policy.severities[0]],
        "respond": say_span(policy.respond_within),
        "resolve": say_span(policy.resolve_within),
    }
    said = [
        _("%(what)s are accepted within %(respond)s and resolved within %(resolve)s.") % words,
        _say_steps(policy),
    ]
    if policy.progress_within is not None:
        said.append(
            _("An accepted task that stands still for %(span)s climbs again.")
            % {"span": say_span(policy.progress_within)}
        )
    return said


def say_span(span: Span) -> str:
    """4 h, 14 working days: in the department's working time."""
    counts = {"count": span.amount}
    if span.unit == "m":
        return _("%(minutes)s min") % {"minutes": span.amount}
    if span.unit == "h":
        return _("%(hours)s h") % {"hours": span.amount}
    if span.unit == "d":
        return ngettext("%(count)s working day", "%(count)s working days", span.amount) % counts
    return ngettext("%(count)s working week", "%(count)s working weeks", span.amount) % counts


def moments(policy: Policy, hours: WorkingHours, opened_at: datetime) -> list[Moment]:
    """The line of a task nobody takes up; askings of the same one in a row are said as one."""
    found: list[Moment] = []
    for mark in untouched(policy, hours, opened_at):
        last = found[-1] if found else None
        if mark.is_repeat and last is not None and last.kind == "again":
            found[-1] = Moment("again", last.what, last.at, mark.at, last.times + 1)
        else:
            found.append(Moment(_kind(mark), _what(mark), mark.at))
    return found


def _kind(mark: Mark) -> str:
    return "again" if mark.is_repeat else mark.point


def _what(mark: Mark) -> str:
    if mark.point == "asked":
        words = {"who": LEVELS[mark.to]}
        return (_("the %(who)s again") if mark.is_repeat else _("the %(who)s is asked")) % words
    return {
        "opened": _("opened"),
        "respond": _("to be accepted"),
        "due": _("to be resolved"),
    }[mark.point]


def _say_steps(policy: Policy) -> str:
    if not policy.steps:
        return _("Nobody else is asked when that does not happen.")
    steps = _joined(
        [
            _("after %(span)s the %(who)s") % {"span": say_span(step.after), "who": LEVELS[step.to]}
            for step in policy.steps
        ]
    )
    if policy.repeat is None:
        return _("Until somebody accepts it are asked: %(steps)s.") % {"steps": steps}
    words = {"steps": steps, "span": say_span(policy.repeat), "most": policy.most}
    return (
        _(
            "Until somebody accepts it are asked: %(steps)s, then again every %(span)s, "
            "at most %(most)s times."
        )
        % words
    )


def _joined(parts: Sequence[str]) -> str:
    return _(", ").join(parts)
