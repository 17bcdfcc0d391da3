"""Why a rule is refused, in the reader's language: the sentences of `logic/` are codes in English.

A test walks `logic/` and misses here what it can say.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from alerts.logic.refusals import SpecError
from alerts.notices import say_aggregate_name
from alerts.web.sentences import DIMENSIONS, PARTS
from cx_loop.ui.words import say_number

SENTENCES = frozenset(
    {
        _("a rule needs a warning, a critical or a praise level, or drift"),
        _("a rule needs a {name}"),
        _("has a limit of its own; leave warning, critical and praise out"),
        _("a drift has a limit of its own; leave {name} out"),
        _("a drift is judged a local day at a time; write 1d"),
        _("write the key of a metric"),
        _("{number!r} is not a whole number"),
        _("{number} is less than {least}"),
        _("{number} is more than {most}"),
        _("write a list of {known}"),
        _("{name!r} is not one of {known}"),
        _("{word!r} is not one of {known}"),
        _("{raw!r} is not one of {known}"),
        _("must be longer than nothing"),
        _("{raw!r} is not a length of time; write one like 5m, 1h, 1d or 2w"),
        _("a period is this day, this week or this month, not {raw}"),
        _("a window is between 5m and 90d long"),
        _("{window} is not a multiple of {step}, the distance of its edges"),
        _("write a line such as {{above: 30}}, not {raw!r}"),
        _("give exactly one of {operators}"),
        _("write recover like the line: both in percent or neither"),
        _("use the operator of the warning ({operator}), with or without % alike"),
        _("{critical} is easier to breach than the warning's {warning}; move it beyond"),
        _(
            "{critical} is healthier than where the warning recovers ({warning}); "
            "critical must recover first"
        ),
        _("measure it as the warning does: a value, or a change"),
        _("{praise} would praise what also raises an alert at {line}; move it to the good side"),
        _("{recover} lies on the breaching side of {line}; recover must be on the healthy side"),
        _("no change at all would breach {line}; a fall is written with a minus, as -20%"),
        _("write the healthy interval as [a, b]"),
        _("the lower end comes first: [{high}, {low}]"),
        _("only a change is written with %; shares and rates are in percent already"),
        _("{raw!r} is not a number"),
        _("{line} can never breach: the values of {aggregate} lie between {low:g} and {high:g}"),
        _(
            "{line} can never be reached: the values of {aggregate} lie between "
            "{low:g} and {high:g}"
        ),
        _("there is no interval for {aggregate}; leave certain out"),
        _("write metrics in a list such as [complaints]"),
        _("at most {most} metrics"),
        _("the metric of the rule guards itself; leave it out"),
        _("write before, week before, or one part such as {{segment: normal}}"),
        _("is for change_above and change_below: it is their base"),
        _("add {dimension} to by: each of the others is compared with {value}"),
        _("a window longer than a week would overlap its own week before"),
        _("has a value of its own; write above or below, not a change"),
        _("take {spread} out of by: a single one has no spread"),
        _("write settings such as {{settle: 3d}}, not {raw!r}"),
        _("ends before the last look"),
        _("write a list such as [7d, 14d]"),
        _("each look is later than the one before"),
        _("{raw!r} is not a number from 0 on"),
    }
)
CODES = {
    "metric_unknown": _("Choose a metric."),
    "touchpoint_unknown": _("Choose touchpoints that are in force and that you see."),
    "touchpoints_unclear": _("Choose what is watched."),
}
AGGREGATE = _("This cannot be computed from this metric; choose another figure.")


def say_refusal(cause: BaseException | None, code: str, message: str) -> str:
    """What is wrong with a slot and what to do."""
    if not isinstance(cause, SpecError):
        return gettext(CODES[code]) if code in CODES else message
    if cause.field == "aggregate":
        return gettext(AGGREGATE)
    words = {name: _say(name, word) for name, word in cause.params.items()}
    said = gettext(cause.template)
    said = said.format(**words) if cause.params else said
    end = "" if said.endswith((".", "。")) else gettext(".")
    return f"{said[:1].upper()}{said[1:]}{end}"


def _say(name: str, word: Any) -> Any:
    if name in {"low", "high"}:
        return word
    if name == "aggregate":
        return say_aggregate_name(word)
    if isinstance(word, str):
        known: Mapping[str, Any] = {**DIMENSIONS, **PARTS}
        return str(known.get(word, word))
    if isinstance(word, tuple):
        return " – ".join(say_number(end) for end in word)
    return say_number(word) if isinstance(word, int | float) else word
