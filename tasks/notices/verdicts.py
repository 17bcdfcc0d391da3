"""Where the acceptance of the effect stands, in plain words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cx_loop.ui.words import say_day, say_value
from tasks.models import Verification


def say_verification(running: Verification) -> str:
    """Where the acceptance of the effect stands, in one sentence."""
    if running.state == Verification.State.WAITING:
        return _("The effect settles in; the first look comes when whole weeks have passed.")
    if running.state == Verification.State.WATCHING:
        return _("Nothing can be concluded yet: the watch goes on.")
    if running.state == Verification.State.PERSON:
        return {
            "ask_owner": _("The rule still fires at this look: is the fix really in place?"),
            "partial": _("Better, but not back to normal: the lead may accept it or not."),
            "guardrail": _("Another metric is worse since the fix: the lead weighs it."),
            "no_metric": _("No metric stands behind this task: a second person decides."),
        }.get(running.reason, _("The data cannot tell: a second person decides."))
    if running.verdict == "worse" and running.reason == "person_reopen":
        return _("Sent back by a person: another metric is worse since the fix.")
    return {
        "effective": _("Effective: the metric is back, and the change is beyond chance."),
        "partially_effective": _("Partially effective: better beyond chance, but not back."),
        "no_effect": _("No effect shown: the metric is not back."),
        "worse": _("Worse than before the fix, beyond chance."),
        "relapsed": _("Relapsed: it had worked, and came back."),
    }.get(running.verdict, _say_inconclusive(running))


def _say_inconclusive(running: Verification) -> str:
    if running.recovered or running.reason in {"recovered_unproven", "person_recovered_unproven"}:
        return _("Recovered, but not proven: the metric is back, chance cannot be ruled out.")
    return _("Inconclusive: %(reason)s.") % {"reason": say_reason(running.reason)}


def say_relapse(watch: Mapping[str, Any], unit: str) -> str:
    """Why a fix that had worked was called back: the last look of its watch."""
    apart = _("points") if unit == "%" else unit
    moved = watch.get("moved")
    words = {
        "day": say_day(date.fromisoformat(watch["on"])),
        "value": say_value(watch["value"], unit),
        "line": say_value(watch["line"], unit),
        "bound": say_value(watch["bound"], unit),
        "moved": None if moved is None else say_value(moved, apart),
    }
    if moved is None:
        said = _(
            "In the 14 days before %(day)s it was %(value)s, with all room for chance %(bound)s at"
            " best. Halfway between the problem and what the fix had reached lies %(line)s."
        )
    else:
        said = _(
            "In the 14 days before %(day)s it was %(value)s, with all room for chance %(bound)s at"
            " best. Halfway between the problem and what the fix had reached lies %(line)s, the"
            " %(moved)s by which the other touchpoints have moved counted in."
        )
    return said % words


def say_reason(reason: str) -> str:
    return {
        "needs_data": _("needs data"),
        "no_baseline": _("no baseline"),
        "no_control": _("no control"),
        "not_recovered": _("the metric is not back"),
        "not_accepted": _("not accepted in time"),
        "withdrawn": _("the fix was withdrawn"),
        "sent_back": _("it was sent back"),
        "reopened": _("the task was reopened"),
    }.get(reason, _("nothing can be concluded from the data"))
