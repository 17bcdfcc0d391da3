"""A recovery rule tried on history, as its form shows it before it is saved."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cx_loop.models import Metric, in_language
from cx_loop.ui.words import say_number
from tasks.logic.recovery import parse_each
from tasks.reads.recovery_trial import WEEKS, Beyond, Tried, tried

LISTED = 20  # touchpoints


@dataclass(frozen=True, slots=True)
class Shown:
    """`costs`: a sentence a department; `notes`: what is counted in or left out; `left`:
    touchpoints that the table leaves out."""

    says: str
    figures: list[tuple[str, str]]
    compared: str
    costs: list[str]
    notes: list[str]
    places: list[tuple[str, str, str, str]]
    left: int


def show_trial(entry: Mapping[str, Any], now: datetime, present: Mapping[str, Any] | None) -> Shown:
    """`entry`: as a file would have the rule; `present`: the form of the one in force, if any."""
    found = _try(entry, now)
    return Shown(
        says=_says(found.all),
        figures=_figures(found),
        compared=_compared(entry, found, present, now) if present else "",
        costs=_costs(found) if found.all.listed else [],
        notes=_notes(found.all),
        places=[_place(in_language(at.name) or at.key, each) for at, each in found.places[:LISTED]],
        left=max(0, len(found.places) - LISTED),
    )


def _try(said: Mapping[str, Any], now: datetime) -> Tried:
    metric = Metric.objects.get(key=said["metric"])
    return tried(metric, said.get("touchpoints", []), parse_each(said["each"]), now)


def _says(whole: Beyond) -> str:
    if not whole.n:
        return _("Nobody answered there in the last 4 weeks, so there is nothing to try it on.")
    words = {"n": say_number(whole.n), "share": _share(whole), "listed": say_number(whole.listed)}
    if not whole.listed:
        return _("In the last 4 weeks it would have put none of %(n)s answers on the list.") % words
    return (
        ngettext(
            "In the last 4 weeks it would have put %(listed)s answer on the list, of %(n)s "
            "(%(share)s).",
            "In the last 4 weeks it would have put %(listed)s answers on the list, of %(n)s "
            "(%(share)s).",
            whole.listed,
        )
        % words
    )


def _figures(found: Tried) -> list[tuple[str, str]]:
    if not found.all.n:
        return []
    few, many = say_number(min(found.weeks)), say_number(max(found.weeks))
    return [
        (_("to contact a week"), say_number(round(found.a_week, 2))),
        (_("in the quietest and the busiest week"), f"{few} – {many}"),
        (_("different customers"), say_number(found.all.customers)),
    ]


def _compared(
    entry: Mapping[str, Any], found: Tried, present: Mapping[str, Any], now: datetime
) -> str:
    watched = ("metric", "touchpoints", "each")
    if all((entry.get(name) or []) == (present[name] or []) for name in watched):
        return _("This is the rule as it stands.")
    words = {
        "now": say_number(round(_try(present, now).a_week, 2)),
        "then": say_number(round(found.a_week, 2)),
    }
    return _("Now: %(now)s a week; with this: %(then)s.") % words


def _costs(found: Tried) -> list[str]:
    counted: Counter[str] = Counter()
    for place, each in found.places:
        counted[in_language(place.owner.name) or place.owner.key] += each.listed
    return [
        _("%(department)s: %(week)s a week to contact (%(all)s in all)")
        % {
            "department": department,
            "week": say_number(round(listed / WEEKS, 2)),
            "all": say_number(listed),
        }
        for department, listed in sorted(counted.items(), key=lambda row: (-row[1], row[0]))
        if listed
    ]


def _notes(whole: Beyond) -> list[str]:
    said = []
    if whole.unknown:
        said.append(
            ngettext(
                "%(count)s more answer beyond the line came without a customer: nobody can be "
                "contacted.",
                "%(count)s more answers beyond the line came without a customer: nobody can be "
                "contacted.",
                whole.unknown,
            )
            % {"count": say_number(whole.unknown)}
        )
    if whole.already:
        said.append(
            ngettext(
                "%(count)s of them is on a list already, through a task or a rule.",
                "%(count)s of them are on a list already, through a task or a rule.",
                whole.already,
            )
            % {"count": say_number(whole.already)}
        )
    return said


def _place(name: str, each: Beyond) -> tuple[str, str, str, str]:
    return name, say_number(each.listed), say_number(each.n), _share(each)


def _share(each: Beyond) -> str:
    return f"{say_number(round(100 * each.listed / each.n, 2))} %"
