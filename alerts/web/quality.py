"""How well a rule warns, in words: figures with n and interval, and the one change proposed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alerts import reads
from alerts.logic.quality import Proposal, Quality, Share
from alerts.models import Rule
from cx_loop import clock
from cx_loop.models import User, in_language
from cx_loop.ui.words import say_duration, say_number

PERIODS = (30, 90, 365)
MOST_RULES = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` is never alone: of how many, and between which ends it may be."""

    label: str
    value: str
    n: str
    between: str
    help: str


@dataclass(frozen=True, slots=True)
class ReviewLine:
    rule: Rule
    name: str
    alerts: int
    change: str
    reason: str


@login_required
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    """Every rule for which one change is proposed, over the last 90 days."""
    assert isinstance(request.user, User)
    now, days = clock.now(), 90
    rules = list(reads.rules_seen(request.user).in_force().order_by("key")[:MOST_RULES])
    found = reads.review_of(request.user, rules, since=now - timedelta(days=days), now=now)
    lines = [
        ReviewLine(
            rule=each.rule,
            name=in_language(each.rule.name) or each.rule.key,
            alerts=each.quality.alerts,
            change=say_change_proposed(each.proposal),
            reason=say_reason(each.proposal),
        )
        for each in found
        if each.proposal is not None
    ]
    page = {"now": now, "lines": lines, "days": days, "fine": len(found) - len(lines)}
    return render(request, "alerts/review.html", page)


def figures_of(quality: Quality) -> list[Figure]:
    return list(_figures(quality))


def _figures(quality: Quality) -> Iterator[Figure]:
    yield Figure(_("Alerts"), say_number(quality.alerts), "", "", "")
    yield _share(
        _("Confirmed by the days after"),
        quality.confirmed,
        _(
            "Read from the days after the alert and before a fix, never from the window that "
            "fired; counted only where there were enough of them to tell."
        ),
    )
    yield _share(
        _("Dismissed as a false alarm"), quality.false_alarms, _("Of the alerts that are over.")
    )
    yield _share(
        _("Never acknowledged"),
        quality.unacknowledged,
        _("Of those acknowledged, or over without anybody having looked."),
    )
    median, ends = quality.median_to_acknowledge, quality.median_interval
    yield Figure(
        _("Time to acknowledge, median"),
        say_duration(median) if median is not None else "–",
        say_number(len(quality.acknowledged_after)),
        f"{say_duration(ends[0])} – {say_duration(ends[1])}" if ends else "–",
        "",
    )
    yield _share(_("Gone within two windows by itself"), quality.short_lived, "")
    if quality.silenced is not None:
        yield _share(_("Quieted by a silence"), quality.silenced, "")
    if quality.missed is not None:
        yield Figure(
            _("Drops seen by drift, missed by the rule"),
            say_number(quality.missed),
            "",
            "",
            _("A drift that got worse while no alert of this rule was open."),
        )
    yield _share(_("Decisions with too few to judge"), quality.thin, "")


def _share(label: str, share: Share, help: str) -> Figure:
    ends = share.interval
    return Figure(
        label=label,
        value=f"{say_number(_whole(share.percent))} %" if share.percent is not None else "–",
        n=say_number(share.n),
        between=f"{say_number(_whole(ends[0]))} – {say_number(_whole(ends[1]))} %" if ends else "–",
        help=help,
    )


def _whole(percent: float | None) -> float:
    return float(round(percent or 0.0))


def say_change_proposed(proposal: Proposal) -> str:
    words = {"to": say_number(proposal.to) if isinstance(proposal.to, int | float) else proposal.to}
    if proposal.change == "raise_line" and proposal.to is not None:
        return _("Move the line beyond %(to)s, where the worst false alarm was.") % words
    said = {
        "settle_meaning": _(
            "Settle with the department what counts as a problem: the days after confirm it."
        ),
        "retire": _("Retire it, or let it watch what data arrive for."),
        "lengthen_window": _("Lengthen the window, or watch a whole stage together."),
        "raise_min_samples": _("Ask for at least %(to)s in a window."),
        "add_certain": _("Let it fire only when %(to)s certain."),
        "lengthen_for": _("Wait for %(to)s windows in a row."),
        "add_recover": _("Give it a recovery level apart from its line."),
        "raise_line": _("Move the line further out."),
        "lower_line": _("Move the line closer."),
        "change_route": _("Send its tasks to somebody who will look, or move the line."),
    }
    return said[proposal.change] % words


def say_reason(proposal: Proposal) -> str:
    facts = {
        name: say_number(fact) if isinstance(fact, int | float) else fact
        for name, fact in proposal.facts.items()
    }
    return {
        "watches_nothing": _("No data arrive for anything it watches."),
        "too_thin": _("%(share)s %% of its decisions found fewer than %(min_samples)s."),
        "false_alarms": _("%(count)s of %(n)s alerts were dismissed as false alarms."),
        "not_confirmed": _("For %(count)s of %(n)s alerts the days after showed no problem."),
        "short_lived": _("%(count)s of %(n)s alerts were gone within two windows by themselves."),
        "unacknowledged": _("Nobody acknowledged %(count)s of %(n)s alerts, %(per_week)s a week."),
        "missed": _("Drift saw %(count)s drops that it missed."),
        "sleeps": _("No alert in %(weeks)s weeks: what it waits for may never come."),
    }[proposal.reason] % facts
